"""Row-level reads under lock, and writes, behind the actions of `service`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.assessments.grading import Grade
from learncraft.assessments.models import Answer, Assessment, AssessmentAttempt, AttemptStatus, Question
from learncraft.courses.models import Course, Lesson, Module
from learncraft.db import new_id
from learncraft.enrollment.models import Enrollment, EnrollmentStatus

OPEN = AttemptStatus.IN_PROGRESS


@dataclass(frozen=True, slots=True)
class Where:
    """The place of an assessment in its course, named as the columns of an event."""

    course_id: UUID
    module_id: UUID
    lesson_id: UUID

    @property
    def columns(self) -> dict[str, Any]:
        """For `events.record`."""
        return {"course_id": self.course_id, "module_id": self.module_id, "lesson_id": self.lesson_id}


@dataclass(frozen=True, slots=True)
class HeldAssessment:
    """An assessment whose questions can't be rewritten until the transaction ends. `now` is the database's clock."""

    assessment: Assessment
    where: Where
    now: datetime


@dataclass(frozen=True, slots=True)
class LockedAttempt:
    """An attempt that nobody else can change until the transaction ends."""

    attempt: AssessmentAttempt
    assessment: Assessment
    where: Where
    now: datetime


@dataclass(frozen=True, slots=True)
class HeldAttempt:
    """An attempt that can't be closed until the transaction ends."""

    attempt: AssessmentAttempt
    is_proctored: bool
    where: Where
    now: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """A learner's attempts at one assessment so far."""

    used: int
    last_number: int
    open_id: UUID | None


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """One question of a closed attempt, with what was answered and what it earned."""

    question: Question
    response: dict[str, Any] | None
    grade: Grade


