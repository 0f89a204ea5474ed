"""Taking an assessment: start, save each answer, hand in. Each function lists its consequences in order.

Who locks what, so that nothing can deadlock: first the assessment, then the enrollment, then the attempt.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from learncraft import events
from learncraft.accounts import queries as people
from learncraft.assessments import accommodations, closing, journal, ordering, pools, queries, writes
from learncraft.assessments.errors import (
    AssessmentNotFoundError,
    AttemptNotFoundError,
    NoAttemptsLeftError,
    NoQuestionsError,
    NotAvailableError,
)
from learncraft.assessments.journal import GRACE, is_over
from learncraft.assessments.models import AssessmentAttempt, AttemptStatus
from learncraft.assessments.views import AttemptResult
from learncraft.db import new_id
from learncraft.enrollment.errors import NotEnrolledError

log = logging.getLogger(__name__)


def start_attempt(session: Session, *, learner_id: UUID, assessment_id: UUID) -> UUID:
    """Start an attempt, or go on with the open one. Returns the attempt's id.

    The enrollment row is locked, so that two tabs get the same attempt. An open attempt whose time is over is
    graded first, and counts.

    Raises:
        AssessmentNotFoundError: it isn't there, or it or its lesson isn't published.
        NotEnrolledError: the learner has no place in the course.
        NotAvailableError: it opens later, or has closed.
        NoAttemptsLeftError: all attempts are used.
        NoQuestionsError: there is nothing to answer.
    """
    held = writes.hold_assessment(session, assessment_id)
    if held is None:
        raise AssessmentNotFoundError
    if not writes.lock_enrollment(session, learner_id, held.where.course_id):
        raise NotEnrolledError
    tried = writes.attempts_so_far(session, learner_id, assessment_id)
    if tried.open_id is not None:
        locked = writes.lock_attempt(session, tried.open_id)
        if locked is not None and not is_over(locked.attempt, locked.now):
            return tried.open_id
        if locked is not None and locked.attempt.status == AttemptStatus.IN_PROGRESS:
            closing.close(session, locked)
    extra = accommodations.extra_for(session, learner_id, assessment_id, held.where.course_id)
    _check_is_open(session, held, learner_id)
    _check_has_attempts(held, tried, extra)
    attempt = _new_attempt(session, held, learner_id, tried.last_number + 1, extra)
    events.record(
        session,
        "assessment_started",
        learner_id,
        object_id=assessment_id,
        attempt_id=attempt.id,
        **held.where.columns,
    )
    session.flush()
    return attempt.id


def save_answer(
    session: Session, *, learner_id: UUID, attempt_id: UUID, question_id: UUID, response: dict[str, Any]
) -> None:
    """Keep what the learner answers now, after whatever was kept before; the same answer again changes nothing.

    Raises:
        AttemptNotFoundError: it isn't the learner's.
        AttemptClosedError: it was handed in, or its time is over.
        HeldElsewhereError: it is proctored; only the sheet that opened it writes it, by the journal.
        QuestionNotAskedError: the question isn't part of it.
        InvalidAnswerError: the answer doesn't fit the question.
    """
    held = journal.hold(session, learner_id, attempt_id)
    journal.keep(session, held, [journal.Draft(question_id, response)], is_strict=True)


def submit_attempt(session: Session, *, learner_id: UUID, attempt_id: UUID) -> AttemptResult | None:
    """Hand in an attempt and grade it. Safe to repeat: the result stays, and nothing is recorded twice.

    Returns the result if there is one that the learner may see: None while people still mark it, or hold it.

    Raises:
        AttemptNotFoundError: it isn't the learner's.
    """
    if not writes.lock_enrollment_of_attempt(session, learner_id, attempt_id):
        raise AttemptNotFoundError
    attempt = writes.lock_attempt(session, attempt_id)
    if attempt is None:
        raise AttemptNotFoundError
    if attempt.attempt.status == AttemptStatus.IN_PROGRESS:
        closing.close(session, attempt)
    return queries.result_for(session, learner_id, attempt_id)


def close_overdue(session: Session, now: datetime, *, learner_id: UUID | None = None, limit: int = 100) -> int:
    """Grade open attempts whose time is over, of one learner or of all. Returns how many were closed.

    Attempts that somebody else is just closing are skipped. One that can't be graded is logged and holds up no other.
    """
    closed = 0
    for attempt_id in writes.take_overdue(session, now - GRACE, learner_id, limit):
        try:
            with session.begin_nested():
                attempt = writes.lock_attempt(session, attempt_id)
                if attempt is not None and attempt.attempt.status == AttemptStatus.IN_PROGRESS:
                    closing.close(session, attempt)
                    closed += 1
        except Exception:
            log.exception("The overdue attempt %s could not be graded", attempt_id)
    return closed


def _check_is_open(session: Session, held: writes.HeldAssessment, learner_id: UUID) -> None:
    opens, closes = held.assessment.available_from, held.assessment.available_until
    if opens is not None and held.now < opens:
        raise NotAvailableError.before(opens, people.time_zone_of(session, learner_id))
    if closes is not None and held.now >= closes:
        raise NotAvailableError.after(closes, people.time_zone_of(session, learner_id))


def _check_has_attempts(held: writes.HeldAssessment, tried: writes.Tried, extra: accommodations.Extra) -> None:
    assessment = held.assessment
    if assessment.max_attempts is not None and tried.used >= assessment.max_attempts + extra.attempts:
        raise NoAttemptsLeftError(assessment.max_attempts + extra.attempts)


def _new_attempt(
    session: Session, held: writes.HeldAssessment, learner_id: UUID, number: int, extra: accommodations.Extra
) -> AssessmentAttempt:
    attempt_id = new_id()
    question_ids = writes.current_question_ids(session, held.assessment.id)
    question_ids += pools.drawn_for(session, held.assessment.id, attempt_id)
    if not question_ids:
        raise NoQuestionsError
    if held.assessment.shuffle_questions:
        question_ids = ordering.shuffled(question_ids, attempt_id, str)
    added = extra.time(held.assessment.time_limit_minutes)
    attempt = AssessmentAttempt(
        id=attempt_id,
        user_id=learner_id,
        assessment_id=held.assessment.id,
        attempt_number=number,
        question_ids=[str(question_id) for question_id in question_ids],
        started_at=held.now,
        deadline_at=accommodations.deadline(held.assessment, held.now, added),
        extra_seconds=int(added.total_seconds()),
    )
    session.add(attempt)
    return attempt
