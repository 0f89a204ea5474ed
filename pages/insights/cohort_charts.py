"""Charts of who stays."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from learncraft.analytics.retention import RetentionPoint
from learncraft.language import _, dates
from pages.shared import charts
from pages.shared.charts import Drawn, Table


def retention(found: Sequence[RetentionPoint]) -> Drawn:
    """The share of each starting week that was active in each later week."""
    weeks = sorted({one.cohort_week for one in found})
    longest = max((one.week for one in found), default=0)
    known = {(one.cohort_week, one.week): one.learners for one in found}
    sizes = [known.get((week, 0), 0) for week in weeks]
    shares = [
        [_share(known.get((week, later)), size) for later in range(longest + 1)]
        for week, size in zip(weeks, sizes, strict=True)
    ]
    labels = [f"{dates.day(week, fields='MMMd')} ({size})" for week, size in zip(weeks, sizes, strict=True)]
    headings = [_("Week {number}", number=later) for later in range(longest + 1)]
    picture = charts.figure(
        go.Heatmap(
            z=shares,
            x=list(range(longest + 1)),
            y=labels,
            text=[["" if share is None else f"{share:.0f}" for share in row] for row in shares],
            texttemplate="%{text}",
            colorscale=charts.SEQUENTIAL,
            zmin=0,
            zmax=100,
            colorbar={"title": "%", "thickness": 12},
            hovertemplate=_("Started %{y}, week %{x}: %{z:.1f} %") + "<extra></extra>",
            hoverongaps=False,
            xgap=1,
            ygap=1,
        ),
        height=max(260, 30 * len(weeks) + 80),
        hovermode="closest",
        xaxis={"title": _("weeks after the first"), "dtick": 1},
        yaxis={"autorange": "reversed", "type": "category", "rangemode": "normal", "showgrid": False},
    )
    return Drawn(
        figure=picture if found else None,
        table=Table(
            (
                _("Started in the week of"),
                _("Learners"),
                *headings,
            ),
            tuple(
                (week, size, *(known.get((week, later), 0) for later in range(longest + 1)))
                for week, size in zip(weeks, sizes, strict=True)
            ),
        ),
        nothing=_("Nobody started in this period. Choose a longer one."),
        note=_("In brackets: how many started. An empty field: nobody was active, or the week has not come."),
    )


def _share(learners: int | None, size: int) -> float | None:
    return None if not learners or not size else 100 * learners / size
