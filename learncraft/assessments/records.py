"""What is kept around assessments: drafts, handed-in files, marks, new gradings, accommodations, sightings."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.assessments.draft_shapes import DraftDocument, DraftQuestion
from learncraft.assessments.shapes import AnswerKey, ChosenLevels, ScoreChanges
from learncraft.db import Base, CreatedAt, JsonList, JsonObject, Percentage, Points, UpdatedAt, UuidPk, references
from learncraft.json_shapes import Json

# What a browser tells of a proctored attempt, and what the server notes itself.
SIGHTINGS = (
    "opened",
    "taken_over",
    "focus_lost",
    "focus_back",
    "fullscreen_entered",
    "fullscreen_left",
    "pasted",
)


class AssessmentDraft(Base):
    """An assessment as its authors are writing it; learners see none of it until it is published, and it goes then."""

    __tablename__ = "assessment_drafts"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(document) = 'object'", name="document_is_object"),
        UniqueConstraint("assessment_id"),
        Index("ix_assessment_drafts_edited_by", "edited_by"),
    )

    id: Mapped[UuidPk]
    assessment_id: Mapped[UUID] = mapped_column(references("assessments.id", on_delete="CASCADE"))
    document: Mapped[dict[str, Any]] = mapped_column(
        Json(DraftDocument), doc="Settings, questions and rules to draw by, finished or not."
    )
    edited_by: Mapped[UUID | None] = mapped_column(
        references("users.id", on_delete="SET NULL"), doc="Who changed it last."
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class QuestionBankDraft(Base):
    """A question of a bank while one person writes it: theirs alone, until it is put into the bank and this goes."""

    __tablename__ = "question_bank_drafts"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(document) = 'object'", name="document_is_object"),
        UniqueConstraint("user_id", "item_id"),
        Index("ix_question_bank_drafts_item_id", "item_id"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"), doc="Who writes it.")
    item_id: Mapped[UUID | None] = mapped_column(
        references("question_bank_items.id", on_delete="SET NULL"),
        doc="The question that it changes; none is a new one, or one that was deleted meanwhile.",
    )
    began_from: Mapped[datetime | None] = mapped_column(
        doc="When the bank's question had changed last as its writer saw it: who saves later is told."
    )
    document: Mapped[dict[str, Any]] = mapped_column(Json(DraftQuestion), doc="The question, finished or not.")
    tags: Mapped[str] = mapped_column(Text, server_default="", doc="Its tags as they are typed.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class AnswerFile(Base):
    """A file that a learner gave with an answer. The bytes are in the file store, once per content."""

    __tablename__ = "answer_files"
    __table_args__ = (
        UniqueConstraint("attempt_id", "question_id", "file_id"),
        Index("ix_answer_files_question_id", "question_id"),
        Index("ix_answer_files_file_id", "file_id"),
    )

    id: Mapped[UuidPk]
    attempt_id: Mapped[UUID] = mapped_column(references("assessment_attempts.id", on_delete="CASCADE"))
    question_id: Mapped[UUID] = mapped_column(references("questions.id", on_delete="NO ACTION"))
    file_id: Mapped[UUID] = mapped_column(references("uploaded_files.id", on_delete="RESTRICT"))
    created_at: Mapped[CreatedAt]


class Mark(Base):
    """What one person gives for one answer. With two markers, each has a row and sees the other's only afterwards."""

    __tablename__ = "marks"
    __table_args__ = (
        UniqueConstraint("attempt_id", "question_id", "grader_id"),
        CheckConstraint("points >= 0", name="points_not_negative"),
        CheckConstraint("jsonb_typeof(levels) = 'object'", name="levels_is_object"),
        Index("ix_marks_question_id", "question_id"),
        Index("ix_marks_grader_id", "grader_id"),
    )

    id: Mapped[UuidPk]
    attempt_id: Mapped[UUID] = mapped_column(references("assessment_attempts.id", on_delete="CASCADE"))
    question_id: Mapped[UUID] = mapped_column(references("questions.id", on_delete="NO ACTION"))
    grader_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="RESTRICT"), doc="Who marked.")
    points: Mapped[Points] = mapped_column(doc="What this person gives.")
    levels: Mapped[JsonObject] = mapped_column(
        Json(ChosenLevels), doc="The level reached, by the criterion of the rubric."
    )
    comment: Mapped[str | None] = mapped_column(Text, doc="What the learner is told.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class KeyChange(Base):
    """A correction of a key or of points after answers were given, with what stood before. Rows are only added."""

    __tablename__ = "key_changes"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(old_key) = 'object'", name="old_key_is_object"),
        CheckConstraint("jsonb_typeof(new_key) = 'object'", name="new_key_is_object"),
        CheckConstraint("old_points > 0 AND new_points > 0", name="points_positive"),
        CheckConstraint("reason <> ''", name="reason_given"),
        Index("ix_key_changes_question_id", "question_id"),
        Index("ix_key_changes_changed_by", "changed_by"),
    )

    id: Mapped[UuidPk]
    question_id: Mapped[UUID] = mapped_column(references("questions.id", on_delete="CASCADE"))
    changed_by: Mapped[UUID] = mapped_column(references("users.id", on_delete="RESTRICT"), doc="Who corrected it.")
    reason: Mapped[str] = mapped_column(Text, doc="Why, in words that learners read.")
    old_key: Mapped[dict[str, Any]] = mapped_column(Json(AnswerKey), doc="The key before.")
    new_key: Mapped[dict[str, Any]] = mapped_column(Json(AnswerKey), doc="The key since.")
    old_points: Mapped[Points] = mapped_column(doc="What it was worth before.")
    new_points: Mapped[Points] = mapped_column(doc="What it is worth since.")
    created_at: Mapped[CreatedAt]


