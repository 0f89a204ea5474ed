"""Subscriptions: which tier a person has, until when, and how it begins, is renewed and ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from learncraft.accounts.models import Subscription, SubscriptionStatus, SubscriptionTier, User
from learncraft.db import new_id
from learncraft.errors import InvalidInputError

# Past due still opens: the provider tries the card again for some days, and nobody is locked out of a lesson meanwhile.
RUNNING = (SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)
_RANK = {tier: rank for rank, tier in enumerate(SubscriptionTier)}


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription that runs now."""

    id: UUID
    tier: SubscriptionTier
    status: SubscriptionStatus
    until: datetime
    ends_then: bool
    is_from_provider: bool


def holds(tier: SubscriptionTier, least: SubscriptionTier) -> bool:
    """Whether a tier opens what asks for `least`."""
    return _RANK[tier] >= _RANK[least]


def running(session: Session, user_id: UUID) -> Held | None:
    """The subscription that a person has now."""
    found = session.scalar(
        select(Subscription)
        .where(
            Subscription.user_id == user_id,
            Subscription.status.in_(RUNNING),
            Subscription.current_period_start <= func.now(),
            Subscription.current_period_end > func.now(),
        )
        .order_by(Subscription.current_period_end.desc())
        .limit(1)
    )
    if found is None:
        return None
    return Held(
        id=found.id,
        tier=found.tier,
        status=found.status,
        until=found.current_period_end,
        ends_then=found.cancel_at_period_end,
        is_from_provider=found.stripe_subscription_id is not None,
    )


def give(session: Session, user_id: UUID, *, tier: SubscriptionTier, until: datetime) -> None:
    """Give a person a tier by hand, from now; a subscription that ran by hand until now ends.

    Raises:
        InvalidInputError: the free tier needs no subscription, the time is over, or the person pays for one.
    """
    if tier == SubscriptionTier.FREE:
        raise InvalidInputError("The free tier needs no subscription. End the one that runs instead.")
    now: datetime = session.scalar(select(func.now()))  # type: ignore[assignment]
    if until <= now:
        raise InvalidInputError("The subscription would be over already. Choose a day to come.")
    held = running(session, user_id)
    if held is not None and held.is_from_provider:
        raise InvalidInputError("This person pays for a subscription. It has to end at the payment provider first.")
    end(session, user_id)
    session.add(
        Subscription(
            id=new_id(),
            user_id=user_id,
            tier=tier,
            status=SubscriptionStatus.ACTIVE,
            current_period_start=now,
            current_period_end=until,
            cancel_at_period_end=True,
        )
    )
    session.flush()
    _note_tier(session, user_id)


def end(session: Session, user_id: UUID) -> None:
    """End what a person was given by hand, now. Safe to repeat."""
    session.execute(
        update(Subscription)
        .where(
            Subscription.user_id == user_id,
            Subscription.status.in_(RUNNING),
            Subscription.stripe_subscription_id.is_(None),
        )
        .values(status=SubscriptionStatus.CANCELED)
    )
    _note_tier(session, user_id)


def expire(session: Session) -> int:
    """Close subscriptions whose time is over; returns how many. Safe to repeat."""
    over = session.scalars(
        update(Subscription)
        .where(Subscription.status.in_(RUNNING), Subscription.current_period_end <= func.now())
        .values(status=SubscriptionStatus.EXPIRED)
        .returning(Subscription.user_id)
    ).all()
    for user_id in over:
        _note_tier(session, user_id)
    return len(over)


def follow_provider(
    session: Session,
    *,
    reference: str,
    user_id: UUID,
    tier: SubscriptionTier,
    status: SubscriptionStatus,
    period: tuple[datetime, datetime],
    ends_then: bool,
) -> None:
    """Make a subscription what the payment provider says that it is. Safe to repeat."""
    found = session.scalar(
        select(Subscription).where(Subscription.stripe_subscription_id == reference).with_for_update()
    )
    if found is None:
        end(session, user_id)  # what was given by hand makes room for what is paid for
        found = Subscription(id=new_id(), user_id=user_id, stripe_subscription_id=reference)
        session.add(found)
    found.tier, found.status, found.cancel_at_period_end = tier, status, ends_then
    found.current_period_start, found.current_period_end = period
    session.flush()
    _note_tier(session, found.user_id)


def _note_tier(session: Session, user_id: UUID) -> None:
    """Keep the tier beside the person, where lists and quotas read it."""
    held = running(session, user_id)
    tier = held.tier if held else SubscriptionTier.FREE
    session.execute(
        update(User).where(User.id == user_id, User.subscription_tier != tier).values(subscription_tier=tier)
    )
