"""What a course is offered as, and who signed up: offerings, cohorts, registrations."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
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
    JsonList,
    JsonObject,
    Money,
    UpdatedAt,
    UuidPk,
    pg_enum,
    references,
)
from learncraft.enrollment.shapes import RegistrationAnswers, RegistrationForm
from learncraft.json_shapes import Json


class ProgramType(StrEnum):
    """How a course is given."""

    COHORT = "cohort"
    WORKSHOP = "workshop"
    SELF_PACED = "self_paced"


class RegistrationStatus(StrEnum):
    """Where a registration stands."""

    STARTED = "started"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    WAITLISTED = "waitlisted"
    REJECTED = "rejected"
    ENROLLED = "enrolled"
    WITHDRAWN = "withdrawn"


class CourseOffering(Base):
    """A course as it is offered to sign up for: as a cohort, a workshop, or at one's own pace."""

    __tablename__ = "course_offerings"
    __table_args__ = (
        CheckConstraint("registration_opens_at < registration_closes_at", name="registration_in_order"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("jsonb_typeof(form) = 'array'", name="form_is_list"),
        UniqueConstraint("id", "course_id"),  # what a cohort refers to
        Index("ix_course_offerings_course_id", "course_id"),
    )

    id: Mapped[UuidPk]
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    program_type: Mapped[ProgramType] = mapped_column(pg_enum(ProgramType, "program_type"), server_default="cohort")
    title: Mapped[str] = mapped_column(String(255), doc="What the offering is called.")
    description: Mapped[str | None] = mapped_column(Text, doc="What those who sign up should know.")
    price: Mapped[Money] = mapped_column(server_default=text("0"), doc="What it costs.")
    registration_opens_at: Mapped[datetime | None] = mapped_column(doc="From when one can sign up; none is at once.")
    registration_closes_at: Mapped[datetime | None] = mapped_column(doc="Until when one can sign up; none is always.")
    form: Mapped[JsonList] = mapped_column(Json(RegistrationForm), doc="What those who sign up are asked, in stages.")
    needs_review: Mapped[bool] = mapped_column(
        server_default=text("true"), doc="Whether a person decides; otherwise who comes first gets a place."
    )
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), doc="Whether it is offered.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Cohort(Base):
    """Learners who take a course together, between two dates."""

    __tablename__ = "cohorts"
    __table_args__ = (
        CheckConstraint("start_date <= end_date", name="dates_in_order"),
        CheckConstraint("capacity > 0", name="capacity_positive"),
        CheckConstraint("batch_size > 0", name="batch_size_positive"),
        UniqueConstraint("id", "course_id"),  # what an enrollment refers to
        UniqueConstraint("course_id", "name"),
        # The offering is one of this course; a cohort outlives the form that people signed up by.
        ForeignKeyConstraint(
            ["offering_id", "course_id"],
            ["course_offerings.id", "course_offerings.course_id"],
            name="fk_cohorts_offering_of_course",
            ondelete="SET NULL (offering_id)",
        ),
        Index("ix_cohorts_offering_id", "offering_id", "course_id"),
        Index("ix_cohorts_start_date", "start_date"),
    )

    id: Mapped[UuidPk]
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    offering_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(255), doc="What the cohort is called, unique in its course.")
    start_date: Mapped[date] = mapped_column(doc="The first day.")
    end_date: Mapped[date | None] = mapped_column(doc="The last day; none is open.")
    capacity: Mapped[int | None] = mapped_column(doc="How many may be in it; none is any number.")
    batch_size: Mapped[int | None] = mapped_column(
        SmallInteger, doc="How many make one batch of it; none is no batches."
    )
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), doc="Whether it still takes place.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class CohortMember(Base):
    """One person's place in a cohort. `left_at` frees it for somebody else."""

    __tablename__ = "cohort_members"
    __table_args__ = (
        UniqueConstraint("cohort_id", "user_id"),
        CheckConstraint("batch_no > 0", name="batch_no_positive"),
        CheckConstraint("left_at >= joined_at", name="left_after_joining"),
        Index("ix_cohort_members_user_id", "user_id"),
    )

    id: Mapped[UuidPk]
    cohort_id: Mapped[UUID] = mapped_column(references("cohorts.id", on_delete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    batch_no: Mapped[int | None] = mapped_column(SmallInteger, doc="The group within the cohort, from 1.")
    joined_at: Mapped[CreatedAt] = mapped_column(doc="Since when the person is in it.")
    left_at: Mapped[datetime | None] = mapped_column(doc="Since when the person is no longer in it.")


class Registration(Base):
    """A form for an offering, filled in stage by stage, that ends in an enrollment and a cohort place."""

    __tablename__ = "registrations"
    __table_args__ = (
        CheckConstraint("email = lower(email) AND position('@' in email) > 1", name="email_is_lowercase_address"),
        CheckConstraint("jsonb_typeof(answers_json) = 'object'", name="answers_is_object"),
        CheckConstraint("status = 'started' OR submitted_at IS NOT NULL", name="submitted_has_a_date"),
        CheckConstraint("status <> 'enrolled' OR enrollment_id IS NOT NULL", name="enrolled_has_an_enrollment"),
        CheckConstraint("stage >= 0", name="stage_not_negative"),
        # One form a person: who withdrew or was refused may try again.
        Index(
            "uq_registrations_open",
            "offering_id",
            "email",
            unique=True,
            postgresql_where=text("status NOT IN ('rejected', 'withdrawn')"),
        ),
        Index("ix_registrations_offering_id_status", "offering_id", "status"),
        # Who waits, in the order in which they move up.
        Index(
            "ix_registrations_waiting",
            "offering_id",
            "cohort_id",
            "submitted_at",
            postgresql_where=text("status = 'waitlisted'"),
        ),
        Index("ix_registrations_user_id", "user_id"),
        Index("ix_registrations_email", "email"),
        Index("ix_registrations_cohort_id", "cohort_id"),
        Index("ix_registrations_enrollment_id", "enrollment_id"),
    )

    id: Mapped[UuidPk]
    offering_id: Mapped[UUID] = mapped_column(references("course_offerings.id", on_delete="CASCADE"))
    user_id: Mapped[UUID | None] = mapped_column(
        references("users.id", on_delete="CASCADE"), doc="Who registers, once they have an account."
    )
    email: Mapped[str] = mapped_column(String(255), doc="Where the person is written to; in lower case.")
    first_name: Mapped[str | None] = mapped_column(String(100), doc="What the person is called, for their account.")
    last_name: Mapped[str | None] = mapped_column(String(100), doc="Their last name, for their account.")
    email_confirmed_at: Mapped[datetime | None] = mapped_column(
        doc="When a link to the address was opened; it works once."
    )
    invited_at: Mapped[datetime | None] = mapped_column(
        doc="When the person was invited; who is invited needs no review."
    )
    status: Mapped[RegistrationStatus] = mapped_column(
        pg_enum(RegistrationStatus, "registration_status"), server_default="started"
    )
    stage: Mapped[int] = mapped_column(
        SmallInteger, server_default=text("0"), doc="How many stages of the form are filled in."
    )
    answers_json: Mapped[JsonObject] = mapped_column(Json(RegistrationAnswers), doc="What was filled in so far.")
    cohort_id: Mapped[UUID | None] = mapped_column(
        references("cohorts.id", on_delete="SET NULL"),
        doc="The cohort asked for, and then given.",
    )
    # Cascade, as with the person: a form holds an address and answers, and goes with what it was for.
    enrollment_id: Mapped[UUID | None] = mapped_column(
        references("enrollments.id", on_delete="CASCADE"), doc="The place in the course that it ended in."
    )
    submitted_at: Mapped[datetime | None] = mapped_column(doc="When the last stage was sent.")
    decided_at: Mapped[datetime | None] = mapped_column(doc="When it was accepted, put on the waiting list or refused.")
    decision_note: Mapped[str | None] = mapped_column(Text, doc="What the person was told with the decision.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
