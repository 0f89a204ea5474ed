"""What came back from addresses of other sites, and when a course's were asked for last."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.authoring.links.answers import Answer
from learncraft.db import Base, CreatedAt, UpdatedAt, references

_ANSWERS = ", ".join(f"'{one}'" for one in Answer)


class CheckedLink(Base):
    """What one address of another site answered last. One row for all courses that name it."""

    __tablename__ = "checked_links"
    __table_args__ = (
        CheckConstraint(f"answer IN ({_ANSWERS})", name="answer_known"),
        CheckConstraint("failures >= 0", name="failures_not_negative"),
        CheckConstraint("(failures > 0) = (failing_since IS NOT NULL)", name="failing_has_a_date"),
        Index("ix_checked_links_checked_at", "checked_at"),
    )

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True, doc="SHA-256 of the address.")
    address: Mapped[str] = mapped_column(Text, doc="The address, without its fragment.")
    answer: Mapped[str] = mapped_column(
        String(20), doc="What came back: `well`, or why not (`learncraft/authoring/links/answers.py`)."
    )
    http_status: Mapped[int | None] = mapped_column(SmallInteger, doc="The number of the answer, if there was one.")
    checked_at: Mapped[datetime] = mapped_column(doc="When it was asked last.")
    failures: Mapped[int] = mapped_column(server_default=text("0"), doc="How often it has failed in a row.")
    failing_since: Mapped[datetime | None] = mapped_column(doc="When the first of these failures was.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class LinkCheck(Base):
    """When the links of one course were asked for last. Whoever asks writes here first, so two clicks are one check."""

    __tablename__ = "link_checks"
    __table_args__ = (CheckConstraint("ended_at >= asked_at", name="ends_after_it_was_asked"),)

    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(server_default=text("now()"), doc="When somebody asked for it.")
    ended_at: Mapped[datetime | None] = mapped_column(doc="When it was through; empty while it waits or runs.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
