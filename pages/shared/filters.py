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
from learncraft.language import Spoken, _, dates, noted
from pages.shared import words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

PERIODS = {noted("4 weeks"): 28, noted("12 weeks"): 84, noted("1 year"): 365}
DATES = noted("Dates")
DEFAULT_PERIOD = "12 weeks"
WHO = {
    Segment.EVERYONE: noted("All learners"),
    Segment.NEW: noted("New in the period"),
    Segment.LEARNING: noted("Still learning"),
    Segment.FINISHED: noted("Finished"),
}
_SAID = Spoken(
    {
        Segment.EVERYONE: "all learners",
        Segment.NEW: "new in the period",
        Segment.LEARNING: "still learning",
        Segment.FINISHED: "finished",
    }
)
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
        return _("{first} to {last}", first=dates.day(self.since), last=dates.day(self.until))


def today(viewer: Viewer) -> date:
    """The viewer's day."""
    return datetime.now(ZoneInfo(viewer.time_zone)).date()


def course(taught: dict[UUID, CourseName]) -> CourseName:
    """Which of the viewer's courses."""
    key = _remembered("course", list(taught))
    st.selectbox(
        _("Course"),
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
        _("Cohort"),
        [_ALL, *known],
        format_func=lambda one: known[one].name if one in known else _("All cohorts"),
        key=_CHOSEN.format("cohort"),
        width=130,
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
        _("Period"),
        _from_address("period", [*PERIODS, DATES], DEFAULT_PERIOD),
        format_func=_,
        key="period",
        required=True,
    )
    _into_address("period", chosen, DEFAULT_PERIOD)
    last = today(viewer)
    if chosen == DATES:
        begin = last - timedelta(days=PERIODS[DEFAULT_PERIOD] - 1)
        given = st.date_input(
            _("From and to"),
            (begin, last),
            max_value=last,
            key="dates",
            bind="query-params",
            width=240,
            format=words.day_field(),
        )
        days = given if isinstance(given, tuple) else (given,)
        return Period(days[0] if days else begin, days[1] if len(days) == 2 else last)
    return Period(last - timedelta(days=PERIODS[chosen or DEFAULT_PERIOD] - 1), last)


def who() -> Segment:
    """Which part of the learners."""
    names = {label: segment for segment, label in WHO.items()}
    everyone = WHO[Segment.EVERYONE]
    chosen = st.selectbox(
        _("Learners"), _from_address("who", list(names), everyone), format_func=_, key="who", width=145
    )
    _into_address("who", chosen, everyone)
    return names[chosen or everyone]


def _from_address(key: str, options: list[str], default: str) -> list[str]:
    """The options, after the state of their field was set from the address.

    Streamlit's own binding writes what the options are called in the reader's language: a view that is sent to somebody
    else, or kept, has to mean the same in theirs.
    """
    if st.session_state.get(key) not in options:
        asked = st.query_params.get(key)
        st.session_state[key] = asked if asked in options else default
    return options


def _into_address(key: str, chosen: str | None, default: str) -> None:
    if chosen is None or chosen == default:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = chosen


def reset() -> None:
    """The button that puts all filters but the course back."""
    st.button(_("Reset"), icon=":material/restart_alt:", type="tertiary", key="reset_filters", on_click=_reset)


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
    parts.append(_SAID[segment])
    parts.append(days.words)
    return ", ".join(parts)
