"""Charts of the tutor, of labs and of flashcards."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import plotly.graph_objects as go

from learncraft.analytics.funnel import ANY
from learncraft.analytics.practice import LabResult, Memory
from learncraft.analytics.tutor import LessonQuestions, TutorDay
from learncraft.courses.queries import LessonName
from learncraft.language import _, noted, numbers
from pages.shared import charts
from pages.shared.charts import Drawn, Table

SPANS = (
    (0, noted("same day")),
    (1, noted("1 day")),
    (3, noted("2-3 days")),
    (7, noted("4-7 days")),
    (14, noted("8-14 days")),
    (30, noted("15-30 days")),
)


def by_lesson(names: Sequence[LessonName], found: Sequence[LessonQuestions]) -> Drawn:
    """Where learners ask, the most asked lesson first: the map of confusion."""
    titles = {one.id: one.title for one in names} | {ANY: _("Outside of lessons")}
    shown = sorted(
        ((titles.get(one.lesson_id, _("A lesson that is gone")), one) for one in found),
        key=lambda two: -two[1].questions,
    )
    labels = charts.numbered([title for title, _asked in shown])
    keys = [str(one.lesson_id) for _title, one in shown]
    picture = charts.figure(
        go.Bar(
            y=labels,
            x=[one.answered for _title, one in shown],
            customdata=keys,
            orientation="h",
            name=_("Answered from the course"),
            marker={"color": charts.COMPLETED},
        ),
        go.Bar(
            y=labels,
            x=[one.questions - one.answered for _title, one in shown],
            customdata=keys,
            orientation="h",
            name=_("Not answered"),
            marker={"color": charts.WARNING, "pattern": charts.STRIPES},
        ),
        barmode="stack",
        height=max(220, 32 * len(labels) + 60),
        hovermode="y unified",
        xaxis={"title": _("questions to the tutor"), "showgrid": True},
        yaxis={"autorange": "reversed", "rangemode": "normal"},
    )
    return Drawn(
        figure=picture if shown else None,
        table=Table(
            (_("Lesson"), _("Questions"), _("Learners"), _("Answered")),
            tuple((title, one.questions, one.learners, one.answered) for title, one in shown),
        ),
        nothing=_("Nobody has asked the tutor in this period."),
    )


def by_day(days: Sequence[TutorDay]) -> Drawn:
    """Use and ratings day by day."""
    dates = [one.day for one in days]
    rated = [one for one in days if one.mean_rating is not None]
    picture = charts.figure(
        go.Bar(x=dates, y=[one.answered for one in days], name=_("Answered"), marker={"color": charts.COMPLETED}),
        go.Bar(
            x=dates,
            y=[one.questions - one.answered for one in days],
            name=_("Not answered"),
            marker={"color": charts.WARNING, "pattern": charts.STRIPES},
        ),
        go.Scatter(
            x=[one.day for one in rated],
            y=[one.mean_rating for one in rated],
            name=_("Mean rating (right, 1 to 5)"),
            yaxis="y2",
            mode="markers",
            marker={"symbol": "star", "size": 9, "color": charts.MONEY},
        ),
        barmode="stack",
        yaxis={"title": _("questions")},
        yaxis2={
            "overlaying": "y",
            "side": "right",
            "range": [0, 5.3],
            "tickmode": "linear",
            "dtick": 1,
            "showgrid": False,
        },
    )
    return Drawn(
        figure=picture if any(one.questions or one.ratings for one in days) else None,
        table=Table(
            (_("Day"), _("Questions"), _("Learners"), _("Answered"), _("Ratings"), _("Mean rating")),
            tuple(
                (
                    one.day,
                    one.questions,
                    one.learners,
                    one.answered,
                    one.ratings,
                    None if one.mean_rating is None else round(one.mean_rating, 2),
                )
                for one in days
            ),
        ),
        nothing=_("Nobody has asked the tutor in this period."),
    )


def labs(names: dict[UUID, str], found: Sequence[LabResult]) -> Drawn:
    """How labs go."""
    known = {one.lab_id: one for one in found}
    order = [*(key for key in names if key in known), *(key for key in known if key not in names)]
    rows = tuple(
        (
            names.get(key, _("A lab that is gone")),
            known[key].learners,
            known[key].passed,
            charts.percent(known[key].passed / known[key].learners),
            known[key].all_checks,
            known[key].failed_checks,
            None if (median := known[key].median_minutes) is None else round(median, 1),
        )
        for key in order
    )
    return Drawn(
        figure=None,
        table=Table(
            (
                _("Lab"),
                _("Learners"),
                _("Passed"),
                _("Passed (%)"),
                _("Checks"),
                _("Failed checks"),
                _("Median time to pass (min)"),
            ),
            rows,
        ),
        nothing=_("Nobody has started a lab of this course in this period."),
    )


def memory(found: Sequence[Memory]) -> Drawn:
    """The share remembered, by how long ago the card was last seen."""
    spans: dict[str, list[int]] = {}
    for one in sorted(found, key=lambda each: each.days):
        label = next((_(name) for most, name in SPANS if one.days <= most), _("over 30 days"))
        counted = spans.setdefault(label, [0, 0])
        counted[0] += one.reviews
        counted[1] += one.remembered
    picture = charts.figure(
        go.Scatter(
            x=list(spans),
            y=[100 * remembered / reviews for reviews, remembered in spans.values()],
            mode="lines+markers+text",
            text=[numbers.number(reviews) for reviews, _remembered in spans.values()],
            textposition="top center",
            name=_("Remembered"),
            line={"color": charts.COMPLETED},
            marker={"size": 9},
        ),
        yaxis={"title": _("% remembered"), "range": [0, 112]},
        xaxis={"title": _("since the card was last seen")},
    )
    return Drawn(
        figure=picture if spans else None,
        table=Table(
            (_("Since last seen"), _("Times reviewed"), _("Remembered"), _("Remembered (%)")),
            tuple(
                (label, reviews, remembered, charts.percent(remembered / reviews))
                for label, (reviews, remembered) in spans.items()
            ),
        ),
        nothing=_("Nobody has seen a flashcard twice in this period."),
    )
