"""The working copy of a course, the revisions of its lessons, and what is said of them in a review.

What learners see is in `courses`, `modules` and `lessons`. Whoever builds changes the working copy; publishing brings
it over. A new module or lesson has its row there from the start, hidden, so that videos, assessments and progress
have something to refer to.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.authoring.shapes import Details, LessonText
from learncraft.courses.models import CourseStatus
from learncraft.db import Base, CreatedAt, JsonObject, UpdatedAt, UuidPk, pg_enum, references
from learncraft.json_shapes import Json

_EMPTY = text("""'{"title": "Lesson", "blocks": []}'::jsonb""")


class CourseDraft(Base):
    """The working copy of one course: where it stands in its review, and what the course will say of itself."""

    __tablename__ = "course_drafts"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(details) = 'object'", name="details_is_object"),
        CheckConstraint("version > 0", name="version_positive"),
        Index("ix_course_drafts_submitted", "submitted_at", postgresql_where=text("status = 'pending_review'")),
    )

    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"), primary_key=True)
    status: Mapped[CourseStatus] = mapped_column(
        pg_enum(CourseStatus, "course_status"),
        server_default="draft",
        doc="Where the working copy stands; `published` while it is what learners see.",
    )
    details: Mapped[JsonObject] = mapped_column(Json(Details), doc="Title, description and the like, as worked on.")
    version: Mapped[int] = mapped_column(server_default=text("1"), doc="Counts changes of the details.")
    submitted_at: Mapped[datetime | None] = mapped_column(doc="Since when it waits for a review.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class ModuleDraft(Base):
    """A module as it is worked on."""

    __tablename__ = "module_drafts"
    __table_args__ = (
        UniqueConstraint("course_id", "order_index", deferrable=True, initially="DEFERRED"),
        CheckConstraint("(deleted_at IS NULL) = (order_index >= 0)", name="deleted_stands_apart"),
    )

    id: Mapped[UUID] = mapped_column(
        references("modules.id", on_delete="CASCADE"), primary_key=True, doc="The module that it becomes."
    )
    course_id: Mapped[UUID] = mapped_column(references("course_drafts.course_id", on_delete="CASCADE"))
    title: Mapped[str] = mapped_column(String(255), doc="What the module is called.")
    description: Mapped[str | None] = mapped_column(Text, doc="What the module is about.")
    order_index: Mapped[int] = mapped_column(doc="Its place in the course, from 0; below 0 when deleted.")
    is_published: Mapped[bool] = mapped_column(server_default=text("true"), doc="Whether learners will see it.")
    deleted_at: Mapped[datetime | None] = mapped_column(doc="When it was deleted; it can be brought back.")
    deleted_place: Mapped[int | None] = mapped_column(doc="Where it stood before.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class LessonDraft(Base):
    """A lesson as it is worked on. `version` counts its saves: who saves names the version that they began from."""

    __tablename__ = "lesson_drafts"
    __table_args__ = (
        UniqueConstraint("module_id", "order_index", deferrable=True, initially="DEFERRED"),
        UniqueConstraint("module_id", "id"),  # what a parent is referred to by
        ForeignKeyConstraint(
            ["module_id", "parent_lesson_id"],
            ["lesson_drafts.module_id", "lesson_drafts.id"],
            name="fk_lesson_drafts_parent_same_module",
        ),
        CheckConstraint("parent_lesson_id <> id", name="not_its_own_parent"),
        CheckConstraint("jsonb_typeof(content -> 'blocks') = 'array'", name="content_has_blocks"),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("(deleted_at IS NULL) = (order_index >= 0)", name="deleted_stands_apart"),
        Index("ix_lesson_drafts_parent", "module_id", "parent_lesson_id"),
        Index("ix_lesson_drafts_edited_by", "edited_by"),
        Index(
            "uq_lesson_drafts_slug_living",
            "module_id",
            "slug",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(
        references("lessons.id", on_delete="CASCADE"), primary_key=True, doc="The lesson that it becomes."
    )
    module_id: Mapped[UUID] = mapped_column(references("module_drafts.id", on_delete="CASCADE"))
    parent_lesson_id: Mapped[UUID | None] = mapped_column(doc="The lesson that it is nested in, of the same module.")
    slug: Mapped[str] = mapped_column(String(500), doc="The lesson's name in addresses; unique in its module.")
    order_index: Mapped[int] = mapped_column(doc="Its place in the module, from 0; below 0 when deleted.")
    content: Mapped[JsonObject] = mapped_column(
        Json(LessonText), server_default=_EMPTY, doc="Title, blocks and all that its editor changes."
    )
    title: Mapped[str] = mapped_column(
        Text, Computed("(content ->> 'title'::text)", persisted=True), doc="Out of the content, for lists."
    )
    minutes: Mapped[int] = mapped_column(
        Computed("COALESCE(((content ->> 'minutes'::text))::integer, 0)", persisted=True),
        doc="Out of the content, for lists.",
    )
    is_free: Mapped[bool] = mapped_column(
        Computed("COALESCE(((content ->> 'is_free'::text))::boolean, false)", persisted=True),
        doc="Out of the content, for lists.",
    )
    is_published: Mapped[bool] = mapped_column(
        Computed("COALESCE(((content ->> 'is_published'::text))::boolean, true)", persisted=True),
        doc="Out of the content, for lists: whether learners will see it.",
    )
    block_count: Mapped[int] = mapped_column(
        Computed(
            "CASE WHEN (jsonb_typeof((content -> 'blocks'::text)) = 'array'::text) "
            "THEN jsonb_array_length((content -> 'blocks'::text)) ELSE 0 END",
            persisted=True,
        ),
        doc="Out of the content, for lists.",
    )
    version: Mapped[int] = mapped_column(server_default=text("1"), doc="Counts its saves.")
    published_version: Mapped[int] = mapped_column(
        server_default=text("0"), doc="The version that learners see; 0 while they see none."
    )
    edited_by: Mapped[UUID | None] = mapped_column(
        references("users.id", on_delete="SET NULL"), doc="Who saved it last."
    )
    edited_in: Mapped[UUID | None] = mapped_column(doc="The browser tab of the last save.")
    edit_sequence: Mapped[int] = mapped_column(
        BigInteger, server_default=text("0"), doc="The number of the last save in its tab."
    )
    edited_at: Mapped[datetime | None] = mapped_column(doc="When it was saved last.")
    deleted_at: Mapped[datetime | None] = mapped_column(doc="When it was deleted; it can be brought back.")
    deleted_place: Mapped[int | None] = mapped_column(doc="Where it stood before.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class LessonRevision(Base):
    """A lesson's text at one time. What one person types in one stretch is one revision; the newest holds all of it."""

    __tablename__ = "lesson_revisions"
    __table_args__ = (
        UniqueConstraint("lesson_id", "number"),
        CheckConstraint("kind IN ('begun', 'typed', 'merged', 'restored', 'published')", name="kind_known"),
        CheckConstraint("jsonb_typeof(content -> 'blocks') = 'array'", name="content_has_blocks"),
        Index("ix_lesson_revisions_author_id", "author_id"),
    )

    id: Mapped[UuidPk]
    lesson_id: Mapped[UUID] = mapped_column(references("lessons.id", on_delete="CASCADE"))
    number: Mapped[int] = mapped_column(doc="Counts the revisions of its lesson, from 1.")
    kind: Mapped[str] = mapped_column(
        String(10), doc="How it came about: `begun`, `typed`, `merged`, `restored` or `published`."
    )
    author_id: Mapped[UUID | None] = mapped_column(references("users.id", on_delete="SET NULL"), doc="Whose it is.")
    content: Mapped[JsonObject] = mapped_column(Json(LessonText), server_default=_EMPTY, doc="The whole text.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class LessonEditor(Base):
    """A browser tab in which somebody has a lesson open for editing; it says every few seconds that it still is."""

    __tablename__ = "lesson_editors"
    __table_args__ = (
        UniqueConstraint("lesson_id", "tab"),
        Index("ix_lesson_editors_user_id", "user_id"),
        Index("ix_lesson_editors_seen_at", "seen_at"),
    )

    id: Mapped[UuidPk]
    lesson_id: Mapped[UUID] = mapped_column(references("lessons.id", on_delete="CASCADE"))
    tab: Mapped[UUID] = mapped_column(doc="The tab's own number.")
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"), doc="Who edits there.")
    seen_at: Mapped[datetime] = mapped_column(server_default=text("now()"), doc="When the tab was last heard of.")


class ReviewRemark(Base):
    """What somebody says in a review about a lesson, a block of it, or a question; or an answer to that.

    A question is named without a reference: before it is published it has no row, and when its author takes it out
    what was said of it stays. It is followed through its versions when it is read.
    """

    __tablename__ = "review_remarks"
    __table_args__ = (
        CheckConstraint("body <> ''", name="body_given"),
        CheckConstraint("block_id IS NULL OR lesson_id IS NOT NULL", name="block_of_a_lesson"),
        CheckConstraint("resolved_by IS NULL OR resolved_at IS NOT NULL", name="resolved_has_a_date"),
        CheckConstraint("question_id IS NULL OR assessment_id IS NOT NULL", name="question_of_an_assessment"),
        CheckConstraint("answers_id IS NULL OR resolved_at IS NULL", name="answer_is_not_settled"),
        Index("ix_review_remarks_course_id_created_at", "course_id", "created_at"),
        Index("ix_review_remarks_lesson_id", "lesson_id"),
        Index("ix_review_remarks_question_id", "question_id"),
        Index("ix_review_remarks_assessment_id", "assessment_id"),
        Index("ix_review_remarks_answers_id", "answers_id"),
        Index("ix_review_remarks_author_id", "author_id"),
        Index("ix_review_remarks_resolved_by", "resolved_by"),
    )

    id: Mapped[UuidPk]
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    lesson_id: Mapped[UUID | None] = mapped_column(references("lessons.id", on_delete="CASCADE"))
    block_id: Mapped[str | None] = mapped_column(String(64), doc="The block of the lesson; none is all of it.")
    assessment_id: Mapped[UUID | None] = mapped_column(references("assessments.id", on_delete="CASCADE"))
    question_id: Mapped[UUID | None] = mapped_column(
        doc="The question as its editor named it then; its later versions follow it."
    )
    answers_id: Mapped[UUID | None] = mapped_column(
        references("review_remarks.id", on_delete="CASCADE"), doc="The remark that this is an answer to."
    )
    author_id: Mapped[UUID | None] = mapped_column(references("users.id", on_delete="SET NULL"), doc="Who says it.")
    body: Mapped[str] = mapped_column(Text, doc="What is said.")
    resolved_at: Mapped[datetime | None] = mapped_column(doc="When it was taken care of.")
    resolved_by: Mapped[UUID | None] = mapped_column(
        references("users.id", on_delete="SET NULL"), doc="Who took care of it."
    )
    created_at: Mapped[CreatedAt]
