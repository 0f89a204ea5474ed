"""What a payment provider's messages lead to. Each is acted on once, in one transaction with the memory of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from learncraft.accounts import subscriptions
from learncraft.accounts.models import SubscriptionStatus, SubscriptionTier
from learncraft.enrollment import opening
from learncraft.payments import checkout, queries
from learncraft.payments.errors import OrderClosedError
from learncraft.payments.stripe_checkout import Notice

# Stripe's words for a subscription's state, and ours.
_STATES = {
    "trialing": SubscriptionStatus.TRIALING,
    "active": SubscriptionStatus.ACTIVE,
    "past_due": SubscriptionStatus.PAST_DUE,
    "unpaid": SubscriptionStatus.CANCELED,
    "paused": SubscriptionStatus.CANCELED,
    "canceled": SubscriptionStatus.CANCELED,
    "incomplete_expired": SubscriptionStatus.CANCELED,
}


def act_on(session: Session, notice: Notice) -> bool:
    """Do what a verified message asks for; False when it was done before, or concerns nothing of ours.

    Messages come late, twice and out of order: what they say is checked against what is known, never added up.
    """
    action = _ACTIONS.get(notice.kind)
    if action is None or not checkout.is_new_notice(session, notice.id, notice.kind):
        return False
    return action(session, notice.about)


def _paid(session: Session, about: dict[str, Any]) -> bool:
    order_id = _order(session, about)
    if order_id is None or about.get("payment_status") != "paid":
        return False
    checkout.settle(session, order_id)
    if payment := about.get("payment_intent"):
        checkout.name_payment(session, order_id, str(payment))  # what a refund will be known by
    return True


def _given_up(session: Session, about: dict[str, Any]) -> bool:
    order_id = _order(session, about)
    if order_id is None:
        return False
    try:
        checkout.cancel(session, order_id)
    except OrderClosedError:
        return False
    return True


def _refunded(session: Session, about: dict[str, Any]) -> bool:
    order_id = queries.by_reference(session, str(about.get("payment_intent")))
    # A part of the money may go back for one course of several: which one, only a person knows.
    if order_id is None or not about.get("refunded"):
        return False
    try:
        checkout.refund(session, order_id, note="Refunded at Stripe.")
    except OrderClosedError:
        return False
    return True


def _subscribed(session: Session, about: dict[str, Any]) -> bool:
    told = about.get("metadata") or {}
    user_id, tier, state = _uuid(told.get("user_id")), told.get("tier"), _STATES.get(str(about.get("status")))
    items = (about.get("items") or {}).get("data") or [{}]
    begin = about.get("current_period_start") or items[0].get("current_period_start")
    end = about.get("current_period_end") or items[0].get("current_period_end")
    if user_id is None or tier not in set(SubscriptionTier) or state is None or not begin or not end:
        return False
    subscriptions.follow_provider(
        session,
        reference=str(about["id"]),
        user_id=user_id,
        tier=SubscriptionTier(tier),
        status=state,
        period=(datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC)),
        ends_then=bool(about.get("cancel_at_period_end")),
    )
    opening.extend(session, user_id)
    return True


def _order(session: Session, about: dict[str, Any]) -> UUID | None:
    return _uuid(about.get("client_reference_id")) or queries.by_reference(session, str(about.get("id")))


def _uuid(given: object) -> UUID | None:
    try:
        return UUID(str(given))
    except ValueError:
        return None


_ACTIONS: dict[str, Callable[[Session, dict[str, Any]], bool]] = {
    "checkout.session.completed": _paid,
    "checkout.session.async_payment_succeeded": _paid,
    "checkout.session.expired": _given_up,
    "checkout.session.async_payment_failed": _given_up,
    "charge.refunded": _refunded,
    "customer.subscription.created": _subscribed,
    "customer.subscription.updated": _subscribed,
    "customer.subscription.deleted": _subscribed,
}
