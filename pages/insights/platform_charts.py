"""Charts of the whole platform."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import plotly.graph_objects as go

from learncraft.analytics.platform import ActiveWindow, CourseStanding, Receipts, Search
from pages.shared import charts
from pages.shared.charts import Drawn, Table


def windows(days: Sequence[ActiveWindow]) -> Drawn:
    """People active in a day, a week, a month."""
    dates = [one.day for one in days]
    lines = (
        ("In the month", [one.month_learners for one in days], charts.BEFORE, "dot"),
        ("In the week", [one.week_learners for one in days], charts.MONEY, "dash"),
        ("On the day", [one.day_learners for one in days], charts.LEARNERS, "solid"),
    )
    picture = charts.figure(
        *(
            go.Scatter(x=dates, y=values, name=name, mode="lines", line={"color": color, "dash": dash, "width": 2.5})
            for name, values, color, dash in lines
        ),
        yaxis={"title": "people"},
    )
    return Drawn(
        figure=picture if any(one.month_learners for one in days) else None,
        table=Table(
            ("Day", "On the day", "In the week", "In the month", "Stickiness (%)"),
            tuple(
                (one.day, one.day_learners, one.week_learners, one.month_learners, charts.percent(one.stickiness))
                for one in days
            ),
        ),
        nothing="Nobody was active in this period. Choose a longer one.",
    )


def league(titles: dict[UUID, str], found: Sequence[CourseStanding]) -> Drawn:
    """Courses beside each other."""
    return Drawn(
        figure=None,
        table=Table(
            ("Course", "Learners", "Before", "Over the period", "Completions", "Insight"),
            tuple(
                (
                    titles.get(one.course_id, "A course that is gone"),
                    one.learners,
                    one.learners_before,
                    list(one.twelfths),
                    one.completions,
                    f"/insights-course?course={one.course_id}" if one.course_id in titles else None,
                )
                for one in found
            ),
        ),
        nothing="No course had a learner in this period. Choose a longer one.",
    )


def searches(found: Sequence[Search]) -> Drawn:
    """What was looked for in vain."""
    return Drawn(
        figure=None,
        table=Table(("Searched", "Times", "People"), tuple((one.searched, one.times, one.people) for one in found)),
        nothing="Every search found something.",
    )


def receipts(days: Sequence[Receipts]) -> Drawn:
    """How events came in."""
    dates = [one.day for one in days]
    in_time = [one.events - one.late - one.from_future for one in days]
    picture = charts.figure(
        go.Bar(x=dates, y=in_time, name="Within a minute", marker={"color": charts.LEARNERS}),
        go.Bar(
            x=dates,
            y=[one.late for one in days],
            name="Later",
            marker={"color": charts.MONEY, "pattern": charts.STRIPES},
        ),
        go.Bar(
            x=dates,
            y=[one.from_future for one in days],
            name="Left out: from the future",
            marker={"color": charts.WARNING, "pattern": {"shape": "x", "fillmode": "overlay"}},
        ),
        barmode="stack",
        yaxis={"title": "events"},
    )
    return Drawn(
        figure=picture if any(one.events for one in days) else None,
        table=Table(
            ("Day", "Events", "Later than a minute", "Left out", "Latest after (s)"),
            tuple((one.day, one.events, one.late, one.from_future, one.longest_delay) for one in days),
        ),
        nothing="No event came in this period.",
    )
