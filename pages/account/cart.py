"""My cart and orders: what am I about to pay for, and what became of it?"""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from learncraft import runtime
from learncraft.enrollment import cart
from learncraft.enrollment.cart import CartLine
from learncraft.errors import LearnCraftError
from learncraft.language import _, noted
from learncraft.payments import checkout, provider, queries
from learncraft.payments.models import OrderStatus
from learncraft.payments.queries import OrderView
from pages.shared import addresses, frame, people, words
from pages.shared.render import plain

viewer = people.viewer()
settings = runtime.current().settings
order_id = addresses.uuid_of(st.query_params.get("order"))


def look_after(order: OrderView) -> None:
    """Ask the provider about an order that the person comes back from paying; its own message may be on the way."""
    if order.status != OrderStatus.PENDING or order.reference is None:
        return
    try:
        is_paid = provider.of(settings).is_paid(order.reference)
    except LearnCraftError as error:
        st.warning(str(error), icon=":material/cloud_off:")
        return
    if is_paid:
        with frame.action(_("Paid. Your courses are open")) as session:
            checkout.settle(session, order.id)
        st.rerun()


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency."""
    return words.money(amount, currency)


def line(one: CartLine) -> None:
    """One course of the cart."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.page_link("pages/learn/course.py", label=f"**{plain(one.title)}**", query_params={"course": one.slug})
            st.markdown(f"**{money(one.price, settings.currency)}**", width="content")
        if not one.is_open:
            st.warning(_("This course is not open any more. Remove it to go on."), icon=":material/block:")
        elif one.old_price is not None:
            st.caption(_("It was {old_price} when you put it in.", old_price=money(one.old_price, settings.currency)))
        if st.button(_("Remove"), key=f"remove-{one.course_id}", icon=":material/delete:", type="tertiary"):
            with frame.action(_("Removed from your cart")) as session:
                cart.take_out(session, learner_id=viewer.id, course_id=one.course_id)
            st.rerun()


def order_card(order: OrderView) -> None:
    """One order: what is in it, and what comes next."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(
                _(
                    "**Order {number}** · {when}",
                    number=order.number,
                    when=words.when(order.created_at, viewer.time_zone),
                ),
                width="content",
            )
            st.markdown(f"**{money(order.total, order.currency)}**", width="content")
        for item in order.lines:
            st.markdown(f"- {plain(item.title)}")
            if item.refusal:
                st.error(
                    f"{plain(_(item.refusal))} {_('Your money for it will be paid back.')}",
                    icon=":material/error:",
                )
        if order.status == OrderStatus.PENDING:
            waiting(order)
        else:
            icon, text = STATES[order.status]
            st.caption(f":material/{icon}: {_(text)}")


def waiting(order: OrderView) -> None:
    """How to pay an order, or to give it up."""
    if order.provider == "manual":
        st.info(plain(settings.payment_note), icon=":material/account_balance:")
        st.caption(_("Name the order {number} with your payment.", number=order.number))
    with st.container(horizontal=True, vertical_alignment="center"):
        if order.provider != "manual":
            st.link_button(_("Go to payment"), f"/pay/order/{order.id}", type="primary", icon=":material/credit_card:")
        if st.button(_("Cancel the order"), key=f"cancel-{order.id}", type="tertiary", icon=":material/close:"):
            with frame.action(_("The order is cancelled; your cart is kept")) as session:
                checkout.cancel(session, order.id, owner_id=viewer.id)
            st.rerun()


STATES: dict[OrderStatus, tuple[str, str]] = {
    OrderStatus.PAID: ("check_circle", noted("Paid. Your courses are open.")),
    OrderStatus.CANCELLED: ("block", noted("Cancelled; nothing was paid.")),
    OrderStatus.REFUNDED: ("undo", noted("Paid back.")),
}

with frame.reading() as session:
    lines = cart.lines(session, viewer.id)
    orders = queries.orders_of(session, viewer.id)
for returned in orders:
    if returned.id == order_id:
        look_after(returned)

frame.head(_("Cart"), _("Pay once, learn as long as you like.") if lines else "")
if lines:
    for one in lines:
        line(one)
    total = sum((one.price for one in lines), Decimal(0))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"### {money(total, settings.currency)}", width="content")
        if st.button(_("Check out"), type="primary", icon=":material/shopping_cart_checkout:", key="check-out"):
            with frame.action() as session:
                made = checkout.start(
                    session,
                    learner_id=viewer.id,
                    provider=provider.of(settings).name,
                    currency=settings.currency,
                    total=total,
                )
            st.query_params["order"] = str(made)
            st.rerun()
else:
    frame.empty(
        _("Your cart is empty"), _("Courses with a price come here first. The free ones need no cart."), "shopping_cart"
    )
    st.page_link("pages/learn/catalogue.py", label=_("Open the catalogue"), icon=":material/explore:")
if orders:
    st.header(_("Orders"), anchor=False)
    for each in sorted(orders, key=lambda order: order.status != OrderStatus.PENDING):
        order_card(each)
