"""Who is in which course, and how far each has come."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.db import Base, CreatedAt, Money, Percentage, UpdatedAt, UuidPk, pg_enum, references


class EnrollmentStatus(StrEnum):
    """Whether a learner is in a course. Cancelled is before it began to count, dropped is a learner's choice."""

    ACTIVE = "active"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    DROPPED = "dropped"


class ProgressStatus(StrEnum):
    """How far a learner is in a lesson."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


class Enrollment(Base):
    """One learner's place in one course. One row per learner and course, whatever its status."""

    __tablename__ = "enrollments"
    __table_args__ = (
        UniqueConstraint("user_id", "course_id"),
        CheckConstraint("price_paid >= 0", name="price_paid_not_negative"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating_between_1_and_5"),
        CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed_has_a_date"),
        Index("ix_enrollments_course_id_status", "course_id", "status"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    status: Mapped[EnrollmentStatus] = mapped_column(
        pg_enum(EnrollmentStatus, "enrollment_status"), server_default="active"
    )
    price_paid: Mapped[Money] = mapped_column(server_default=text("0"))
    payment_id: Mapped[str | None] = mapped_column(String(100))
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    review: Mapped[str | None] = mapped_column(Text)
    enrolled_at: Mapped[CreatedAt]
    completed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class CourseProgress(Base):
    """How far an enrollment has come; recomputed from lesson_progress by `progress.course_progress`."""

    __tablename__ = "course_progress"
    __table_args__ = (
        UniqueConstraint("enrollment_id"),
        CheckConstraint("percent_complete BETWEEN 0 AND 100", name="percent_between_0_and_100"),
        CheckConstraint("completed_lessons BETWEEN 0 AND total_lessons", name="lessons_within_total"),
        CheckConstraint("completed_labs BETWEEN 0 AND total_labs", name="labs_within_total"),
        CheckConstraint("time_spent_minutes >= 0 AND time_spent_seconds >= 0", name="time_not_negative"),
    )

    id: Mapped[UuidPk]
    enrollment_id: Mapped[UUID] = mapped_column(references("enrollments.id", on_delete="CASCADE"))
    completed_lessons: Mapped[int] = mapped_column(server_default=text("0"))
    total_lessons: Mapped[int] = mapped_column(server_default=text("0"))
    completed_labs: Mapped[int] = mapped_column(server_default=text("0"))
    total_labs: Mapped[int] = mapped_column(server_default=text("0"))
    time_spent_minutes: Mapped[int] = mapped_column(server_default=text("0"))
    time_spent_seconds: Mapped[int] = mapped_column(server_default=text("0"))
    percent_complete: Mapped[Percentage] = mapped_column(server_default=text("0"))
    last_lesson_id: Mapped[UUID | None] = mapped_column(references("lessons.id", on_delete="SET NULL"), index=True)
    last_accessed_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class LessonProgress(Base):
    """How far one learner has come in one lesson. One row per learner and lesson."""

    __tablename__ = "lesson_progress"
    __table_args__ = (
        UniqueConstraint("user_id", "lesson_id"),
        CheckConstraint("completion_percentage BETWEEN 0 AND 100", name="percentage_between_0_and_100"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_between_0_and_100"),
        CheckConstraint("time_spent_seconds >= 0 AND attempts >= 0", name="counts_not_negative"),
        CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed_has_a_date"),
        Index("ix_lesson_progress_lesson_id", "lesson_id"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    lesson_id: Mapped[UUID] = mapped_column(references("lessons.id", on_delete="CASCADE"))
    status: Mapped[ProgressStatus] = mapped_column(
        pg_enum(ProgressStatus, "progress_status"), server_default="not_started"
    )
    completion_percentage: Mapped[Percentage] = mapped_column(server_default=text("0"))
    video_position_seconds: Mapped[int] = mapped_column(server_default=text("0"))
    video_duration_seconds: Mapped[int] = mapped_column(server_default=text("0"))
    video_completed: Mapped[bool] = mapped_column(server_default=text("false"))
    lab_completed: Mapped[bool] = mapped_column(server_default=text("false"))
    quiz_score: Mapped[int | None]  # best attempt, percent, rounded
    score: Mapped[Percentage | None]  # best attempt, percent
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    time_spent_seconds: Mapped[int] = mapped_column(server_default=text("0"))
    last_position: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # {"part": 2}
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class SearchWord(Base):
    """A word of what can be found, for completions and for mending typing errors; `dictionary` keeps it.

    `variants` are the word and what is left of it without one or two letters: a word with the same remains as a
    mistyped one is within two errors of it. It works on any PostgreSQL, without pg_trgm.
    """

    __tablename__ = "search_words"
    __table_args__ = (Index("ix_search_words_variants", "variants", postgresql_using="gin"),)

    word: Mapped[str] = mapped_column(String(40, collation="C"), primary_key=True)
    documents: Mapped[int]  # courses and lessons that have it
    variants: Mapped[list[str]] = mapped_column(ARRAY(String(40)))


class SearchRefresh(Base):
    """When the words were last collected. One row, locked by whoever collects them."""

    __tablename__ = "search_refreshes"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    refreshed_at: Mapped[datetime]
