"""One learner: what did they do in this course, and when?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import streamlit as st

from learncraft.analytics import contacting, engagement, learner
from learncraft.analytics.learner import Moment
from learncraft.assessments import names as questions
from learncraft.courses import queries as courses
from learncraft.enrollment import roster
from learncraft.language import _, numbers
from pages.insights import engagement_charts
from pages.insights.engagement_charts import DOINGS
from pages.shared import charts, frame, insight, words
from pages.shared.addresses import uuid_of
from pages.shared.charts import Drawn, Table
from pages.shared.render import plain

MOST = 300

view = insight.of_course("One learner")
asked = uuid_of(st.query_params.get("learner"))
with frame.reading() as session:
    places = {one.user_id: one for one in roster.learners_of(session, view.course.id, asked=asked)}
if not places:
    frame.empty(_("Nobody is in this course yet"), _("Those who join are found here."), "person")
    st.stop()
if st.session_state.get("insight_learner") not in places:
    st.session_state["insight_learner"] = asked if asked in places else next(iter(places))
learner_id: UUID = st.selectbox(
    _("Learner"), list(places), format_func=lambda key: places[key].name, key="insight_learner", width=400
)
st.query_params["learner"] = str(learner_id)

alone = replace(view.scope, people=(learner_id,))
days = view.ask(engagement.active_learners_by_day, scope=alone)
moments = view.ask(learner.learner_timeline, learner_id=learner_id, most=MOST)
with frame.reading() as session:
    lessons = {one.id: one.title for one in courses.lesson_names(session, view.course.id)}
    items = {one.id: one.text for one in questions.question_names(session, view.course.id)}
    log = contacting.contacts(session, view.course.id, learner_id=learner_id)


def draw(rows: Sequence[Moment]) -> Drawn:
    """Each event in words."""
    return Drawn(
        figure=None,
        table=Table(
            (_("When"), _("What"), _("Where"), _("Result")),
            tuple(
                (
                    one.occurred_at,
                    DOINGS.get(one.event_type, one.event_type),
                    " · ".join(filter(None, (lessons.get(one.lesson_id, ""), items.get(one.object_id, "")))),
                    result(one),
                )
                for one in rows
            ),
        ),
        nothing=_("This learner did nothing in this period. Choose a longer one."),
        note=_("The latest {count} are shown.", count=MOST) if len(rows) == MOST else "",
    )


def result(one: Moment) -> str:
    """What came of it: points, or right and wrong."""
    if one.score is not None and one.max_score:
        return _(
            "{score} of {total}",
            score=numbers.plain_number(Decimal(str(one.score))),
            total=numbers.plain_number(Decimal(str(one.max_score))),
        )
    return "" if one.is_correct is None else _("right") if one.is_correct else _("wrong")


place = places[learner_id]
with st.container(horizontal=True):
    st.metric(_("Finished"), words.percent(place.percent / 100), border=True, help=_("Of the lessons of the course."))
    st.metric(_("Enrolled"), words.when(place.enrolled_at, view.viewer.time_zone), border=True)
    st.metric(
        _("Last in a lesson"),
        words.when(place.last_seen, view.viewer.time_zone) if place.last_seen else _("never"),
        border=True,
    )
charts.show(
    days,
    engagement_charts.events_of_one,
    as_of=view.as_of,
    title=_("On which days was this learner active?"),
    counted=_("The learner's events of each day. Days are those of your time zone."),
    key="learner_days",
)
charts.table(
    moments,
    draw,
    as_of=view.as_of,
    settings={_("When"): st.column_config.DatetimeColumn(timezone=view.viewer.time_zone, format=words.moment_format())},
)
if log:
    st.subheader(_("Contacts"), anchor=False)
    for contact in log:
        st.markdown(
            f"{words.when(contact.created_at, view.viewer.time_zone)}, {plain(_(contact.by))}: "
            f"{plain(contact.note or _('no note'))}"
        )
