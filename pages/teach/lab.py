"""The lab of a lesson: what is to be done, what counts as done, and with which files does a learner begin?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from learncraft import differing
from learncraft.authoring import parts, queries
from learncraft.authoring.queries import EditedLesson
from learncraft.errors import LearnCraftError
from learncraft.labs import writing
from learncraft.labs.models import LabDifficulty
from learncraft.labs.writing import LabText
from learncraft.language import Spoken, _
from pages.shared import frame, meanwhile, navigation, people, unsent
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

viewer = people.viewer(*navigation.TEACHERS)
DIFFICULTIES = Spoken(
    {
        LabDifficulty.EASY: "Easy",
        LabDifficulty.MEDIUM: "Medium",
        LabDifficulty.HARD: "Hard",
        LabDifficulty.EXPERT: "For experts",
    }
)


def none_yet(lesson: EditedLesson) -> None:
    """A lesson without a lab, and the way to one."""
    why = _("A lab says what to do, what counts as done, and what learners begin with.")
    frame.empty(_("No lab yet"), why, "terminal")
    if st.button(_("New lab"), type="primary", icon=":material/add:"):
        with frame.action(_("Write what is to be done")) as session:
            parts.add_lab(session, viewer, lesson.id, title=_("Lab"))
        st.rerun()


def edit(lesson: EditedLesson, there: LabText) -> None:
    """The fields, and what becomes of them."""
    found = meanwhile.opened(viewer, f"lab-{lesson.id}", there, as_typed(there), field="title")
    with st.container(border=True, key="writing-lab"):
        given = ask(found.typed, found.key)
        saves = st.button(_("Save the lab"), type="primary", icon=":material/check:", key="save-lab")
        meanwhile.keep(found, given)

    def write(session: Session, meant: LabText, seen: LabText) -> None:
        writing.change(session, viewer, lesson.id, meant, seen=seen)

    def compare(theirs: LabText, mine: LabText) -> tuple[str, ...]:
        return differing.lines(said(theirs), said(mine))

    done = _("The lab is saved; learners read it so from now on")
    if saves:
        try:
            meant = writing.read_text(meant_by(given))
        except LearnCraftError as error:
            st.error(str(error), icon=":material/error:")
        else:
            meanwhile.save(found, meant, write, done)
    meanwhile.settle(found, there, compare, write, done)


def as_typed(text: LabText) -> dict[str, Any]:
    """A lab as its fields give it."""
    return {
        "title": text.title,
        "difficulty": text.difficulty.value,
        "minutes": text.minutes,
        "description": text.description,
        "instructions": text.instructions,
        "criteria": "\n".join(text.criteria),
        "files": [[path, words] for path, words in text.files.items()],
    }


def meant_by(given: dict[str, Any]) -> dict[str, Any]:
    """The lab that the fields mean, to be checked."""
    lines = (line.strip() for line in given["criteria"].splitlines())
    named = {path.strip(): words for path, words in given["files"] if path.strip()}
    return given | {"criteria": tuple(filter(None, lines)), "files": named}


def ask(typed: dict[str, Any], key: Callable[[str], str]) -> dict[str, Any]:
    """The fields of a lab."""
    title = st.text_input(_("Title"), typed["title"], max_chars=255, key=key("title"), live=True)
    left, right = st.columns(2)
    levels = [level.value for level in LabDifficulty]
    difficulty = left.selectbox(
        _("Difficulty"),
        levels,
        levels.index(typed["difficulty"]),
        format_func=lambda one: DIFFICULTIES[LabDifficulty(one)],
        key=key("difficulty"),
    )
    minutes = right.number_input(_("Minutes"), 1, 6_000, typed["minutes"], key=key("minutes"))
    description = st.text_area(
        _("What it is about"), typed["description"], height=80, max_chars=2_000, key=key("description")
    )
    instructions = st.text_area(
        _("What to do"),
        typed["instructions"],
        height=240,
        max_chars=50_000,
        key=key("instructions"),
        help=_("Markdown; formulas between dollar signs."),
    )
    criteria = st.text_area(_("What counts as done, one line each"), typed["criteria"], height=120, key=key("criteria"))
    return {
        "title": title,
        "difficulty": difficulty,
        "minutes": minutes,
        "description": description,
        "instructions": instructions,
        "criteria": criteria,
        "files": files(typed["files"], key),
    }


def files(typed: list[list[str]], key: Callable[[str], str]) -> list[list[str]]:
    """The files that a learner begins with; one more, empty, is for the next."""
    st.markdown(f"**{_('Files that a learner begins with')}**")
    st.caption(_("A file whose path is emptied is taken out. One more can be added once the last has a path."))
    given: list[list[str]] = []
    rows = st.session_state.get(key("rows"), len(typed))  # one that was shown stays
    while len(given) < rows or not given or given[-1][0].strip():
        place = len(given)
        path, words = typed[place] if place < len(typed) else ("", "")
        path = st.text_input(
            _("Path of file {number}", number=place + 1),
            path,
            max_chars=200,
            placeholder="main.py",
            key=key(f"path-{place}"),
            live=True,
        )
        words = st.text_area(
            _("Text of file {number}", number=place + 1),
            words,
            height=120,
            max_chars=writing.LONGEST_FILE,
            key=key(f"text-{place}"),
        )
        given.append([path, words])
    st.session_state[key("rows")] = len(given)
    while given and not any(given[-1]):
        given.pop()  # nothing stands in the last one yet
    return given


def said(text: LabText) -> Iterator[str]:
    """A lab as lines that people can compare."""
    yield f"{_('Title')}: {text.title}"
    yield f"{_('Difficulty')}: {DIFFICULTIES[text.difficulty]}"
    yield f"{_('Minutes')}: {text.minutes}"
    for label, words in ((_("What it is about"), text.description), (_("What to do"), text.instructions)):
        yield from (f"{label}: {line}" for line in words.splitlines())
    yield from (f"{_('Done')}: {line}" for line in text.criteria)
    for path, words in text.files.items():
        yield from (f"{path}: {line}" for line in words.splitlines() or [""])


lesson_id: UUID = frame.require(uuid_of(st.query_params.get("lesson")), what="lesson")
with frame.reading() as session:
    edited = frame.require(queries.lesson(session, viewer, lesson_id), what="lesson")
    lab = writing.of_lesson(session, viewer, lesson_id)
frame.head(_("Lab of a lesson"), plain(edited.text.title))
st.page_link(
    "pages/teach/builder.py",
    label=_("Back to the lesson"),
    icon=":material/arrow_back:",
    query_params={"course": str(edited.course_id), "lesson": str(edited.id)},
)
if lab is None:
    none_yet(edited)
else:
    unsent.as_it_is_typed()
    edit(edited, lab)
