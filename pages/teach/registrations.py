"""Registrations for an offering: who wants to take part, and who gets a place?"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from learncraft.enrollment.registration import deciding, inviting, places, queries, states
from learncraft.enrollment.registration.inviting import Row
from learncraft.enrollment.registration.models import RegistrationStatus
from learncraft.enrollment.registration.queries import OfferingView, RegistrationLine
from learncraft.errors import LearnCraftError
from learncraft.language import _, numbers
from pages.shared import frame, navigation, people, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

viewer = people.viewer(*navigation.TEACHERS)
with frame.reading() as session:
    wanted = frame.require(uuid_of(st.query_params.get("offering")), what="offering")
    offering: OfferingView = frame.require(queries.taught_offering(session, viewer, wanted), what="offering")

STATES = {status: name[:1].upper() + name[1:] for status, name in states.IN_WORDS.items()}
_INVITED = "_invited"
_ALL = "all"


def shown(value: Any) -> str:
    """An answer in words."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def answers(line: RegistrationLine) -> None:
    """What was filled in, in the order of the form."""
    for stage in offering.form.root:
        given = line.answers.get(stage.key, {})
        if given:
            st.markdown(f"**{plain(stage.title)}**")
        for question in stage.questions:
            if question.key in given:
                st.caption(plain(question.label))
                st.text(shown(given[question.key]))


def decision(line: RegistrationLine) -> None:
    """What can be decided from where the registration stands."""
    moves = states.MOVES[line.status]
    if line.status == RegistrationStatus.STARTED or not moves - {RegistrationStatus.WITHDRAWN}:
        return
    if line.status == RegistrationStatus.ACCEPTED and st.button(
        _("The payment came"), type="primary", icon=":material/payments:", key="decide-paid"
    ):
        with frame.action(_("Enrolled")) as session:
            deciding.confirm_payment(session, viewer, line.id)
        st.rerun()
    running = {one.id: one for one in offering.cohorts if one.is_active}
    cohort_id = None
    if running and RegistrationStatus.ACCEPTED in moves:
        cohort_id = st.selectbox(
            _("Cohort"),
            list(running),
            index=list(running).index(line.cohort_id) if line.cohort_id in running else 0,
            format_func=lambda one: _places(running[one].name, running[one].free),
            key="decide-cohort",
            width=320,
        )
    note = st.text_area(_("A word to the person"), max_chars=deciding.LONGEST_NOTE, key="decide-note")
    with st.container(horizontal=True):
        if RegistrationStatus.ACCEPTED in moves and st.button(
            _("Accept"), type="primary", icon=":material/check:", key="decide-accept"
        ):
            with frame.action(_("Accepted. The person gets a message")) as session:
                deciding.accept(session, viewer, line.id, cohort_id=cohort_id, note=note)
            st.rerun()
        if RegistrationStatus.WAITLISTED in moves and st.button(
            _("Waiting list"), icon=":material/hourglass:", key="decide-wait"
        ):
            with frame.action(_("On the waiting list. The person gets a message")) as session:
                deciding.wait(session, viewer, line.id, note=note)
            st.rerun()
        if st.button(_("Refuse"), icon=":material/block:", key="decide-reject"):
            with frame.action(_("Refused. The person gets a message")) as session:
                deciding.reject(session, viewer, line.id, note=note)
            st.rerun()


def _places(name: str, free: int | None) -> str:
    return name if free is None else _("{cohort}, {places} free", cohort=name, places=words.counted(free, "place"))


def batch(line: RegistrationLine) -> None:
    """The batch of somebody who has a place, set by hand."""
    cohort = next((one for one in offering.cohorts if one.id == line.cohort_id), None)
    if cohort is None or cohort.batch_size is None or line.status not in states.HOLDS_A_PLACE:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.number_input(
            _("Batch"), 1, places.LAST_BATCH, line.batch_no or 1, key=f"batch-{line.id}", width=140
        )
        if st.button(
            _("Move"), key=f"batch-move-{line.id}", icon=":material/move_group:", disabled=number == line.batch_no
        ):
            with frame.action(_("Moved to batch {number}", number=number)) as session:
                deciding.set_batch(session, viewer, line.id, int(number))
            st.rerun()


