"""Extra time and attempts: who has more than the others, why, and since when."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from learncraft.assessments import accommodations, teaching
from learncraft.assessments.accommodations import Extra, Granted
from learncraft.assessments.errors import InvalidAccommodationError
from learncraft.assessments.teaching import TaughtAssessment
from learncraft.language import _, numbers
from pages.shared import frame, navigation, people, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

viewer = people.viewer(*navigation.TEACHERS)
with frame.reading() as session:
    wanted = frame.require(uuid_of(st.query_params.get("assessment")), what="assessment")
    taught: TaughtAssessment = frame.require(teaching.taught_assessment(session, viewer, wanted), what="assessment")
    granted = accommodations.granted_in(session, viewer, taught.course_id)


def in_words(extra: Extra) -> str:
    """What somebody has, such as '1.5 times the time, 2 more attempts'."""
    parts = []
    if extra.factor != 1:
        parts.append(_("{factor} times the time", factor=numbers.plain_number(extra.factor)))
    if extra.minutes:
        parts.append(_("{minutes} more", minutes=words.minutes(extra.minutes)))
    if extra.attempts:
        parts.append(words.counted(extra.attempts, "more attempt", "more attempts"))
    return ", ".join(parts)


def one(row: Granted) -> None:
    """One accommodation, with the way to take it back."""
    with st.container(border=True):
        st.markdown(f"**{plain(row.learner)}** · {in_words(row.extra)}")
        where = (
            _("For “{assessment}”.", assessment=plain(row.assessment)) if row.assessment else _("For the whole course.")
        )
        granted_by = _(
            "Granted by {name} {when}.", name=plain(row.granted_by), when=words.when(row.granted_at, viewer.time_zone)
        )
        st.caption(f"{where} {plain(row.reason)} {granted_by}")
        if st.button(_("Take back"), key=f"withdraw-{row.id}", icon=":material/undo:", type="tertiary"):
            with frame.action(_("Taken back; open attempts keep their time")) as session:
                accommodations.withdraw(session, viewer, course_id=taught.course_id, accommodation_id=row.id)
            st.rerun()


def form() -> None:
    """Give somebody more."""
    with st.form("grant", clear_on_submit=False):
        email = st.text_input(_("E-mail of the learner"), key="grant-email")
        scopes = {"assessment": _("This assessment"), "course": _("The whole course")}
        scope = st.radio(_("For"), list(scopes), format_func=scopes.__getitem__, key="grant-scope", horizontal=True)
        factor = st.number_input(_("Times the usual time"), 1.0, 10.0, 1.0, 0.25, key="grant-factor")
        minutes = st.number_input(_("Extra minutes"), 0, 10_000, 0, 5, key="grant-minutes")
        attempts = st.number_input(_("Extra attempts"), 0, 100, 0, key="grant-attempts")
        reason = st.text_input(_("Why"), key="grant-reason", help=_("Only those who teach the course read it."))
        if st.form_submit_button(_("Grant"), type="primary", icon=":material/more_time:"):
            with frame.action(_("Granted. Attempts that are open have the time already")) as session:
                learner_id = teaching.learner_by_email(session, taught.course_id, email)
                if learner_id is None:
                    raise InvalidAccommodationError("Nobody in this course has that address.")
                accommodations.grant(
                    session,
                    viewer,
                    learner_id=learner_id,
                    course_id=taught.course_id,
                    assessment_id=taught.id if scope == "assessment" else None,
                    extra=Extra(Decimal(str(factor)), int(minutes), int(attempts)),
                    reason=reason,
                )
            st.rerun()


frame.head(_("Extra time and attempts"), f"{plain(taught.course)} · {plain(taught.title)}")
st.page_link(
    "pages/teach/grading.py",
    label=_("Attempts"),
    icon=":material/arrow_back:",
    query_params={"assessment": str(taught.id)},
)
if not granted:
    frame.empty(
        _("Nobody has extra time"), _("Grant it below. It holds at the deadline, and is on record."), "more_time"
    )
for row in granted:
    one(row)
form()
