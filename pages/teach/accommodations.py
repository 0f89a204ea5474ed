"""Extra time and attempts: who has more than the others, why, and since when."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from learncraft.assessments import accommodations, teaching
from learncraft.assessments.accommodations import Extra, Granted
from learncraft.assessments.errors import InvalidAccommodationError
from learncraft.assessments.teaching import TaughtAssessment
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
        parts.append(f"{extra.factor.normalize():f} times the time")
    if extra.minutes:
        parts.append(f"{words.minutes(extra.minutes)} more")
    if extra.attempts:
        parts.append(words.counted(extra.attempts, "more attempt", "more attempts"))
    return ", ".join(parts)


def one(row: Granted) -> None:
    """One accommodation, with the way to take it back."""
    with st.container(border=True):
        st.markdown(f"**{plain(row.learner)}** · {in_words(row.extra)}")
        where = f"“{plain(row.assessment)}”" if row.assessment else "the whole course"
        st.caption(
            f"For {where}. {plain(row.reason)} Granted by {plain(row.granted_by)} "
            f"{words.when(row.granted_at, viewer.time_zone)}."
        )
        if st.button("Take back", key=f"withdraw-{row.id}", icon=":material/undo:", type="tertiary"):
            with frame.action("Taken back; open attempts keep their time") as session:
                accommodations.withdraw(session, viewer, course_id=taught.course_id, accommodation_id=row.id)
            st.rerun()


def form() -> None:
    """Give somebody more."""
    with st.form("grant", clear_on_submit=False):
        email = st.text_input("E-mail of the learner", key="grant-email")
        scope = st.radio("For", ["This assessment", "The whole course"], key="grant-scope", horizontal=True)
        factor = st.number_input("Times the usual time", 1.0, 10.0, 1.0, 0.25, key="grant-factor")
        minutes = st.number_input("Extra minutes", 0, 10_000, 0, 5, key="grant-minutes")
        attempts = st.number_input("Extra attempts", 0, 100, 0, key="grant-attempts")
        reason = st.text_input("Why", key="grant-reason", help="Only those who teach the course read it.")
        if st.form_submit_button("Grant", type="primary", icon=":material/more_time:"):
            with frame.action("Granted. Attempts that are open have the time already") as session:
                learner_id = teaching.learner_by_email(session, taught.course_id, email)
                if learner_id is None:
                    raise InvalidAccommodationError("Nobody in this course has that address.")
                accommodations.grant(
                    session,
                    viewer,
                    learner_id=learner_id,
                    course_id=taught.course_id,
                    assessment_id=taught.id if scope == "This assessment" else None,
                    extra=Extra(Decimal(str(factor)), int(minutes), int(attempts)),
                    reason=reason,
                )
            st.rerun()


frame.head("Extra time and attempts", f"{plain(taught.course)} · {plain(taught.title)}")
st.page_link(
    "pages/teach/grading.py",
    label="Attempts",
    icon=":material/arrow_back:",
    query_params={"assessment": str(taught.id)},
)
if not granted:
    frame.empty("Nobody has extra time", "Grant it below. It holds at the deadline, and is on record.", "more_time")
for row in granted:
    one(row)
form()