def hold_assessment(session: Session, assessment_id: UUID) -> HeldAssessment | None:
    """A published assessment of a published lesson. Authors wait until the transaction ends, other learners don't."""
    row = session.execute(
        select(Assessment, Module.course_id, Module.id, Lesson.id, func.clock_timestamp())
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(
            Assessment.id == assessment_id,
            Assessment.is_published,
            Lesson.is_published,
            Module.is_published,
            Course.deleted_at.is_(None),
        )
        .with_for_update(key_share=True, read=True, of=Assessment)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        return None
    assessment, *place, now = row
    return HeldAssessment(assessment, Where(*place), now)


def lock_enrollment(session: Session, learner_id: UUID, course_id: UUID) -> bool:
    """Lock the learner's place in a course; False when there is none."""
    found = session.scalar(
        select(Enrollment.id)
        .where(
            Enrollment.user_id == learner_id,
            Enrollment.course_id == course_id,
            Enrollment.status.in_([EnrollmentStatus.ACTIVE, EnrollmentStatus.COMPLETED]),
        )
        .with_for_update()
    )
    return found is not None


def lock_enrollment_of_attempt(session: Session, learner_id: UUID, attempt_id: UUID) -> bool:
    """Lock the place that an attempt was made from, whatever became of it since; False if it isn't the learner's."""
    found = session.scalar(
        select(Enrollment.id)
        .join(Module, Module.course_id == Enrollment.course_id)
        .join(Lesson, Lesson.module_id == Module.id)
        .join(Assessment, Assessment.lesson_id == Lesson.id)
        .join(AssessmentAttempt, AssessmentAttempt.assessment_id == Assessment.id)
        .where(
            AssessmentAttempt.id == attempt_id,
            AssessmentAttempt.user_id == learner_id,
            Enrollment.user_id == learner_id,
        )
        .with_for_update(of=Enrollment)
    )
    return found is not None


def lock_enrollments(session: Session, assessment_id: UUID, course_id: UUID) -> None:
    """Lock the places of all who tried an assessment, in one order: before their attempts, as everybody does."""
    tried = select(AssessmentAttempt.user_id).where(AssessmentAttempt.assessment_id == assessment_id)
    session.execute(
        select(Enrollment.id)
        .where(Enrollment.course_id == course_id, Enrollment.user_id.in_(tried))
        .order_by(Enrollment.id)
        .with_for_update()
    ).all()


def lock_attempt(session: Session, attempt_id: UUID) -> LockedAttempt | None:
    """Lock an attempt; its enrollment must be locked before."""
    row = session.execute(
        select(AssessmentAttempt, Assessment, Module.course_id, Module.id, Lesson.id, func.clock_timestamp())
        .join(Assessment, Assessment.id == AssessmentAttempt.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(AssessmentAttempt.id == attempt_id)
        .with_for_update(of=AssessmentAttempt)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        return None
    attempt, assessment, *place, now = row
    return LockedAttempt(attempt, assessment, Where(*place), now)


def take_overdue(session: Session, before: datetime, learner_id: UUID | None, limit: int) -> list[UUID]:
    """Lock open attempts whose deadline lies before a moment, with their enrollments; never waits for a lock."""
    wanted = (
        select(AssessmentAttempt.id)
        .join(Assessment, Assessment.id == AssessmentAttempt.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(
            Enrollment,
            (Enrollment.course_id == Module.course_id) & (Enrollment.user_id == AssessmentAttempt.user_id),
        )
        .where(AssessmentAttempt.status == OPEN, AssessmentAttempt.deadline_at < before)
        .order_by(AssessmentAttempt.deadline_at)
        .limit(limit)
        .with_for_update(of=[Enrollment, AssessmentAttempt], skip_locked=True)
    )
    if learner_id is not None:
        wanted = wanted.where(AssessmentAttempt.user_id == learner_id)
    return list(session.scalars(wanted))


def attempts_so_far(session: Session, learner_id: UUID, assessment_id: UUID) -> Tried:
    """How many attempts there are, and which one is open."""
    rows = session.execute(
        select(AssessmentAttempt.id, AssessmentAttempt.attempt_number, AssessmentAttempt.status).where(
            AssessmentAttempt.assessment_id == assessment_id, AssessmentAttempt.user_id == learner_id
        )
    ).all()
    return Tried(
        used=len(rows),
        last_number=max((number for _, number, _ in rows), default=0),
        open_id=next((key for key, _, status in rows if status == OPEN), None),
    )


def current_question_ids(session: Session, assessment_id: UUID) -> list[UUID]:
    """The questions that every new attempt asks, in the author's order; `pools` draws the others."""
    return list(
        session.scalars(
            select(Question.id)
            .where(Question.assessment_id == assessment_id, Question.retired_at.is_(None), ~Question.is_drawn)
            .order_by(Question.order_index)
        )
    )


def hold_attempt(session: Session, learner_id: UUID, attempt_id: UUID) -> HeldAttempt | None:
    """The learner's attempt, kept from being closed meanwhile. Saves of several tabs don't wait for each other."""
    row = session.execute(_held(), {"attempt_id": attempt_id, "learner_id": learner_id}).first()
    if row is None:
        return None
    attempt, is_proctored, *place, now = row
    return HeldAttempt(attempt, is_proctored, Where(*place), now)


@cache
def _held() -> Select[*tuple[Any, ...]]:
    """Made once, as it is asked at each save of each learner."""
    return (
        select(
            AssessmentAttempt,
            Assessment.is_proctored,
            Module.course_id,
            Module.id,
            Lesson.id,
            func.clock_timestamp(),
        )
        .join(Assessment, Assessment.id == AssessmentAttempt.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(AssessmentAttempt.id == bindparam("attempt_id"), AssessmentAttempt.user_id == bindparam("learner_id"))
        .with_for_update(read=True, of=AssessmentAttempt)
        .execution_options(populate_existing=True)
    )


def keep_grades(session: Session, attempt_id: UUID, graded: list[GradedAnswer]) -> None:
    """Write all grades of an attempt in one statement; questions without an answer get a row too."""
    if not graded:
        return
    rows = insert(Answer).values(
        [
            {
                "id": new_id(),
                "attempt_id": attempt_id,
                "question_id": one.question.id,
                "is_correct": one.grade.is_correct,
                "points_earned": one.grade.points,
                "feedback": one.grade.reason,
            }
            for one in graded
        ]
    )
    session.execute(
        rows.on_conflict_do_update(
            index_elements=["attempt_id", "question_id"],
            set_={name: rows.excluded[name] for name in ("is_correct", "points_earned", "feedback")},
        )
    )
