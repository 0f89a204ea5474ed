"""Who is in which course, and how far each has come."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.db import (
    Base,
    CreatedAt,
    Money,
    Percentage,
    UpdatedAt,
    UuidPk,
    pg_enum,
    references,
)
from learncraft.enrollment.shapes import Position
from learncraft.json_shapes import Json


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
        # The cohort is one of this course; when it is gone, the learner's place in the course stays.
        ForeignKeyConstraint(
            ["cohort_id", "course_id"],
            ["cohorts.id", "cohorts.course_id"],
            name="fk_enrollments_cohort_of_course",
            ondelete="SET NULL (cohort_id)",
        ),
        UniqueConstraint("id", "user_id", "course_id"),  # what a certificate refers to
        Index("ix_enrollments_course_id_status", "course_id", "status"),
        Index("ix_enrollments_course_id_enrolled_at", "course_id", "enrolled_at"),
        Index("ix_enrollments_cohort_id", "cohort_id", "course_id"),
        CheckConstraint(
            "review_answer IS NULL OR (review_answered_at IS NOT NULL AND rating IS NOT NULL)",
            name="answer_has_a_date",
        ),
        Index(
            "ix_enrollments_course_id_rating",
            "course_id",
            "rating",
            postgresql_where=text("rating IS NOT NULL"),
        ),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    status: Mapped[EnrollmentStatus] = mapped_column(
        pg_enum(EnrollmentStatus, "enrollment_status"), server_default="active"
    )
    cohort_id: Mapped[UUID | None] = mapped_column(
        doc="The cohort that the learner takes it with, one of the same course."
    )
    price_paid: Mapped[Money] = mapped_column(server_default=text("0"), doc="What the learner paid.")
    payment_id: Mapped[str | None] = mapped_column(String(100), doc="The payment provider's name for the payment.")
    rating: Mapped[int | None] = mapped_column(
        SmallInteger, doc="The learner's rating of the course: 1 is bad, 5 is good."
    )
    review: Mapped[str | None] = mapped_column(Text, doc="The learner's opinion of the course.")
    reviewed_at: Mapped[datetime | None] = mapped_column(doc="When the learner said so; none is `updated_at`.")
    review_answer: Mapped[str | None] = mapped_column(Text, doc="What who teaches the course says to that.")
    review_answered_at: Mapped[datetime | None] = mapped_column(doc="When they said it.")
    enrolled_at: Mapped[CreatedAt] = mapped_column(doc="Since when the learner is in it.")
    completed_at: Mapped[datetime | None] = mapped_column(doc="When the course was completed.")
    expires_at: Mapped[datetime | None] = mapped_column(doc="Until when the learner may be in it; none is always.")
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
    completed_lessons: Mapped[int] = mapped_column(server_default=text("0"), doc="How many lessons are finished.")
    total_lessons: Mapped[int] = mapped_column(server_default=text("0"), doc="How many lessons there are.")
    completed_labs: Mapped[int] = mapped_column(server_default=text("0"), doc="How many labs are passed.")
    total_labs: Mapped[int] = mapped_column(server_default=text("0"), doc="How many labs there are.")
    time_spent_minutes: Mapped[int] = mapped_column(
        server_default=text("0"), doc="How long the learner was in it, rounded."
    )
    time_spent_seconds: Mapped[int] = mapped_column(server_default=text("0"), doc="How long the learner was in it.")
    percent_complete: Mapped[Percentage] = mapped_column(
        server_default=text("0"), doc="How much of the course is finished."
    )
    last_lesson_id: Mapped[UUID | None] = mapped_column(
        references("lessons.id", on_delete="SET NULL"), index=True, doc="The lesson to go on at."
    )
    last_accessed_at: Mapped[datetime | None] = mapped_column(doc="When the learner was last in it.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class LessonProgress(Base):
    """How far one learner has come in one lesson. One row per learner and lesson."""

    __tablename__ = "lesson_progress"
    __table_args__ = (
        UniqueConstraint("user_id", "lesson_id"),
        CheckConstraint("completion_percentage BETWEEN 0 AND 100", name="percentage_between_0_and_100"),
        CheckConstraint("read_percentage BETWEEN 0 AND 100", name="read_between_0_and_100"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_between_0_and_100"),
        CheckConstraint("last_position IS NULL OR jsonb_typeof(last_position) = 'object'", name="position_is_object"),
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
    completion_percentage: Mapped[Percentage] = mapped_column(
        server_default=text("0"), doc="How far the learner has been in it."
    )
    read_percentage: Mapped[Percentage] = mapped_column(
        server_default=text("0"), doc="How much of its text was in view; it never goes back."
    )
    video_position_seconds: Mapped[int] = mapped_column(
        server_default=text("0"), doc="Where the learner stopped watching."
    )
    video_duration_seconds: Mapped[int] = mapped_column(
        server_default=text("0"), doc="How long the video lasts, as the player says."
    )
    video_completed: Mapped[bool] = mapped_column(server_default=text("false"), doc="Whether the video was watched.")
    lab_completed: Mapped[bool] = mapped_column(server_default=text("false"), doc="Whether the lab was passed.")
    quiz_score: Mapped[int | None] = mapped_column(doc="The best attempt, rounded.")
    score: Mapped[Percentage | None] = mapped_column(doc="The best attempt.")
    attempts: Mapped[int] = mapped_column(server_default=text("0"), doc="How many attempts were graded.")
    time_spent_seconds: Mapped[int] = mapped_column(server_default=text("0"), doc="How long the learner was in it.")
    last_position: Mapped[dict[str, Any] | None] = mapped_column(Json(Position), doc="Where to go on.")
    started_at: Mapped[datetime | None] = mapped_column(doc="When the learner first opened it.")
    completed_at: Mapped[datetime | None] = mapped_column(doc="When the learner finished it.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class VideoBookmark(Base):
    """A moment of a video that a learner marked, with a note if they like."""

    __tablename__ = "video_bookmarks"
    __table_args__ = (
        CheckConstraint("position_seconds >= 0", name="position_not_negative"),
        UniqueConstraint("user_id", "video_id", "position_seconds"),
        Index("ix_video_bookmarks_video_id", "video_id"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    video_id: Mapped[UUID] = mapped_column(references("videos.id", on_delete="CASCADE"))
    position_seconds: Mapped[int] = mapped_column(doc="The moment, from the video's start.")
    note: Mapped[str | None] = mapped_column(Text, doc="What the learner wrote at it.")
    created_at: Mapped[CreatedAt]


class Certificate(Base):
    """Proof that a learner finished a course. One per enrollment; revoked rather than deleted."""

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("enrollment_id"),
        UniqueConstraint("user_id", "course_id"),
        # The person and the course are those of the enrollment. A course or a place with a certificate stays.
        ForeignKeyConstraint(
            ["enrollment_id", "user_id", "course_id"],
            ["enrollments.id", "enrollments.user_id", "enrollments.course_id"],
            name="fk_certificates_of_enrollment",
            ondelete="NO ACTION",
        ),
        CheckConstraint("is_revoked = (revoked_at IS NOT NULL)", name="revoked_has_a_date"),
        CheckConstraint("is_revoked OR revoke_reason IS NULL", name="reason_only_when_revoked"),
        CheckConstraint("char_length(certificate_number) >= 12", name="number_not_guessable"),
        CheckConstraint("completion_date <= issued_at", name="issued_after_completion"),
        Index("ix_certificates_of_enrollment", "enrollment_id", "user_id", "course_id"),
        Index("ix_certificates_course_id", "course_id"),
    )

    id: Mapped[UuidPk]
    enrollment_id: Mapped[UUID] = mapped_column(doc="The place in the course that was completed.")
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="NO ACTION"))
    certificate_number: Mapped[str] = mapped_column(
        String(50), unique=True, doc="What others check it by: random, with a check digit, never counted up."
    )
    title: Mapped[str] = mapped_column(String(255), doc="The course's title on the day it was issued.")
    pdf_url: Mapped[str | None] = mapped_column(String(1000), doc="Where the printable file is, once it is made.")
    verification_url: Mapped[str | None] = mapped_column(String(500), doc="The public page that confirms it.")
    completion_date: Mapped[datetime] = mapped_column(doc="When the course was completed.")
    issued_at: Mapped[CreatedAt] = mapped_column(doc="When the certificate was issued.")
    is_revoked: Mapped[bool] = mapped_column(server_default=text("false"), doc="Whether it no longer counts.")
    revoked_at: Mapped[datetime | None] = mapped_column(doc="Since when it no longer counts.")
    revoke_reason: Mapped[str | None] = mapped_column(Text, doc="Why it no longer counts.")
    created_at: Mapped[CreatedAt]


class CartItem(Base):
    """A course that a person means to buy. A course lies in a cart once."""

    __tablename__ = "cart_items"
    __table_args__ = (
        UniqueConstraint("user_id", "course_id"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        Index("ix_cart_items_course_id", "course_id"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    price: Mapped[Money] = mapped_column(doc="What the course cost when it was put in; a change is shown at checkout.")
    created_at: Mapped[CreatedAt]
