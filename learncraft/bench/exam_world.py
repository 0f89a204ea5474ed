"""An exam hall for the bench: a course, a timed exam with questions of five types, and learners who have begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from learncraft.accounts import service as accounts
from learncraft.accounts import sessions
from learncraft.accounts.models import User, UserRole
from learncraft.assessments import service
from learncraft.assessments.models import Assessment, AssessmentAttempt, AssessmentType, Question, QuestionType
from learncraft.courses.models import Course, CourseCategory, CourseStatus, Lesson, LessonType, Module, SkillLevel
from learncraft.db import Database, new_id
from learncraft.enrollment.models import CourseProgress, Enrollment

_OPTIONS = [{"id": name, "text": f"Option {name.upper()}"} for name in "abcd"]
QUESTIONS: tuple[tuple[QuestionType, dict[str, Any]], ...] = (
    (QuestionType.MULTIPLE_CHOICE, {"option": "a"}),
    (QuestionType.FILL_BLANK, {"accepted": [{"kind": "text", "text": "an answer"}]}),
    (QuestionType.MULTI_SELECT, {"options": ["a", "c"]}),
    (QuestionType.SHORT_ANSWER, {"rubric": [], "upload": None, "sample": ""}),
    (QuestionType.TRUE_FALSE, {"value": True}),
    (QuestionType.FILL_BLANK, {"accepted": [{"kind": "number", "value": "42"}]}),
    (QuestionType.MULTIPLE_CHOICE, {"option": "b"}),
    (QuestionType.SHORT_ANSWER, {"rubric": [], "upload": None, "sample": ""}),
)
_WITH_OPTIONS = {QuestionType.MULTIPLE_CHOICE, QuestionType.MULTI_SELECT}


@dataclass(frozen=True, slots=True)
class Seat:
    """One learner with an open attempt and a sign-in."""

    attempt_id: UUID
    token: str
    questions: tuple[tuple[UUID, QuestionType], ...]


def fill(database: Database, learners: int) -> list[Seat]:
    """The course and the exam, and for each learner a place, a sign-in and an attempt that is open."""
    with database.transaction() as session:
        course_id, exam_id, questions = _exam(session)
    seats = []
    for number in range(learners):
        with database.transaction() as session:
            learner = accounts.create_user(session, email=f"seat{number}@exam.example", first_name=f"Seat {number}")
            _enroll(session, learner, course_id)
            attempt_id = service.start_attempt(session, learner_id=learner.id, assessment_id=exam_id)
            seats.append(Seat(attempt_id, sessions.open_session(session, learner), questions))
    return seats


def end_in(database: Database, seconds: float) -> None:
    """Everybody's time is over at the same moment."""
    with database.transaction() as session:
        end = func.clock_timestamp() + timedelta(seconds=seconds)
        session.execute(update(AssessmentAttempt).values(deadline_at=end).execution_options(synchronize_session=False))


def _exam(session: Session) -> tuple[UUID, UUID, tuple[tuple[UUID, QuestionType], ...]]:
    teacher = accounts.create_user(
        session, email="teacher@exam.example", first_name="Teacher", role=UserRole.INSTRUCTOR
    )
    course = Course(
        id=new_id(),
        instructor_id=teacher.id,
        title="An exam",
        slug="an-exam",
        category=CourseCategory.DATA_SCIENCE,
        skill_level=SkillLevel.BEGINNER,
        status=CourseStatus.PUBLISHED,
        published_at=func.now(),
    )
    module = Module(id=new_id(), course_id=course.id, title="Module", order_index=0)
    lesson = Lesson(
        id=new_id(), module_id=module.id, title="Exam", slug="exam", lesson_type=LessonType.READING, order_index=0
    )
    exam = Assessment(
        id=new_id(),
        lesson_id=lesson.id,
        title="Exam",
        assessment_type=AssessmentType.EXAM,
        time_limit_minutes=60,
        max_attempts=1,
    )
    for row in (course, module, lesson, exam):
        session.add(row)
        session.flush()
    rows = [
        Question(
            id=new_id(),
            assessment_id=exam.id,
            question_type=kind,
            content=f"Question {place + 1}",
            options=_OPTIONS if kind in _WITH_OPTIONS else None,
            correct_answer=key,
            points=Decimal(1),
            order_index=place,
        )
        for place, (kind, key) in enumerate(QUESTIONS)
    ]
    session.add_all(rows)
    session.flush()
    return course.id, exam.id, tuple((row.id, row.question_type) for row in rows)


def _enroll(session: Session, learner: User, course_id: UUID) -> None:
    enrollment = Enrollment(id=new_id(), user_id=learner.id, course_id=course_id)
    session.add(enrollment)
    session.flush()
    session.add(CourseProgress(enrollment_id=enrollment.id))
    session.flush()
