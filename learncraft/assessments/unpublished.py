"""What of an assessment is written and not published: for whoever reviews its course."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import drafting
from learncraft.assessments.draft_shapes import DraftDocument
from learncraft.assessments.models import QuestionBank


@dataclass(frozen=True, slots=True)
class Versions:
    """What learners get and what is written, with the titles of the banks that rules name."""

    published: DraftDocument
    written: DraftDocument
    banks: dict[UUID, str]


def versions_of(session: Session, viewer: Viewer, assessment_id: UUID) -> Versions | None:
    """Both versions of an assessment; None when there is no draft, or it isn't the viewer's to read."""
    found = drafting.open_draft(session, viewer, assessment_id)
    if found is None or not found.has_changes:
        return None
    published = drafting.published_document(session, assessment_id)
    named = {draw.bank_id for draw in (*published.draws, *found.document.draws)}
    rows = session.execute(select(QuestionBank.id, QuestionBank.title).where(QuestionBank.id.in_(named)))
    return Versions(published, found.document, {row.id: row.title for row in rows})
