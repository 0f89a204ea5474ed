"""Writing what a course says of itself: in the working copy as it is typed, and never over somebody else's unseen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
from pydantic import ValidationError

from learncraft import runtime
from learncraft.accounts.viewer import Viewer
from learncraft.authoring import comparing_course, merging
from learncraft.authoring import details as service
from learncraft.authoring.errors import ChangedMeanwhileError
from learncraft.authoring.queries import BuiltCourse
from learncraft.authoring.shapes import Details
from learncraft.courses.naming import slugify
from learncraft.errors import LearnCraftError
from learncraft.language import _
from pages.shared import frame, meanwhile, people, unsent
from pages.shared.render import plain
from pages.teach.course_fields import ask_details


@dataclass(frozen=True, slots=True)
class Held:
    """What the fields began with, and what the course said then. `loading` counts how often they were filled anew.

    It begins at 0, so that a browser which comes back to another process finds the fields that it had.
    """

    shown: Details  # what couldn't be kept yet stands in it too, checked or not
    seen: Details
    loading: int = 0
    is_set_aside: bool = False  # what was typed can't be in the working copy yet, and waits beside it


def write(viewer: Viewer, course: BuiltCourse) -> None:
    """The fields; what is changed in them is in the working copy before this run ends."""
    held = _held(viewer, course)
    with st.container(border=True, key="writing-details"):
        st.subheader(_("What it says of itself"), anchor=False)
        if course.is_seen:
            st.caption(_("Kept as you type. Learners see changes with the next publication."))
        else:
            st.caption(_("Kept as you type."))
        given = ask_details(held.shown, _name(course, held), frozen=course.is_in_review, live=True)
        if not course.is_in_review:
            _keep(viewer, course, held, given)


def _name(course: BuiltCourse, held: Held) -> str:
    """What tells these fields from those of other courses, and from those before."""
    return f"{course.id}-{held.loading}"


def _place(course: BuiltCourse) -> str:
    return f"details {course.id}"


def _held(viewer: Viewer, course: BuiltCourse) -> Held:
    """What this tab works on; for who has just come, what the course says now, and what they couldn't keep before."""
    memory = f"held-{_place(course)}"
    held: Held | None = st.session_state.get(memory)
    if held is None or f"title-{_name(course, held)}" not in st.session_state:
        loading = held.loading + 1 if held else 0
        held = _taken_up(viewer, course, loading) or Held(course.details, course.details, loading)
        st.session_state[memory] = held
    return held


def _taken_up(viewer: Viewer, course: BuiltCourse, loading: int) -> Held | None:
    kept = unsent.kept(viewer, _place(course)).get(_place(course))
    if kept is None:
        return None
    try:
        parts = json.loads(kept)
        shown = Details.model_construct(**(course.details.model_dump() | parts["typed"]))
        return Held(shown, Details.model_validate(parts["seen"]), loading, is_set_aside=True)
    except (ValueError, KeyError, ValidationError):
        return None  # written by another version


def _keep(viewer: Viewer, course: BuiltCourse, held: Held, given: dict[str, Any]) -> None:
    # The picture and the length aren't in the fields: they are what they are.
    unwritten = {"thumbnail_url": course.details.thumbnail_url, "estimated_duration": course.details.estimated_duration}
    seen = held.seen.model_copy(update=unwritten)
    typed = given | {"slug": slugify(given["slug"]) or course.details.slug}
    try:
        mine = service.read_details(typed | unwritten)
    except LearnCraftError as error:
        _refuse(viewer, course, held, given, error)
        return
    if mine == seen:
        if held.is_set_aside:
            with frame.action() as session:
                unsent.sent(session, viewer, _place(course))
        # Somebody else wrote, and nothing of one's own would be lost.
        if held.is_set_aside or course.details != seen:
            _load(course, course.details, held.loading + 1)
        return
    merged = merging.merge(seen, course.details, mine)
    if not merged.overlaps:
        _save(viewer, course, held, merged.details, given, is_joined=merged.details != mine)
        return
    _set_aside(viewer, course, held, given)
    theirs = merging.with_theirs(merged, course.details)
    choice = meanwhile.choose(
        _("Somebody else changed the same words meanwhile. Nothing was overwritten: compare both, then choose."),
        comparing_course.difference(theirs, merged.details),
        name="details",
    )
    if choice is not None:
        _save(viewer, course, held, merged.details if choice == "mine" else theirs, given, is_joined=True)


def _save(
    viewer: Viewer, course: BuiltCourse, held: Held, details: Details, given: Mapping[str, Any], *, is_joined: bool
) -> None:
    try:
        with runtime.current().database.transaction(people.acting()) as session:
            service.change(session, viewer, course.id, details, version=course.version)
            unsent.sent(session, viewer, _place(course))
    except ChangedMeanwhileError:
        st.rerun()  # in this very moment: the next run compares with what they wrote
    except LearnCraftError as error:
        _refuse(viewer, course, held, given, error)
        return
    _load(course, details, held.loading + is_joined)


def _refuse(viewer: Viewer, course: BuiltCourse, held: Held, given: Mapping[str, Any], error: LearnCraftError) -> None:
    """What can't be said of a course stays in the fields, and is there again in another tab."""
    st.error(_("{error} What you typed still stands here.", error=plain(str(error))), icon=":material/error:")
    _set_aside(viewer, course, held, given)


def _set_aside(viewer: Viewer, course: BuiltCourse, held: Held, given: Mapping[str, Any]) -> None:
    parts = {"typed": given, "seen": held.seen.model_dump(mode="json")}
    unsent.keep(viewer, _place(course), json.dumps(parts, default=list))
    st.session_state[f"held-{_place(course)}"] = replace(held, is_set_aside=True)


def _load(course: BuiltCourse, details: Details, loading: int) -> None:
    """Go on from these words: in the fields as they stand, or in new ones."""
    st.session_state[f"held-{_place(course)}"] = Held(details, details, loading)
    st.rerun()
