"""Health: does every part work, and are the numbers fresh?"""

from __future__ import annotations

import streamlit as st

from learncraft import runtime
from learncraft.analytics import quarantine, shipping
from learncraft.errors import LearnCraftError
from pages.shared import frame, navigation, people, words

viewer = people.viewer(*navigation.ADMINS)
here = runtime.current()
frame.head("Health", "The parts of this installation, and how far the event store is behind.")


def part(name: str, ask: object, mend: str) -> None:
    """One part: its version, or what is wrong with it and how to mend it."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        try:
            version = ask()  # type: ignore[operator]
        except LearnCraftError as error:
            with st.container(width="content", gap=None):
                st.markdown(f"**{name}**")
                st.caption(f"{error} {mend}")
            st.badge("Away", icon=":material/error:", color="red")
        else:
            with st.container(width="content", gap=None):
                st.markdown(f"**{name}**")
                st.caption(f"Version {version}")
            st.badge("Works", icon=":material/check_circle:", color="green")


part("PostgreSQL", here.database.ping, "Look at the log of the server, or run `learncraft doctor`.")
part("Event store", here.store.ping, "Charts wait until it is back; no event is lost. Run `learncraft doctor`.")

st.header("Events", anchor=False)
try:
    status = shipping.status(here.database.engine, here.store)
except LearnCraftError as error:
    st.warning(str(error), icon=":material/cloud_off:")
    st.stop()
first, second, third, fourth = st.columns(4)
first.metric("Waiting to be shipped", f"{status.queued:,}", border=True)
second.metric("Behind", f"{status.lag_seconds:.1f} s", border=True, help="Age of the oldest event that is not shipped.")
third.metric(
    "Batches that differ",
    "unknown" if status.checks is None else sum(1 for check in status.checks if check.drift),
    border=True,
    help="Of the latest batches, those whose count in the event store is not ours.",
)
fourth.metric("In quarantine", f"{status.quarantined:,}", border=True, help="Events from outside that were refused.")
if status.last_acknowledged_at is not None:
    st.caption(f"Last shipped {words.clock(status.last_acknowledged_at, viewer.time_zone)}.")
if status.checks is None:
    until = words.clock(status.shipped_until, viewer.time_zone)
    st.warning(
        f"As of {until}, the event store is unreachable. Events wait; none is lost.", icon=":material/cloud_off:"
    )
if status.last_error:
    st.warning(f"The last try failed: {status.last_error}", icon=":material/error:")

if status.quarantined:
    st.header("Quarantine", anchor=False)
    st.caption("Events that pages reported and that could not be taken. Everything else in the same message was.")
    with frame.reading() as session:
        reasons, latest = quarantine.reasons(session), quarantine.latest(session)
    st.dataframe(
        {
            "Reason": [one.reason for one in reasons],
            "Events": [one.events for one in reasons],
            "People": [one.people for one in reasons],
            "Last": [words.when(one.last_at, viewer.time_zone) for one in reasons],
        },
        hide_index=True,
    )
    with st.expander(f"The latest {len(latest)}", icon=":material/list:"):
        st.dataframe(
            {
                "Came": [words.when(one.came_at, viewer.time_zone) for one in latest],
                "From": [one.sender for one in latest],
                "Type": [one.event_type for one in latest],
                "Reason": [one.reason for one in latest],
                "Sent": [one.payload for one in latest],
            },
            hide_index=True,
        )
