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
from learncraft.tutor import spending
from pages.insights import engagement_charts, platform_charts, tutor_charts
from pages.shared import charts, frame, insight, words

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


def numbers(now: Totals, before: Totals, days: list[ActiveWindow]) -> None:
    """The period in a few numbers, each with its change."""
    latest = days[-1]
    with st.container(horizontal=True):
        st.metric(
            "Active people",
            f"{now.learners:,}",
            charts.change(now.learners, before.learners),
            border=True,
            chart_data=[one.day_learners for one in days],
            chart_type="area",
            help="Different people with at least one event in the period; the change is against the period before.",
        )
        st.metric("Today", f"{latest.day_learners:,}", border=True, height="stretch")
        st.metric("In 7 days", f"{latest.week_learners:,}", border=True, height="stretch")
        st.metric("In 30 days", f"{latest.month_learners:,}", border=True, height="stretch")
        sticky = [one.stickiness for one in days if one.stickiness is not None]
        st.metric(
            "Stickiness",
            f"{100 * sum(sticky) / len(sticky):.0f} %" if sticky else "none yet",
            border=True,
            height="stretch",
            help="The mean share of a month's people who come on one of its days.",
        )
        st.metric(
            "Enrolled", f"{now.enrolled:,}", charts.change(now.enrolled, before.enrolled), border=True, height="stretch"
        )


def show_health(found: list[UnhealthyCourse]) -> None:
    """Which courses have parts that are broken or old."""
    st.subheader("Which courses need care?", anchor=False)
    st.caption(
        "Published courses with a video that failed, a lesson without content, no lesson at all, or no change for "
        f"{STALE_DAYS} days. As of now."
    )
    if not found:
        frame.empty("All is well", "No published course has broken, empty or old parts.", "task_alt")
        return
    st.dataframe(
        [
            {
                "Course": one.title,
                "Learners": one.learners,
                "Failed videos": one.failed_videos,
                "Lessons without content": one.empty_lessons,
                "Without lessons": "yes" if one.is_empty else "no",
                "Last changed": words.when(one.updated_at, view.viewer.time_zone),
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
        st.metric("Waiting to be shipped", f"{status.queued:,}", border=True)
        st.metric("Behind", f"{status.lag_seconds:.1f} s", border=True, help="Age of the oldest event not shipped.")
        drift = "unknown" if status.checks is None else str(sum(1 for one in status.checks if one.drift))
        st.metric("Batches that differ", drift, border=True, help="Of the latest batches, counted on both sides.")


def show_slowness() -> None:
    """Which questions took long."""
    st.subheader("Which charts are slow?", anchor=False)
    st.caption("How long the event store took for each question, since this server process started.")
    st.dataframe(
        [
            {"Question": one.title, "Asked": one.times, "Mean (ms)": one.mean_ms, "Longest (ms)": one.longest_ms}
            for one in asking.of_this_process().slowest()
        ],
        hide_index=True,
        column_config={
            "Mean (ms)": st.column_config.NumberColumn(format="%.0f"),
            "Longest (ms)": st.column_config.NumberColumn(format="%.0f"),
        },
        key="slowness",
    )


now, before, days = insight.rows_or_none(totals), insight.rows_or_none(totals_before), insight.rows_or_none(windows)
if now and before and days:
    numbers(now[0], before[0], days)
charts.show(windows, platform_charts.windows, as_of=view.as_of)
charts.show(enrollments, lambda rows: engagement_charts.enrollments(rows, with_money=True), as_of=view.as_of)
charts.table(
    league,
    lambda rows: platform_charts.league(titles, rows),
    as_of=view.as_of,
    columns={
        "Over the period": st.column_config.BarChartColumn(y_min=0),
        "Insight": st.column_config.LinkColumn(display_text="Open"),
    },
)
show_health(unhealthy)
charts.show(tutor_days, tutor_charts.by_day, as_of=view.as_of)
st.caption(
    f"Models were called {spent.calls:,} times in the period, with {spent.tokens_in:,} tokens in and "
    f"{spent.tokens_out:,} out; ratings of these calls: {spent.rating_words}."
)
charts.table(searches, platform_charts.searches, as_of=view.as_of)
charts.show(receipts, platform_charts.receipts, as_of=view.as_of)
show_pipeline()
show_slowness()
