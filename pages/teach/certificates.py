"""Certificates of a course: who has one, what does it take, and which no longer count?"""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import streamlit as st

from learncraft.enrollment.certificates import issuing, queries
from learncraft.enrollment.certificates.queries import CertificateView, CourseCertificates
from learncraft.enrollment.certificates.rule import CertificateRule
from learncraft.language import _, numbers
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
    with st.expander(_("What it takes: {rule}", rule=explained(rule)), icon=":material/rule:"):
        is_given = st.toggle(_("Give a certificate to those who finish"), value=rule.is_given, key="rule-given")
        least = st.number_input(
            _("Least average of graded lessons"),
            min_value=0,
            max_value=100,
            value=int(rule.least_average) if rule.least_average is not None else None,
            placeholder=_("Any"),
            format="%d",
            help=_("In percent, over the best result of each graded lesson. Empty: finishing is enough."),
            disabled=not is_given,
            width=240,
            key="rule-average",
        )
        st.caption(
            _("Nobody loses a certificate by a new rule. Those who have already earned one get it within a minute.")
        )
        if st.button(_("Save the rule"), type="primary", key="save-rule"):
            average = Decimal(least) if least is not None else None
            with frame.action(_("The rule is saved")) as session:
                issuing.set_rule(
                    session, viewer, found.course_id, CertificateRule(is_given=is_given, least_average=average)
                )
            st.rerun()


def explained(rule: CertificateRule) -> str:
    """The rule in a few words."""
    if not rule.is_given:
        return _("no certificates")
    if rule.least_average is None:
        return _("all lessons")
    return _("all lessons, {percent} % on average", percent=numbers.plain_number(rule.least_average))


@st.dialog(_("Revoke a certificate"))
def revoke(certificate: CertificateView) -> None:
    """Ask why, once."""
    st.markdown(
        _(
            "**{name}** keeps the number {number}; whoever checks it reads that it no longer counts, and why.",
            name=plain(certificate.learner),
            number=certificate.number,
        )
    )
    reason = st.text_area(_("Reason"), max_chars=issuing.LONGEST_REASON, key="revoke-reason")
    if st.button(_("Revoke"), type="primary", icon=":material/block:", key="revoke-now"):
        with frame.action(_("The certificate no longer counts")) as session:
            issuing.revoke(session, viewer, certificate.id, reason=reason)
        st.rerun()


def chosen(certificate: CertificateView) -> None:
    """One certificate of the table, and what can be done with it."""
    with st.container(border=True):
        st.subheader(plain(certificate.learner), anchor=False)
        if certificate.is_revoked:
            st.caption(_("Revoked: {reason}", reason=plain(certificate.revoke_reason or "")))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.link_button(_("Public page"), f"/verify/{certificate.number}", icon=":material/verified:")
            if certificate.is_revoked:
                if st.button(_("Let it count again"), icon=":material/undo:", key="restore"):
                    with frame.action(_("The certificate counts again")) as session:
                        issuing.restore(session, viewer, certificate.id)
                    st.rerun()
            elif st.button(_("Revoke"), icon=":material/block:", key="revoke"):
                revoke(certificate)


frame.head(_("Certificates"), plain(found.course_title))
rule_form(found)
st.text_input(
    _("Search"), key="certificate_search", placeholder=_("A name or an address"), icon=":material/search:", width=360
)
if not found.certificates:
    frame.empty(
        _("Nobody fits") if search else _("No certificates yet"),
        _("Try another part of the name.") if search else _("They come by themselves when learners finish the course."),
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
            _("revoked") if one.is_revoked else _("counts"),
        )
        for one in found.certificates
    ],
    columns=[_("Learner"), _("Address"), _("Completed"), _("Number"), _("State")],
)
selected = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row", key="certificates")
if found.total > queries.PAGE_SIZE:
    st.pagination(-(-found.total // queries.PAGE_SIZE), key="certificate_page")
rows = selected.selection.rows if selected else []
if rows and rows[0] < len(found.certificates):
    chosen(found.certificates[rows[0]])
