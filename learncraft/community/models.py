"""Notes at lessons, discussions of courses, and the votes in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.community.shapes import NotePosition
from learncraft.db import Base, CreatedAt, UpdatedAt, UuidPk, references
from learncraft.json_shapes import Json


class UserNote(Base):
    """What a person wrote at a lesson, for themselves or for everybody in the course."""

    __tablename__ = "user_notes"
    __table_args__ = (
        CheckConstraint("position_data IS NULL OR jsonb_typeof(position_data) = 'object'", name="position_is_object"),
        CheckConstraint("btrim(content) <> ''", name="content_not_empty"),
        Index("ix_user_notes_user_id_lesson_id", "user_id", "lesson_id"),
        Index("ix_user_notes_lesson_id", "lesson_id"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    lesson_id: Mapped[UUID] = mapped_column(references("lessons.id", on_delete="CASCADE"))
    content: Mapped[str] = mapped_column(Text, doc="The note, in Markdown.")
    position_data: Mapped[dict[str, Any] | None] = mapped_column(Json(NotePosition), doc="What it stands at.")
    is_public: Mapped[bool] = mapped_column(server_default=text("false"), doc="Whether others in the course see it.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class CourseDiscussion(Base):
    """A thread of a course, or a reply in one. A question may have one reply that answers it."""

    __tablename__ = "course_discussions"
    __table_args__ = (
        UniqueConstraint("course_id", "id"),  # what a parent is referred to by
        ForeignKeyConstraint(
            ["course_id", "parent_id"],
            ["course_discussions.course_id", "course_discussions.id"],
            name="fk_course_discussions_parent_same_course",
            ondelete="CASCADE",
        ),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        CheckConstraint("parent_id IS NOT NULL OR title IS NOT NULL", name="thread_has_a_title"),
        CheckConstraint("parent_id IS NULL OR NOT is_question", name="reply_is_no_question"),
        CheckConstraint("NOT is_answered OR is_question", name="only_questions_are_answered"),
        CheckConstraint("NOT is_accepted OR parent_id IS NOT NULL", name="only_replies_are_accepted"),
        CheckConstraint("btrim(content) <> ''", name="content_not_empty"),
        Index("uq_course_discussions_accepted", "parent_id", unique=True, postgresql_where=text("is_accepted")),
        Index("ix_course_discussions_course_id_created_at", "course_id", "created_at"),
        Index("ix_course_discussions_parent_id", "parent_id", "course_id"),
        Index("ix_course_discussions_user_id", "user_id"),
        Index("ix_course_discussions_lesson_id", "lesson_id"),
    )

    id: Mapped[UuidPk]
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    lesson_id: Mapped[UUID | None] = mapped_column(
        references("lessons.id", on_delete="SET NULL"), doc="The lesson that it is about; none is the course."
    )
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    parent_id: Mapped[UUID | None] = mapped_column(doc="What it replies to, in the same course; none is a thread.")
    title: Mapped[str | None] = mapped_column(String(255), doc="What a thread is called; replies have none.")
    content: Mapped[str] = mapped_column(Text, doc="What was written, in Markdown.")
    is_question: Mapped[bool] = mapped_column(server_default=text("false"), doc="Whether the thread asks something.")
    is_answered: Mapped[bool] = mapped_column(server_default=text("false"), doc="Whether a reply answers it.")
    is_accepted: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Whether this reply is the one that answers; one per thread at most."
    )
    vote_count: Mapped[int] = mapped_column(
        server_default=text("0"), doc="Votes for less votes against; kept by the trigger count_votes."
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    deleted_at: Mapped[datetime | None] = mapped_column(doc="Since when it is hidden; replies stay readable.")


class DiscussionVote(Base):
    """What one person thinks of one contribution. One vote a person; changing one's mind changes the row."""

    __tablename__ = "discussion_votes"
    __table_args__ = (
        UniqueConstraint("discussion_id", "user_id"),
        CheckConstraint("value IN (-1, 1)", name="value_is_up_or_down"),
        Index("ix_discussion_votes_user_id", "user_id"),
    )

    id: Mapped[UuidPk]
    discussion_id: Mapped[UUID] = mapped_column(references("course_discussions.id", on_delete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    value: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"), doc="1 is for it, -1 is against it.")
    created_at: Mapped[CreatedAt]
