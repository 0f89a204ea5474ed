"""How much one person may ask: questions a minute, and answers of the language model a day by their tier."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.errors import LearnCraftError
from learncraft.tutor.models import AiInteraction, ChatRole, RagChatMessage, RagChatSession


class TooManyQuestionsError(LearnCraftError):
    """Somebody asks faster than anybody reads."""


def check_pace(session: Session, user_id: UUID, most: int) -> None:
    """Refuse a question when there were too many in the last minute.

    Raises:
        TooManyQuestionsError: with what to do.
    """
    asked = session.scalar(
        select(func.count())
        .select_from(RagChatMessage)
        .join(RagChatSession, RagChatSession.id == RagChatMessage.session_id)
        .where(
            RagChatSession.user_id == user_id,
            RagChatSession.last_message_at > func.now() - text("interval '1 minute'"),
            RagChatMessage.role == ChatRole.USER,
            RagChatMessage.created_at > func.now() - text("interval '1 minute'"),
        )
    )
    if (asked or 0) >= most:
        raise TooManyQuestionsError(
            "You asked {asked} questions in a minute. Wait a moment, then ask again.", asked=asked
        )


def has_answers_left(session: Session, user_id: UUID, by_tier: Mapping[str, int]) -> bool:
    """Whether the language model may still be asked today (in UTC)."""
    tier = session.scalar(select(User.subscription_tier).where(User.id == user_id))
    used = session.scalar(
        select(func.count())
        .select_from(AiInteraction)
        .where(
            AiInteraction.user_id == user_id,
            AiInteraction.created_at >= func.date_trunc("day", func.now()),
            AiInteraction.model_used.is_not(None),
        )
    )
    return (used or 0) < by_tier.get(str(tier), 0)
