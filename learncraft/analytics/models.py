"""What those who read charts keep: their views, whom they wrote to, and which letters they got."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import RootModel
from sqlalchemy import CheckConstraint, Date, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.db import Base, CreatedAt, JsonList, UuidPk, references
from learncraft.json_shapes import Json


class Reasons(RootModel[tuple[str, ...]]):
    """Why somebody was contacted, in sentences."""


class SavedView(Base):
    """An insight page with its filters, kept by one person under a name."""

    __tablename__ = "saved_views"
    __table_args__ = (
        UniqueConstraint("user_id", "name"),
        CheckConstraint("btrim(name) <> ''", name="name_not_empty"),
        CheckConstraint("char_length(query) <= 2000", name="query_not_too_long"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"), doc="Whose view it is.")
    name: Mapped[str] = mapped_column(String(100), doc="What the person calls it.")
    page: Mapped[str] = mapped_column(String(100), doc="The file of the page, such as `pages/insights/course.py`.")
    query: Mapped[str] = mapped_column(Text, doc="The filters, as they stand in the address.")
    created_at: Mapped[CreatedAt]


class LearnerContact(Base):
    """A word that somebody who teaches had with a learner at risk. Rows are only ever added."""

    __tablename__ = "learner_contacts"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(reasons) = 'array'", name="reasons_is_list"),
        Index("ix_learner_contacts_course_id_learner_id", "course_id", "learner_id", "created_at"),
        Index("ix_learner_contacts_learner_id", "learner_id"),
        Index("ix_learner_contacts_contacted_by", "contacted_by"),
    )

    id: Mapped[UuidPk]
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    learner_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"), doc="Who was contacted.")
    contacted_by: Mapped[UUID | None] = mapped_column(
        references("users.id", on_delete="SET NULL"), doc="Who wrote or called; none once that account is gone."
    )
    reasons: Mapped[JsonList] = mapped_column(Json(Reasons), doc="Why, as the page said at that moment.")
    note: Mapped[str] = mapped_column(Text, server_default="", doc="What was said or agreed.")
    created_at: Mapped[CreatedAt]


class WeeklyLetter(Base):
    """That a person got the letter about one week. One row per person and week, so nobody gets it twice."""

    __tablename__ = "weekly_letters"
    __table_args__ = (UniqueConstraint("user_id", "week"),)

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"), doc="Who got it.")
    week: Mapped[date] = mapped_column(Date, doc="The Monday of the week that it tells of.")
    created_at: Mapped[CreatedAt]
