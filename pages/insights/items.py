"""Assessment items: how do quizzes turn out, which questions are hard, and which don't do their work?"""

from __future__ import annotations

import streamlit as st

from learncraft.analytics import items
from learncraft.assessments import names
from learncraft.assessments.names import QuestionName
from learncraft.language import _
from pages.insights import behind, item_charts
from pages.shared import charts, columns, frame, insight
from pages.shared.insight import CourseView
from pages.shared.render import plain

view = insight.of_course("Assessment items")
results, questions = view.ask(items.assessment_results), view.ask(items.question_results)
choices, tenths = view.ask(items.response_choices), view.ask(items.score_distribution)
attempts = view.ask(items.attempts_to_pass)
with frame.reading() as session:
    known = names.question_names(session, view.course.id)
titles = {one.assessment_id: one.assessment for one in known}


def one_question(view: CourseView, name: QuestionName) -> None:
    """What lies behind one question: what was chosen, and by whom."""
    st.markdown(f"**{plain(name.text)}**")
    charts.show(choices, lambda rows: item_charts.choices(name, rows), as_of=view.as_of)
    if st.toggle(_("Show who answered it"), key=f"people-{name.id}"):
        behind.of_object(view, name.id, name.text)


charts.table(
    results,
    lambda rows: item_charts.assessments(titles, rows),
    as_of=view.as_of,
    settings={_("Passed (%)"): columns.percent(), _("Mean result (%)"): columns.percent()},
)
answered = {one.question_id for one in insight.rows_or_none(questions) or []}
asked = [one for one in known if one.id in answered]
picked = charts.table(
    questions,
    lambda rows: item_charts.questions(known, rows, insight.rows_or_none(choices) or []),
    as_of=view.as_of,
    settings={
        _("Facility index (%)"): columns.percent(),
        _("Flag"): st.column_config.TextColumn(width=115),
        _("Question"): st.column_config.TextColumn(width="large"),
    },
    can_pick=True,
)
if picked:
    one_question(view, asked[picked[0]])
elif asked:
    st.caption(_("Pick a row to see what learners chose."))

attempted = {one.assessment_id for one in insight.rows_or_none(results) or []}
graded = [key for key in titles if key in attempted]
if graded:
    chosen = st.selectbox(_("Assessment"), graded, format_func=lambda key: titles[key], key="insight_assessment")
    left, right = st.columns(2)
    with left:
        charts.show(
            tenths,
            lambda rows: item_charts.distribution([one for one in rows if one.assessment_id == chosen]),
            as_of=view.as_of,
        )
    with right:
        charts.show(
            attempts,
            lambda rows: item_charts.attempts([one for one in rows if one.assessment_id == chosen]),
            as_of=view.as_of,
        )
