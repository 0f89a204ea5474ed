"""Health: does every part work, and are the numbers fresh?"""

from __future__ import annotations

import streamlit as st

from learncraft import runtime
from learncraft.analytics import shipping
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
if status.last_error:
    st.warning(f"The last try failed: {status.last_error}", icon=":material/error:")
