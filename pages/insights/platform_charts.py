"""Charts of the whole platform."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import plotly.graph_objects as go

from learncraft.analytics.platform import ActiveWindow, CourseStanding, Receipts, Search
from learncraft.language import _
from pages.shared import charts
from pages.shared.charts import Drawn, Table


def windows(days: Sequence[ActiveWindow]) -> Drawn:
    """People active in a day, a week, a month."""
    dates = [one.day for one in days]
    lines = (
        (_("In the month"), [one.month_learners for one in days], charts.BEFORE, "dot"),
        (_("In the week"), [one.week_learners for one in days], charts.MONEY, "dash"),
        (_("On the day"), [one.day_learners for one in days], charts.LEARNERS, "solid"),
    )
    picture = charts.figure(
        *(
            go.Scatter(x=dates, y=values, name=name, mode="lines", line={"color": color, "dash": dash, "width": 2.5})
            for name, values, color, dash in lines
        ),
        yaxis={"title": _("people")},
    )
    return Drawn(
        figure=picture if any(one.month_learners for one in days) else None,
        table=Table(
            (_("Day"), _("On the day"), _("In the week"), _("In the month"), _("Stickiness (%)")),
            tuple(
                (one.day, one.day_learners, one.week_learners, one.month_learners, charts.percent(one.stickiness))
                for one in days
            ),
        ),
        nothing=_("Nobody was active in this period. Choose a longer one."),
    )


def league(titles: dict[UUID, str], found: Sequence[CourseStanding]) -> Drawn:
    """Courses beside each other."""
    return Drawn(
        figure=None,
        table=Table(
            (_("Course"), _("Learners"), _("Before"), _("Over the period"), _("Completions"), _("Insight")),
            tuple(
                (
                    titles.get(one.course_id, _("A course that is gone")),
                    one.learners,
                    one.learners_before,
                    list(one.twelfths),
                    one.completions,
                    f"/insights-course?course={one.course_id}" if one.course_id in titles else None,
                )
                for one in found
            ),
        ),
        nothing=_("No course had a learner in this period. Choose a longer one."),
    )


def searches(found: Sequence[Search]) -> Drawn:
    """What was looked for in vain."""
    return Drawn(
        figure=None,
        table=Table(
            (_("Searched"), _("Times"), _("People")), tuple((one.searched, one.times, one.people) for one in found)
        ),
        nothing=_("Every search found something."),
    )


def receipts(days: Sequence[Receipts]) -> Drawn:
    """How events came in."""
    dates = [one.day for one in days]
    in_time = [one.events - one.late - one.from_future for one in days]
    picture = charts.figure(
        go.Bar(x=dates, y=in_time, name=_("Within a minute"), marker={"color": charts.LEARNERS}),
        go.Bar(
            x=dates,
            y=[one.late for one in days],
            name=_("Later"),
            marker={"color": charts.MONEY, "pattern": charts.STRIPES},
        ),
        go.Bar(
            x=dates,
            y=[one.from_future for one in days],
            name=_("Left out: from the future"),
            marker={"color": charts.WARNING, "pattern": {"shape": "x", "fillmode": "overlay"}},
        ),
        barmode="stack",
        yaxis={"title": _("events")},
    )
    return Drawn(
        figure=picture if any(one.events for one in days) else None,
        table=Table(
            (_("Day"), _("Events"), _("Later than a minute"), _("Left out"), _("Latest after (s)")),
            tuple((one.day, one.events, one.late, one.from_future, one.longest_delay) for one in days),
        ),
        nothing=_("No event came in this period."),
    )
