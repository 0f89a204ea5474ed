"""Orders: what was bought, which payments are awaited, and where is money to go back?"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from learncraft.language import Spoken, _
from learncraft.payments import checkout, queries
from learncraft.payments.models import OrderStatus
from learncraft.payments.queries import OrderView
from pages.shared import frame, navigation, people, words
from pages.shared.render import plain

STATES = Spoken(
    {
        OrderStatus.PENDING: "pending",
        OrderStatus.PAID: "paid",
        OrderStatus.REFUNDED: "refunded",
        OrderStatus.CANCELLED: "cancelled",
    }
)

viewer = people.viewer(*navigation.ADMINS)
frame.head(_("Orders"), _("Confirm payments that came by hand, and see which places could not be given."))
with st.container(horizontal=True, vertical_alignment="bottom"):
    search = st.text_input(
        _("Search"),
        key="q",
        bind="query-params",
        placeholder=_("Number, name or address"),
        icon=":material/search:",
        width=320,
    )
    chosen_status = st.segmented_control(
        _("State"), list(OrderStatus), format_func=lambda one: STATES[one].capitalize(), key="order_status"
    )
page = st.session_state.get("orders_page", 1)
with frame.reading() as session:
    found, total = queries.all_orders(session, status=chosen_status, search=search or "", page=page)

if not found:
    frame.empty(_("No order fits"), _("Orders come here when somebody checks out."), "receipt_long")
    st.stop()


def state(order: OrderView) -> str:
    """Where an order stands, and whether something is to be done."""
    return _("paid, place refused") if any(line.refusal for line in order.lines) else STATES[order.status]


@st.dialog(_("Note a refund"))
def refund(order: OrderView) -> None:
    """Ask for the reason, once."""
    st.markdown(
        _(
            "This notes that {amount} went back to **{buyer}**, and ends the places that it paid for. "
            "The money itself is sent back where it came from, not here.",
            amount=words.money(order.total, order.currency),
            buyer=plain(order.buyer),
        )
    )
    note = st.text_input(_("Reason"), key="refund-note", max_chars=300)
    if st.button(_("Note the refund"), type="primary", icon=":material/undo:", key="refund-now"):
        with frame.action(_("The refund is noted")) as session:
            checkout.refund(session, order.id, note=note)
        st.rerun()


def details(order: OrderView) -> None:
    """One order, and what can be done with it."""
    with st.container(border=True):
        st.subheader(_("Order {number}", number=order.number), anchor=False)
        st.caption(f"{plain(order.buyer)} · {plain(order.email)} · {order.provider}")
        for line in order.lines:
            refused = f" :red[:material/error: {plain(_(line.refusal))}]" if line.refusal else ""
            st.markdown(f"- {plain(line.title)} · {words.money(line.price, order.currency)}{refused}")
        if order.note:
            st.caption(plain(order.note))
        with st.container(horizontal=True):
            if order.status == OrderStatus.PENDING:
                if st.button(_("The payment came"), type="primary", icon=":material/check:", key="paid"):
                    with frame.action(_("Paid; the courses are open")) as session:
                        checkout.settle(session, order.id)
                    st.rerun()
                if st.button(_("Cancel"), icon=":material/close:", key="cancel"):
                    with frame.action(_("The order is cancelled")) as session:
                        checkout.cancel(session, order.id)
                    st.rerun()
            elif order.status == OrderStatus.PAID and st.button(
                _("Note a refund"), icon=":material/undo:", key="refund"
            ):
                refund(order)


st.caption(words.counted(total, "order"))
table = pd.DataFrame(
    [
        (
            order.number,
            order.buyer,
            ", ".join(line.title for line in order.lines),
            float(order.total),
            state(order),
            words.when(order.created_at, viewer.time_zone),
        )
        for order in found
    ],
    columns=[_("Order"), _("Buyer"), _("Courses"), _("Total"), _("State"), _("Made")],
)
selected = st.dataframe(
    table,
    hide_index=True,
    on_select="rerun",
    selection_mode="single-row",
    key="orders",
    column_config={
        _("Total"): st.column_config.NumberColumn(
            _("Total ({currency})", currency=found[0].currency), format="localized"
        )
    },
)
if total > queries.PAGE_SIZE:
    st.pagination(-(-total // queries.PAGE_SIZE), key="orders_page")
rows = selected.selection.rows if selected else []
if rows and rows[0] < len(found):
    details(found[rows[0]])
