"""The people behind a point of a chart, with the way to each of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import streamlit as st

from learncraft.accounts.names import GONE
from learncraft.analytics import funnel
from learncraft.analytics.asking import Answer
from learncraft.analytics.funnel import PersonBehind
from learncraft.errors import UnavailableError
from learncraft.language import _, _n
from pages.shared import insight, words
from pages.shared.insight import CourseView
from pages.shared.render import plain

MOST = 200


def of_lesson(view: CourseView, lesson_id: UUID, titles: dict[UUID, str]) -> None:
    """Who did something in a lesson."""
    people = view.ask(funnel.people_behind, lesson_id=lesson_id, most=MOST)
    _show(view, people, _("Learners in “{title}”", title=plain(titles.get(lesson_id) or _("A lesson that is gone"))))


def of_object(view: CourseView, object_id: UUID, title: str) -> None:
    """Who did something with a question, an assessment, a video or a lab."""
    _show(
        view,
        view.ask(funnel.people_behind, object_id=object_id, most=MOST),
        _("Learners with “{title}”", title=plain(title)),
    )


def of_day(view: CourseView, day: str) -> None:
    """Who was active on a day."""
    when = date.fromisoformat(day[:10])
    people = view.ask(funnel.people_behind, scope=replace(view.scope, since=when, until=when), most=MOST)
    _show(view, people, _("Learners on {day}", day=words.date_of(when)))


def _show(view: CourseView, answer: Answer[PersonBehind], title: str) -> None:
    try:
        found = answer.rows()
    except UnavailableError as error:
        st.warning(str(error), icon=":material/cloud_off:")
        return
    names = insight.names_of(one.actor_id for one in found)
    with st.container(border=True):
        st.markdown(f"**{title}**")
        st.caption(
            (
                _("The latest {count} learners.", count=MOST)
                if len(found) == MOST
                else _n("{count} learner.", "{count} learners.", len(found))
            )
            + " "
            + _("A learner whose account was closed is counted and not named.")
        )
        st.dataframe(
            [
                {
                    _("Learner"): names[one.actor_id].name if one.actor_id in names else _(GONE),
                    _("Events"): one.events,
                    _("Lessons finished"): one.completed,
                    _("Right answers"): one.correct,
                    _("Wrong answers"): one.wrong,
                    _("Last seen"): words.when(one.last_seen, view.viewer.time_zone),
                    _("Timeline"): f"/insights-learner?course={view.course.id}&learner={one.actor_id}"
                    if one.actor_id in names
                    else None,
                }
                for one in found
            ],
            hide_index=True,
            column_config={_("Timeline"): st.column_config.LinkColumn(display_text=_("Open"))},
            key=f"behind-{title}",
        )
