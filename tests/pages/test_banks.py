"""Banks on their page: named and described, deleted after one question, and their questions moved and copied."""

from __future__ import annotations

from uuid import UUID

from streamlit.testing.v1 import AppTest

from learncraft.accounts.models import UserRole
from learncraft.assessments import bank
from tests.assessments.test_bank_changes import question
from tests.pages.conftest import World, differences, session_viewer
from tests.pages.test_every_page import PAGE_QUERIES, said

PAGE = "pages/teach/question_bank.py"
ONE, OTHER = UserRole.INSTRUCTOR, UserRole.CONTENT_ADMIN


def press(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def write(app: AppTest, label: str, words: str) -> None:
    fields = [*app.text_input, *app.text_area]
    next(one for one in fields if one.label == label and "-bank-" in str(one.key)).set_value(words).run()
    assert not app.exception


def there(world: World) -> list[tuple[str, str, int]]:
    with world.database.reading() as session:
        found = bank.banks(session, session_viewer(world, ONE))
    return [(one.title, one.description, one.items) for one in found]


def test_a_bank_is_named_moved_out_of_and_deleted_on_its_page(world: World) -> None:
    teacher = session_viewer(world, ONE)
    course = UUID(world.queries["pages/teach/builder.py"].partition("=")[2].partition("&")[0])
    with world.database.transaction() as session:
        joins = bank.create(session, teacher, title="Joins", course_id=course)
        item = bank.save_item(session, teacher, joins, question("What is a join?"), [])
    other = world.open(PAGE, OTHER)
    app = world.open(PAGE, ONE)  # the only bank is the one that is looked at
    assert len(world.statements) <= PAGE_QUERIES, world.statements
    assert not [one for one in app.button if one.key == f"move-sure-{item}"]  # there is no other bank
    write(app, "Title", "Joins and keys")
    write(app, "What it is for", "The second module.")
    assert there(world) == [("Joins", "", 1)]  # kept for its writer
    press(app, f"bank-save-{joins}")
    assert there(world) == [("Joins and keys", "The second module.", 1)]
    assert "The second module." in said(app)
    write(other, "Title", "Mine")
    press(other, f"bank-save-{joins}")
    assert "-Title: Joins and keys\n-What it is for: The second module.\n+Title: Mine" in differences(other)
    press(other, f"theirs-bank-{joins}")
    with world.database.transaction() as session:
        more = bank.create(session, teacher, title="More")
    app = world.open(PAGE, ONE)
    assert app.selectbox(key=f"move-into-{item}").value == more
    press(app, f"copy-{item}")
    press(app, f"move-sure-{item}")
    assert [one[::2] for one in there(world)] == [("Joins and keys", 0), ("More", 2)]
    app.selectbox(key="bank").select_index(0).run()
    write(app, "Title", "Keys")
    press(app, f"bank-save-{joins}")
    assert app.selectbox(key="bank").value == app.selectbox(key="bank").options[0]  # it stays the chosen one
    press(app, f"delete-bank-sure-{joins}")
    assert [one[0] for one in there(world)] == ["More"]
    assert "What is a join?" in said(app)
    with world.database.transaction() as session:
        bank.save_item(session, teacher, more, question("One more?"), [])
    press(app, f"delete-bank-sure-{more}")  # as this tab saw it
    assert "Somebody else changed the questions" in said(app)
    assert [one[0] for one in there(world)] == ["More"]
