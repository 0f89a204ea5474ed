"""What a course says about its grades, and the grades that people set by hand."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.db import Base, CreatedAt, Percentage, UpdatedAt, UuidPk, references


class GradingScheme(Base):
    """How one course makes a total of its grades; a course without a row has the defaults."""

    __tablename__ = "grading_schemes"
    __table_args__ = (
        UniqueConstraint("course_id"),
        CheckConstraint("attempt_rule IN ('best', 'last', 'average')", name="attempt_rule_known"),
        CheckConstraint("decimals BETWEEN 0 AND 2", name="decimals_between_0_and_2"),
    )

    id: Mapped[UuidPk]
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    attempt_rule: Mapped[str] = mapped_column(
        String(10), server_default="best", doc="Which of several attempts counts: `best`, `last` or `average`."
    )
    missing_is_zero: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Whether a missing grade counts as 0 rather than not at all."
    )
    decimals: Mapped[int] = mapped_column(
        SmallInteger, server_default=text("1"), doc="How many decimals a total is rounded to, half up."
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class GradeCategory(Base):
    """Assessments of a course that are weighed together, such as homework."""

    __tablename__ = "grade_categories"
    __table_args__ = (
        UniqueConstraint("course_id", "title"),
        CheckConstraint("weight > 0", name="weight_positive"),
        CheckConstraint("drop_lowest >= 0", name="drop_lowest_not_negative"),
        CheckConstraint("title <> ''", name="title_given"),
    )

    id: Mapped[UuidPk]
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    title: Mapped[str] = mapped_column(String(100), doc="What the category is called, unique in its course.")
    weight: Mapped[Decimal] = mapped_column(
        Numeric(8, 2), server_default=text("1"), doc="Its weight among the categories; only proportions count."
    )
    drop_lowest: Mapped[int] = mapped_column(
        SmallInteger, server_default=text("0"), doc="How many of the lowest grades are dropped."
    )
    order_index: Mapped[int] = mapped_column(server_default=text("0"), doc="Its place among the categories, from 0.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class GradedItem(Base):
    """The place of an assessment in the total of its course."""

    __tablename__ = "graded_items"
    __table_args__ = (
        UniqueConstraint("assessment_id"),
        CheckConstraint("weight >= 0", name="weight_not_negative"),
        Index("ix_graded_items_category_id", "category_id"),
    )

    id: Mapped[UuidPk]
    assessment_id: Mapped[UUID] = mapped_column(references("assessments.id", on_delete="CASCADE"))
    category_id: Mapped[UUID | None] = mapped_column(
        references("grade_categories.id", on_delete="SET NULL"),
        doc="Its category. With none it counts only where the course has no categories.",
    )
    weight: Mapped[Decimal] = mapped_column(
        Numeric(8, 2), server_default=text("1"), doc="Its weight in the category; 0 keeps it out."
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class GradeOverride(Base):
    """A grade that a person set for a learner's assessment. Rows are only added; the newest counts."""

    __tablename__ = "grade_overrides"
    __table_args__ = (
        CheckConstraint("kind IN ('percent', 'excused', 'withdrawn')", name="kind_known"),
        CheckConstraint("(kind = 'percent') = (percent IS NOT NULL)", name="percent_only_when_set"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent_between_0_and_100"),
        CheckConstraint("reason <> ''", name="reason_given"),
        Index("ix_grade_overrides_newest", "assessment_id", "user_id", text("id DESC")),
        Index("ix_grade_overrides_user_id", "user_id"),
        Index("ix_grade_overrides_given_by", "given_by"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"), doc="Whose grade it is.")
    assessment_id: Mapped[UUID] = mapped_column(references("assessments.id", on_delete="CASCADE"))
    kind: Mapped[str] = mapped_column(
        String(10), doc="`percent`: this grade; `excused`: counts nowhere; `withdrawn`: as the attempts say."
    )
    percent: Mapped[Percentage | None] = mapped_column(doc="The grade that counts instead of the attempts'.")
    reason: Mapped[str] = mapped_column(Text, doc="Why, in words that the learner reads.")
    given_by: Mapped[UUID] = mapped_column(references("users.id", on_delete="RESTRICT"), doc="Who set it.")
    created_at: Mapped[CreatedAt]
