"""A key that was wrong: what correcting it would change, and doing it. Old scores stay on record, with the reason.

An answered question keeps its words; its key and points may be corrected here, and only here. All attempts that were
asked the question are graded anew in the same transaction: there is no moment in which some have the old key.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft import events
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import closing, draft_questions, drafting, grading, marking, pools, queries, writes
from learncraft.assessments.code_shapes import CodeKey
from learncraft.assessments.errors import InvalidRegradeError, NotYoursToGradeError
from learncraft.assessments.grading import NO_POINTS
from learncraft.assessments.models import Answer, Assessment, AssessmentAttempt, AttemptStatus, Question
from learncraft.assessments.records import KeyChange, Regrading
from learncraft.assessments.shapes import Key, RubricKey
from learncraft.courses.models import Course, Lesson, Module
from learncraft.courses.teaching import is_taught_by
from learncraft.db import new_id


@dataclass(frozen=True, slots=True)
class ChangedScore:
    """One attempt whose score changes."""

    attempt_id: UUID
    learner_id: UUID
    old_percent: Decimal
    new_percent: Decimal
    was_passing: bool
    is_passing: bool


@dataclass(frozen=True, slots=True)
class RegradePreview:
    """What a corrected key does: how many attempts were asked the question, and whose score changes."""

    attempts: int
    changed: tuple[ChangedScore, ...]

    @property
    def up(self) -> int:
        """How many get more."""
        return sum(one.new_percent > one.old_percent for one in self.changed)

    @property
    def down(self) -> int:
        """How many get less."""
        return sum(one.new_percent < one.old_percent for one in self.changed)

    @property
    def now_passing(self) -> int:
        """How many pass who had not."""
        return sum(one.is_passing and not one.was_passing for one in self.changed)

    @property
    def no_longer_passing(self) -> int:
        """How many had passed and don't any more."""
        return sum(one.was_passing and not one.is_passing for one in self.changed)


@dataclass(frozen=True, slots=True)
class _Correction:
    question: Question
    assessment: Assessment
    where: writes.Where
    key: Key
    points: Decimal


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One attempt under the corrected key. `grade` is None where a person's mark stays as it is."""

    attempt: AssessmentAttempt
    answer: Answer
    points: Decimal
    is_correct: bool
    reason: str
    score: Decimal
    total: Decimal
    percent: Decimal
    is_passing: bool

    @property
    def changes(self) -> bool:
        """Whether the score or the outcome is another."""
        return (self.score, self.percent, self.is_passing) != (
            self.attempt.score,
            self.attempt.percent_score,
            self.attempt.is_passing,
        )


def preview_regrade(
    session: Session, viewer: Viewer, *, question_id: UUID, key: Key, points: Decimal | None = None
) -> RegradePreview:
    """What correcting a question's key or points would change. Changes nothing.

    Raises:
        NotYoursToGradeError: the viewer doesn't teach the course.
        InvalidRegradeError: the key doesn't fit the question.
    """
    correction = _correction(session, viewer, question_id, key, points, is_locking=False)
    return _preview(_outcomes(session, correction, is_locking=False))


def regrade(
    session: Session, viewer: Viewer, *, question_id: UUID, key: Key, reason: str, points: Decimal | None = None
) -> RegradePreview:
    """Correct a question's key or points, and grade every attempt anew that was asked it.

    The old key and each old score stay on record; learners read the reason with their result.

    Raises:
        NotYoursToGradeError: the viewer doesn't teach the course.
        InvalidRegradeError: the key doesn't fit the question, nothing changes, or there is no reason.
    """
    if not reason.strip():
        raise InvalidRegradeError("Say why. Learners read it with their new result.")
    pools.hold_bank(session, question_id)
    correction = _correction(session, viewer, question_id, key, points, is_locking=True)
    question, new_key = correction.question, grading.to_json(key)
    if (question.correct_answer, question.points) == (new_key, correction.points):
        raise InvalidRegradeError("This is the key as it stands. Change it first.")
    change = KeyChange(
        id=new_id(),
        question_id=question.id,
        changed_by=viewer.id,
        reason=reason.strip(),
        old_key=question.correct_answer,
        new_key=new_key,
        old_points=question.points,
        new_points=correction.points,
    )
    session.add(change)
    writes.lock_enrollments(session, correction.assessment.id, correction.where.course_id)
    outcomes = _outcomes(session, correction, is_locking=True)
    preview = _preview(outcomes)
    old_key, old_points = grading.parse_key(question.question_type, question.correct_answer), question.points
    question.correct_answer, question.points = new_key, correction.points
    session.flush()
    drafting.follow_key(
        session,
        question,
        old=(old_key, marking.plain(old_points)),
        new=(key, marking.plain(correction.points)),
    )
    pools.follow_key(session, question, old=(old_key, old_points), by=viewer.id)
    for outcome in outcomes:
        _apply(session, correction, outcome, change)
    session.flush()
    return preview


