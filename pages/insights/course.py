"""Course insight: who is active, where do they stop, and which questions are hard?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from learncraft import runtime
from learncraft.analytics import course_insight, shipping
from learncraft.assessments import names
from learncraft.courses import queries as courses
from learncraft.errors import UnavailableError
from pages.shared import charts, frame, navigation, people, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

viewer = people.viewer(*navigation.TEACHERS)
here = runtime.current()
with frame.reading() as session:
    taught = {course.id: course for course in courses.taught_courses(session, viewer)}

if not taught:
    frame.head("Course insight")
    frame.empty("No course yet", "Import or make a course; what its learners do is shown here.", "monitoring")
    st.stop()

PERIODS = {"4 weeks": 28, "12 weeks": 84, "1 year": 365}
asked = uuid_of(st.query_params.get("course"))
if "insight_course" not in st.session_state and asked in taught:
    st.session_state["insight_course"] = asked


def keep_course_in_address() -> None:
    """So that the view can be sent to somebody."""
    st.query_params["course"] = str(st.session_state["insight_course"])


head = st.container()
with st.container(horizontal=True, vertical_alignment="bottom"):
    course_id = st.selectbox(
        "Course",
        list(taught),
        format_func=lambda key: taught[key].title,
        key="insight_course",
        on_change=keep_course_in_address,
        width=420,
    )
    period = st.segmented_control("Period", list(PERIODS), default="12 weeks", key="period", bind="query-params")
course = taught[course_id]
today = datetime.now(ZoneInfo(viewer.time_zone)).date()
since = today - timedelta(days=PERIODS[period or "12 weeks"] - 1)

with frame.reading() as session:
    lessons = courses.lesson_names(session, course_id)
    questions = names.question_names(session, course_id)
try:
    # The charts ask at the same time; the store answers them on its own threads.
    with ThreadPoolExecutor(3) as pool:
        days = pool.submit(
            course_insight.active_learners_by_day,
            here.store,
            course_id=course_id,
            since=since,
            until=today,
            time_zone=viewer.time_zone,
        )
        reaches = pool.submit(course_insight.completion_funnel, here.store, course_id=course_id)
        results = pool.submit(course_insight.question_results, here.store, course_id=course_id)
        shipped = shipping.shipped_until(here.database.engine)
        by_day, by_lesson, by_question = days.result(), reaches.result(), results.result()
except UnavailableError as error:
    with head:
        frame.head("Course insight", plain(course.title))
    st.warning(f"{error} The numbers come back by themselves.", icon=":material/cloud_off:")
    st.stop()

as_of = f"As of {words.clock(shipped, viewer.time_zone)}."


def activity() -> charts.Chart:
    """Active learners by day."""
    table = pd.DataFrame(
        [(one.day, one.learners, one.events) for one in by_day], columns=["Day", "Active learners", "Events"]
    )
    is_empty = not by_day or not table["Active learners"].any()
    picture = (
        None
        if is_empty
        else charts.figure(
            go.Scatter(
                x=table["Day"],
                y=table["Active learners"],
                mode="lines",
                name="Active learners",
                line={"color": charts.LEARNERS, "width": 2.5, "shape": "linear"},
                fill="tozeroy",
                fillcolor="rgba(0, 114, 178, .14)",
            ),
            yaxis={"title": "learners"},
        )
    )
    return charts.Chart(
        "active-learners-by-day",
        "Who is active, day by day?",
        "Learners with at least one event of the course on that day, each counted once. Days are your time zone's.",
        picture,
        table,
        "charts/active_learners_by_day",
        "Nobody was active in this period. Choose a longer one.",
    )


def funnel() -> charts.Chart:
    """Completion by lesson."""
    known = {one.lesson_id: one for one in by_lesson}
    rows = [
        (name.place, name.title, name.module, known[name.id].opened, known[name.id].completed)
        if name.id in known
        else (name.place, name.title, name.module, 0, 0)
        for name in lessons
    ]
    table = pd.DataFrame(rows, columns=["#", "Lesson", "Module", "Opened", "Completed"])
    labels = charts.numbered(list(table["Lesson"]))
    picture = (
        None
        if not known
        else charts.figure(
            go.Bar(y=labels, x=table["Opened"], orientation="h", name="Opened", marker={"color": charts.OPENED}),
            go.Bar(
                y=labels,
                x=table["Completed"],
                orientation="h",
                name="Completed",
                marker={"color": charts.COMPLETED, "pattern": {"shape": "/", "fgopacity": 0.4}},
            ),
            height=max(320, 38 * len(labels) + 60),
            barmode="group",
            hovermode="y unified",
            xaxis={"title": "learners", "showgrid": True},
            yaxis={"autorange": "reversed", "rangemode": "normal"},
        )
    )
    return charts.Chart(
        "completion-by-lesson",
        "Where do learners stop?",
        "Learners who opened and who completed each lesson, since the course began, in the course's order.",
        picture,
        table,
        "charts/completion_funnel",
        "Nobody has opened a lesson yet.",
    )


def items() -> charts.Chart:
    """Results by question."""
    known = {one.question_id: one for one in by_question}
    rows = [
        (
            name.assessment,
            name.text,
            known[name.id].answers,
            known[name.id].correct,
            round(100 * (known[name.id].facility or 0), 1),
        )
        for name in questions
        if name.id in known
    ]
    table = pd.DataFrame(rows, columns=["Quiz", "Question", "Answers", "Correct", "Facility index (%)"])
    labels = charts.numbered(list(table["Question"]))
    hard = table["Facility index (%)"] < 35
    picture = (
        None
        if table.empty
        else charts.figure(
            go.Bar(
                y=labels,
                x=table["Facility index (%)"],
                orientation="h",
                name="Facility index",
                marker={"color": [charts.WARNING if low else charts.CORRECT for low in hard]},
                text=[
                    f"{value:.0f} %{' · hard' if low else ''}"
                    for value, low in zip(table["Facility index (%)"], hard, strict=True)
                ],
                textposition="auto",
                cliponaxis=False,
                customdata=table[["Question", "Answers"]],
                hovertemplate="%{customdata[0]}<br>%{x:.1f} % of the points, %{customdata[1]} answers<extra></extra>",
            ),
            height=max(320, 30 * len(labels) + 60),
            hovermode="closest",
            xaxis={"title": "points earned, % of those possible", "range": [0, 100], "showgrid": True},
            yaxis={"autorange": "reversed", "rangemode": "normal"},
        )
    )
    return charts.Chart(
        "results-by-question",
        "Which questions are hard?",
        "Facility index: points earned as a share of those possible, over all graded answers. Hard is under 35 %.",
        picture,
        table,
        "charts/question_results",
        "No quiz of this course has been handed in yet.",
    )


with head:
    frame.head("Course insight", plain(course.title))
active_now = sum(1 for one in by_day if one.day >= today - timedelta(days=6) and one.learners)
first, second, third = st.columns(3)
first.metric("Learners", course.learners, border=True, height="stretch", help="With a place in the course now.")
second.metric(
    "Most active in a day",
    max((one.learners for one in by_day), default=0),
    border=True,
    chart_data=[one.learners for one in by_day] if any(one.learners for one in by_day) else None,
    chart_type="area",
)
third.metric("Days with activity, last 7", active_now, border=True, height="stretch")
charts.show(activity(), as_of=as_of)
charts.show(funnel(), as_of=as_of)
charts.show(items(), as_of=as_of)