def one_registration(line: RegistrationLine) -> None:
    """One registration of the table."""
    with st.container(border=True):
        st.subheader(plain(line.name or line.email), anchor=False)
        facts = [line.email, STATES[line.status]]
        if not line.is_confirmed:
            facts.append(_("address not confirmed"))
        st.caption(" · ".join(facts))
        answers(line)
        if line.note:
            st.caption(_("Told: {words}", words=plain(line.note)))
        batch(line)
        decision(line)


def invitations() -> None:
    """Invite by a file; what couldn't be invited comes back."""
    with st.expander(_("Invite people by a CSV file"), icon=":material/forward_to_inbox:"):
        st.caption(
            _(
                "Columns: email, and if you like first_name, last_name, cohort. Who is invited needs no decision. "
                "At most {rows} rows at a time.",
                rows=numbers.number(inviting.MOST_ROWS),
            )
        )
        file = st.file_uploader(_("CSV file"), type=["csv", "txt"], key="invite-file", max_upload_size=1)
        if file is not None and st.button(_("Invite"), type="primary", icon=":material/send:", key="invite"):
            try:
                rows = inviting.read(file.getvalue())
            except LearnCraftError as error:
                st.error(str(error), icon=":material/error:")
                return
            with frame.action() as session:
                st.session_state[_INVITED] = inviting.invite(session, viewer, offering.id, rows)
            st.rerun()
        if (done := st.session_state.get(_INVITED)) is not None:
            report(done)


def report(done: list[Row]) -> None:
    """What became of the rows of the last file."""
    bad = [row for row in done if row.fault]
    st.success(
        _("{people} invited.", people=words.counted(len(done) - len(bad), "person", "people")), icon=":material/send:"
    )
    if not bad:
        return
    st.warning(_("{rows} could not be invited:", rows=words.counted(len(bad), "row")), icon=":material/warning:")
    st.dataframe(
        pd.DataFrame([(row.line, row.email, row.fault) for row in bad], columns=[_("Line"), _("Address"), _("Reason")]),
        hide_index=True,
    )
    st.download_button(
        _("These rows as a file"), inviting.as_csv(bad), "not-invited.csv", "text/csv", icon=":material/download:"
    )


frame.head(_("Registrations"), f"{plain(offering.title)} · {plain(offering.course_title)}")
with st.container(horizontal=True, vertical_alignment="center"):
    st.page_link("pages/teach/offerings.py", label=_("All offerings"), icon=":material/arrow_back:")
    st.page_link(
        "pages/teach/offerings.py",
        label=_("The offering"),
        icon=":material/edit:",
        query_params={"offering": str(offering.id)},
    )
with st.container(horizontal=True, vertical_alignment="bottom"):
    status = st.selectbox(
        _("State"),
        [_ALL, *(one.value for one in STATES)],
        format_func=lambda one: _("All") if one == _ALL else STATES[RegistrationStatus(one)],
        key="state",
        bind="query-params",
        width=220,
    )
    search = st.text_input(
        _("Search"), key="who", placeholder=_("A name or an address"), icon=":material/search:", width=320
    )
with frame.reading() as session:
    found = queries.registrations(
        session,
        offering.id,
        status=None if status in (None, _ALL) else RegistrationStatus(status),
        search=search or "",
        page=st.session_state.get("registration_page", 1),
    )
if found.counts:
    st.caption(
        " · ".join(f"{found.counts[one]} {states.IN_WORDS[one]}" for one in states.IN_WORDS if one in found.counts)
    )
if not found.lines:
    frame.empty(
        _("No registration fits") if found.counts else _("Nobody has registered yet"),
        _("Choose another state, or another part of the name.") if found.counts else _("Give people the public page."),
        "how_to_reg",
    )
else:
    table = pd.DataFrame(
        [
            (
                line.name,
                line.email,
                STATES[line.status],
                line.cohort or "",
                line.batch_no,
                words.when(line.submitted_at or line.created_at, viewer.time_zone),
                line.is_invited,
            )
            for line in found.lines
        ],
        columns=[_("Name"), _("Address"), _("State"), _("Cohort"), _("Batch"), _("Since"), _("Invited")],
    )
    selected = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row", key="registrations")
    if found.total > queries.PAGE_SIZE:
        st.pagination(-(-found.total // queries.PAGE_SIZE), key="registration_page")
    rows = selected.selection.rows if selected else []
    if rows and rows[0] < len(found.lines):
        one_registration(found.lines[rows[0]])
    else:
        st.caption(_("Choose a row to read the answers and decide."))
invitations()
