"""Assessments while their author writes: the shapes of `assessment_drafts.document`, which hold what is unfinished too.

Numbers are text where half of one may be typed. `draft_questions` says what is missing, and makes the strict shapes of
`shapes` from what is complete.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from learncraft.assessments.models import AssessmentType, QuestionType

ShowAnswers = Literal["with_result", "after_close", "never"]
MOST_QUESTIONS = 500
TEXT = 100_000


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DraftOption(_Shape):
    """A choice as it is typed."""

    id: str = Field(max_length=32)
    text: str = Field(default="", max_length=TEXT)
    feedback: str = Field(default="", max_length=TEXT)


class DraftAccepted(_Shape):
    """An accepted answer as it is typed: a wording, a number or a pattern."""

    kind: Literal["text", "number", "pattern"] = "text"
    text: str = Field(default="", max_length=TEXT)
    tolerance: str = Field(default="", max_length=100)
    case_sensitive: bool = False


class DraftTest(_Shape):
    """A test of a program as it is typed."""

    title: str = Field(default="", max_length=TEXT)
    is_hidden: bool = False
    weight: int = 1
    stdin: str = Field(default="", max_length=TEXT)
    arrange: str = Field(default="", max_length=TEXT)
    evaluate: str = Field(default="", max_length=TEXT)
    expected: str = Field(default="", max_length=TEXT)
    tolerance: str = Field(default="", max_length=100)
    raises: str = Field(default="", max_length=TEXT)


class DraftLevel(_Shape):
    """A level of a criterion as it is typed."""

    id: str = Field(max_length=32)
    title: str = Field(default="", max_length=TEXT)
    points: str = Field(default="0", max_length=100)


class DraftCriterion(_Shape):
    """A criterion of a rubric as it is typed."""

    id: str = Field(max_length=32)
    title: str = Field(default="", max_length=TEXT)
    description: str = Field(default="", max_length=TEXT)
    levels: tuple[DraftLevel, ...] = ()


class DraftUpload(_Shape):
    """Which files an answer may have; `types` are endings of names with commas between."""

    max_files: int = 1
    max_megabytes: int = 20
    types: str = Field(default="pdf", max_length=1000)


class DraftQuestion(_Shape):
    """A question as it is written. It keeps what belongs to other types, so that a change of type loses nothing.

    `question_id` is the version that learners are asked now, `bank_item_id` the reusable question that it came from.
    """

    id: UUID
    question_id: UUID | None = None
    bank_item_id: UUID | None = None
    question_type: QuestionType = QuestionType.MULTIPLE_CHOICE
    text: str = Field(default="", max_length=TEXT)
    text_format: Literal["markdown", "html"] = "markdown"
    explanation: str = Field(default="", max_length=TEXT)
    points: str = Field(default="1", max_length=100)
    options: tuple[DraftOption, ...] = ()
    right: tuple[str, ...] = ()
    truth: bool | None = None
    accepted: tuple[DraftAccepted, ...] = ()
    starter: str = Field(default="", max_length=TEXT)
    solution: str = Field(default="", max_length=TEXT)
    tests: tuple[DraftTest, ...] = ()
    rubric: tuple[DraftCriterion, ...] = ()
    upload: DraftUpload | None = None
    sample: str = Field(default="", max_length=TEXT)


class DraftDraw(_Shape):
    """So many questions of a bank, of one tag or of all."""

    bank_id: UUID
    tag: str | None = Field(default=None, max_length=100)
    count: int = 1


class DraftSettings(_Shape):
    """Everything about an assessment but its questions."""

    title: str = Field(default="", max_length=500)
    description: str = Field(default="", max_length=TEXT)
    assessment_type: AssessmentType = AssessmentType.QUIZ
    passing_score: int = 70
    time_limit_minutes: int | None = None
    max_attempts: int | None = 3
    shuffle_questions: bool = True
    shuffle_options: bool = False
    show_answers: ShowAnswers = "with_result"
    is_proctored: bool = False
    graders_needed: int = 1
    mark_gap_percent: int = 10
    grades_held: bool = False
    available_from: datetime | None = None
    available_until: datetime | None = None


class DraftDocument(_Shape):
    """A whole assessment as its author has it now."""

    settings: DraftSettings = DraftSettings()
    questions: tuple[DraftQuestion, ...] = Field(default=(), max_length=MOST_QUESTIONS)
    draws: tuple[DraftDraw, ...] = Field(default=(), max_length=50)

    def question(self, draft_id: UUID) -> DraftQuestion | None:
        """The question of this name."""
        return next((one for one in self.questions if one.id == draft_id), None)
