"""Certificates of a course: who has one, what does it take, and which no longer count?"""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import streamlit as st

from learncraft.enrollment.certificates import issuing, queries
from learncraft.enrollment.certificates.queries import CertificateView, CourseCertificates
from learncraft.enrollment.certificates.rule import CertificateRule
from pages.shared import addresses, frame, navigation, people, words
from pages.shared.render import plain

viewer = people.viewer(*navigation.TEACHERS)
course_id = addresses.uuid_of(st.query_params.get("course"))
search = st.session_state.get("certificate_search", "")
page = st.session_state.get("certificate_page", 1)
with frame.reading() as session:
    found = frame.require(
        queries.in_course(session, viewer, course_id, name=search, page=page) if course_id else None, what="course"
    )


def rule_form(found: CourseCertificates) -> None:
    """What the course asks for, and the way to change it."""
    rule = found.rule
    with st.expander(f"What it takes: {explained(rule)}", icon=":material/rule:"):
        is_given = st.toggle("Give a certificate to those who finish", value=rule.is_given, key="rule-given")
        least = st.number_input(
            "Least average of graded lessons",
            min_value=0,
            max_value=100,
            value=int(rule.least_average) if rule.least_average is not None else None,
            placeholder="Any",
            format="%d",
            help="In percent, over the best result of each graded lesson. Empty: finishing is enough.",
            disabled=not is_given,
            width=240,
            key="rule-average",
        )
        st.caption(
            "Nobody loses a certificate by a new rule. Those who have already earned one get it within a minute."
        )
        if st.button("Save the rule", type="primary", key="save-rule"):
            average = Decimal(least) if least is not None else None
            with frame.action("The rule is saved") as session:
                issuing.set_rule(
                    session, viewer, found.course_id, CertificateRule(is_given=is_given, least_average=average)
                )
            st.rerun()


def explained(rule: CertificateRule) -> str:
    """The rule in a few words."""
    if not rule.is_given:
        return "no certificates"
    return (
        "all lessons" if rule.least_average is None else f"all lessons, {rule.least_average.normalize():f} % on average"
    )


@st.dialog("Revoke a certificate")
def revoke(certificate: CertificateView) -> None:
    """Ask why, once."""
    st.markdown(
        f"**{plain(certificate.learner)}** keeps the number {certificate.number}; whoever checks it reads that it no "
        "longer counts, and why."
    )
    reason = st.text_area("Reason", max_chars=issuing.LONGEST_REASON, key="revoke-reason")
    if st.button("Revoke", type="primary", icon=":material/block:", key="revoke-now"):
        with frame.action("The certificate no longer counts") as session:
            issuing.revoke(session, viewer, certificate.id, reason=reason)
        st.rerun()


def chosen(certificate: CertificateView) -> None:
    """One certificate of the table, and what can be done with it."""
    with st.container(border=True):
        st.subheader(plain(certificate.learner), anchor=False)
        if certificate.is_revoked:
            st.caption(f"Revoked: {plain(certificate.revoke_reason or '')}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.link_button("Public page", f"/verify/{certificate.number}", icon=":material/verified:")
            if certificate.is_revoked:
                if st.button("Let it count again", icon=":material/undo:", key="restore"):
                    with frame.action("The certificate counts again") as session:
                        issuing.restore(session, viewer, certificate.id)
                    st.rerun()
            elif st.button("Revoke", icon=":material/block:", key="revoke"):
                revoke(certificate)


frame.head("Certificates", plain(found.course_title))
rule_form(found)
st.text_input(
    "Search", key="certificate_search", placeholder="A name or an address", icon=":material/search:", width=360
)
if not found.certificates:
    frame.empty(
        "Nobody fits" if search else "No certificates yet",
        "Try another part of the name." if search else "They come by themselves when learners finish the course.",
        "workspace_premium",
    )
    st.stop()
st.caption(words.counted(found.total, "certificate"))
table = pd.DataFrame(
    [
        (
            one.learner,
            one.email,
            words.when(one.completed_at, viewer.time_zone),
            one.number,
            "revoked" if one.is_revoked else "counts",
        )
        for one in found.certificates
    ],
    columns=["Learner", "Address", "Completed", "Number", "State"],
)
selected = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row", key="certificates")
if found.total > queries.PAGE_SIZE:
    st.pagination(-(-found.total // queries.PAGE_SIZE), key="certificate_page")
rows = selected.selection.rows if selected else []
if rows and rows[0] < len(found.certificates):
    chosen(found.certificates[rows[0]])