class Regrading(Base):
    """One attempt graded anew: the score before and after, and why. Rows are only added."""

    __tablename__ = "regradings"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(changes) = 'array'", name="changes_is_list"),
        CheckConstraint("old_score >= 0 AND new_score >= 0", name="scores_not_negative"),
        CheckConstraint("reason <> ''", name="reason_given"),
        Index("ix_regradings_attempt_id", "attempt_id"),
        Index("ix_regradings_key_change_id", "key_change_id"),
        Index("ix_regradings_regraded_by", "regraded_by"),
    )

    id: Mapped[UuidPk]
    attempt_id: Mapped[UUID] = mapped_column(references("assessment_attempts.id", on_delete="CASCADE"))
    key_change_id: Mapped[UUID | None] = mapped_column(
        references("key_changes.id", on_delete="SET NULL"), doc="The correction that it follows from, if one."
    )
    regraded_by: Mapped[UUID] = mapped_column(references("users.id", on_delete="RESTRICT"), doc="Who asked for it.")
    reason: Mapped[str] = mapped_column(Text, doc="Why, in words that the learner reads.")
    old_score: Mapped[Points] = mapped_column(doc="What was earned before.")
    new_score: Mapped[Points] = mapped_column(doc="What is earned since.")
    old_percent: Mapped[Percentage] = mapped_column(doc="The share before.")
    new_percent: Mapped[Percentage] = mapped_column(doc="The share since.")
    was_passing: Mapped[bool] = mapped_column(doc="Whether it had passed.")
    is_passing: Mapped[bool] = mapped_column(doc="Whether it passes since.")
    changes: Mapped[JsonList] = mapped_column(Json(ScoreChanges), doc="The answers whose points changed.")
    created_at: Mapped[CreatedAt]


class Accommodation(Base):
    """More time or attempts for one learner, in a course or in one assessment. The assessment's own comes first."""

    __tablename__ = "accommodations"
    __table_args__ = (
        UniqueConstraint("user_id", "course_id"),
        UniqueConstraint("user_id", "assessment_id"),
        CheckConstraint("num_nonnulls(course_id, assessment_id) = 1", name="one_scope"),
        CheckConstraint("time_factor BETWEEN 1 AND 10", name="time_factor_between_1_and_10"),
        CheckConstraint("extra_minutes BETWEEN 0 AND 100000", name="extra_minutes_not_negative"),
        CheckConstraint("extra_attempts BETWEEN 0 AND 100", name="extra_attempts_not_negative"),
        CheckConstraint("reason <> ''", name="reason_given"),
        Index("ix_accommodations_course_id", "course_id"),
        Index("ix_accommodations_assessment_id", "assessment_id"),
        Index("ix_accommodations_granted_by", "granted_by"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"), doc="Whose it is.")
    course_id: Mapped[UUID | None] = mapped_column(
        references("courses.id", on_delete="CASCADE"), doc="All assessments of this course, or none."
    )
    assessment_id: Mapped[UUID | None] = mapped_column(
        references("assessments.id", on_delete="CASCADE"), doc="This assessment alone, or none."
    )
    time_factor: Mapped[Decimal] = mapped_column(
        Numeric(4, 2), server_default=text("1"), doc="What the time limit is multiplied by; 1 changes nothing."
    )
    extra_minutes: Mapped[int] = mapped_column(server_default=text("0"), doc="What is added to that.")
    extra_attempts: Mapped[int] = mapped_column(
        SmallInteger, server_default=text("0"), doc="Attempts beyond what the assessment allows."
    )
    reason: Mapped[str] = mapped_column(Text, doc="Why; for those who teach, not for the learner's result.")
    granted_by: Mapped[UUID] = mapped_column(references("users.id", on_delete="RESTRICT"), doc="Who decided it.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Sighting(Base):
    """One thing that happened around a proctored attempt: a fact, no verdict. Rows are only added."""

    __tablename__ = "sightings"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in SIGHTINGS)})", name="kind_known"),
        CheckConstraint("away_ms >= 0", name="away_not_negative"),
        Index("ix_sightings_attempt_id_happened_at", "attempt_id", "happened_at"),
    )

    id: Mapped[UuidPk]
    attempt_id: Mapped[UUID] = mapped_column(references("assessment_attempts.id", on_delete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30), doc="What happened.")
    happened_at: Mapped[datetime] = mapped_column(doc="When, by the browser's clock set to the server's.")
    away_ms: Mapped[int | None] = mapped_column(doc="How long the page had been left, when somebody comes back.")
    sheet_id: Mapped[UUID | None] = mapped_column(doc="The browser tab that it happened in.")
    device: Mapped[str | None] = mapped_column(String(300), doc="The browser, as it names itself.")
    ip_address: Mapped[str | None] = mapped_column(String(45), doc="Where the browser was.")
    created_at: Mapped[CreatedAt] = mapped_column(doc="When the server heard of it.")
