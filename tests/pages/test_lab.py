"""A lab is made and written on its page; of two who write it, the later one compares and chooses."""

from __future__ import annotations

from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from learncraft.accounts.models import UserRole
from learncraft.labs.models import Lab
from tests.pages.conftest import World
from tests.pages.test_every_page import said

PAGE = "pages/teach/lab.py"


def write(app: AppTest, label: str, words: str) -> None:
    next(one for one in (*app.text_input, *app.text_area) if one.label == label).set_value(words)


def press(app: AppTest, label: str) -> None:
    next(one for one in app.button if one.label == label).click().run()
    assert not app.exception


def test_a_lab_is_made_written_and_not_overwritten_unseen(world: World) -> None:
    world.open("pages/teach/builder.py", UserRole.INSTRUCTOR)  # makes the working copy
    app = world.open(PAGE, UserRole.INSTRUCTOR)
    assert "No lab yet" in said(app)
    press(app, "New lab")
    other = world.open(PAGE, UserRole.CONTENT_ADMIN)
    write(app, "What to do", "Count words.")
    write(app, "What counts as done, one line each", "It runs\nIt counts\n")
    write(app, "Path of file 1", "main.py")
    write(app, "Text of file 1", "print(1)")
    press(app, "Save the lab")
    assert [one.label for one in app.text_input if "Path" in one.label] == ["Path of file 1", "Path of file 2"]
    write(other, "What to do", "Count letters.")
    press(other, "Save the lab")
    assert "Somebody else changed this meanwhile" in said(other)
    press(other, "Load theirs")
    write(other, "Path of file 1", "../main.py")
    press(other, "Save the lab")
    assert "below the learner's folder" in said(other)
    with world.database.reading() as session:
        lab = session.scalars(select(Lab)).one()
        assert (lab.instructions, lab.starter_files) == ("Count words.", {"main.py": "print(1)"})
        assert [one["title"] for one in lab.success_criteria] == ["It runs", "It counts"]
