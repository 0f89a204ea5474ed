"""Charts of how far learners come, where they stop, and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import plotly.graph_objects as go

from learncraft.analytics.funnel import STEPS, LessonReach, ModuleReach, Step, Stopped
from learncraft.analytics.lessons import LessonTime
from learncraft.courses.queries import LessonName
from learncraft.language import _, numbers
from pages.shared import charts
from pages.shared.charts import Drawn, Table


def lessons(names: Sequence[LessonName], reaches: Sequence[LessonReach]) -> Drawn:
    """How many came to each lesson, and to its end."""
    known = {one.lesson_id: one for one in reaches}
    opened = [known[one.id].opened if one.id in known else 0 for one in names]
    completed = [known[one.id].completed if one.id in known else 0 for one in names]
    return Drawn(
        figure=_pairs([one.title for one in names], [one.id for one in names], opened, completed) if known else None,
        table=Table(
            ("#", _("Lesson"), _("Module"), _("Opened"), _("Completed")),
            tuple(
                (one.place, one.title, one.module, came, ended)
                for one, came, ended in zip(names, opened, completed, strict=True)
            ),
        ),
        nothing=_("Nobody has opened a lesson yet."),
    )


def modules(names: Sequence[LessonName], reaches: Sequence[ModuleReach]) -> Drawn:
    """The same by module."""
    titles = {one.module_id: one.module for one in names}  # in the order of the course
    known = {one.module_id: one for one in reaches}
    opened = [known[key].opened if key in known else 0 for key in titles]
    completed = [known[key].completed if key in known else 0 for key in titles]
    return Drawn(
        figure=_pairs(list(titles.values()), list(titles), opened, completed) if known else None,
        table=Table(
            (_("Module"), _("Opened"), _("Finished a lesson")),
            tuple(zip(titles.values(), opened, completed, strict=True)),
        ),
        nothing=_("Nobody has opened a lesson yet."),
    )


def _pairs(titles: Sequence[str], ids: Sequence[UUID], opened: Sequence[int], completed: Sequence[int]) -> go.Figure:
    labels = charts.numbered(titles)
    keys = [str(one) for one in ids]
    return charts.figure(
        go.Bar(y=labels, x=opened, customdata=keys, orientation="h", name=_("Opened"), marker={"color": charts.OPENED}),
        go.Bar(
            y=labels,
            x=completed,
            customdata=keys,
            orientation="h",
            name=_("Completed"),
            marker={"color": charts.COMPLETED, "pattern": charts.STRIPES},
        ),
        height=max(260, 38 * len(labels) + 60),
        barmode="group",
        hovermode="y unified",
        xaxis={"title": _("learners"), "showgrid": True},
        yaxis={"autorange": "reversed", "rangemode": "normal"},
    )


def stopped(names: Sequence[LessonName], found: Sequence[Stopped]) -> Drawn:
    """For how many each lesson was the last."""
    known = {one.lesson_id: one.learners for one in found}
    counts = [known.get(one.id, 0) for one in names]
    labels = charts.numbered([one.title for one in names])
    picture = charts.figure(
        go.Bar(
            y=labels,
            x=counts,
            customdata=[str(one.id) for one in names],
            orientation="h",
            name=_("Stopped here"),
            marker={"color": charts.WARNING},
            text=[count or "" for count in counts],
            textposition="auto",
        ),
        height=max(260, 28 * len(labels) + 60),
        hovermode="closest",
        xaxis={"title": _("learners who went no further"), "showgrid": True},
        yaxis={"autorange": "reversed", "rangemode": "normal"},
    )
    return Drawn(
        figure=picture if any(counts) else None,
        table=Table(
            ("#", _("Lesson"), _("Module"), _("Stopped here")),
            tuple((one.place, one.title, one.module, count) for one, count in zip(names, counts, strict=True)),
        ),
        nothing=_("Nobody has stopped: all are still learning, or have finished."),
    )


def steps(found: Sequence[Step]) -> Drawn:
    """From joining to a certificate."""
    labels = {step: _(label) for step, label in STEPS}
    first = max((one.learners for one in found), default=0)
    picture = charts.figure(
        go.Bar(
            y=[labels[one.step] for one in found],
            x=[one.learners for one in found],
            orientation="h",
            name=_("Learners"),
            marker={"color": charts.LEARNERS},
            text=[
                f"{numbers.number(one.learners)} ({numbers.percent(one.learners / first)})" if first else ""
                for one in found
            ],
            textposition="auto",
            cliponaxis=False,
        ),
        height=280,
        hovermode="closest",
        xaxis={"title": _("learners"), "showgrid": True},
        yaxis={"autorange": "reversed", "rangemode": "normal"},
    )
    return Drawn(
        figure=picture if first else None,
        table=Table((_("Step"), _("Learners")), tuple((labels[one.step], one.learners) for one in found)),
        nothing=_("Nobody took any of these steps in the period. Choose a longer one."),
    )


def cohort_steps(found: Sequence[tuple[str, int, Sequence[Step]]]) -> Drawn:
    """The same steps of several cohorts, as shares of each cohort's people: (name, people, steps)."""
    labels = {step: _(label) for step, label in STEPS}
    traces = [
        go.Scatter(
            x=[labels[one.step] for one in steps_],
            y=[100 * one.learners / people for one in steps_],
            name=f"{name} ({people})",
            mode="lines+markers",
            line={"color": charts.QUALITATIVE[place % 8], "dash": charts.DASHES[place % 8]},
            marker={"symbol": charts.SYMBOLS[place % 8], "size": 9},
        )
        for place, (name, people, steps_) in enumerate(found)
        if people
    ]
    return Drawn(
        figure=charts.figure(*traces, height=360, yaxis={"title": _("% of the cohort"), "range": [0, 105]})
        if traces
        else None,
        table=Table(
            (_("Cohort"), _("People"), *labels.values()),
            tuple((name, people, *(one.learners for one in steps_)) for name, people, steps_ in found),
        ),
        nothing=_("This course has no cohort with people in it."),
    )


