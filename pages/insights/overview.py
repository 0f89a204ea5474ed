"""Overview: how does the whole platform go?"""

from __future__ import annotations

import streamlit as st

from learncraft import runtime
from learncraft.analytics import asking, engagement, platform, shipping, tutor
from learncraft.analytics.engagement import Totals
from learncraft.analytics.platform import ActiveWindow
from learncraft.courses import content_health
from learncraft.courses import queries as courses
from learncraft.courses.content_health import STALE_DAYS, UnhealthyCourse
from learncraft.errors import LearnCraftError
from learncraft.language import _, numbers
from learncraft.tutor import spending
from pages.insights import engagement_charts, platform_charts, tutor_charts
from pages.shared import charts, columns, frame, insight, words

view = insight.of_platform("Overview")
windows, league = view.ask(platform.active_windows), view.ask(platform.course_league)
totals, totals_before = view.ask(engagement.period_totals), view.ask_before(engagement.period_totals)
enrollments, tutor_days = view.ask(engagement.enrollments_by_day), view.ask(tutor.tutor_by_day)
searches, receipts = view.ask(platform.fruitless_searches), view.ask(platform.receipts_by_day)
standings = insight.rows_or_none(league) or []
with frame.reading() as session:
    titles = courses.course_titles(session, [one.course_id for one in standings])
    unhealthy = content_health.unhealthy_courses(session)
    spent = spending.spent_on_models(session, since=view.scope.begin, until=view.scope.end)


def show_numbers(now: Totals, before: Totals, days: list[ActiveWindow]) -> None:
    """The period in a few numbers, each with its change."""
    latest = days[-1]
    with st.container(horizontal=True):
        st.metric(
            _("Active people"),
            numbers.number(now.learners),
            charts.change(now.learners, before.learners),
            border=True,
            chart_data=[one.day_learners for one in days],
            chart_type="area",
            help=_("Different people with at least one event in the period; the change is against the period before."),
        )
        st.metric(_("Today"), numbers.number(latest.day_learners), border=True, height="stretch")
        st.metric(_("In 7 days"), numbers.number(latest.week_learners), border=True, height="stretch")
        st.metric(_("In 30 days"), numbers.number(latest.month_learners), border=True, height="stretch")
        sticky = [one.stickiness for one in days if one.stickiness is not None]
        st.metric(
            _("Stickiness"),
            words.percent(sum(sticky) / len(sticky)) if sticky else _("none yet"),
            border=True,
            height="stretch",
            help=_("The mean share of a month's people who come on one of its days."),
        )
        st.metric(
            _("Enrolled"),
            numbers.number(now.enrolled),
            charts.change(now.enrolled, before.enrolled),
            border=True,
            height="stretch",
        )


def show_health(found: list[UnhealthyCourse]) -> None:
    """Which courses have parts that are broken or old."""
    st.subheader(_("Which courses need care?"), anchor=False)
    st.caption(
        _(
            "Published courses with a video that failed, a lesson without content, no lesson at all, or no change for "
            "{days} days. As of now.",
            days=STALE_DAYS,
        )
    )
    if not found:
        frame.empty(_("All is well"), _("No published course has broken, empty or old parts."), "task_alt")
        return
    st.dataframe(
        [
            {
                _("Course"): one.title,
                _("Learners"): one.learners,
                _("Failed videos"): one.failed_videos,
                _("Lessons without content"): one.empty_lessons,
                _("Without lessons"): _("yes") if one.is_empty else _("no"),
                _("Last changed"): words.when(one.updated_at, view.viewer.time_zone),
            }
            for one in found
        ],
        hide_index=True,
        key="content_health",
    )


def show_pipeline() -> None:
    """How far the store is behind, and whether both sides hold the same."""
    here = runtime.current()
    try:
        status = shipping.status(here.database.engine, here.store)
    except LearnCraftError as error:
        st.warning(str(error), icon=":material/cloud_off:")
        return
    with st.container(horizontal=True):
        st.metric(_("Waiting to be shipped"), numbers.number(status.queued), border=True)
        st.metric(
            _("Behind"),
            f"{numbers.number(status.lag_seconds, 1)} s",
            border=True,
            help=_("Age of the oldest event that is not shipped."),
        )
        drift = _("unknown") if status.checks is None else str(sum(1 for one in status.checks if one.drift))
        st.metric(_("Batches that differ"), drift, border=True, help=_("Of the latest batches, counted on both sides."))


def show_slowness() -> None:
    """Which questions took long."""
    st.subheader(_("Which charts are slow?"), anchor=False)
    st.caption(_("How long the event store took for each question, since this server process started."))
    st.dataframe(
        [
            {
                _("Question"): _(one.title),
                _("Asked"): one.times,
                _("Mean (ms)"): round(one.mean_ms),
                _("Longest (ms)"): round(one.longest_ms),
            }
            for one in asking.of_this_process().slowest()
        ],
        hide_index=True,
        column_config={
            _("Mean (ms)"): st.column_config.NumberColumn(format=columns.LOCALIZED),
            _("Longest (ms)"): st.column_config.NumberColumn(format=columns.LOCALIZED),
        },
        key="slowness",
    )


now, before, days = insight.rows_or_none(totals), insight.rows_or_none(totals_before), insight.rows_or_none(windows)
if now and before and days:
    show_numbers(now[0], before[0], days)
charts.show(windows, platform_charts.windows, as_of=view.as_of)
charts.show(enrollments, lambda rows: engagement_charts.enrollments(rows, with_money=True), as_of=view.as_of)
charts.table(
    league,
    lambda rows: platform_charts.league(titles, rows),
    as_of=view.as_of,
    settings={
        _("Over the period"): st.column_config.BarChartColumn(y_min=0),
        _("Insight"): st.column_config.LinkColumn(display_text=_("Open")),
    },
)
show_health(unhealthy)
charts.show(tutor_days, tutor_charts.by_day, as_of=view.as_of)
st.caption(
    _(
        "Models were called {calls} times in the period, with {tokens_in} tokens in and {tokens_out} out; "
        "ratings of these calls: {ratings}.",
        calls=numbers.number(spent.calls),
        tokens_in=numbers.number(spent.tokens_in),
        tokens_out=numbers.number(spent.tokens_out),
        ratings=spent.rating_words,
    )
)
charts.table(searches, platform_charts.searches, as_of=view.as_of)
charts.show(receipts, platform_charts.receipts, as_of=view.as_of)
show_pipeline()
show_slowness()
