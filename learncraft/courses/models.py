"""Courses, their modules and lessons, and the videos and files that these show."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.db import (
    Base,
    CreatedAt,
    JsonList,
    JsonObject,
    Money,
    UpdatedAt,
    UuidPk,
    pg_enum,
    references,
)


class CourseCategory(StrEnum):
    """What a course is about."""

    WEB_DEVELOPMENT = "web_development"
    MOBILE_DEVELOPMENT = "mobile_development"
    DEVOPS = "devops"
    CLOUD = "cloud"
    DATA_SCIENCE = "data_science"
    MACHINE_LEARNING = "machine_learning"
    SECURITY = "security"
    DATABASES = "databases"
    PROGRAMMING_LANGUAGES = "programming_languages"


class SkillLevel(StrEnum):
    """What a course expects of those who start it."""

    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"
    EXPERT = "expert"


class CourseStatus(StrEnum):
    """Where a course stands between its author and its learners."""

    DRAFT = "draft"
    PENDING_REVIEW = "pending_review"
    REVISION_NEEDED = "revision_needed"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class LessonType(StrEnum):
    """What a lesson mostly is."""

    VIDEO = "video"
    LAB = "lab"
    QUIZ = "quiz"
    READING = "reading"
    MIXED = "mixed"


class VideoStatus(StrEnum):
    """Whether a video can be watched yet."""

    UPLOADING = "uploading"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class Course(Base):
    """A course. `source_key` says where an imported course came from, so that a second import updates it."""

    __tablename__ = "courses"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("duration_minutes >= 0", name="duration_not_negative"),
        CheckConstraint("max_students IS NULL OR max_students > 0", name="max_students_positive"),
        CheckConstraint("rating_average BETWEEN 0 AND 5", name="rating_between_0_and_5"),
        CheckConstraint("rating_count >= 0 AND enrollment_count >= 0", name="counts_not_negative"),
        CheckConstraint("status <> 'published' OR published_at IS NOT NULL", name="published_has_a_date"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug_is_readable"),
        CheckConstraint("jsonb_typeof(prerequisites) = 'array'", name="prerequisites_is_list"),
        CheckConstraint("jsonb_typeof(learning_objectives) = 'array'", name="learning_objectives_is_list"),
        CheckConstraint("jsonb_typeof(tags) = 'array'", name="tags_is_list"),
        Index("uq_courses_slug_living", "slug", unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index(
            "uq_courses_source_living",
            "instructor_id",
            "source_key",
            unique=True,
            postgresql_where=text("deleted_at IS NULL AND source_key IS NOT NULL"),
        ),
        Index("ix_courses_instructor_id", "instructor_id"),
        Index("ix_courses_category", "category"),
        Index("ix_courses_skill_level", "skill_level"),
        Index("ix_courses_status", "status"),
        Index("ix_courses_published_at", "published_at", postgresql_where=text("status = 'published'")),
        Index("ix_courses_tags", "tags", postgresql_using="gin"),
        Index("ix_courses_search_vector", "search_vector", postgresql_using="gin"),
        Index("ix_courses_language", "language", postgresql_where=text("status = 'published' AND deleted_at IS NULL")),
    )

    id: Mapped[UuidPk]
    # Handing a course over is an action of its own; a person who still teaches can't be removed.
    instructor_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="RESTRICT"))
    title: Mapped[str] = mapped_column(String(500))
    slug: Mapped[str] = mapped_column(String(500))
    short_description: Mapped[str | None] = mapped_column(String(500))
    description: Mapped[str | None] = mapped_column(Text)  # sanitised HTML
    category: Mapped[CourseCategory] = mapped_column(pg_enum(CourseCategory, "course_category"))
    skill_level: Mapped[SkillLevel] = mapped_column(pg_enum(SkillLevel, "skill_level"))
    status: Mapped[CourseStatus] = mapped_column(pg_enum(CourseStatus, "course_status"), server_default="draft")
    language: Mapped[str] = mapped_column(String(10), server_default="en")
    thumbnail_url: Mapped[str | None] = mapped_column(String(1000))
    preview_video_url: Mapped[str | None] = mapped_column(String(500))
    duration_minutes: Mapped[int] = mapped_column(server_default=text("0"))  # sum of the lessons
    estimated_duration: Mapped[int | None]  # minutes, as the author promises
    price: Mapped[Money] = mapped_column(server_default=text("0"))
    is_featured: Mapped[bool] = mapped_column(server_default=text("false"))
    max_students: Mapped[int | None]
    prerequisites: Mapped[JsonList]  # of sentences
    learning_objectives: Mapped[JsonList]  # of sentences
    tags: Mapped[JsonList]  # of words
    rating_average: Mapped[Money] = mapped_column(server_default=text("0"))
    rating_count: Mapped[int] = mapped_column(server_default=text("0"))
    enrollment_count: Mapped[int] = mapped_column(server_default=text("0"))
    source_key: Mapped[str | None] = mapped_column(String(255))
    extra: Mapped[JsonObject] = mapped_column("metadata")
    # The weighted words of its language, kept by the trigger keep_vector; only searches read it.
    search_vector: Mapped[Any | None] = mapped_column(TSVECTOR, deferred=True, deferred_raiseload=True)
    published_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    deleted_at: Mapped[datetime | None]


class Module(Base):
    """A chapter of a course."""

    __tablename__ = "modules"
    __table_args__ = (
        UniqueConstraint("course_id", "order_index", deferrable=True, initially="DEFERRED"),
        Index("ix_modules_course_id", "course_id"),
        Index(
            "uq_modules_source", "course_id", "source_key", unique=True, postgresql_where=text("source_key IS NOT NULL")
        ),
    )

    id: Mapped[UuidPk]
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    title: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    order_index: Mapped[int]
    is_published: Mapped[bool] = mapped_column(server_default=text("true"))
    estimated_duration: Mapped[int | None]  # minutes
    source_key: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Lesson(Base):
    """What a learner opens, reads, watches, and finishes. A nested lesson has a parent in the same module."""

    __tablename__ = "lessons"
    __table_args__ = (
        UniqueConstraint("module_id", "order_index", deferrable=True, initially="DEFERRED"),
        UniqueConstraint("module_id", "id"),  # what a parent is referred to by
        ForeignKeyConstraint(
            ["module_id", "parent_lesson_id"], ["lessons.module_id", "lessons.id"], name="fk_lessons_parent_same_module"
        ),
        CheckConstraint("parent_lesson_id <> id", name="not_its_own_parent"),
        CheckConstraint("duration_minutes >= 0", name="duration_not_negative"),
        CheckConstraint("jsonb_typeof(content -> 'blocks') = 'array'", name="content_has_blocks"),
        CheckConstraint("jsonb_typeof(learning_objectives) = 'array'", name="learning_objectives_is_list"),
        CheckConstraint("jsonb_typeof(resources) = 'array'", name="resources_is_list"),
        Index("ix_lessons_parent", "module_id", "parent_lesson_id"),
        Index("ix_lessons_search_vector", "search_vector", postgresql_using="gin"),
        Index("uq_lessons_slug", "module_id", "slug", unique=True),
        Index(
            "uq_lessons_source", "module_id", "source_key", unique=True, postgresql_where=text("source_key IS NOT NULL")
        ),
    )

    id: Mapped[UuidPk]
    module_id: Mapped[UUID] = mapped_column(references("modules.id", on_delete="CASCADE"), index=True)
    parent_lesson_id: Mapped[UUID | None]
    title: Mapped[str] = mapped_column(String(500))
    slug: Mapped[str] = mapped_column(String(500))
    description: Mapped[str | None] = mapped_column(Text)
    lesson_type: Mapped[LessonType] = mapped_column(pg_enum(LessonType, "lesson_type"))
    order_index: Mapped[int]
    duration_minutes: Mapped[int] = mapped_column(server_default=text("0"))
    is_free: Mapped[bool] = mapped_column(server_default=text("false"))
    is_published: Mapped[bool] = mapped_column(server_default=text("true"))
    content: Mapped[JsonObject] = mapped_column(
        server_default=text("""'{"version": 1, "blocks": []}'::jsonb""")
    )  # learncraft.courses.blocks.LessonContent
    learning_objectives: Mapped[JsonList]
    resources: Mapped[JsonList]  # of {"title", "url"}
    source_key: Mapped[str | None] = mapped_column(String(255))
    extra: Mapped[JsonObject] = mapped_column("metadata")
    # The weighted words of its language, kept by the trigger keep_vector; only searches read it.
    search_vector: Mapped[Any | None] = mapped_column(TSVECTOR, deferred=True, deferred_raiseload=True)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Video(Base):
    """A video of a lesson: by address, or (once uploads exist) transcoded from a file."""

    __tablename__ = "videos"
    __table_args__ = (
        CheckConstraint("duration_seconds IS NULL OR duration_seconds >= 0", name="duration_not_negative"),
        CheckConstraint("file_size_bytes IS NULL OR file_size_bytes >= 0", name="file_size_not_negative"),
        Index("ix_videos_lesson_id", "lesson_id"),
        Index("ix_videos_status", "status"),
        Index(
            "uq_videos_source", "lesson_id", "source_key", unique=True, postgresql_where=text("source_key IS NOT NULL")
        ),
    )

    id: Mapped[UuidPk]
    lesson_id: Mapped[UUID] = mapped_column(references("lessons.id", on_delete="CASCADE"))
    title: Mapped[str] = mapped_column(String(255))
    original_filename: Mapped[str | None] = mapped_column(String(255))
    duration_seconds: Mapped[int | None]
    original_url: Mapped[str | None] = mapped_column(String(1000))
    hls_url: Mapped[str | None] = mapped_column(String(500))
    thumbnail_url: Mapped[str | None] = mapped_column(String(500))
    status: Mapped[VideoStatus] = mapped_column(pg_enum(VideoStatus, "video_status"), server_default="uploading")
    transcript: Mapped[str | None] = mapped_column(Text)  # lines of "[mm:ss] text"
    ai_summary: Mapped[str | None] = mapped_column(Text)
    file_size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    source_key: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class UploadedFile(Base):
    """A file that somebody gave. Bytes are stored once per content hash; several rows may share them."""

    __tablename__ = "uploaded_files"
    __table_args__ = (
        CheckConstraint("file_size >= 0", name="file_size_not_negative"),
        CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="content_hash_is_sha256"),
        CheckConstraint("storage_provider IN ('local', 's3')", name="storage_provider_known"),
        Index("ix_uploaded_files_uploader_id", "uploader_id"),
        Index("ix_uploaded_files_content_hash", "content_hash"),
        Index(
            "uq_uploaded_files_course_name",
            "course_id",
            "filename",
            unique=True,
            postgresql_where=text("course_id IS NOT NULL"),
        ),
    )

    id: Mapped[UuidPk]
    uploader_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="RESTRICT"))
    course_id: Mapped[UUID | None] = mapped_column(references("courses.id", on_delete="CASCADE"))
    filename: Mapped[str] = mapped_column(String(500))  # as links name it
    original_filename: Mapped[str] = mapped_column(String(500))
    file_url: Mapped[str] = mapped_column(String(1000))
    storage_path: Mapped[str] = mapped_column(String(1000))
    storage_provider: Mapped[str] = mapped_column(String(50), server_default="local")
    content_hash: Mapped[str] = mapped_column(String(64))  # SHA-256, hexadecimal
    file_type: Mapped[str | None] = mapped_column(String(100))  # image, video, document, other
    mime_type: Mapped[str | None] = mapped_column(String(100))
    file_size: Mapped[int] = mapped_column(BigInteger)  # bytes
    folder: Mapped[str | None] = mapped_column(String(255))
    is_public: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[CreatedAt]