def times(names: Sequence[LessonName], found: Sequence[LessonTime]) -> Drawn:
    """Minutes spent beside the author's estimate."""
    known = {one.lesson_id: one for one in found}
    shown = [(one, known[one.id]) for one in names if one.id in known]
    labels = charts.numbered([one.title for one, _spent in shown])
    picture = charts.figure(
        go.Bar(
            y=labels,
            x=[spent.median for _name, spent in shown],
            customdata=[str(one.id) for one, _spent in shown],
            orientation="h",
            name=_("Median learner, with the middle half"),
            marker={"color": charts.OPENED},
            error_x={
                "type": "data",
                "array": [spent.upper_quartile - spent.median for _name, spent in shown],
                "arrayminus": [spent.median - spent.lower_quartile for _name, spent in shown],
                "thickness": 1.2,
            },
        ),
        go.Scatter(
            y=labels,
            x=[one.minutes for one, _spent in shown],
            mode="markers",
            name=_("Author's estimate"),
            marker={"symbol": "diamond", "size": 10, "color": charts.EXPECTED},
        ),
        height=max(260, 34 * len(labels) + 60),
        hovermode="y unified",
        xaxis={"title": _("minutes"), "showgrid": True},
        yaxis={"autorange": "reversed", "rangemode": "normal"},
    )
    return Drawn(
        figure=picture if shown else None,
        table=Table(
            (
                "#",
                _("Lesson"),
                _("Learners"),
                _("Lower quartile (min)"),
                _("Median (min)"),
                _("Upper quartile (min)"),
                _("Estimate (min)"),
            ),
            tuple(
                (
                    one.place,
                    one.title,
                    spent.learners,
                    round(spent.lower_quartile, 1),
                    round(spent.median, 1),
                    round(spent.upper_quartile, 1),
                    one.minutes,
                )
                for one, spent in shown
            ),
        ),
        nothing=_("Nobody has spent time in a lesson in this period."),
    )
