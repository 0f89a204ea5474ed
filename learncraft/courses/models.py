"""Courses with their modules, lessons and reviews."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.courses.blocks import LessonContent
from learncraft.courses.shapes import Resources, ReviewComments
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
from learncraft.json_shapes import AnyObject, Json, Sentences, Words


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


class ReviewDecision(StrEnum):
    """What happened to a course in its review."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


class Course(Base):
    """A course. `source_key` says where an imported course came from, so that a second import updates it."""

    __tablename__ = "courses"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(metadata) = 'object'", name="metadata_is_object"),
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
        Index(
            "ix_courses_words",
            text(
                "to_tsvector(text_search_config(language::text), (title::text || ' '::text) || "
                "COALESCE(description, ''::text))"
            ),  # as PostgreSQL gives it back, so that models and database compare equal
            postgresql_using="gin",
        ),
    )

    id: Mapped[UuidPk]
    # Handing a course over is an action of its own; a person who still teaches can't be removed.
    instructor_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="RESTRICT"))
    title: Mapped[str] = mapped_column(String(500), doc="What the course is called.")
    slug: Mapped[str] = mapped_column(String(500), doc="The course's name in addresses; unique among the living.")
    short_description: Mapped[str | None] = mapped_column(String(500), doc="One or two sentences for lists.")
    description: Mapped[str | None] = mapped_column(Text, doc="What the course is about; sanitised HTML.")
    category: Mapped[CourseCategory] = mapped_column(pg_enum(CourseCategory, "course_category"))
    skill_level: Mapped[SkillLevel] = mapped_column(pg_enum(SkillLevel, "skill_level"))
    status: Mapped[CourseStatus] = mapped_column(pg_enum(CourseStatus, "course_status"), server_default="draft")
    language: Mapped[str] = mapped_column(
        String(10), server_default="en", doc="The language it is taught in, such as `en`."
    )
    thumbnail_url: Mapped[str | None] = mapped_column(String(1000), doc="Its picture.")
    preview_video_url: Mapped[str | None] = mapped_column(String(500), doc="A film that everybody may watch.")
    duration_minutes: Mapped[int] = mapped_column(server_default=text("0"), doc="The sum of its lessons.")
    estimated_duration: Mapped[int | None] = mapped_column(doc="How long it takes, as the author promises.")
    price: Mapped[Money] = mapped_column(server_default=text("0"), doc="What it costs.")
    is_featured: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Whether it stands first in the catalogue."
    )
    max_students: Mapped[int | None] = mapped_column(doc="How many seats it has; none is any number.")
    prerequisites: Mapped[JsonList] = mapped_column(Json(Sentences), doc="What learners should know before.")
    learning_objectives: Mapped[JsonList] = mapped_column(Json(Sentences), doc="What learners can do afterwards.")
    tags: Mapped[JsonList] = mapped_column(Json(Words), doc="Words to find it by.")
    rating_average: Mapped[Money] = mapped_column(
        server_default=text("0"),
        doc="The mean of its ratings, 0 when there are none; kept by the trigger count_ratings.",
    )
    rating_count: Mapped[int] = mapped_column(
        server_default=text("0"), doc="How many rated it; kept by the trigger count_ratings."
    )
    enrollment_count: Mapped[int] = mapped_column(server_default=text("0"), doc="How many are in it.")
    source_key: Mapped[str | None] = mapped_column(
        String(255), doc="Its name in the archive that it was imported from."
    )
    extra: Mapped[JsonObject] = mapped_column(
        "metadata", Json(AnyObject), doc="What an import or a feature keeps beside the columns."
    )
    search_vector: Mapped[Any | None] = mapped_column(
        TSVECTOR,
        deferred=True,
        deferred_raiseload=True,
        doc="Its weighted words in its language, kept by the trigger keep_vector; only searches read it.",
    )
    published_at: Mapped[datetime | None] = mapped_column(doc="When it was first published.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    deleted_at: Mapped[datetime | None] = mapped_column(doc="When it was taken away; its name may then be used again.")


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
    title: Mapped[str] = mapped_column(String(255), doc="What the module is called.")
    description: Mapped[str | None] = mapped_column(Text, doc="What the module is about.")
    order_index: Mapped[int] = mapped_column(doc="Its place in the course, from 0.")
    is_published: Mapped[bool] = mapped_column(server_default=text("true"), doc="Whether learners see it.")
    estimated_duration: Mapped[int | None] = mapped_column(doc="How long it takes, as the author promises.")
    source_key: Mapped[str | None] = mapped_column(
        String(255), doc="Its name in the archive that it was imported from."
    )
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
        CheckConstraint("jsonb_typeof(metadata) = 'object'", name="metadata_is_object"),
        CheckConstraint("duration_minutes >= 0", name="duration_not_negative"),
        CheckConstraint("jsonb_typeof(content -> 'blocks') = 'array'", name="content_has_blocks"),
        CheckConstraint("jsonb_typeof(learning_objectives) = 'array'", name="learning_objectives_is_list"),
        CheckConstraint("jsonb_typeof(resources) = 'array'", name="resources_is_list"),
        Index(
            "ix_lessons_empty",
            "module_id",
            postgresql_where=text("jsonb_array_length(content -> 'blocks') = 0"),
        ),
        Index("ix_lessons_parent", "module_id", "parent_lesson_id"),
        Index("ix_lessons_search_vector", "search_vector", postgresql_using="gin"),
        # A lesson doesn't know its course's language; titles are found by their words as they stand.
        Index("ix_lessons_words", text("to_tsvector('simple'::regconfig, title::text)"), postgresql_using="gin"),
        Index("uq_lessons_slug", "module_id", "slug", unique=True),
        Index(
            "uq_lessons_source", "module_id", "source_key", unique=True, postgresql_where=text("source_key IS NOT NULL")
        ),
    )

    id: Mapped[UuidPk]
    module_id: Mapped[UUID] = mapped_column(references("modules.id", on_delete="CASCADE"), index=True)
    parent_lesson_id: Mapped[UUID | None] = mapped_column(doc="The lesson that it is nested in, of the same module.")
    title: Mapped[str] = mapped_column(String(500), doc="What the lesson is called.")
    slug: Mapped[str] = mapped_column(String(500), doc="The lesson's name in addresses; unique in its module.")
    description: Mapped[str | None] = mapped_column(Text, doc="What the lesson is about.")
    lesson_type: Mapped[LessonType] = mapped_column(pg_enum(LessonType, "lesson_type"))
    order_index: Mapped[int] = mapped_column(doc="Its place in the module, from 0.")
    duration_minutes: Mapped[int] = mapped_column(server_default=text("0"), doc="How long it takes.")
    is_free: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Whether everybody may open it before joining the course."
    )
    is_published: Mapped[bool] = mapped_column(server_default=text("true"), doc="Whether learners see it.")
    content: Mapped[JsonObject] = mapped_column(
        Json(LessonContent),
        server_default=text("""'{"version": 1, "blocks": []}'::jsonb"""),
        doc="Its blocks in reading order.",
    )
    learning_objectives: Mapped[JsonList] = mapped_column(Json(Sentences), doc="What learners can do afterwards.")
    resources: Mapped[JsonList] = mapped_column(Json(Resources), doc="What to read or use beside it.")
    source_key: Mapped[str | None] = mapped_column(
        String(255), doc="Its name in the archive that it was imported from."
    )
    extra: Mapped[JsonObject] = mapped_column(
        "metadata", Json(AnyObject), doc="What an import or a feature keeps beside the columns."
    )
    search_vector: Mapped[Any | None] = mapped_column(
        TSVECTOR,
        deferred=True,
        deferred_raiseload=True,
        doc="Its weighted words in its language, kept by the trigger keep_vector; only searches read it.",
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class LessonVariant(Base):
    """What a lesson says to learners of one persona, in place of a part of its content."""

    __tablename__ = "lesson_variants"
    __table_args__ = (
        UniqueConstraint("lesson_id", "content_key", "persona_key"),
        CheckConstraint("jsonb_typeof(payload -> 'blocks') = 'array'", name="payload_has_blocks"),
    )

    id: Mapped[UuidPk]
    lesson_id: Mapped[UUID] = mapped_column(references("lessons.id", on_delete="CASCADE"))
    content_key: Mapped[str] = mapped_column(
        String(64), server_default="lesson", doc="What it replaces: `lesson` is all of it, else the id of a block."
    )
    persona_key: Mapped[str] = mapped_column(String(64), doc="Whom it is for, such as `sports` or `visual_learner`.")
    payload: Mapped[JsonObject] = mapped_column(Json(LessonContent), doc="The blocks shown instead.")
    is_published: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Whether learners see it; a generated one waits for its author's yes."
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class CourseReview(Base):
    """One step of a course's review: who sent it on, with which words. Rows are only ever added."""

    __tablename__ = "course_reviews_log"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(comments) = 'array'", name="comments_is_list"),
        CheckConstraint("decision <> 'returned' OR summary IS NOT NULL", name="returned_says_why"),
        Index("ix_course_reviews_log_course_id_created_at", "course_id", "created_at"),
        Index("ix_course_reviews_log_actor_id", "actor_id"),
    )

    id: Mapped[UuidPk]
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    actor_id: Mapped[UUID | None] = mapped_column(
        references("users.id", on_delete="SET NULL"), doc="Who took the step, author or reviewer."
    )
    decision: Mapped[ReviewDecision] = mapped_column(pg_enum(ReviewDecision, "review_decision"))
    from_status: Mapped[CourseStatus] = mapped_column(
        pg_enum(CourseStatus, "course_status"), doc="Where the course stood before."
    )
    to_status: Mapped[CourseStatus] = mapped_column(
        pg_enum(CourseStatus, "course_status"), doc="Where the course stood after."
    )
    summary: Mapped[str | None] = mapped_column(Text, doc="The step's reason in a few sentences.")
    comments: Mapped[JsonList] = mapped_column(Json(ReviewComments), doc="Remarks at lessons and their blocks.")
    created_at: Mapped[CreatedAt]
