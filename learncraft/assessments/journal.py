"""The journal of an attempt: what is typed is in the database within a second, and an old save replaces no newer one.

Browsers number what is typed by the server's clock in milliseconds (`sequence`). A save that was late, from a tab that
was offline or from another device, is compared by this number: the newest typed wins, whatever the order of arrival.
Saving the same again changes nothing, so a browser that got no answer simply sends again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select, text
from sqlalchemy.orm import Session

from learncraft import events, sql
from learncraft.assessments import grading, writes
from learncraft.assessments.errors import (
    AttemptClosedError,
    AttemptNotFoundError,
    HeldElsewhereError,
    InvalidAnswerError,
    QuestionNotAskedError,
)
from learncraft.assessments.models import Answer, AssessmentAttempt, AttemptStatus, Question
from learncraft.assessments.records import AnswerFile
from learncraft.assessments.shapes import RubricKey, WrittenResponse
from learncraft.db import new_id

GRACE = timedelta(seconds=2)  # what a save or a submission may take from the browser to here
BURST = timedelta(seconds=5)  # typing without a longer pause is one event, not one for each second
CLOCK_SLACK_MS = 60_000  # a browser may think that it is so much later than here; more counts as now

Outcome = Literal["saved", "older", "refused"]


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer as a browser has it. Without a sequence it is newer than whatever is kept."""

    question_id: UUID
    response: dict[str, Any]
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a draft. An older one comes back with the newer answer that stands."""

    question_id: UUID
    outcome: Outcome
    sequence: int
    response: dict[str, Any] | None = None
    words: str = ""


def hold(
    session: Session,
    learner_id: UUID,
    attempt_id: UUID,
    *,
    sheet_id: UUID | None = None,
    waited: timedelta = timedelta(0),
) -> writes.HeldAttempt:
    """The learner's open attempt, kept from being closed until the transaction ends. One statement.

    A proctored attempt is written by the sheet that opened it, and by nobody who doesn't say which sheet they are.
    `waited` is how long this server has had the learner's message: when many are at the end, nobody is late for that.

    Raises:
        AttemptNotFoundError: it isn't the learner's.
        AttemptClosedError: it was handed in, or its time is over.
        HeldElsewhereError: it is proctored, and this isn't the sheet that opened it.
    """
    held = writes.hold_attempt(session, learner_id, attempt_id)
    if held is None:
        raise AttemptNotFoundError
    if is_over(held.attempt, held.now - waited):
        raise AttemptClosedError
    if held.is_proctored and (sheet_id is None or held.attempt.sheet_id != sheet_id):
        raise HeldElsewhereError
    return held


def is_over(attempt: AssessmentAttempt, now: datetime) -> bool:
    """Whether answers are no longer taken."""
    if attempt.status != AttemptStatus.IN_PROGRESS:
        return True
    return attempt.deadline_at is not None and now > attempt.deadline_at + GRACE


def keep(session: Session, held: writes.HeldAttempt, drafts: Sequence[Draft], *, is_strict: bool = False) -> list[Kept]:
    """Keep drafts of a held attempt; at most five statements, whatever their number.

    One draft that can't be kept holds up no other: it is refused with words. With `is_strict` it raises instead.
    """
    latest = {draft.question_id: draft for draft in sorted(drafts, key=lambda one: one.sequence or 0)}
    asked = _asked(session, held, latest)
    given = _files_given(session, held, latest)
    kept: list[Kept] = []
    rows: dict[UUID, tuple[dict[str, Any], int]] = {}
    for question_id, draft in sorted(latest.items()):
        try:
            response = _checked(asked.get(question_id), draft, given)
        except (InvalidAnswerError, QuestionNotAskedError) as error:
            if is_strict:
                raise
            kept.append(Kept(question_id, "refused", draft.sequence or 0, words=str(error)))
            continue
        rows[question_id] = (response, _sequence(draft, asked[question_id].sequence, held.now))
    changed = _write(session, held, rows)
    stands = _standing(session, held, [name for name in rows if name not in changed])
    for question_id, (response, sequence) in rows.items():
        there = stands.get(question_id)
        if question_id in changed or there is None or there == (sequence, response):
            kept.append(Kept(question_id, "saved", sequence))
        elif there[1] == response:
            kept.append(Kept(question_id, "saved", there[0]))
        else:
            kept.append(Kept(question_id, "older", there[0], response=there[1]))
    _tell(session, held, [asked[name] for name in changed if asked[name].says_other_than(rows[name][0])])
    return kept


def newer(session: Session, attempt_id: UUID, seen: dict[UUID, int]) -> list[Kept]:
    """The answers that were saved elsewhere since a browser last looked."""
    rows = session.execute(
        select(Answer.question_id, Answer.sequence, Answer.response).where(
            Answer.attempt_id == attempt_id, Answer.response.is_not(None)
        )
    )
    return [Kept(name, "older", number, response) for name, number, response in rows if number > seen.get(name, 0)]


@dataclass(frozen=True, slots=True)
class _Asked:
    question: Question
    response: dict[str, Any] | None  # as it stood before; the row itself is written past the session
    sequence: int
    saved_at: datetime | None

    def says_other_than(self, response: dict[str, Any]) -> bool:
        """Whether a response is news."""
        return self.response != response


def _asked(session: Session, held: writes.HeldAttempt, drafts: dict[UUID, Draft]) -> dict[UUID, _Asked]:
    asked = {UUID(name) for name in held.attempt.question_ids} & set(drafts)
    rows = session.execute(_questions(), {"attempt_id": held.attempt.id, "asked": list(asked)})
    return {question.id: _Asked(question, *before) for question, *before in rows}


@cache
def _questions() -> Select[*tuple[Any, ...]]:
    """Made once: to put a statement together takes longer than to ask it, and a full exam hall saves all the time."""
    is_answered = (Answer.question_id == Question.id) & (Answer.attempt_id == bindparam("attempt_id"))
    return (
        select(Question, Answer.response, func.coalesce(Answer.sequence, 0), Answer.saved_at)
        .outerjoin(Answer, is_answered)
        .where(Question.id.in_(bindparam("asked", expanding=True)))
        .execution_options(populate_existing=True)
    )


def _files_given(session: Session, held: writes.HeldAttempt, drafts: dict[UUID, Draft]) -> set[tuple[UUID, UUID]]:
    """The files that the learner uploaded to the questions; asked for only where a draft names one."""
    if not any(draft.response.get("files") for draft in drafts.values()):
        return set()
    rows = session.execute(
        select(AnswerFile.question_id, AnswerFile.file_id).where(AnswerFile.attempt_id == held.attempt.id)
    )
    return {(question_id, file_id) for question_id, file_id in rows}


def _checked(asked: _Asked | None, draft: Draft, given: set[tuple[UUID, UUID]]) -> dict[str, Any]:
    if asked is None:
        raise QuestionNotAskedError
    parsed = grading.parse_response(asked.question.question_type, draft.response)
    grading.check_response(parsed, grading.parse_options(asked.question.options))
    if isinstance(parsed, WrittenResponse) and parsed.files:
        _check_files(asked.question, parsed, given)
    return grading.to_json(parsed)


def _check_files(question: Question, response: WrittenResponse, given: set[tuple[UUID, UUID]]) -> None:
    key = grading.parse_key(question.question_type, question.correct_answer)
    most = key.upload.max_files if isinstance(key, RubricKey) and key.upload else 0
    if len(response.files) > most:
        raise InvalidAnswerError("This question takes {most} files at most.", most=most)
    if any((question.id, name) not in given for name in response.files):
        raise InvalidAnswerError("A file of this answer was not uploaded to it. Add it again.")


def _sequence(draft: Draft, standing: int, now: datetime) -> int:
    here = int(now.timestamp() * 1000)
    if draft.sequence is None:
        return max(here, standing + 1)
    return draft.sequence if draft.sequence <= here + CLOCK_SLACK_MS else here


def _write(session: Session, held: writes.HeldAttempt, rows: dict[UUID, tuple[dict[str, Any], int]]) -> set[UUID]:
    """Write what is newer, in one statement, in one order so that two tabs can't deadlock."""
    if not rows:
        return set()
    given = [
        {"id": str(new_id()), "question_id": str(question_id), "response": response, "sequence": sequence}
        for question_id, (response, sequence) in rows.items()
    ]
    written = session.scalars(
        text(sql.text("assessments/keep_answers")),
        {"attempt_id": held.attempt.id, "saved_at": held.now, "rows": json.dumps(given)},
    )
    return set(written)


def _standing(
    session: Session, held: writes.HeldAttempt, question_ids: list[UUID]
) -> dict[UUID, tuple[int, dict[str, Any] | None]]:
    if not question_ids:
        return {}
    rows = session.execute(
        select(Answer.question_id, Answer.sequence, Answer.response).where(
            Answer.attempt_id == held.attempt.id, Answer.question_id.in_(question_ids)
        )
    )
    return {name: (number, response) for name, number, response in rows}


def _tell(session: Session, held: writes.HeldAttempt, changed: list[_Asked]) -> None:
    """An event for each change; for what is typed one for each burst of typing."""
    for asked in changed:
        is_going_on = asked.saved_at is not None and held.now - asked.saved_at < BURST
        if is_going_on and grading.is_typed(asked.question.question_type):
            continue
        events.record(
            session,
            "answer_saved",
            held.attempt.user_id,
            object_id=asked.question.id,
            attempt_id=held.attempt.id,
            **held.where.columns,
        )
    session.flush()
