"""The tutor in my course: what may it do during quizzes, and how are lessons told to whom?"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from sqlalchemy.orm import Session

from learncraft import differing, runtime
from learncraft.assessments import live
from learncraft.courses import publication
from learncraft.courses import queries as courses
from learncraft.courses.queries import CourseName, LessonName
from learncraft.language import _, numbers
from learncraft.tutor import personas, variants
from learncraft.tutor.personas import PERSONAS
from learncraft.tutor.variants import Variant
from pages.shared import filters, frame, meanwhile, navigation, people, tutor_help, unsent, words
from pages.shared.render import plain

TELLING = "telling"  # where a new one is written

viewer = people.viewer(*navigation.TEACHERS)
needs_review = publication.needs_review(viewer)
with frame.reading() as session:
    taught = {one.id: one for one in courses.taught_names(session, viewer)}
frame.head(
    _("The tutor in a course"),
    _("What it may do while a quiz is open, and lessons told for those who learn otherwise."),
)
if not taught:
    frame.empty(_("No course yet"), _("Import or make a course first."), "co_present")
    st.stop()
course: CourseName = filters.course(taught)
with frame.reading() as session:
    rules = live.help_rules(session, course.id)
    lessons = courses.lesson_names(session, course.id)
    tellings = variants.of_course(session, viewer, course.id)


@st.fragment
def telling(one: Variant) -> None:
    """One telling: read it, change it, show it or take it back. The others needn't be drawn while it is written."""
    state = _("learners may choose it") if one.is_published else _("waits for your yes")
    icon = ":material/public:" if one.is_published else ":material/hourglass:"
    saved = _("Saved; it waits for a content admin") if needs_review else _("Learners may choose it")
    found = meanwhile.opened(viewer, f"telling-{one.id}", one.text, one.text, field="text", known=typed)

    def write(session: Session, meant: str, seen: str) -> None:
        variants.write(
            session, viewer, lesson_id=one.lesson_id, key=one.key, text=meant, publish=not needs_review, seen=seen
        )

    with st.expander(f"{plain(one.lesson)} · {personas.title(one.key)} · {state}", icon=icon, expanded=found.is_begun):
        with st.container(key=f"writing-{found.key('text')}"):
            text = st.text_area(
                _("Text, in Markdown"), found.typed, key=found.key("text"), height=320, max_chars=variants.LONGEST
            )
        with st.container(horizontal=True):
            label = _("Save") if one.is_published or needs_review else _("Approve and show")
            if st.button(label, key=f"approve-{one.id}", type="primary", icon=":material/check:"):
                meanwhile.save(found, text or "", write, saved)
            if one.is_published and st.button(_("Take back"), key=f"back-{one.id}", icon=":material/visibility_off:"):
                with frame.action(_("Learners read the lesson as it was written")) as session:
                    variants.approve(session, viewer, variant_id=one.id, is_published=False)
                st.rerun()
            if st.button(_("Delete"), key=f"delete-{one.id}", icon=":material/delete:", type="tertiary"):
                with frame.action(_("This telling is deleted")) as session:
                    variants.remove(session, viewer, variant_id=one.id)
                st.rerun()
        if needs_review:
            st.caption(
                _("What you save waits for a content admin; until then learners read the lesson as it was written.")
            )
        meanwhile.keep(found, text or "")
        meanwhile.settle(found, one.text, compare, write, saved)


def compare(theirs: str, mine: str) -> tuple[str, ...]:
    """Where two tellings differ."""
    return differing.lines(theirs.splitlines(), mine.splitlines())


def about(found: list[LessonName], place: str, known: Mapping[str, str]) -> tuple[LessonName | None, str | None]:
    """Which lesson is told, and for whom; as they were chosen, where one was begun."""
    before = known.get(place, "").split()
    names, keys = [str(one.id) for one in found], list(PERSONAS)
    chosen = [options.index(one) if one in options else 0 for one, options in zip(before, (names, keys), strict=False)]
    left, right = st.columns(2)
    lesson = left.selectbox(
        _("Lesson"),
        found,
        chosen[0] if chosen else 0,
        format_func=lambda one: f"{one.place}. {one.title}",
        key=f"lesson {unsent.key(place)}",
    )
    key = right.selectbox(
        _("For"),
        keys,
        chosen[1] if chosen[1:] else 0,
        format_func=personas.title,
        key=f"persona {unsent.key(place)}",
    )
    picked = f"{lesson.id} {key}" if lesson and key else ""
    if picked != known.get(place, f"{names[0]} {keys[0]}"):
        unsent.keep(viewer, place, picked)
    return lesson, key


@st.dialog(_("Tell a lesson anew"), width="large", icon=":material/style:")
def new_telling(found: list[LessonName]) -> None:
    """Tell a lesson anew: write it, or have it written where a language model is set."""
    has_model = runtime.current().settings.tutor_url is not None
    place = f"{TELLING} {course.id}"
    known = unsent.kept(viewer, place)
    lesson, key = about(found, f"{place} about", known)
    text = unsent.area(viewer, _("Text, in Markdown"), place, known, height=320, max_chars=variants.LONGEST)
    st.caption(_("Quizzes, videos and files of the lesson stay as they are."))
    with st.container(horizontal=True):
        if st.button(_("Save for later"), key="anew-save", type="primary", icon=":material/save:") and lesson and key:
            with frame.action(_("Saved; learners don't see it yet")) as session:
                variants.write(session, viewer, lesson_id=lesson.id, key=key, text=text, publish=False)
                unsent.sent(session, viewer, place)
                unsent.sent(session, viewer, f"{place} about")
            st.rerun()
        if (
            has_model
            and st.button(_("Have it written"), key="anew-ask", icon=":material/auto_awesome:")
            and lesson
            and key
        ):
            with frame.action(_("It is being written. You find it here when it is done")) as session:
                variants.ask_for(session, viewer, lesson_id=lesson.id, key=key)
            st.rerun()


frame.show_kept_error()
unsent.as_it_is_typed()
st.header(_("While a quiz is open"), anchor=False)
if rules:
    for each in rules:
        tutor_help.rule(viewer, each, f"{plain(each.title)} · {plain(each.lesson)}")
else:
    st.caption(_("This course has no quiz."))
st.header(_("Lessons told anew"), anchor=False)
waiting = sum(not one.is_published for one in tellings)
if tellings:
    shown = words.counted(len(tellings) - waiting, "telling")
    st.caption(
        _("{tellings} to choose from, {count} waiting for your yes.", tellings=shown, count=numbers.number(waiting))
    )
st.caption(
    _(
        "The same lesson with examples from sports, or step by step: learners choose it beside the lesson, and the "
        "tutor then answers from it."
    )
)
begun = unsent.kept(viewer, f"{TELLING} {course.id}")
label = _("Go on with your telling") if begun else _("Tell a lesson anew")
if lessons and st.button(label, key="anew", icon=":material/style:"):
    new_telling(lessons)
typed = unsent.kept(viewer, f"{meanwhile.PLACE}telling-")
for one in tellings:
    telling(one)
