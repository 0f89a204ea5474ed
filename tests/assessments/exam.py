"""An assessment with a learner who may take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import event, func, select, text, update
from sqlalchemy.orm import Session

from learncraft.accounts.models import UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import service
from learncraft.assessments.models import Answer, Assessment, AssessmentAttempt, QuestionType
from learncraft.assessments.views import AttemptResult
from learncraft.courses.models import Course
from learncraft.db import new_id
from learncraft.events import LearningEvent
from tests.factories import make_assessment, make_course, make_enrollment, make_lesson, make_question, make_user


@dataclass(frozen=True, slots=True)
class Exam:
    """Who takes what. Question 0 has one right option 'a', 1 has 'a' and 'b' of three, 2 is true, 3 is 'Paris'."""

    learner_id: UUID
    course_id: UUID
    module_id: UUID
    lesson_id: UUID
    assessment_id: UUID
    question_ids: tuple[UUID, ...]

    @property
    def viewer(self) -> Viewer:
        return viewer(self.learner_id)


RIGHT: list[dict[str, Any]] = [{"option": "a"}, {"options": ["a", "b"]}, {"value": True}, {"text": " paris "}]
WRONG: list[dict[str, Any]] = [{"option": "b"}, {"options": ["c"]}, {"value": False}, {"text": "Rome"}]

_KINDS: list[dict[str, Any]] = [
    {},
    {"question_type": QuestionType.MULTI_SELECT, "correct_answer": {"options": ["a", "b"]}, "points": Decimal(2)},
    {"question_type": QuestionType.TRUE_FALSE, "correct_answer": {"value": True}, "options": None},
    {
        "question_type": QuestionType.FILL_BLANK,
        "correct_answer": {"accepted": [{"kind": "text", "text": "Paris"}]},
        "options": None,
    },
]


def viewer(user_id: UUID) -> Viewer:
    """A learner as pages know them."""
    return Viewer(
        id=user_id,
        email="learner@example.org",
        first_name="Robin",
        full_name="Robin Nr 1",
        role=UserRole.LEARNER,
        language="en",
        theme="system",
        time_zone="UTC",
        family_id=new_id(),
    )


def grader(session: Session, exam: Exam, number: int = 0) -> Viewer:
    """The instructor of the course, or a colleague who reviews all content."""
    if number == 0:
        found = session.get_one(Course, exam.course_id).instructor_id
        return replace(viewer(found), role=UserRole.INSTRUCTOR)
    return replace(viewer(make_user(session, role=UserRole.CONTENT_ADMIN).id), role=UserRole.CONTENT_ADMIN)


def make_exam(session: Session, *, questions: int = 4, **values: Any) -> Exam:
    """A published quiz of all types worth 5 points, and an enrolled learner."""
    made = make_course(session)
    # A lesson beside it keeps the course from being finished by a passed quiz.
    lesson = make_lesson(session, made.modules[0], order_index=1)
    assessment, _ = make_assessment(session, lesson, questions=0, **values)
    rows = [make_question(session, assessment, order_index=place, **_KINDS[place % 4]) for place in range(questions)]
    enrollment = make_enrollment(session, made.course)
    return Exam(
        learner_id=enrollment.user_id,
        course_id=made.id,
        module_id=made.modules[0].id,
        lesson_id=lesson.id,
        assessment_id=assessment.id,
        question_ids=tuple(row.id for row in rows),
    )


RUBRIC: list[dict[str, Any]] = [
    {
        "id": "clarity",
        "title": "Clarity",
        "levels": [
            {"id": "low", "title": "Hard to follow", "points": "0"},
            {"id": "high", "title": "Clear", "points": "2"},
        ],
    },
    {
        "id": "evidence",
        "title": "Evidence",
        "levels": [
            {"id": "none", "title": "None", "points": "0"},
            {"id": "some", "title": "One example", "points": "1"},
            {"id": "full", "title": "With numbers", "points": "3"},
        ],
    },
]


def make_rubric_question(
    session: Session, exam: Exam, *, order_index: int = 4, upload: dict[str, Any] | None = None
) -> UUID:
    """A question worth 5 points that people mark, added to the quiz."""
    key = {"rubric": RUBRIC, "upload": upload, "sample": "A model answer"}
    row = make_question(
        session,
        session.get_one(Assessment, exam.assessment_id),
        order_index=order_index,
        question_type=QuestionType.SHORT_ANSWER,
        correct_answer=key,
        options=None,
        points=Decimal(5),
    )
    return row.id


def start(session: Session, exam: Exam) -> UUID:
    """Start or go on as the learner."""
    return service.start_attempt(session, learner_id=exam.learner_id, assessment_id=exam.assessment_id)


def save(session: Session, exam: Exam, attempt_id: UUID, place: int, response: dict[str, Any]) -> None:
    """Answer one question as the learner."""
    service.save_answer(
        session,
        learner_id=exam.learner_id,
        attempt_id=attempt_id,
        question_id=exam.question_ids[place],
        response=response,
    )


def submit(session: Session, exam: Exam, attempt_id: UUID) -> AttemptResult:
    """Hand in as the learner."""
    return service.submit_attempt(session, learner_id=exam.learner_id, attempt_id=attempt_id)


def move_deadline(session: Session, attempt_id: UUID, seconds: float) -> None:
    """Put an attempt's deadline this many seconds from now; an attempt never ends before it began."""
    session.execute(
        update(AssessmentAttempt)
        .where(AssessmentAttempt.id == attempt_id)
        .values(
            started_at=func.least(AssessmentAttempt.started_at, func.clock_timestamp() + timedelta(seconds=seconds)),
            deadline_at=func.clock_timestamp() + timedelta(seconds=seconds),
        )
        .execution_options(synchronize_session=False)
    )


def cost(session: Session, action: Callable[[], object]) -> int:
    """How many statements an action sends."""
    session.flush()
    session.expire_all()
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        action()
        session.flush()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def clock(session: Session) -> datetime:
    """The database's clock."""
    return session.execute(text("SELECT clock_timestamp()")).scalar_one()


def saved(session: Session, attempt_id: UUID) -> dict[UUID, dict[str, Any] | None]:
    """The answers of an attempt as they stand in the database."""
    rows = session.execute(select(Answer.question_id, Answer.response).where(Answer.attempt_id == attempt_id))
    return dict(rows.all())


def recorded(session: Session, attempt_id: UUID) -> list[str]:
    """The types of the events of an attempt, in order of their names."""
    return sorted(session.scalars(select(LearningEvent.event_type).where(LearningEvent.attempt_id == attempt_id)))
