"""What learners ask the tutor, in their words and without their names: what is alike, what lacks an answer, ratings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st

from learncraft.courses.queries import LessonName
from learncraft.language import _, noted
from learncraft.tutor import confusion
from learncraft.tutor.confusion import AskedOnce, Cluster
from pages.shared import columns, frame, words
from pages.shared.insight import CourseView
from pages.shared.render import plain

MOST = 30
ELSEWHERE = noted("Outside of lessons")


def show(view: CourseView, lessons: Sequence[LessonName]) -> None:
    """The map of confusion, what isn't answered, and what was rated low. One query."""
    zone = ZoneInfo(view.viewer.time_zone)
    since = datetime.combine(view.scope.since, time.min, zone)
    with frame.reading() as session:
        found = confusion.asked(session, view.course.id, since)
    asked = [one for one in found if one.asked_at.astimezone(zone).date() <= view.scope.until]
    titles: dict[UUID | None, str] = {one.id: one.title for one in lessons}
    st.header(_("What they ask"), anchor=False)
    st.caption(_("Questions alike stand together. Names, addresses and numbers are taken out; nobody sees who asked."))
    if not asked:
        frame.empty(
            _("Nobody has asked yet"), _("Questions to the tutor about this course are collected here."), "forum"
        )
        return
    alike, lacking, low = st.tabs(
        [
            f":material/hub: {_('By subject')}",
            f":material/help: {_('Without an answer')}",
            f":material/star_half: {_('Rated low')}",
        ]
    )
    with alike:
        _clusters(view, confusion.clusters(asked), titles, "subjects")
    with lacking:
        _clusters(view, confusion.unanswered(asked), titles, "lacking")
    with low:
        _low(view, confusion.poorly_rated(asked), titles)


def _clusters(view: CourseView, found: list[Cluster], titles: dict[UUID | None, str], key: str) -> None:
    if not found:
        st.caption(_("Everything that was asked had an answer in the course."))
        return
    st.dataframe(
        [
            {
                _("Lesson"): titles.get(one.lesson_id, _(ELSEWHERE)),
                _("Such as"): " · ".join(one.examples),
                _("Asked"): one.asked,
                _("Not answered"): one.unanswered,
                _("Rating (of 5)"): one.mean_rating,
                _("Last"): words.when(one.last_at, view.viewer.time_zone),
                _("Open"): f"/lesson?id={one.lesson_id}" if one.lesson_id in titles else None,
            }
            for one in found[:MOST]
        ],
        hide_index=True,
        column_config={
            _("Such as"): st.column_config.TextColumn(width="large"),
            _("Asked"): st.column_config.ProgressColumn(
                format="%d", min_value=0, max_value=max(one.asked for one in found)
            ),
            _("Rating (of 5)"): st.column_config.NumberColumn(format=columns.LOCALIZED),
            _("Open"): st.column_config.LinkColumn(display_text=_("Lesson")),
        },
        key=f"asked-{key}",
    )


def _low(view: CourseView, found: list[AskedOnce], titles: dict[UUID | None, str]) -> None:
    if not found:
        st.caption(_("No answer was given one or two stars."))
        return
    for one in found[:MOST]:
        with st.container(border=True):
            st.markdown(f"**{plain(confusion.shown(one.question))}**")
            reason = f"“{plain(confusion.shown(one.reason))}” · " if one.reason else ""
            where, when = titles.get(one.lesson_id, _(ELSEWHERE)), words.when(one.asked_at, view.viewer.time_zone)
            st.caption(f"{words.counted(one.rating or 0, 'star')} · {reason}{plain(where)} · {when}")
