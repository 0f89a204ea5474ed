"""Course insight: who is active, where do they stop, and which questions are hard?"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from learncraft import runtime
from learncraft.analytics import shipping
from learncraft.assessments import names
from learncraft.courses import queries as courses
from learncraft.errors import UnavailableError
from pages.insights import course_charts
from pages.shared import charts, frame, navigation, people, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

viewer = people.viewer(*navigation.TEACHERS)
here = runtime.current()
with frame.reading() as session:
    taught = {course.id: course for course in courses.taught_names(session, viewer)}

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
    fresh = shipping.freshness(here.database.engine)
    answers = course_charts.ask(
        here.store, course_id, since=since, until=today, time_zone=viewer.time_zone, last_batch=fresh.last_batch
    )
except UnavailableError as error:
    with head:
        frame.head("Course insight", plain(course.title))
    st.warning(f"{error} The numbers come back by themselves.", icon=":material/cloud_off:")
    st.stop()

as_of = f"As of {words.clock(fresh.moment, viewer.time_zone)}."

with head:
    frame.head("Course insight", plain(course.title))
active_now = sum(1 for one in answers.days if one.day >= today - timedelta(days=6) and one.learners)
first, second, third = st.columns(3)
first.metric("Learners", course.learners, border=True, height="stretch", help="With a place in the course now.")
second.metric(
    "Most active in a day",
    max((one.learners for one in answers.days), default=0),
    border=True,
    chart_data=[one.learners for one in answers.days] if any(one.learners for one in answers.days) else None,
    chart_type="area",
)
third.metric("Days with activity, last 7", active_now, border=True, height="stretch")
charts.show(course_charts.activity(answers.days), as_of=as_of)
charts.show(course_charts.funnel(tuple(lessons), answers.reaches), as_of=as_of)
charts.show(course_charts.items(tuple(questions), answers.results), as_of=as_of)
