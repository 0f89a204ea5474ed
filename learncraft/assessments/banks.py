"""Banks as a whole: what they are called and are for, questions that change banks, and banks that are deleted.

Whoever may use a bank may do so. Each names what they saw: nothing that somebody else wrote since is overwritten or
deleted unseen. A bank that an assessment draws from stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import bank, pools
from learncraft.assessments.bank import Bank, Seen
from learncraft.assessments.errors import InvalidBankError, ItemChangedError
from learncraft.assessments.models import QuestionBank, QuestionBankItem
from learncraft.db import new_id
from learncraft.errors import ChangedSinceError

LONGEST_TITLE, LONGEST_DESCRIPTION = 255, 2_000


@dataclass(frozen=True, slots=True)
class About:
    """What a bank is called, and what it is for."""

    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """What is in a bank as somebody saw it: how many questions, and when one was changed last."""

    items: int
    changed_at: datetime | None


def about(one: Bank) -> About:
    """What there is to change of a bank."""
    return About(one.title, one.description)


def describe(session: Session, viewer: Viewer, bank_id: UUID, meant: About, *, seen: About) -> None:
    """Call a bank otherwise, or say what it is for. Assessments that draw from it go on doing so.

    Raises:
        NotYoursToWriteError: the bank isn't open to the viewer.
        InvalidBankError: it would have no title.
        ChangedSinceError: somebody else changed it since it was seen.
    """
    bank.hold(session, viewer, bank_id)
    row = session.get_one(QuestionBank, bank_id, populate_existing=True)
    wanted = About(meant.title.strip()[:LONGEST_TITLE], meant.description.strip()[:LONGEST_DESCRIPTION])
    if not wanted.title:
        raise InvalidBankError("Give the bank a title first.")
    if About(row.title, row.description or "") not in (seen, wanted):
        raise ChangedSinceError
    row.title, row.description = wanted.title, wanted.description or None
    session.flush()


def remove(session: Session, viewer: Viewer, bank_id: UUID, *, seen: Stock) -> None:
    """Delete a bank with its questions. Assessments keep the copies that they have of them.

    Raises:
        NotYoursToWriteError: the bank isn't open to the viewer.
        InvalidBankError: assessments draw from it, in what learners get or in what is being written.
        ItemChangedError: somebody else has added, changed or taken out a question since.
    """
    bank.hold(session, viewer, bank_id)
    if drawing := _drawing(session, bank_id):
        raise InvalidBankError(
            "{assessments} draws from this bank. Take the rule out there and publish that, then delete the bank.",
            assessments=bank.named(session, viewer, drawing),
        )
    if stock(session, bank_id) != seen:
        raise ItemChangedError("Somebody else changed the questions of this bank meanwhile. Look at them first.")
    session.execute(delete(QuestionBank).where(QuestionBank.id == bank_id))


def stock(session: Session, bank_id: UUID) -> Stock:
    """What is in a bank now. One query."""
    row = session.execute(
        select(func.count(), func.max(QuestionBankItem.updated_at)).where(QuestionBankItem.bank_id == bank_id)
    ).one()
    return Stock(*row)


def move_item(session: Session, viewer: Viewer, bank_id: UUID, seen: Seen, *, into: UUID) -> None:
    """Put a question into another bank: rules draw it there from now on, and here no longer.

    Raises:
        NotYoursToWriteError: one of both banks isn't open to the viewer, or the question isn't in it.
        BankInReviewError, BankNeedsReviewError: as `bank.hold_to_change`.
        InvalidBankError: a published rule would have fewer questions than it draws.
        ItemChangedError: somebody else changed it since it was seen.
    """
    item = _held_item(session, viewer, bank_id, seen, into, moves=True)
    if short := pools.short_without(session, bank_id, item.id):
        raise InvalidBankError(
            "{assessments} could ask fewer questions without this one. Draw fewer there, or add one first.",
            assessments=bank.named(session, viewer, short),
        )
    item.bank_id, item.edited_by = into, viewer.id
    session.flush()
    pools.refresh_all_of(session, bank_id, into)


def copy_item(session: Session, viewer: Viewer, bank_id: UUID, seen: Seen, *, into: UUID) -> UUID:
    """Put a copy of a question into another bank; from then on they are two.

    Raises:
        NotYoursToWriteError: one of both banks isn't open to the viewer, or the question isn't in it.
        BankInReviewError, BankNeedsReviewError: as `bank.hold_to_change`.
        ItemChangedError: somebody else changed it since it was seen.
    """
    item = _held_item(session, viewer, bank_id, seen, into)
    same = (
        "question_type",
        "content",
        "content_format",
        "options",
        "correct_answer",
        "explanation",
        "points",
        "difficulty",
        "tags",
    )
    made = QuestionBankItem(
        id=new_id(), bank_id=into, edited_by=viewer.id, **{name: getattr(item, name) for name in same}
    )
    session.add(made)
    session.flush()
    pools.refresh_all_of(session, into)
    return made.id


def _held_item(
    session: Session, viewer: Viewer, bank_id: UUID, seen: Seen, into: UUID, *, moves: bool = False
) -> QuestionBankItem:
    """The question, with both banks locked."""
    changed = (bank_id, into) if moves else (into,)
    bank.hold_to_change(session, viewer, *changed, beside=(bank_id,))
    item = bank.item_of(session, bank_id, seen.item_id)
    if item.updated_at > seen.changed_at:
        raise ItemChangedError("Somebody else changed this question meanwhile. Look at it, then choose its bank.")
    return item


def _drawing(session: Session, bank_id: UUID) -> frozenset[UUID]:
    """The assessments that draw from a bank: for learners now, or in what isn't published yet."""
    rows = session.scalars(
        text(
            """
            SELECT assessment_id FROM assessment_draws WHERE bank_id = :bank
            UNION SELECT assessment_id FROM assessment_drafts
            WHERE document -> 'draws' @> jsonb_build_array(jsonb_build_object('bank_id', CAST(:named AS text)))
            """
        ),
        {"bank": bank_id, "named": str(bank_id)},
    )
    return frozenset(rows)