def _correction(
    session: Session, viewer: Viewer, question_id: UUID, key: Key, points: Decimal | None, *, is_locking: bool
) -> _Correction:
    wanted = (
        select(Question, Assessment, Module.course_id, Module.id, Lesson.id)
        .join(Assessment, Assessment.id == Question.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(Question.id == question_id, Course.deleted_at.is_(None), is_taught_by(viewer))
        .execution_options(populate_existing=True)
    )
    if is_locking:
        # Authors and new attempts wait on the assessment's row; two corrections wait for each other.
        wanted = wanted.with_for_update(of=[Assessment, Question])
    row = session.execute(wanted).first()
    if row is None:
        raise NotYoursToGradeError
    question, assessment, *place = row
    worth = question.points if points is None else points
    if worth <= 0:
        raise InvalidRegradeError("A question is worth more than 0 points.")
    problems = grading.validate_question(question.question_type, grading.parse_options(question.options), key)
    if problems:
        raise InvalidRegradeError(" ".join(problems))
    if isinstance(key, RubricKey | CodeKey):
        written = draft_questions.drafted(question)  # as an editor would give it back
        if key not in (
            grading.parse_key(question.question_type, question.correct_answer),
            draft_questions.key_of(written),
        ):
            raise InvalidRegradeError(
                "What people or programs judged keeps its share of the points. Only the points can be corrected."
            )
    return _Correction(question, assessment, writes.Where(*place), key, worth)


def _outcomes(session: Session, correction: _Correction, *, is_locking: bool) -> list[_Outcome]:
    """All closed attempts that were asked the question, under the corrected key, in one order against deadlocks."""
    totals = (
        select(
            Answer.attempt_id,
            func.sum(Answer.points_earned).label("earned"),
            func.sum(Question.points).label("worth"),
        )
        .join(Question, Question.id == Answer.question_id)
        .where(Question.assessment_id == correction.assessment.id, Question.id != correction.question.id)
        .group_by(Answer.attempt_id)
        .subquery()
    )
    wanted = (
        select(AssessmentAttempt, Answer, func.coalesce(totals.c.earned, 0), func.coalesce(totals.c.worth, 0))
        .join(Answer, (Answer.attempt_id == AssessmentAttempt.id) & (Answer.question_id == correction.question.id))
        .outerjoin(totals, totals.c.attempt_id == AssessmentAttempt.id)
        .where(
            AssessmentAttempt.assessment_id == correction.assessment.id,
            AssessmentAttempt.status != AttemptStatus.IN_PROGRESS,
            AssessmentAttempt.question_ids.has_key(str(correction.question.id)),
            Answer.is_correct.is_not(None),
        )
        .order_by(AssessmentAttempt.id)
        .execution_options(populate_existing=True)
    )
    if is_locking:
        wanted = wanted.with_for_update(of=AssessmentAttempt)
    return [
        _outcome(correction, attempt, answer, Decimal(earned), Decimal(worth))
        for attempt, answer, earned, worth in session.execute(wanted)
    ]


def _outcome(
    correction: _Correction, attempt: AssessmentAttempt, answer: Answer, earned: Decimal, worth: Decimal
) -> _Outcome:
    points, is_correct, reason = _regraded(correction, answer)
    score, total = earned + points, worth + correction.points
    percent = grading.percent(score, total)
    return _Outcome(
        attempt=attempt,
        answer=answer,
        points=points,
        is_correct=is_correct,
        reason=reason,
        score=score,
        total=total,
        percent=percent,
        is_passing=grading.is_passing(percent, correction.assessment.passing_score),
    )


def _regraded(correction: _Correction, answer: Answer) -> tuple[Decimal, bool, str]:
    """One answer under the corrected key. What people or programs judged keeps its share of the points."""
    old = correction.question.points
    if isinstance(correction.key, RubricKey | CodeKey):
        share = (answer.points_earned * correction.points / old).quantize(grading.CENT)
        return share, bool(answer.is_correct), answer.feedback or marking.out_of(share, correction.points)
    kind = correction.question.question_type
    response = None if answer.response is None else grading.parse_response(kind, answer.response)
    grade = grading.grade(grading.GradedQuestion(correction.key, correction.points), response)
    return grade.points, grade.is_correct, grade.reason


def _preview(outcomes: list[_Outcome]) -> RegradePreview:
    changed = tuple(
        ChangedScore(
            attempt_id=one.attempt.id,
            learner_id=one.attempt.user_id,
            old_percent=one.attempt.percent_score or NO_POINTS,
            new_percent=one.percent,
            was_passing=bool(one.attempt.is_passing),
            is_passing=one.is_passing,
        )
        for one in outcomes
        if one.attempt.score is not None and one.changes
    )
    return RegradePreview(len(outcomes), changed)


def _apply(session: Session, correction: _Correction, one: _Outcome, change: KeyChange) -> None:
    attempt, answer = one.attempt, one.answer
    old_points, old_reason = answer.points_earned, answer.feedback or ""
    answer.points_earned, answer.is_correct, answer.feedback = one.points, one.is_correct, one.reason
    if attempt.score is None:
        attempt.total_points = one.total
        return  # people still mark other answers; the score comes with them
    if not one.changes and attempt.total_points == one.total:
        return
    session.add(
        Regrading(
            id=new_id(),
            attempt_id=attempt.id,
            key_change_id=change.id,
            regraded_by=change.changed_by,
            reason=change.reason,
            old_score=attempt.score,
            new_score=one.score,
            old_percent=attempt.percent_score or NO_POINTS,
            new_percent=one.percent,
            was_passing=bool(attempt.is_passing),
            is_passing=one.is_passing,
            changes=[
                {
                    "question_id": str(correction.question.id),
                    "old_points": str(old_points),
                    "new_points": str(one.points),
                    "old_reason": old_reason,
                    "new_reason": one.reason,
                }
            ],
        )
    )
    attempt.score, attempt.total_points = one.score, one.total
    attempt.percent_score, attempt.is_passing = one.percent, one.is_passing
    columns = {"attempt_id": attempt.id, **correction.where.columns}
    events.record(
        session,
        "assessment_regraded",
        attempt.user_id,
        object_id=attempt.assessment_id,
        score=one.score,
        max_score=one.total,
        **columns,
    )
    if queries.is_shown(correction.assessment):
        closing.correct_lesson(session, attempt, correction.where.lesson_id)
