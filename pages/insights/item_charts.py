"""Charts and tables of assessments and their questions."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import plotly.graph_objects as go

from learncraft.analytics.items import AssessmentResult, Choice, PassedAt, QuestionResult, Tenth
from learncraft.assessments import items
from learncraft.assessments.names import QuestionName
from learncraft.language import Spoken, _, numbers
from pages.shared import charts
from pages.shared.charts import Drawn, Table

HARD_UNDER = 35  # percent of the points
_FLAG_WORDS = Spoken(
    {
        items.Flag.WRONG_KEY: "Wrong key suspected",
        items.Flag.TOO_EASY: "Too easy",
        items.Flag.GUESSING: "Guessing",
        items.Flag.WEAK: "Tells little",
    }
)


def assessments(titles: dict[UUID, str], results: Sequence[AssessmentResult]) -> Drawn:
    """How each assessment turned out."""
    known = {one.assessment_id: one for one in results}
    shown = [(title, known[key]) for key, title in titles.items() if key in known]
    return Drawn(
        figure=None,
        table=Table(
            (
                _("Assessment"),
                _("Attempts"),
                _("Learners"),
                _("Passed"),
                _("Passed (%)"),
                _("Mean result (%)"),
                _("Spread (%)"),
            ),
            tuple(
                (
                    title,
                    one.attempts,
                    one.learners,
                    one.passed,
                    charts.percent(one.passed / one.learners),
                    charts.percent(one.mean_result),
                    charts.percent(one.spread),
                )
                for title, one in shown
            ),
        ),
        nothing=_("No quiz of this course has been handed in yet."),
    )


def distribution(found: Sequence[Tenth]) -> Drawn:
    """Attempts by tenths of the points."""
    known = {one.tenth: one.attempts for one in found}
    labels = [f"{10 * tenth}-{10 * tenth + 10}" for tenth in range(10)]
    counts = [known.get(tenth, 0) for tenth in range(10)]
    picture = charts.figure(
        go.Bar(x=labels, y=counts, name=_("Attempts"), marker={"color": charts.LEARNERS}),
        yaxis={"title": _("attempts")},
        xaxis={"title": _("points earned, % of those possible"), "type": "category"},
        height=280,
    )
    return Drawn(
        figure=picture if found else None,
        table=Table((_("Result (%)"), _("Attempts")), tuple(zip(labels, counts, strict=True))),
        nothing=_("Nobody has handed this assessment in."),
    )


def attempts(found: Sequence[PassedAt]) -> Drawn:
    """With which attempt learners passed."""
    ordered = sorted(found, key=lambda one: one.attempt or 1_000)
    labels = [_("Attempt {number}", number=one.attempt) if one.attempt else _("Not passed") for one in ordered]
    picture = charts.figure(
        go.Bar(
            x=labels,
            y=[one.learners for one in ordered],
            name=_("Learners"),
            text=[one.learners for one in ordered],
            marker={
                "color": [charts.COMPLETED if one.attempt else charts.WARNING for one in ordered],
                "pattern": {"shape": ["" if one.attempt else "/" for one in ordered]},
            },
        ),
        yaxis={"title": _("learners")},
        height=280,
    )
    return Drawn(
        figure=picture if found else None,
        table=Table(
            (_("Passed with"), _("Learners")), tuple(zip(labels, (one.learners for one in ordered), strict=True))
        ),
        nothing=_("Nobody has a graded attempt at this assessment."),
    )


def flags_of(name: QuestionName, result: QuestionResult, choices: Sequence[Choice]) -> tuple[items.Flag, ...]:
    """What an author should look at."""
    statistics = items.ItemStatistics(
        result.answers, result.facility, result.deviation, result.discrimination, result.efficiency
    )
    chosen = [
        items.ChoiceResult(one.choice, one.answers, one.mean_result, one.choice in name.keys)
        for one in choices
        if one.question_id == name.id
    ]
    guessing = items.guessing_share(len(name.options), keys=len(name.keys))
    return items.flags(statistics, chosen, guessing=guessing)


def questions(names: Sequence[QuestionName], results: Sequence[QuestionResult], choices: Sequence[Choice]) -> Drawn:
    """The statistics of each question, with flags."""
    known = {one.question_id: one for one in results}
    shown = [(one, known[one.id]) for one in names if one.id in known]
    rows = tuple(
        (
            ", ".join(_FLAG_WORDS[flag] for flag in flags_of(name, one, choices))
            or ("" if one.answers >= items.ENOUGH_ANSWERS else _("Too few answers")),
            name.text,
            name.assessment,
            one.answers,
            one.correct,
            charts.percent(one.facility),
            charts.percent(one.deviation),
            _rounded(one.discrimination),
            _rounded(one.efficiency),
        )
        for name, one in shown
    )
    return Drawn(
        figure=None,
        table=Table(
            (
                _("Flag"),
                _("Question"),
                _("Assessment"),
                _("Answers"),
                _("Correct"),
                _("Facility index (%)"),
                _("Standard deviation (%)"),
                _("Discrimination index"),
                _("Discriminative efficiency"),
            ),
            rows,
        ),
        nothing=_("No quiz of this course has been handed in yet."),
        note=_("Flags need {count} answers.", count=items.ENOUGH_ANSWERS),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def choices(name: QuestionName, found: Sequence[Choice]) -> Drawn:
    """What was chosen, with the key marked, and how strong those were who chose it."""
    texts = dict(name.options)
    mine = [one for one in found if one.question_id == name.id]
    mine += [Choice(name.id, key, 0, None) for key in texts if key not in {one.choice for one in mine}]
    mine.sort(key=lambda one: list(texts).index(one.choice) if one.choice in texts else 99)
    total = sum(one.answers for one in mine)
    labels = charts.numbered(
        [f"{'✓ ' if one.choice in name.keys else ''}{texts.get(one.choice, one.choice)}" for one in mine], 60
    )
    picture = charts.figure(
        go.Bar(
            y=labels,
            x=[one.answers for one in mine],
            orientation="h",
            name=_("Chosen"),
            marker={
                "color": [charts.CORRECT if one.choice in name.keys else charts.BEFORE for one in mine],
                "pattern": {"shape": ["" if one.choice in name.keys else "/" for one in mine]},
            },
            text=[
                _(
                    "{answers} · mean result {percent}",
                    answers=numbers.number(one.answers),
                    percent=numbers.percent(one.mean_result),
                )
                if one.mean_result is not None
                else "0"
                for one in mine
            ],
            textposition="auto",
            cliponaxis=False,
        ),
        height=max(200, 44 * len(mine) + 60),
        hovermode="closest",
        xaxis={"title": _("times chosen, and the mean result of those attempts"), "showgrid": True},
        yaxis={"autorange": "reversed", "rangemode": "normal"},
    )
    return Drawn(
        figure=picture if total else None,
        table=Table(
            (_("Option"), _("Right"), _("Chosen"), _("Mean result (%)")),
            tuple(
                (
                    texts.get(one.choice, one.choice),
                    _("yes") if one.choice in name.keys else _("no"),
                    one.answers,
                    charts.percent(one.mean_result),
                )
                for one in mine
            ),
        ),
        nothing=_("This question is answered by typing, so there are no options to compare."),
        note=_("The right option is marked ✓."),
    )
