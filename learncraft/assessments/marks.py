"""Marking what a machine can't: a mark given to an answer, and the results released."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import closing, grading, marking, queries, teaching, writes
from learncraft.assessments.errors import AlreadyGradedError, NothingToMarkError, NotYoursToGradeError
from learncraft.assessments.models import Answer, Assessment, AssessmentAttempt, AttemptStatus, Question
from learncraft.assessments.records import Mark
from learncraft.assessments.shapes import RubricKey
from learncraft.courses.models import Lesson, Module
from learncraft.db import new_id


def give_mark(
    session: Session,
    viewer: Viewer,
    *,
    attempt_id: UUID,
    question_id: UUID,
    levels: Mapping[str, str],
    points: Decimal | None = None,
    comment: str = "",
) -> bool:
    """Mark one answer, or mark it again while it isn't settled. Says whether the attempt has its score now.

    The levels of the rubric make the points; `points` is for a question without criteria.

    Raises:
        NothingToMarkError: it isn't handed in, isn't for people, or isn't the viewer's to grade.
        AlreadyGradedError: all marks that count are given.
        InvalidMarkError: a criterion has no level, or the points are out of range.
    """
    learner_id = session.scalar(select(AssessmentAttempt.user_id).where(AssessmentAttempt.id == attempt_id))
    if learner_id is None or not writes.lock_enrollment_of_attempt(session, learner_id, attempt_id):
        raise NothingToMarkError
    locked = writes.lock_attempt(session, attempt_id)
    if locked is None or locked.attempt.status == AttemptStatus.IN_PROGRESS:
        raise NothingToMarkError
    teaching.check_teaches(session, viewer, locked.where.course_id)
    found = {question.id: (question, answer) for question, answer in queries.paper(session, locked.attempt)}
    question, answer = found.get(question_id, (None, None))
    if question is None or answer is None or answer.response is None:
        raise NothingToMarkError
    key = grading.parse_key(question.question_type, question.correct_answer)
    if not isinstance(key, RubricKey):
        raise NothingToMarkError
    if answer.is_correct is not None:
        raise AlreadyGradedError
    if key.rubric:
        earned = marking.rubric_points(key, question.points, levels)
    else:
        earned = marking.check_points(points if points is not None else Decimal(-1), question.points)
    _keep_mark(session, viewer.id, attempt_id, question_id, earned, dict(levels) if key.rubric else {}, comment)
    return _settle_answer(session, locked, question, answer, key)


def release_grades(session: Session, viewer: Viewer, assessment_id: UUID) -> int:
    """Show the results that were held, to all at once; lessons learn of them now. Returns how many there are.

    Those that are graded later are shown at once.

    Raises:
        NotYoursToGradeError: the viewer doesn't teach the course.
    """
    held = session.execute(
        select(Assessment, Module.course_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Assessment.id == assessment_id)
        .with_for_update(of=Assessment)
        .execution_options(populate_existing=True)
    ).first()
    if held is None:
        raise NotYoursToGradeError
    assessment, course_id = held
    teaching.check_teaches(session, viewer, course_id)
    if queries.is_shown(assessment):
        return 0
    writes.lock_enrollments(session, assessment_id, course_id)
    assessment.grades_released_at = func.clock_timestamp()
    session.flush()
    session.refresh(assessment)
    attempts = session.scalars(
        select(AssessmentAttempt.id)
        .where(AssessmentAttempt.assessment_id == assessment_id, AssessmentAttempt.score.is_not(None))
        .order_by(AssessmentAttempt.id)
    ).all()
    for attempt_id in attempts:
        locked = writes.lock_attempt(session, attempt_id)
        if locked is not None:
            closing.tell_lesson(session, locked)
    return len(attempts)


def _keep_mark(
    session: Session,
    grader_id: UUID,
    attempt_id: UUID,
    question_id: UUID,
    points: Decimal,
    levels: dict[str, str],
    comment: str,
) -> None:
    values = {"points": points, "levels": levels, "comment": comment.strip() or None}
    row = insert(Mark).values(
        id=new_id(), attempt_id=attempt_id, question_id=question_id, grader_id=grader_id, **values
    )
    session.execute(row.on_conflict_do_update(index_elements=["attempt_id", "question_id", "grader_id"], set_=values))


def _settle_answer(
    session: Session, locked: writes.LockedAttempt, question: Question, answer: Answer, key: RubricKey
) -> bool:
    """Give the answer its points once enough marks agree, and the attempt its score once nothing waits."""
    assessment = locked.assessment
    given = session.scalars(
        select(Mark)
        .where(Mark.attempt_id == locked.attempt.id, Mark.question_id == question.id)
        .order_by(Mark.created_at, Mark.id)
        .execution_options(populate_existing=True)
    ).all()
    agreed = marking.agree(
        [mark.points for mark in given],
        question.points,
        needed=assessment.graders_needed,
        gap_percent=assessment.mark_gap_percent,
    )
    if agreed.points is None:
        return False
    words = agreed.words
    if assessment.graders_needed == 1:
        words = marking.rubric_words(key, question.points, given[-1].levels, agreed.points)
    comments = [mark.comment for mark in given if mark.comment]
    grade = grading.Grade(agreed.points, agreed.points == question.points, "\n\n".join([words, *comments]))
    one = writes.GradedAnswer(question, answer.response, grade)
    writes.keep_grades(session, locked.attempt.id, [one])
    closing.tell_answer(session, locked, one)
    return closing.settle(session, locked)
