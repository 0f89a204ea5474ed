"""Revisions of a lesson: what did it say earlier, who changed what, and how does an earlier text come back?"""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft.authoring import comparing, part_names, queries, revisions
from learncraft.authoring.revisions import Revision
from learncraft.authoring.saving import Conflict
from learncraft.language import _, noted
from pages.shared import differences, frame, navigation, people, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

viewer = people.viewer(*navigation.TEACHERS)
lesson_id: UUID = frame.require(uuid_of(st.query_params.get("lesson")), what="lesson")
with frame.reading() as session:
    lesson = frame.require(queries.lesson(session, viewer, lesson_id), what="lesson")
    kept = revisions.of_lesson(session, lesson.id)
    course = frame.require(queries.course(session, viewer, lesson.course_id), what="course")

KINDS = {
    "begun": (noted("As it was before"), "draft"),
    "typed": (noted("Typed"), "keyboard"),
    "merged": (noted("Put together from two texts"), "merge"),
    "restored": (noted("Brought back"), "settings_backup_restore"),
    "published": (noted("Published"), "public"),
}
NOW = 0  # stands for the text that the lesson has


def named(number: int) -> str:
    """A revision in a list to choose from."""
    one = next((one for one in kept if one.number == number), None)
    if one is None:
        return _("As it is now")
    by = f", {one.by}" if one.by else ""
    return f"{one.number}. {_(KINDS[one.kind][0])}{by}, {words.clock(one.at, viewer.time_zone)}"


def compare() -> tuple[int, int]:
    """Which two are compared; the address says it."""
    numbers = [one.number for one in kept]
    left, right = st.columns(2)
    asked = st.query_params.get("from", "")
    before = int(asked) if asked.isdigit() and int(asked) in numbers else (numbers[1:] or numbers)[0]
    st.session_state.setdefault("revision-from", before)
    if st.session_state["revision-from"] not in numbers:
        st.session_state["revision-from"] = before
    first = left.selectbox(_("From"), numbers, format_func=named, key="revision-from")
    second = right.selectbox(_("To"), [NOW, *numbers], format_func=named, key="revision-to")
    if asked or first != before:  # else "back" would lead to the same view once more
        st.query_params["from"] = str(first)
    return first or before, second or NOW


def show_difference(first: int, second: int) -> bool:
    """What the second text has otherwise, line by line. Whether there is anything."""
    with frame.reading() as session:
        said = revisions.texts(session, lesson.id, first, second) | {NOW: lesson.text}
        [lines] = part_names.put_in(session, [comparing.difference(said[first], said[second])])
    if lines:
        st.caption(_("What only the first text says is marked −; what only the second one says, +."))
        differences.show(lines)
    else:
        st.info(_("Both say the same."), icon=":material/equal:")
    return bool(lines)


def bring_back(number: int, seen: int) -> None:
    """Restore, unless somebody saved after the page was drawn: `seen` is the version that it was drawn from."""
    with frame.saving() as session:
        if session is None:
            return
        result = revisions.restore(session, viewer, lesson_id, number, base=seen)
        if isinstance(result, Conflict):
            st.session_state["_error"] = _(
                "{name} has saved this lesson meanwhile. Nothing was brought back, and nothing is lost: look at "
                "what it says now, then bring the revision back if you still want to.",
                name=result.by,
            )
        else:
            frame.notify(_("Revision {number} is the lesson's text again", number=number))
            st.session_state["revision-to"] = NOW


def restoring(number: int) -> None:
    """The button that brings the earlier text back."""
    st.button(
        _("Bring revision {number} back", number=number),
        icon=":material/settings_backup_restore:",
        type="primary",
        key="bring-back",
        on_click=bring_back,
        args=(number, lesson.version),
        disabled=course.is_in_review,
        help=_("The course is in review; until it is decided, nothing of it changes.")
        if course.is_in_review
        else _("Its text becomes a new revision on top. All others stay."),
    )


def row(one: Revision) -> None:
    """Who changed the lesson, when and how."""
    word, icon = KINDS[one.kind]
    by = f", {plain(one.by)}" if one.by else ""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(
            f":material/{icon}: **{one.number}.** {_(word)}{by}, {words.when(one.at, viewer.time_zone)}",
            width="content",
        )
        st.button(_("Compare with now"), key=f"pick-{one.number}", type="tertiary", on_click=pick, args=(one.number,))


def pick(number: int) -> None:
    """Compare a revision with what the lesson says now."""
    st.session_state["revision-from"], st.session_state["revision-to"] = number, NOW


frame.show_kept_error()
frame.head(plain(lesson.text.title), _("Revisions · {module}", module=plain(lesson.module)))
st.page_link(
    "pages/teach/builder.py",
    label=_("Back to the lesson"),
    icon=":material/arrow_back:",
    query_params={"course": str(lesson.course_id), "lesson": str(lesson.id)},
)
if not kept:
    frame.empty(_("No revision yet"), _("The first one is kept when somebody types into the lesson."), "history")
else:
    first, second = compare()
    if show_difference(first, second) or second != NOW:
        restoring(first)  # what the lesson says already can't come back
    st.subheader(_("All revisions"), anchor=False)
    for one in kept:
        row(one)
    if len(kept) == revisions.MOST:
        st.caption(_("The latest {most} revisions.", most=revisions.MOST))
