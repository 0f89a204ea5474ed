"""Questions of a bank while they are written: kept as they are typed, for the writer alone, until they are finished.

A bank holds finished questions only, since assessments draw from it at once. So what is typed is kept beside it, with
what its writer saw in the bank. It stays when somebody else changes that question, or deletes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments.bank import Seen
from learncraft.assessments.draft_shapes import DraftQuestion
from learncraft.assessments.errors import NotYoursToWriteError
from learncraft.assessments.models import QuestionBankItem
from learncraft.assessments.records import QuestionBankDraft
from learncraft.db import new_id

MOST = 20  # unfinished ones of one person that a page shows


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A question that somebody has begun to write or to change."""

    question: DraftQuestion
    changes: Seen | None  # the question of a bank that it changes, as its writer saw it
    bank_id: UUID | None
    tags: str
    at: datetime

    @property
    def item_id(self) -> UUID | None:
        """The question of a bank that it changes."""
        return self.changes.item_id if self.changes else None


def keep(session: Session, viewer: Viewer, question: DraftQuestion, tags: str, *, changes: Seen | None) -> None:
    """Keep what is typed. Safe to repeat.

    Raises:
        NotYoursToWriteError: the viewer doesn't teach.
    """
    if not viewer.teaches:
        raise NotYoursToWriteError
    values: dict[str, Any] = {"document": question.model_dump(mode="json"), "tags": tags[:2000]}
    # A change of a question goes by that question, which others may change too; a new one by the draft's own name.
    name, unique = question.id, ["id"]
    if changes is not None:
        name, unique = new_id(), ["user_id", "item_id"]
        values["began_from"] = changes.changed_at
    item_id = changes.item_id if changes else None
    row = insert(QuestionBankDraft).values(id=name, user_id=viewer.id, item_id=item_id, **values)
    mine = QuestionBankDraft.user_id == viewer.id
    session.execute(
        row.on_conflict_do_update(index_elements=unique, set_={**values, "updated_at": func.now()}, where=mine)
    )


def unfinished(session: Session, viewer: Viewer) -> list[Unfinished]:
    """What the viewer has begun and not finished, the latest first. One query."""
    rows = session.execute(
        select(QuestionBankDraft, QuestionBankItem.bank_id)
        .outerjoin(QuestionBankItem, QuestionBankItem.id == QuestionBankDraft.item_id)
        .where(QuestionBankDraft.user_id == viewer.id)
        .order_by(QuestionBankDraft.updated_at.desc(), QuestionBankDraft.id)
        .limit(MOST)
    )
    return [_unfinished(row, bank_id) for row, bank_id in rows]


def keep_as_new(session: Session, viewer: Viewer, question: DraftQuestion, tags: str) -> DraftQuestion:
    """What was typed of a question that somebody deleted meanwhile, kept as a new one, under a name of its own.

    Raises:
        NotYoursToWriteError: the viewer doesn't teach.
    """
    session.execute(
        delete(QuestionBankDraft).where(
            QuestionBankDraft.user_id == viewer.id,
            QuestionBankDraft.item_id.is_(None),
            QuestionBankDraft.document["id"].astext == str(question.id),
        )
    )
    new = question.model_copy(update={"id": new_id(), "bank_item_id": None})
    keep(session, viewer, new, tags, changes=None)
    return new


def forget(session: Session, viewer: Viewer, question_id: UUID, *, item_id: UUID | None) -> None:
    """The question is in its bank now, or its writer wants no more of it. Safe to repeat."""
    named = QuestionBankDraft.item_id == item_id if item_id is not None else QuestionBankDraft.id == question_id
    session.execute(delete(QuestionBankDraft).where(QuestionBankDraft.user_id == viewer.id, named))


def _unfinished(row: QuestionBankDraft, bank_id: UUID | None) -> Unfinished:
    question = DraftQuestion.model_validate(row.document)
    if row.item_id is None:
        # It goes by the draft's name, also where it changed a question that was deleted meanwhile.
        question = question.model_copy(update={"id": row.id, "bank_item_id": None})
        return Unfinished(question, None, None, row.tags, row.updated_at)
    seen = Seen(row.item_id, row.began_from or row.created_at)
    return Unfinished(question, seen, bank_id, row.tags, row.updated_at)
