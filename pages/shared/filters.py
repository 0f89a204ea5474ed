"""The row of filters under the head of an insight page, kept in the address so that a view can be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.analytics.scope import Segment
from learncraft.courses.queries import CourseName
from learncraft.enrollment.cohort_names import CohortName
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

PERIODS = {"4 weeks": 28, "12 weeks": 84, "1 year": 365}
DATES = "Dates"
DEFAULT_PERIOD = "12 weeks"
WHO = {
    Segment.EVERYONE: "All learners",
    Segment.NEW: "New in the period",
    Segment.LEARNING: "Still learning",
    Segment.FINISHED: "Finished",
}
_ALL = UUID(int=0)
_CHOSEN = "_insight_{}"  # what was chosen last, for the next page of this room


@dataclass(frozen=True, slots=True)
class Period:
    """Days in the viewer's time zone, both included."""

    since: date
    until: date

    @property
    def words(self) -> str:
        """Such as '1 Sep 2026 to 23 Nov 2026'."""
        return f"{self.since.day} {self.since:%b %Y} to {self.until.day} {self.until:%b %Y}"


def today(viewer: Viewer) -> date:
    """The viewer's day."""
    return datetime.now(ZoneInfo(viewer.time_zone)).date()


def course(taught: dict[UUID, CourseName]) -> CourseName:
    """Which of the viewer's courses."""
    key = _remembered("course", list(taught))
    st.selectbox(
        "Course",
        list(taught),
        format_func=lambda one: taught[one].title,
        key=_CHOSEN.format("course"),
        on_change=_forget_cohort,
        width=175,
    )
    chosen = st.session_state.get(_CHOSEN.format("course"), key)
    st.query_params["course"] = str(chosen)
    return taught[chosen]


def _forget_cohort() -> None:
    st.session_state.pop(_CHOSEN.format("cohort"), None)
    st.session_state.pop(_CHOSEN.format("cohort_kept"), None)
    st.query_params.pop("cohort", None)


def cohort(cohorts: Sequence[CohortName]) -> CohortName | None:
    """Which cohort of the course, where it has some."""
    if not cohorts:
        return None
    known = {one.id: one for one in cohorts}
    _remembered("cohort", [_ALL, *known])
    chosen = st.selectbox(
        "Cohort",
        [_ALL, *known],
        format_func=lambda one: known[one].name if one in known else "All cohorts",
        key=_CHOSEN.format("cohort"),
        width=140,
    )
    if chosen in known:
        st.query_params["cohort"] = str(chosen)
    else:
        st.query_params.pop("cohort", None)
    return known.get(chosen)


def _remembered(name: str, options: list[UUID]) -> UUID:
    """Put into the widget's state what the address says, or what was chosen on the page before."""
    key = _CHOSEN.format(name)
    asked = uuid_of(st.query_params.get(name))
    kept = st.session_state.get(_CHOSEN.format(f"{name}_kept"))
    if key not in st.session_state or st.session_state[key] not in options:
        st.session_state[key] = next((one for one in (asked, kept) if one in options), options[0])
    st.session_state[_CHOSEN.format(f"{name}_kept")] = st.session_state[key]
    return st.session_state[key]  # type: ignore[no-any-return]


def period(viewer: Viewer) -> Period:
    """The last so many days, or from one day to another."""
    chosen = st.segmented_control(
        "Period", [*PERIODS, DATES], default=DEFAULT_PERIOD, key="period", bind="query-params", required=True
    )
    last = today(viewer)
    if chosen == DATES:
        begin = last - timedelta(days=PERIODS[DEFAULT_PERIOD] - 1)
        given = st.date_input(
            "From and to",
            (begin, last),
            max_value=last,
            key="dates",
            bind="query-params",
            width=240,
            format="YYYY-MM-DD",
        )
        days = given if isinstance(given, tuple) else (given,)
        return Period(days[0] if days else begin, days[1] if len(days) == 2 else last)
    return Period(last - timedelta(days=PERIODS[chosen or DEFAULT_PERIOD] - 1), last)


def who() -> Segment:
    """Which part of the learners."""
    names = {label: segment for segment, label in WHO.items()}
    chosen = st.selectbox("Learners", list(names), key="who", bind="query-params", width=145)
    return names[chosen or WHO[Segment.EVERYONE]]


def reset() -> None:
    """The button that puts all filters but the course back."""
    st.button("Reset", icon=":material/restart_alt:", type="tertiary", key="reset_filters", on_click=_reset)


def _reset() -> None:
    st.session_state["period"] = DEFAULT_PERIOD
    st.session_state["who"] = WHO[Segment.EVERYONE]
    st.session_state[_CHOSEN.format("cohort")] = st.session_state[_CHOSEN.format("cohort_kept")] = _ALL
    st.query_params.pop("cohort", None)


def sentence(course_title: str, cohort_name: str, segment: Segment, days: Period) -> str:
    """What is being shown, in words."""
    parts = [plain(course_title)]
    if cohort_name:
        parts.append(plain(cohort_name))
    parts.append(WHO[segment].lower())
    parts.append(days.words)
    return ", ".join(parts)
