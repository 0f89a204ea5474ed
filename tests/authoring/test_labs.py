"""A lab is written by those who build its course, and not over somebody else's words."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft.authoring import checklist, parts, queries, saving
from learncraft.authoring.errors import LessonGoneError
from learncraft.authoring.saving import Save
from learncraft.authoring.shapes import DraftBlock
from learncraft.db import new_id
from learncraft.errors import ChangedSinceError, InvalidInputError, NotFoundError
from learncraft.labs import queries as reading
from learncraft.labs import writing
from learncraft.labs.models import Lab, LabDifficulty
from learncraft.labs.writing import LabText
from tests.authoring import Built, build, make_teacher

WHOLE: dict[str, Any] = {
    "title": " Count words ",
    "description": "A small program.",
    "minutes": 30,
    "difficulty": "hard",
    "instructions": "Count the words of `book.txt`.",
    "criteria": ("It runs", "It counts"),
    "files": {"src/main.py": "print(1)\n", "book.txt": "one two"},
}


def begun(session: Session) -> tuple[Built, LabText]:
    built = build(session)
    parts.add_lab(session, built.teacher, built.lesson(), title="Lab")
    seen = writing.of_lesson(session, built.teacher, built.lesson())
    assert seen is not None
    return built, seen


def test_what_is_written_is_what_learners_read(session: Session) -> None:
    built, seen = begun(session)
    meant = writing.read_text(WHOLE)
    writing.change(session, built.teacher, built.lesson(), meant, seen=seen)
    read = reading.of_lesson(session, built.lesson())
    assert read is not None
    assert (read.title, read.minutes, read.difficulty) == ("Count words", 30, LabDifficulty.HARD)
    assert read.criteria == ("It runs", "It counts")
    assert read.starter_files == WHOLE["files"]
    assert writing.of_lesson(session, built.teacher, built.lesson()) == meant


def test_the_checklist_names_a_lab_that_does_not_say_what_to_do(session: Session) -> None:
    built, seen = begun(session)
    lesson = queries.lesson(session, built.teacher, built.lesson())
    assert lesson is not None
    block = DraftBlock(id="l", type="lab", lab_id=session.scalars(select(Lab.id)).one())
    given = lesson.text.model_copy(update={"blocks": (*lesson.text.blocks, block)})
    saving.save(session, built.teacher, built.lesson(), Save(lesson.version, new_id(), 1, given))

    def said() -> list[str]:
        return [one.sentence for one in checklist.of_course(session, built.id) if "a lab doesn't say" in one.sentence]

    assert len(said()) == 1
    writing.change(session, built.teacher, built.lesson(), writing.read_text(WHOLE), seen=seen)
    assert not said()


def test_a_lesson_has_one_lab_however_often_one_is_asked_for(session: Session) -> None:
    built, _ = begun(session)
    again = parts.add_lab(session, built.teacher, built.lesson(), title="Another")
    assert session.execute(select(Lab.id, Lab.title)).all() == [(again, "Lab")]


def test_of_two_who_write_it_the_later_one_is_told(session: Session) -> None:
    built, seen = begun(session)
    writing.change(session, built.teacher, built.lesson(), writing.read_text(WHOLE), seen=seen)
    with pytest.raises(ChangedSinceError):
        writing.change(session, built.teacher, built.lesson(), writing.read_text(WHOLE | {"title": "Mine"}), seen=seen)


def test_what_still_counts_as_done_keeps_how_it_is_checked(session: Session) -> None:
    built, seen = begun(session)
    known = '[{"id": "runs", "title": "It runs", "check": "python main.py", "hint": "", "points": 2}]'
    session.execute(text("UPDATE labs SET success_criteria = CAST(:known AS jsonb)"), {"known": known})
    seen = seen.model_copy(update={"criteria": ("It runs",)})
    writing.change(session, built.teacher, built.lesson(), writing.read_text(WHOLE), seen=seen)
    session.expire_all()
    kept = session.scalars(select(Lab.success_criteria)).one()
    assert [(one["title"], one["check"]) for one in kept] == [("It runs", "python main.py"), ("It counts", "")]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": " "}, "title"),
        ({"minutes": 0}, "minutes"),
        ({"files": {"../../etc/passwd": "x"}}, "below the learner's folder"),
        ({"files": {"/a": "x"}}, "below the learner's folder"),
        ({"files": {"a": "x" * 50_001}}, "50,000"),
        ({"criteria": ("x" * 301,)}, "300"),
        ({"instructions": "x" * 50_001}, "Shorten"),
    ],
    ids=["title", "minutes", "out of the folder", "absolute", "long file", "long line", "long"],
)
def test_what_cannot_be_kept_is_said(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        writing.read_text(WHOLE | wrong)


def test_others_neither_make_nor_read_nor_write_it(session: Session) -> None:
    built, seen = begun(session)
    stranger = make_teacher(session)
    with pytest.raises(LessonGoneError):
        parts.add_lab(session, stranger, built.lesson(), title="Mine")
    assert writing.of_lesson(session, stranger, built.lesson()) is None
    with pytest.raises(NotFoundError):
        writing.change(session, stranger, built.lesson(), writing.read_text(WHOLE), seen=seen)
