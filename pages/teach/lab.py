"""The lab of a lesson: what is to be done, what counts as done, and with which files does a learner begin?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from pages.shared import frame, meanwhile, navigation, people
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
    found = meanwhile.opened(f"lab-{lesson.id}", there, field="title")
    with st.form("lab", enter_to_submit=False):
        given = ask(found.seen, found.loading)
        saves = st.form_submit_button(_("Save the lab"), type="primary", icon=":material/check:")

    def write(session: Session, meant: LabText, seen: LabText) -> None:
        writing.change(session, viewer, lesson.id, meant, seen=seen)

    def compare(theirs: LabText, mine: LabText) -> tuple[str, ...]:
        return differing.lines(said(theirs), said(mine))

    done = _("The lab is saved; learners read it so from now on")
    if saves:
        try:
            meant = writing.read_text(given)
        except LearnCraftError as error:
            st.error(str(error), icon=":material/error:")
        else:
            meanwhile.save(found, meant, write, done)
    meanwhile.settle(found, there, compare, write, done)


def ask(seen: LabText, loading: str) -> dict[str, object]:
    """The fields of a lab."""

    def key(field: str) -> str:
        return f"{field}-{loading}"

    title = st.text_input(_("Title"), seen.title, max_chars=255, key=key("title"))
    left, right = st.columns(2)
    levels = list(LabDifficulty)
    difficulty = left.selectbox(
        _("Difficulty"),
        levels,
        levels.index(seen.difficulty),
        format_func=DIFFICULTIES.__getitem__,
        key=key("difficulty"),
    )
    minutes = right.number_input(_("Minutes"), 1, 6_000, seen.minutes, key=key("minutes"))
    description = st.text_area(
        _("What it is about"), seen.description, height=80, max_chars=2_000, key=key("description")
    )
    instructions = st.text_area(
        _("What to do"),
        seen.instructions,
        height=240,
        max_chars=50_000,
        key=key("instructions"),
        help=_("Markdown; formulas between dollar signs."),
    )
    criteria = st.text_area(
        _("What counts as done, one line each"), "\n".join(seen.criteria), height=120, key=key("criteria")
    )
    return {
        "title": title,
        "description": description,
        "minutes": minutes,
        "difficulty": difficulty,
        "instructions": instructions,
        "criteria": tuple(line.strip() for line in criteria.splitlines() if line.strip()),
        "files": files(seen, key),
    }


def files(seen: LabText, key: Callable[[str], str]) -> dict[str, str]:
    """The files that a learner begins with; one more, empty, is for the next."""
    kept: dict[str, str] = {}
    st.markdown(f"**{_('Files that a learner begins with')}**")
    st.caption(_("A file whose path is emptied is taken out. One more is added with each saving."))
    for place, (path, text) in enumerate([*seen.files.items(), ("", "")]):
        named = st.text_input(
            _("Path of file {number}", number=place + 1),
            path,
            max_chars=200,
            placeholder="main.py",
            key=key(f"path-{place}"),
        )
        words = st.text_area(
            _("Text of file {number}", number=place + 1),
            text,
            height=120,
            max_chars=writing.LONGEST_FILE,
            key=key(f"text-{place}"),
        )
        if named.strip():
            kept[named.strip()] = words
    return kept


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
    edit(edited, lab)
