"""Questions of a bank while they are written: kept as they are typed, for the writer alone, until they are finished.

A bank holds finished questions only, since assessments draw from it at once. So what is typed is kept beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
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
    item_id: UUID | None  # the question of a bank that it changes
    bank_id: UUID | None
    tags: str
    at: datetime


def keep(session: Session, viewer: Viewer, question: DraftQuestion, tags: str, *, item_id: UUID | None) -> None:
    """Keep what is typed. Safe to repeat.

    Raises:
        NotYoursToWriteError: the viewer doesn't teach.
    """
    if not viewer.teaches:
        raise NotYoursToWriteError
    values = {"document": question.model_dump(mode="json"), "tags": tags[:2000]}
    # A change of a question goes by that question, which others may change too; a new one by the draft's own name.
    name, unique = (question.id, ["id"]) if item_id is None else (new_id(), ["user_id", "item_id"])
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
    return [
        Unfinished(DraftQuestion.model_validate(row.document), row.item_id, bank_id, row.tags, row.updated_at)
        for row, bank_id in rows
    ]


def forget(session: Session, viewer: Viewer, question_id: UUID, *, item_id: UUID | None) -> None:
    """The question is in its bank now, or its writer wants no more of it. Safe to repeat."""
    named = QuestionBankDraft.item_id == item_id if item_id is not None else QuestionBankDraft.id == question_id
    session.execute(delete(QuestionBankDraft).where(QuestionBankDraft.user_id == viewer.id, named))
