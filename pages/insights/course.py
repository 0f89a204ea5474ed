"""Course insight: how does the course go, who is active, and where do they stop?"""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft.analytics import engagement, funnel
from learncraft.analytics.engagement import Totals
from learncraft.courses import queries as courses
from learncraft.language import _, numbers
from pages.insights import behind, engagement_charts, progress_charts
from pages.shared import charts, frame, insight, words

ENOUGH_ATTEMPTS = 10  # to compare shares with

view = insight.of_course("Course insight")
totals, totals_before = view.ask(engagement.period_totals), view.ask_before(engagement.period_totals)
days, days_before = view.ask(engagement.active_learners_by_day), view.ask_before(engagement.active_learners_by_day)
reaches = view.ask(funnel.completion_funnel)
with frame.reading() as session:
    lessons = courses.lesson_names(session, view.course.id)


def show_numbers(now: Totals, before: Totals) -> None:
    """The period in a few numbers, each with its change."""
    daily = [one.learners for one in insight.rows_or_none(days) or []]
    attempts, attempts_before = now.passed + now.failed, before.passed + before.failed
    with st.container(horizontal=True):
        st.metric(
            _("Active learners"),
            numbers.number(now.learners),
            charts.change(now.learners, before.learners),
            border=True,
            chart_data=daily if any(daily) else None,
            chart_type="area",
            help=_(
                "Different learners with at least one event in the period; the change is against the period before."
            ),
        )
        st.metric(
            _("Enrolled"),
            numbers.number(now.enrolled),
            charts.change(now.enrolled, before.enrolled),
            border=True,
            height="stretch",
        )
        st.metric(
            _("Lessons finished"),
            numbers.number(now.lessons_completed),
            charts.change(now.lessons_completed, before.lessons_completed),
            border=True,
            height="stretch",
        )
        st.metric(
            _("Finished the course"),
            numbers.number(now.courses_completed),
            charts.change(now.courses_completed, before.courses_completed),
            border=True,
            height="stretch",
        )
        st.metric(
            _("Attempts passed"),
            words.percent(now.passed / attempts) if attempts else _("none yet"),
            charts.change(now.passed / attempts, before.passed / attempts_before)
            if attempts and attempts_before >= ENOUGH_ATTEMPTS
            else None,
            border=True,
            height="stretch",
        )


found, found_before = insight.rows_or_none(totals), insight.rows_or_none(totals_before)
if found and found_before:
    show_numbers(found[0], found_before[0])
picked_days = charts.show(
    days,
    lambda rows: engagement_charts.active_days(rows, insight.rows_or_none(days_before)),
    as_of=view.as_of,
    can_pick=True,
)
if picked_days:
    behind.of_day(view, picked_days[0])
picked = charts.show(reaches, lambda rows: progress_charts.lessons(lessons, rows), as_of=view.as_of, can_pick=True)
if picked:
    behind.of_lesson(view, UUID(picked[0]), {one.id: one.title for one in lessons})
