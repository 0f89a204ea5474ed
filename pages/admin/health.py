"""Health: does every part work, and are the numbers fresh?"""

from __future__ import annotations

import streamlit as st

from learncraft import runtime
from learncraft.analytics import quarantine, shipping
from learncraft.errors import LearnCraftError
from learncraft.language import _, numbers
from pages.shared import frame, navigation, people, words

viewer = people.viewer(*navigation.ADMINS)
here = runtime.current()
frame.head(_("Health"), _("The parts of this installation, and how far the event store is behind."))


def part(name: str, ask: object, mend: str) -> None:
    """One part: its version, or what is wrong with it and how to mend it."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        try:
            version = ask()  # type: ignore[operator]
        except LearnCraftError as error:
            with st.container(width="content", gap=None):
                st.markdown(f"**{name}**")
                st.caption(f"{error} {mend}")
            st.badge(_("Away"), icon=":material/error:", color="red")
        else:
            with st.container(width="content", gap=None):
                st.markdown(f"**{name}**")
                st.caption(_("Version {version}", version=version))
            st.badge(_("Works"), icon=":material/check_circle:", color="green")


part("PostgreSQL", here.database.ping, _("Look at the log of the server, or run `learncraft doctor`."))
part(_("Event store"), here.store.ping, _("Charts wait until it is back; no event is lost. Run `learncraft doctor`."))

st.header(_("Events"), anchor=False)
try:
    status = shipping.status(here.database.engine, here.store)
except LearnCraftError as error:
    st.warning(str(error), icon=":material/cloud_off:")
    st.stop()
first, second, third, fourth = st.columns(4)
first.metric(_("Waiting to be shipped"), numbers.number(status.queued), border=True)
second.metric(
    _("Behind"),
    f"{numbers.number(status.lag_seconds, 1)} s",
    border=True,
    help=_("Age of the oldest event that is not shipped."),
)
third.metric(
    _("Batches that differ"),
    _("unknown") if status.checks is None else sum(1 for check in status.checks if check.drift),
    border=True,
    help=_("Of the latest batches, those whose count in the event store is not ours."),
)
fourth.metric(
    _("In quarantine"),
    numbers.number(status.quarantined),
    border=True,
    help=_("Events from outside that were refused."),
)
if status.last_acknowledged_at is not None:
    last = words.clock(status.last_acknowledged_at, viewer.time_zone)
    st.caption(_("Last shipped {when}.", when=last))
if status.checks is None:
    until = words.clock(status.shipped_until, viewer.time_zone)
    st.warning(
        _("As of {until}, the event store is unreachable. Events wait; none is lost.", until=until),
        icon=":material/cloud_off:",
    )
if status.last_error:
    st.warning(_("The last try failed: {error}", error=status.last_error), icon=":material/error:")

if status.quarantined:
    st.header(_("Quarantine"), anchor=False)
    st.caption(_("Events that pages reported and that could not be taken. Everything else in the same message was."))
    with frame.reading() as session:
        reasons, latest = quarantine.reasons(session), quarantine.latest(session)
    st.dataframe(
        {
            _("Reason"): [one.reason for one in reasons],
            _("Events"): [one.events for one in reasons],
            _("People"): [one.people for one in reasons],
            _("Last"): [words.when(one.last_at, viewer.time_zone) for one in reasons],
        },
        hide_index=True,
    )
    with st.expander(_("The latest {count}", count=len(latest)), icon=":material/list:"):
        st.dataframe(
            {
                _("Came"): [words.when(one.came_at, viewer.time_zone) for one in latest],
                _("From"): [one.sender for one in latest],
                _("Type"): [one.event_type for one in latest],
                _("Reason"): [one.reason for one in latest],
                _("Sent"): [one.payload for one in latest],
            },
            hide_index=True,
        )
