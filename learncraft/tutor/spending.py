"""What calls of models took: the tutor's cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.language import _, _n, numbers
from learncraft.tutor.models import AiInteraction


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls of models between two moments. Tokens are what their providers charge for."""

    calls: int
    tokens_in: int
    tokens_out: int
    ratings: int
    mean_rating: float | None

    @property
    def rating_words(self) -> str:
        """Such as '4.2 of 5 (12 ratings)'."""
        return (
            _("none yet")
            if self.mean_rating is None
            else _n(
                "{mean} of 5 ({count} rating)",
                "{mean} of 5 ({count} ratings)",
                self.ratings,
                mean=numbers.number(self.mean_rating, 1),
            )
        )


def spent_on_models(session: Session, *, since: datetime, until: datetime) -> Spent:
    """All calls of models; answers that no model made cost nothing and aren't counted."""
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(AiInteraction.prompt_tokens), 0),
            func.coalesce(func.sum(AiInteraction.tokens_used), 0),
            func.count(AiInteraction.feedback_rating),
            func.avg(AiInteraction.feedback_rating),
        ).where(
            AiInteraction.created_at >= since,
            AiInteraction.created_at < until,
            AiInteraction.model_used.is_not(None),
        )
    ).one()
    calls, tokens_in, tokens, ratings, mean = row
    return Spent(calls, int(tokens_in), int(tokens - tokens_in), ratings, None if mean is None else float(mean))
