"""Assessments, their questions, and what learners answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.assessments.shapes import AnswerKey, AttemptFeedback, GivenResponse, Options, QuestionIds
from learncraft.db import Base, CreatedAt, JsonObject, Percentage, Points, UpdatedAt, UuidPk, pg_enum, references
from learncraft.json_shapes import AnyObject, Json


class AssessmentType(StrEnum):
    """What an assessment is for."""

    QUIZ = "quiz"
    PRACTICE = "practice"
    EXAM = "exam"
    CERTIFICATION = "certification"
    PROJECT = "project"
    ASSIGNMENT = "assignment"


class QuestionType(StrEnum):
    """How a question is answered; learncraft.assessments.shapes has the shape of each."""

    MULTIPLE_CHOICE = "multiple_choice"
    MULTI_SELECT = "multi_select"
    TRUE_FALSE = "true_false"
    FILL_BLANK = "fill_blank"
    CODE = "code"
    SHORT_ANSWER = "short_answer"


class TutorHelp(StrEnum):
    """What the tutor may do for who has an attempt open: nothing, give hints, or answer as it always does."""

    NOTHING = "nothing"
    HINTS = "hints"
    ANSWERS = "answers"


class AttemptStatus(StrEnum):
    """Where an attempt stands. Submitted waits for a person's grading; completed and graded have a score."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    TIMED_OUT = "timed_out"
    SUBMITTED = "submitted"
    GRADED = "graded"


