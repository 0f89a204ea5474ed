"""The way to Stripe and its messages, against a server on this machine that speaks its HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

from learncraft.enrollment import cart
from learncraft.payments import checkout, provider, queries
from learncraft.payments.models import OrderStatus
from tests.factories import make_course
from tests.payments.stripe_server import SECRET, StripeServer, message, signature, stripe_server
from tests.web.conftest import Browser, Site


@pytest.fixture
def stripe() -> Iterator[StripeServer]:
    with stripe_server() as server:
        yield server


@pytest.fixture
def shop(make_site: Callable[..., Site], stripe: StripeServer) -> Site:
    return make_site(
        stripe_secret_key="sk_test_1",
        stripe_webhook_secret=SECRET,
        stripe_api_url=stripe.url,
        stripe_prices={"pro": "price_pro"},
    )


@pytest.fixture
def order_id(shop: Site) -> UUID:
    person = shop.person()
    with shop.database.transaction() as session:
        course = make_course(session, price=Decimal("49.50"), title="Thinking in SQL")
        cart.put_in(session, learner_id=person.id, course_id=course.id)
        return checkout.start(session, learner_id=person.id, provider="stripe", currency="EUR", total=Decimal("49.50"))


def signed_in(site: Site, address: str = "ana@example.org") -> Browser:
    browser = site.browser()
    browser.sign_in(address)
    return browser


def status(site: Site) -> OrderStatus:
    with site.database.reading() as session:
        [[one], _] = queries.all_orders(session)
        return one.status


def send(site: Site, body: bytes, **signed: object):
    head = {"stripe-signature": signature(body, **signed), "content-type": "application/json"}  # type: ignore[arg-type]
    return site.browser().client.post("/hooks/stripe", content=body, headers=head)


def test_a_person_is_sent_to_stripe_with_the_price_in_cents_once(
    shop: Site, stripe: StripeServer, order_id: UUID
) -> None:
    browser = signed_in(shop)
    first, second = (browser.client.get(f"/pay/order/{order_id}") for _ in range(2))
    assert first.status_code == 303
    assert first.headers["location"] == second.headers["location"] == "https://checkout.stripe.example/cs_test_1"
    _, asked = stripe.asked[0]
    assert asked["line_items[0][price_data][unit_amount]"] == "4950"
    assert asked["line_items[0][price_data][currency]"] == "eur"
    assert asked["client_reference_id"] == str(order_id)


def test_an_order_is_paid_for_by_its_owner_only(shop: Site, stripe: StripeServer, order_id: UUID) -> None:
    shop.person("bo@example.org")
    answer = signed_in(shop, "bo@example.org").client.get(f"/pay/order/{order_id}")
    assert answer.headers["location"].startswith("/cart")
    assert stripe.asked == []
    assert shop.browser().client.get(f"/pay/order/{order_id}").headers["location"].startswith("/auth/sign-in")


def test_a_message_that_the_money_came_opens_the_course_however_often_it_comes(
    shop: Site, stripe: StripeServer, order_id: UUID
) -> None:
    signed_in(shop).client.get(f"/pay/order/{order_id}")
    stripe.pay("cs_test_1")
    body = message("checkout.session.completed", stripe.sessions["cs_test_1"])
    assert send(shop, body).json() == {"acted": True}
    assert send(shop, body).json() == {"acted": False}
    again = message("checkout.session.completed", stripe.sessions["cs_test_1"], name="evt_2")
    assert send(shop, again).status_code == 200
    assert status(shop) == OrderStatus.PAID
    with shop.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM enrollments WHERE status = 'active'")) == 1
        assert session.scalar(text("SELECT count(*) FROM learning_events WHERE event_type = 'enrolled'")) == 1


def test_a_message_that_tells_of_no_money_opens_nothing(shop: Site, stripe: StripeServer, order_id: UUID) -> None:
    signed_in(shop).client.get(f"/pay/order/{order_id}")
    assert send(shop, message("checkout.session.completed", stripe.sessions["cs_test_1"])).json() == {"acted": False}
    assert status(shop) == OrderStatus.PENDING
    assert send(shop, message("checkout.session.expired", stripe.sessions["cs_test_1"], name="evt_2")).json()["acted"]
    assert status(shop) == OrderStatus.CANCELLED


@pytest.mark.parametrize("how", [{"secret": "whsec_guess"}, {"age": 3600}])
def test_a_forged_or_old_message_changes_nothing(
    shop: Site, stripe: StripeServer, order_id: UUID, how: dict[str, object]
) -> None:
    signed_in(shop).client.get(f"/pay/order/{order_id}")
    stripe.pay("cs_test_1")
    answer = send(shop, message("checkout.session.completed", stripe.sessions["cs_test_1"]), **how)
    assert answer.status_code == 400
    assert status(shop) == OrderStatus.PENDING


def test_nonsense_is_no_message(shop: Site) -> None:
    client = shop.browser().client
    assert client.post("/hooks/stripe", content=b"{}").status_code == 400
    assert client.post("/hooks/stripe", content=b"x" * 600_000).status_code == 413
    body = message("invoice.created", {"id": "in_1"})
    assert send(shop, body).json() == {"acted": False}
    body = b"[]"
    assert send(shop, body).status_code == 400


def test_a_refund_at_stripe_ends_the_place(shop: Site, stripe: StripeServer, order_id: UUID) -> None:
    signed_in(shop).client.get(f"/pay/order/{order_id}")
    stripe.pay("cs_test_1")
    send(shop, message("checkout.session.completed", stripe.sessions["cs_test_1"]))
    part = {"id": "ch_1", "payment_intent": "pi_cs_test_1", "refunded": False}
    assert send(shop, message("charge.refunded", part, name="evt_2")).json() == {"acted": False}
    assert status(shop) == OrderStatus.PAID
    assert send(shop, message("charge.refunded", part | {"refunded": True}, name="evt_3")).json() == {"acted": True}
    assert status(shop) == OrderStatus.REFUNDED


def test_who_comes_back_before_the_message_is_found_paid(shop: Site, stripe: StripeServer, order_id: UUID) -> None:
    signed_in(shop).client.get(f"/pay/order/{order_id}")
    way = provider.of(shop.settings)
    assert not way.is_paid("cs_test_1")
    stripe.pay("cs_test_1")
    assert way.is_paid("cs_test_1")


def test_a_stripe_that_is_down_is_said_in_words_and_the_order_waits(
    shop: Site, stripe: StripeServer, order_id: UUID
) -> None:
    browser = signed_in(shop)
    stripe.is_down = True
    answer = browser.client.get(f"/pay/order/{order_id}")
    assert answer.status_code == 503
    assert "payment service does not answer" in answer.text
    assert status(shop) == OrderStatus.PENDING
    stripe.is_down = False
    assert browser.client.get(f"/pay/order/{order_id}").status_code == 303


def test_a_subscription_follows_stripes_messages(shop: Site, stripe: StripeServer) -> None:
    person = shop.person()
    answer = signed_in(shop).client.get("/pay/tier/pro")
    assert answer.headers["location"] == "https://checkout.stripe.example/cs_test_1"
    _, asked = stripe.asked[0]
    assert asked["line_items[0][price]"] == "price_pro"
    assert asked["subscription_data[metadata][user_id]"] == str(person.id)
    about = {
        "id": "sub_1",
        "status": "active",
        "metadata": {"user_id": str(person.id), "tier": "pro"},
        "items": {"data": [{"current_period_start": 1_790_000_000, "current_period_end": 4_000_000_000}]},
    }
    assert send(shop, message("customer.subscription.created", about)).json() == {"acted": True}
    tier = text("SELECT subscription_tier::text FROM users WHERE id = :id")
    with shop.database.reading() as session:
        assert session.scalar(tier, {"id": person.id}) == "pro"
    gone = json.loads(json.dumps(about)) | {"status": "canceled"}
    assert send(shop, message("customer.subscription.deleted", gone, name="evt_2")).json() == {"acted": True}
    with shop.database.reading() as session:
        assert session.scalar(tier, {"id": person.id}) == "free"
    stray = about | {"metadata": {"user_id": "nobody", "tier": "gold"}}
    assert send(shop, message("customer.subscription.updated", stray, name="evt_3")).json() == {"acted": False}


def test_a_tier_that_is_not_sold_is_not_found(shop: Site) -> None:
    shop.person()
    assert signed_in(shop).client.get("/pay/tier/enterprise").status_code == 404
    assert signed_in(shop).client.get("/pay/tier/nonsense").status_code == 404


def test_without_a_secret_no_messages_are_taken(site: Site) -> None:
    assert site.browser().client.post("/hooks/stripe", content=b"{}").status_code == 404
