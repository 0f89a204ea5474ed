"""Orders: what was bought, which payments are awaited, and where is money to go back?"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from learncraft.payments import checkout, queries
from learncraft.payments.models import OrderStatus
from learncraft.payments.queries import OrderView
from pages.shared import frame, navigation, people, words
from pages.shared.render import plain

viewer = people.viewer(*navigation.ADMINS)
frame.head("Orders", "Confirm payments that came by hand, and see which places could not be given.")
with st.container(horizontal=True, vertical_alignment="bottom"):
    search = st.text_input(
        "Search",
        key="q",
        bind="query-params",
        placeholder="Number, name or address",
        icon=":material/search:",
        width=320,
    )
    chosen_status = st.segmented_control(
        "State", list(OrderStatus), format_func=lambda one: one.value.capitalize(), key="order_status"
    )
page = st.session_state.get("orders_page", 1)
with frame.reading() as session:
    found, total = queries.all_orders(session, status=chosen_status, search=search or "", page=page)

if not found:
    frame.empty("No order fits", "Orders come here when somebody checks out.", "receipt_long")
    st.stop()


def state(order: OrderView) -> str:
    """Where an order stands, and whether something is to be done."""
    return "paid, place refused" if any(line.refusal for line in order.lines) else order.status.value


@st.dialog("Note a refund")
def refund(order: OrderView) -> None:
    """Ask for the reason, once."""
    st.markdown(
        f"This notes that {order.total:,.2f} {order.currency} went back to **{plain(order.buyer)}**, and ends the "
        "places that it paid for. The money itself is sent back where it came from, not here."
    )
    note = st.text_input("Reason", key="refund-note", max_chars=300)
    if st.button("Note the refund", type="primary", icon=":material/undo:", key="refund-now"):
        with frame.action("The refund is noted") as session:
            checkout.refund(session, order.id, note=note)
        st.rerun()


def details(order: OrderView) -> None:
    """One order, and what can be done with it."""
    with st.container(border=True):
        st.subheader(f"Order {order.number}", anchor=False)
        st.caption(f"{plain(order.buyer)} · {plain(order.email)} · {order.provider}")
        for line in order.lines:
            refused = f" :red[:material/error: {plain(line.refusal)}]" if line.refusal else ""
            st.markdown(f"- {plain(line.title)} · {line.price:,.2f} {order.currency}{refused}")
        if order.note:
            st.caption(plain(order.note))
        with st.container(horizontal=True):
            if order.status == OrderStatus.PENDING:
                if st.button("The payment came", type="primary", icon=":material/check:", key="paid"):
                    with frame.action("Paid; the courses are open") as session:
                        checkout.settle(session, order.id)
                    st.rerun()
                if st.button("Cancel", icon=":material/close:", key="cancel"):
                    with frame.action("The order is cancelled") as session:
                        checkout.cancel(session, order.id)
                    st.rerun()
            elif order.status == OrderStatus.PAID and st.button("Note a refund", icon=":material/undo:", key="refund"):
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
    columns=["Order", "Buyer", "Courses", "Total", "State", "Made"],
)
selected = st.dataframe(
    table,
    hide_index=True,
    on_select="rerun",
    selection_mode="single-row",
    key="orders",
    column_config={"Total": st.column_config.NumberColumn(format=f"%.2f {found[0].currency}")},
)
if total > queries.PAGE_SIZE:
    st.pagination(-(-total // queries.PAGE_SIZE), key="orders_page")
rows = selected.selection.rows if selected else []
if rows and rows[0] < len(found):
    details(found[rows[0]])