class Assessment(Base):
    """Questions that are taken and graded together."""

    __tablename__ = "assessments"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(metadata) = 'object'", name="metadata_is_object"),
        CheckConstraint("passing_score BETWEEN 0 AND 100", name="passing_score_between_0_and_100"),
        CheckConstraint("time_limit_minutes IS NULL OR time_limit_minutes > 0", name="time_limit_positive"),
        CheckConstraint("max_attempts IS NULL OR max_attempts > 0", name="max_attempts_positive"),
        CheckConstraint("available_from < available_until", name="window_in_order"),
        CheckConstraint("graders_needed BETWEEN 1 AND 2", name="graders_needed_1_or_2"),
        CheckConstraint("mark_gap_percent BETWEEN 0 AND 100", name="mark_gap_between_0_and_100"),
        Index("ix_assessments_lesson_id", "lesson_id"),
        Index(
            "uq_assessments_source",
            "lesson_id",
            "source_key",
            unique=True,
            postgresql_where=text("source_key IS NOT NULL"),
        ),
    )

    id: Mapped[UuidPk]
    lesson_id: Mapped[UUID | None] = mapped_column(references("lessons.id", on_delete="CASCADE"))
    title: Mapped[str] = mapped_column(String(500), doc="What the assessment is called.")
    description: Mapped[str | None] = mapped_column(Text, doc="What the learner should know before starting.")
    assessment_type: Mapped[AssessmentType] = mapped_column(
        pg_enum(AssessmentType, "assessment_type"), server_default="quiz"
    )
    passing_score: Mapped[Percentage] = mapped_column(server_default=text("70"), doc="What has to be reached to pass.")
    time_limit_minutes: Mapped[int | None] = mapped_column(doc="How long an attempt may take; none is any time.")
    max_attempts: Mapped[int | None] = mapped_column(
        server_default=text("3"), doc="How many attempts a learner has; none is any number."
    )
    shuffle_questions: Mapped[bool] = mapped_column(
        server_default=text("true"), doc="Whether each attempt has its own order of questions."
    )
    shuffle_options: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Whether each attempt has its own order of options."
    )
    show_answers_after: Mapped[bool] = mapped_column(
        server_default=text("true"), doc="Whether the key is shown with the result."
    )
    answers_after_close: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Whether the key waits until the assessment has closed."
    )
    is_proctored: Mapped[bool] = mapped_column(server_default=text("false"), doc="Whether somebody watches.")
    tutor_help: Mapped[TutorHelp | None] = mapped_column(
        pg_enum(TutorHelp, "tutor_help"), doc="What the tutor may do while an attempt is open; none goes by the type."
    )
    is_published: Mapped[bool] = mapped_column(server_default=text("true"), doc="Whether learners see it.")
    graders_needed: Mapped[int] = mapped_column(
        SmallInteger, server_default=text("1"), doc="How many people mark what a machine can't: 1, or 2 apart."
    )
    mark_gap_percent: Mapped[Percentage] = mapped_column(
        server_default=text("10"),
        doc="How far two marks may lie apart, of the question's points, before a third person marks.",
    )
    grades_held: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Whether learners wait for their results until all are released at once."
    )
    grades_released_at: Mapped[datetime | None] = mapped_column(doc="Since when held results are shown.")
    available_from: Mapped[datetime | None] = mapped_column(doc="From when it can be started; none is always.")
    available_until: Mapped[datetime | None] = mapped_column(doc="Until when it can be taken; none is always.")
    source_key: Mapped[str | None] = mapped_column(
        String(255), doc="Its name in the archive that it was imported from."
    )
    extra: Mapped[JsonObject] = mapped_column(
        "metadata", Json(AnyObject), doc="What an import or a feature keeps beside the columns."
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class QuestionBank(Base):
    """A collection of questions that one instructor reuses, or that a course's teachers share."""

    __tablename__ = "question_bank"
    __table_args__ = (
        Index("ix_question_bank_owner_id", "owner_id"),
        Index("ix_question_bank_course_id", "course_id"),
    )

    id: Mapped[UuidPk]
    owner_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="RESTRICT"), doc="Who keeps the bank.")
    course_id: Mapped[UUID | None] = mapped_column(
        references("courses.id", on_delete="SET NULL"), doc="The course whose teachers share it; none is the owner's."
    )
    title: Mapped[str] = mapped_column(String(255), doc="What the bank is called.")
    description: Mapped[str | None] = mapped_column(Text, doc="What the bank is for.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class QuestionBankItem(Base):
    """One reusable question. An assessment that draws it gets a copy, so that later edits change no result."""

    __tablename__ = "question_bank_items"
    __table_args__ = (
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("difficulty BETWEEN 1 AND 5", name="difficulty_between_1_and_5"),
        CheckConstraint("content_format IN ('markdown', 'html')", name="content_format_known"),
        CheckConstraint("options IS NULL OR jsonb_typeof(options) = 'array'", name="options_is_list"),
        CheckConstraint("jsonb_typeof(correct_answer) = 'object'", name="correct_answer_is_object"),
        Index("ix_question_bank_items_bank_id", "bank_id"),
        Index("ix_question_bank_items_edited_by", "edited_by"),
        Index("ix_question_bank_items_tags", "tags", postgresql_using="gin"),
    )

    id: Mapped[UuidPk]
    bank_id: Mapped[UUID] = mapped_column(references("question_bank.id", on_delete="CASCADE"))
    question_type: Mapped[QuestionType] = mapped_column(pg_enum(QuestionType, "question_type"))
    content: Mapped[str] = mapped_column(Text, doc="The question itself.")
    content_format: Mapped[str] = mapped_column(String(10), server_default="markdown", doc="`markdown` or `html`.")
    options: Mapped[list[Any] | None] = mapped_column(Json(Options), doc="The choices, where the type has some.")
    correct_answer: Mapped[dict[str, Any]] = mapped_column(Json(AnswerKey), doc="The key, by the question's type.")
    explanation: Mapped[str | None] = mapped_column(Text, doc="Why the key is right; shown with the result.")
    points: Mapped[Points] = mapped_column(server_default=text("1"), doc="What a right answer is worth.")
    difficulty: Mapped[int | None] = mapped_column(SmallInteger, doc="1 easy to 5 hard, as the author judges.")
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"), doc="Words to draw by.")
    edited_by: Mapped[UUID | None] = mapped_column(
        references("users.id", on_delete="SET NULL"), doc="Who changed it last."
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class AssessmentDraw(Base):
    """A rule of an assessment: ask so many questions of a bank, of one tag or of all."""

    __tablename__ = "assessment_draws"
    __table_args__ = (
        UniqueConstraint("assessment_id", "bank_id", "tag", postgresql_nulls_not_distinct=True),
        CheckConstraint("question_count > 0", name="question_count_positive"),
        Index("ix_assessment_draws_bank_id", "bank_id"),
    )

    id: Mapped[UuidPk]
    assessment_id: Mapped[UUID] = mapped_column(references("assessments.id", on_delete="CASCADE"))
    bank_id: Mapped[UUID] = mapped_column(references("question_bank.id", on_delete="RESTRICT"))
    tag: Mapped[str | None] = mapped_column(String(100), doc="Only items with this tag; none is any item of the bank.")
    question_count: Mapped[int] = mapped_column(doc="How many questions are drawn.")
    created_at: Mapped[CreatedAt]


class Question(Base):
    """One question in one version. A version that was answered is retired, never edited."""

    __tablename__ = "questions"
    __table_args__ = (
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("content_format IN ('markdown', 'html')", name="content_format_known"),
        CheckConstraint("options IS NULL OR jsonb_typeof(options) = 'array'", name="options_is_list"),
        CheckConstraint("jsonb_typeof(correct_answer) = 'object'", name="correct_answer_is_object"),
        # Order is unique among the current versions only, and a drag is one transaction.
        ExcludeConstraint(
            ("assessment_id", "="),
            ("order_index", "="),
            name="ex_questions_order",
            using="btree",
            where=text("retired_at IS NULL"),
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("ix_questions_assessment_id", "assessment_id"),
        Index("ix_questions_replaces_id", "replaces_id"),
        Index("ix_questions_bank_item_id", "bank_item_id"),
        Index(
            "uq_questions_source",
            "assessment_id",
            "source_key",
            unique=True,
            postgresql_where=text("source_key IS NOT NULL AND retired_at IS NULL"),
        ),
    )

    id: Mapped[UuidPk]
    assessment_id: Mapped[UUID] = mapped_column(references("assessments.id", on_delete="CASCADE"))
    question_type: Mapped[QuestionType] = mapped_column(pg_enum(QuestionType, "question_type"))
    content: Mapped[str] = mapped_column(Text, doc="The question itself.")
    content_format: Mapped[str] = mapped_column(String(10), server_default="markdown", doc="`markdown` or `html`.")
    options: Mapped[list[Any] | None] = mapped_column(Json(Options), doc="The choices, where the type has some.")
    correct_answer: Mapped[dict[str, Any]] = mapped_column(Json(AnswerKey), doc="The key, by the question's type.")
    explanation: Mapped[str | None] = mapped_column(Text, doc="Why the key is right; shown with the result.")
    points: Mapped[Points] = mapped_column(server_default=text("1"), doc="What a right answer is worth.")
    order_index: Mapped[int] = mapped_column(doc="Its place in the assessment, from 0.")
    version: Mapped[int] = mapped_column(server_default=text("1"), doc="Counts the versions of the question, from 1.")
    replaces_id: Mapped[UUID | None] = mapped_column(
        references("questions.id", on_delete="SET NULL"), doc="The version before this one."
    )
    bank_item_id: Mapped[UUID | None] = mapped_column(
        references("question_bank_items.id", on_delete="SET NULL"), doc="The reusable question that this is a copy of."
    )
    is_drawn: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Whether it is asked only of attempts that drew it from a bank."
    )
    retired_at: Mapped[datetime | None] = mapped_column(doc="Since when it is no longer asked.")
    source_key: Mapped[str | None] = mapped_column(
        String(255), doc="Its name in the archive that it was imported from."
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class AssessmentAttempt(Base):
    """One try of one learner. `question_ids` fixes which versions are asked, in the order shown."""

    __tablename__ = "assessment_attempts"
    __table_args__ = (
        UniqueConstraint("assessment_id", "user_id", "attempt_number"),
        CheckConstraint("attempt_number > 0", name="attempt_number_positive"),
        CheckConstraint("jsonb_typeof(question_ids) = 'array'", name="question_ids_is_list"),
        CheckConstraint("jsonb_typeof(feedback) = 'object'", name="feedback_is_object"),
        CheckConstraint("jsonb_typeof(metadata) = 'object'", name="metadata_is_object"),
        CheckConstraint("score BETWEEN 0 AND total_points", name="score_within_total"),
        CheckConstraint("percent_score BETWEEN 0 AND 100", name="percent_between_0_and_100"),
        CheckConstraint("time_taken_seconds >= 0", name="time_not_negative"),
        CheckConstraint("(status = 'in_progress') = (submitted_at IS NULL)", name="submitted_has_a_date"),
        # One open attempt per learner and assessment, whatever the number of tabs.
        Index(
            "uq_assessment_attempts_open",
            "assessment_id",
            "user_id",
            unique=True,
            postgresql_where=text("status = 'in_progress'"),
        ),
        Index("ix_assessment_attempts_user_id", "user_id"),
        Index(
            "ix_assessment_attempts_submitted",
            "assessment_id",
            "submitted_at",
            postgresql_where=text("status = 'submitted'"),
        ),
        Index("ix_assessment_attempts_deadline", "deadline_at", postgresql_where=text("status = 'in_progress'")),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    assessment_id: Mapped[UUID] = mapped_column(references("assessments.id", on_delete="CASCADE"))
    attempt_number: Mapped[int] = mapped_column(doc="Counts the learner's attempts, from 1.")
    status: Mapped[AttemptStatus] = mapped_column(
        pg_enum(AttemptStatus, "attempt_status"), server_default="in_progress"
    )
    question_ids: Mapped[list[Any]] = mapped_column(
        Json(QuestionIds), doc="Which versions are asked, in the order shown."
    )
    score: Mapped[Points | None] = mapped_column(doc="What was earned.")
    total_points: Mapped[Points | None] = mapped_column(doc="What could be earned.")
    percent_score: Mapped[Percentage | None] = mapped_column(doc="What was earned of what could be.")
    is_passing: Mapped[bool | None] = mapped_column(doc="Whether it reached the passing score.")
    started_at: Mapped[CreatedAt] = mapped_column(doc="When it was started.")
    deadline_at: Mapped[datetime | None] = mapped_column(doc="When it is closed by the server.")
    submitted_at: Mapped[datetime | None] = mapped_column(doc="When it was handed in, or closed.")
    completed_at: Mapped[datetime | None] = mapped_column(doc="When it had its score.")
    graded_at: Mapped[datetime | None] = mapped_column(doc="When it was graded.")
    time_taken_seconds: Mapped[int | None] = mapped_column(doc="How long it took.")
    extra_seconds: Mapped[int] = mapped_column(
        server_default=text("0"), doc="What an accommodation added to the time; the deadline holds it already."
    )
    sheet_id: Mapped[UUID | None] = mapped_column(
        doc="The browser tab that writes a proctored attempt; another may take over."
    )
    feedback: Mapped[JsonObject] = mapped_column(Json(AttemptFeedback), doc="What a person who graded says.")
    extra: Mapped[JsonObject] = mapped_column(
        "metadata", Json(AnyObject), doc="What a feature keeps beside the columns."
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Answer(Base):
    """What one attempt says to one question; saved at each change, graded at the end."""

    __tablename__ = "answers"
    __table_args__ = (
        UniqueConstraint("attempt_id", "question_id"),
        CheckConstraint("points_earned >= 0", name="points_not_negative"),
        CheckConstraint("response IS NULL OR jsonb_typeof(response) = 'object'", name="response_is_object"),
        CheckConstraint("sequence >= 0", name="sequence_not_negative"),
        Index("ix_answers_question_id", "question_id"),
    )

    id: Mapped[UuidPk]
    attempt_id: Mapped[UUID] = mapped_column(references("assessment_attempts.id", on_delete="CASCADE"))
    question_id: Mapped[UUID] = mapped_column(references("questions.id", on_delete="NO ACTION"))
    response: Mapped[dict[str, Any] | None] = mapped_column(
        Json(GivenResponse), doc="What the learner answered, by the question's type."
    )
    sequence: Mapped[int] = mapped_column(
        BigInteger,
        server_default=text("0"),
        doc="When it was typed, in milliseconds of the server's clock; an older one never replaces a newer one.",
    )
    saved_at: Mapped[datetime | None] = mapped_column(doc="When the learner's last change was kept.")
    is_correct: Mapped[bool | None] = mapped_column(doc="Whether it is all right; none until it is graded.")
    points_earned: Mapped[Points] = mapped_column(server_default=text("0"), doc="What it earned.")
    feedback: Mapped[str | None] = mapped_column(Text, doc="Why these points, in words.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
