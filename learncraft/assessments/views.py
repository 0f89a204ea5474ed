"""What learners see of assessments, as plain data.

An `AskedQuestion` has no place for a key, an explanation or feedback, so none can slip out before it may be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from learncraft.assessments.code_shapes import CodeTest
from learncraft.assessments.models import AssessmentType, AttemptStatus, QuestionType, TutorHelp
from learncraft.assessments.shapes import Key, Response, RubricCriterion, UploadRule


@dataclass(frozen=True, slots=True)
class LessonAssessment:
    """An assessment as its lesson announces it, with the learner's attempts so far.

    `best_percent` is None before the first result, `last_attempt_id` names the latest closed attempt.
    """

    id: UUID
    lesson_id: UUID
    title: str
    description: str
    assessment_type: AssessmentType
    passing_score: Decimal
    time_limit_minutes: int | None
    max_attempts: int | None
    available_from: datetime | None
    available_until: datetime | None
    questions: int
    points: Decimal
    attempts_used: int
    best_percent: Decimal | None
    is_passed: bool
    open_attempt_id: UUID | None
    last_attempt_id: UUID | None

    @property
    def attempts_left(self) -> int | None:
        """How many attempts can still be started; None is as many as one likes."""
        return None if self.max_attempts is None else max(0, self.max_attempts - self.attempts_used)


@dataclass(frozen=True, slots=True)
class AskedOption:
    """A choice while it may still be chosen."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class AskedCode:
    """What of a code question is no secret: where one starts, the visible tests, and how many hidden ones there are."""

    starter: str
    tests: tuple[CodeTest, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question to answer, with what was saved so far. `place` counts from 1."""

    id: UUID
    place: int
    question_type: QuestionType
    content: str
    content_format: str
    options: tuple[AskedOption, ...]
    points: Decimal
    response: Response | None
    sequence: int = 0  # when it was typed, by the journal
    rubric: tuple[RubricCriterion, ...] = ()  # what people will look at; no secret
    upload: UploadRule | None = None
    code: AskedCode | None = None


@dataclass(frozen=True, slots=True)
class AttemptView:
    """An attempt under way. `read_at` is the database's clock, which alone decides when time is over."""

    id: UUID
    assessment_id: UUID
    lesson_id: UUID
    lesson_title: str
    course_id: UUID
    course_slug: str
    course_title: str
    title: str
    description: str
    assessment_type: AssessmentType
    passing_score: Decimal
    attempt_number: int
    max_attempts: int | None
    status: AttemptStatus
    started_at: datetime
    deadline_at: datetime | None
    read_at: datetime
    extra_seconds: int
    is_proctored: bool
    is_shown: bool  # whether results may be seen yet
    tutor_help: TutorHelp
    questions: tuple[AskedQuestion, ...]

    @property
    def is_open(self) -> bool:
        """Whether answers are still taken."""
        return self.status == AttemptStatus.IN_PROGRESS and not self.is_overdue

    @property
    def is_overdue(self) -> bool:
        """Whether the time is over; such an attempt is graded by the next `submit_attempt` or `close_overdue`."""
        return self.deadline_at is not None and self.read_at > self.deadline_at

    @property
    def seconds_left(self) -> int | None:
        """Time left when this was read; None without a limit."""
        if self.deadline_at is None:
            return None
        return max(0, int((self.deadline_at - self.read_at).total_seconds()))

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(question.response is not None for question in self.questions)

    @property
    def points(self) -> Decimal:
        """What all questions are worth together."""
        return sum((question.points for question in self.questions), Decimal(0))


@dataclass(frozen=True, slots=True)
class ReviewedOption:
    """A choice after the attempt. `feedback` is only given to whoever chose it."""

    id: str
    text: str
    is_right: bool
    is_chosen: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class ReviewedQuestion:
    """A question after the attempt, with its key. `reason` says in words why these points."""

    id: UUID
    place: int
    question_type: QuestionType
    content: str
    content_format: str
    options: tuple[ReviewedOption, ...]
    points: Decimal
    response: Response | None
    key: Key
    explanation: str
    earned: Decimal
    is_correct: bool
    reason: str


@dataclass(frozen=True, slots=True)
class PastGrading:
    """A new grading of an attempt: what stood before, and why it changed."""

    reason: str
    old_score: Decimal
    new_score: Decimal
    old_percent: Decimal
    new_percent: Decimal
    graded_at: datetime


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """What came of a closed attempt. `questions` is empty where the assessment doesn't show its answers."""

    attempt_id: UUID
    assessment_id: UUID
    lesson_id: UUID
    lesson_title: str
    course_id: UUID
    course_slug: str
    course_title: str
    title: str
    assessment_type: AssessmentType
    passing_score: Decimal
    attempt_number: int
    max_attempts: int | None
    status: AttemptStatus
    score: Decimal
    total_points: Decimal
    percent: Decimal
    is_passing: bool
    started_at: datetime
    submitted_at: datetime
    time_taken_seconds: int
    extra_seconds: int
    shows_answers: bool
    questions: tuple[ReviewedQuestion, ...]
    regradings: tuple[PastGrading, ...] = ()
    answers_from: datetime | None = None  # when the key is shown, if it waits for that


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An attempt in the learner's history; the numbers are None while it is open."""

    id: UUID
    attempt_number: int
    status: AttemptStatus
    score: Decimal | None
    total_points: Decimal | None
    percent: Decimal | None
    is_passing: bool | None
    started_at: datetime
    submitted_at: datetime | None
    time_taken_seconds: int | None
