"""The charts of a course: asked once for each state of the event store, and drawn once for each answer."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

import plotly.graph_objects as go
import streamlit as st

from learncraft.analytics import course_insight
from learncraft.analytics.course_insight import ActiveDay, LessonReach, QuestionResult
from learncraft.analytics.store import EventStore
from learncraft.assessments.names import QuestionName
from learncraft.courses.queries import LessonName
from pages.shared import charts
from pages.shared.charts import Chart, Table

HARD_UNDER = 35  # percent of the points


@dataclass(frozen=True, slots=True)
class Answers:
    """What the event store says of one course."""

    days: tuple[ActiveDay, ...]
    reaches: tuple[LessonReach, ...]
    results: tuple[QuestionResult, ...]


@st.cache_data(max_entries=500, show_spinner=False)
def ask(_store: EventStore, course_id: UUID, *, since: date, until: date, time_zone: str, last_batch: int) -> Answers:
    """Ask for all charts of the page at the same time.

    The answer is kept for whoever asks the same before another batch has come to the store (`last_batch`). The
    page has made sure that the viewer teaches the course.
    """
    with ThreadPoolExecutor(3) as pool:
        days = pool.submit(
            course_insight.active_learners_by_day,
            _store,
            course_id=course_id,
            since=since,
            until=until,
            time_zone=time_zone,
        )
        reaches = pool.submit(course_insight.completion_funnel, _store, course_id=course_id)
        results = pool.submit(course_insight.question_results, _store, course_id=course_id)
        return Answers(tuple(days.result()), tuple(reaches.result()), tuple(results.result()))


@lru_cache(maxsize=128)
def activity(days: tuple[ActiveDay, ...]) -> Chart:
    """Active learners by day."""
    is_empty = not any(one.learners for one in days)
    return Chart(
        key="active-learners-by-day",
        question="Who is active, day by day?",
        counted="Learners with at least one event of the course on that day, each counted once. "
        "Days are those of your time zone.",
        figure=None if is_empty else _activity_figure(days),
        table=Table(("Day", "Active learners", "Events"), tuple((one.day, one.learners, one.events) for one in days)),
        sql_name="charts/active_learners_by_day",
        nothing="Nobody was active in this period. Choose a longer one.",
    )


def _activity_figure(days: Sequence[ActiveDay]) -> go.Figure:
    line = go.Scatter(
        x=[one.day for one in days],
        y=[one.learners for one in days],
        mode="lines",
        name="Active learners",
        line={"color": charts.LEARNERS, "width": 2.5},
        fill="tozeroy",
        fillcolor="rgba(0, 114, 178, .14)",
    )
    return charts.figure(line, yaxis={"title": "learners"})


@lru_cache(maxsize=128)
def funnel(lessons: tuple[LessonName, ...], reaches: tuple[LessonReach, ...]) -> Chart:
    """How many came to each lesson, and to its end."""
    known = {one.lesson_id: one for one in reaches}
    opened = [known[one.id].opened if one.id in known else 0 for one in lessons]
    completed = [known[one.id].completed if one.id in known else 0 for one in lessons]
    rows = tuple(
        (one.place, one.title, one.module, came, ended)
        for one, came, ended in zip(lessons, opened, completed, strict=True)
    )
    return Chart(
        key="completion-by-lesson",
        question="Where do learners stop?",
        counted="Learners who opened and who completed each lesson, since the course began, in the course's order.",
        figure=_funnel_figure([one.title for one in lessons], opened, completed) if known else None,
        table=Table(("#", "Lesson", "Module", "Opened", "Completed"), rows),
        sql_name="charts/completion_funnel",
        nothing="Nobody has opened a lesson yet.",
    )


def _funnel_figure(titles: Sequence[str], opened: Sequence[int], completed: Sequence[int]) -> go.Figure:
    labels = charts.numbered(titles)
    return charts.figure(
        go.Bar(y=labels, x=opened, orientation="h", name="Opened", marker={"color": charts.OPENED}),
        go.Bar(
            y=labels,
            x=completed,
            orientation="h",
            name="Completed",
            marker={
                "color": charts.COMPLETED,
                "pattern": {"shape": "/", "fillmode": "overlay", "fgopacity": 0.35},
            },  # not by colour alone
        ),
        height=max(320, 38 * len(labels) + 60),
        barmode="group",
        hovermode="y unified",
        xaxis={"title": "learners", "showgrid": True},
        yaxis={"autorange": "reversed", "rangemode": "normal"},
    )


@lru_cache(maxsize=128)
def items(questions: tuple[QuestionName, ...], results: tuple[QuestionResult, ...]) -> Chart:
    """How each question was answered."""
    known = {one.question_id: one for one in results}
    asked = [one for one in questions if one.id in known]
    facility = [round(100 * (known[one.id].facility or 0), 1) for one in asked]
    rows = tuple(
        (one.assessment, one.text, known[one.id].answers, known[one.id].correct, share)
        for one, share in zip(asked, facility, strict=True)
    )
    return Chart(
        key="results-by-question",
        question="Which questions are hard?",
        counted="Facility index: points earned as a share of those possible, over all graded answers. "
        f"Hard is under {HARD_UNDER} %.",
        figure=_items_figure([one.text for one in asked], facility, [row[2] for row in rows]) if rows else None,
        table=Table(("Quiz", "Question", "Answers", "Correct", "Facility index (%)"), rows),
        sql_name="charts/question_results",
        nothing="No quiz of this course has been handed in yet.",
    )


def _items_figure(texts: Sequence[str], facility: Sequence[float], answers: Sequence[int]) -> go.Figure:
    hard = [share < HARD_UNDER for share in facility]
    return charts.figure(
        go.Bar(
            y=charts.numbered(texts),
            x=facility,
            orientation="h",
            name="Facility index",
            marker={"color": [charts.WARNING if low else charts.CORRECT for low in hard]},
            text=[f"{share:.0f} %{' · hard' if low else ''}" for share, low in zip(facility, hard, strict=True)],
            textposition="auto",
            cliponaxis=False,
            customdata=list(zip(texts, answers, strict=True)),
            hovertemplate="%{customdata[0]}<br>%{x:.1f} % of the points, %{customdata[1]} answers<extra></extra>",
        ),
        height=max(320, 30 * len(texts) + 60),
        hovermode="closest",
        xaxis={"title": "points earned, % of those possible", "range": [0, 100], "showgrid": True},
        yaxis={"autorange": "reversed", "rangemode": "normal"},
    )
