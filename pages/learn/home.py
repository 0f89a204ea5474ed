"""My learning: where was I, and what comes next?"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from learncraft.enrollment import calendar, my_courses, rhythm
from learncraft.enrollment.calendar import Entry, Occasion
from learncraft.enrollment.models import EnrollmentStatus
from learncraft.enrollment.my_courses import MyCourse
from learncraft.language import _, _n, noted
from learncraft.study import queries as study
from pages.shared import frame, people, words
from pages.shared.render import plain

viewer = people.viewer()
with frame.reading() as session:
    courses = my_courses.my_courses(session, viewer.id)
    dates = calendar.upcoming(session, viewer.id)
    cards = study.counts(session, viewer.id, time_zone=viewer.time_zone, now=datetime.now(UTC))
    regular = rhythm.rhythm(
        session, viewer.id, time_zone=viewer.time_zone, today=datetime.now(ZoneInfo(viewer.time_zone)).date()
    )

OCCASIONS: dict[Occasion, tuple[str, str]] = {
    Occasion.OPENS: ("lock_open", noted("opens")),
    Occasion.CLOSES: ("timer", noted("closes")),
    Occasion.BEGINS: ("event", noted("begins")),
    Occasion.ENDS: ("event_available", noted("ends")),
    Occasion.EXPIRES: ("event_busy", noted("your place ends")),
}


def continue_at(course: MyCourse) -> None:
    """The way to the next lesson, or back to a finished course."""
    if course.next_lesson_id is None:
        st.page_link(
            "pages/learn/course.py",
            label=_("Look back at the course"),
            icon=":material/history:",
            query_params={"course": course.slug},
        )
        return
    begun = course.last_accessed_at is not None and course.completed_lessons > 0
    label = f"{_('Continue') if begun else _('Start')}: {plain(course.next_lesson_title or '')}"
    if st.button(label, type="primary", icon=":material/play_arrow:", key=f"continue-{course.id}"):
        st.switch_page("pages/learn/lesson.py", query_params={"id": str(course.next_lesson_id)})


def card(course: MyCourse) -> None:
    """One course: how far, and the one thing to do next."""
    with st.container(border=True):
        st.subheader(plain(course.title), anchor=False)
        done = _(
            "{done} of {lessons}", done=course.completed_lessons, lessons=words.counted(course.total_lessons, "lesson")
        )
        when = (
            " · " + _("last here {when}", when=words.when(course.last_accessed_at, viewer.time_zone))
            if course.last_accessed_at
            else ""
        )
        st.progress(float(course.percent) / 100, text=f"{done}{when}")
        with st.container(horizontal=True, vertical_alignment="center"):
            continue_at(course)
            st.page_link(
                "pages/learn/course.py",
                label=_("Outline"),
                icon=":material/toc:",
                query_params={"course": course.slug},
            )


def in_a_row() -> None:
    """Days in a row, and the last seven."""
    with st.container(horizontal=True, gap="large", key="rhythm"):
        st.metric(_("Days in a row"), regular.streak, help=_("Days are those of your time zone."), width="content")
        st.metric(_("Days this week"), _("{days} of 7", days=regular.days_this_week), width="content")
        st.metric(_("Time this week"), words.minutes(regular.minutes_this_week), width="content")
    if regular.streak and not regular.learned_today:
        st.caption(_(":material/local_fire_department: Learn a little today to keep the row."))


def to_review() -> None:
    """The cards that wait, or when the next one comes."""
    if not cards.cards:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="to-review"):
        if cards.ready:
            due = _n("{count} card is due", "{count} cards are due", cards.due) if cards.due else ""
            new = f"{words.counted(cards.new, 'new card')}" if cards.new else ""
            st.markdown(f":material/style: **{', '.join(filter(None, (due, new)))}**", width="content")
            if st.button(_("Review"), key="review", type="primary", icon=":material/play_arrow:"):
                st.switch_page("pages/learn/review.py")
        else:
            when = words.ahead(cards.next_at, viewer.time_zone, now=datetime.now(UTC)) if cards.next_at else "tomorrow"
            st.page_link(
                "pages/learn/review.py",
                label=_("Cards are done. The next comes {when}.", when=when),
                icon=":material/task_alt:",
            )


def comes_up(entry: Entry) -> None:
    """One date, with the way to what it is about."""
    icon, verb = OCCASIONS[entry.occasion]
    when = words.date_of(entry.at.date()) if entry.is_day else words.moment(entry.at, viewer.time_zone)
    what = "" if entry.title == entry.course else f"{plain(entry.title)} "
    label = f"**{when}** · {what}{_(verb)} · {plain(entry.course)}"
    if entry.lesson_id is None:
        st.page_link(
            "pages/learn/course.py",
            label=label,
            icon=f":material/{icon}:",
            query_params={"course": entry.course_slug},
        )
    else:
        st.page_link(
            "pages/learn/lesson.py", label=label, icon=f":material/{icon}:", query_params={"id": str(entry.lesson_id)}
        )


frame.head(_("Hello, {first_name}", first_name=plain(viewer.first_name)))
st.page_link("pages/learn/notes.py", label=_("My notes"), icon=":material/edit_note:")
under_way = [course for course in courses if course.status == EnrollmentStatus.ACTIVE]
finished = [course for course in courses if course.status == EnrollmentStatus.COMPLETED]

if not courses:
    frame.empty(_("You are in no course yet"), _("Pick one from the catalogue; it will wait for you here."), "school")
    st.page_link("pages/learn/catalogue.py", label=_("Open the catalogue"), icon=":material/explore:")
else:
    in_a_row()
    to_review()
for one in under_way:
    card(one)
if dates:
    st.header(_("What comes up"), anchor=False)
    for date in dates:
        comes_up(date)
if finished:
    st.header(_("Finished"), anchor=False)
    for one in finished:
        card(one)
