"""What a course says of itself, on its page: kept as it is typed, and never over somebody else's words unseen."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from learncraft.accounts.models import UserRole
from learncraft.authoring import details, queries
from learncraft.authoring.queries import BuiltCourse
from tests.pages.conftest import World, differences, session_viewer
from tests.pages.test_every_page import PAGE_QUERIES, said

PAGE = "pages/teach/details.py"
ONE, OTHER = UserRole.INSTRUCTOR, UserRole.CONTENT_ADMIN


def write(app: AppTest, label: str, words: str) -> None:
    fields = [*app.text_input, *app.text_area]
    next(one for one in fields if one.label == label).set_value(words).run()
    assert not app.exception


def shown(app: AppTest, label: str) -> str:
    return str(next(one for one in [*app.text_input, *app.text_area] if one.label == label).value)


def stands(world: World) -> BuiltCourse:
    course_id = UUID(world.queries[PAGE].removeprefix("course="))
    with world.database.reading() as session:
        found = queries.course(session, session_viewer(world, ONE), course_id)
    assert found is not None
    return found


def test_what_is_typed_of_a_course_is_kept_and_two_who_write_lose_nothing(world: World) -> None:
    one, other = world.open(PAGE, ONE), world.open(PAGE, OTHER)
    assert len(world.statements) <= PAGE_QUERIES
    write(one, "Title", "Reading maps")
    assert stands(world).details.title == "Reading maps"
    # Another field: both are kept, and each sees both.
    write(other, "In one sentence", "By the stars.")
    assert (stands(world).details.title, stands(world).details.short_description) == ("Reading maps", "By the stars.")
    assert shown(other, "Title") == "Reading maps"
    one.run()
    assert shown(one, "In one sentence") == "By the stars."
    # The same field: the later one is told, and chooses.
    write(one, "Description", "Theirs.")
    write(other, "Description", "Mine.")
    assert "Somebody else changed the same words" in said(other)
    assert differences(other) == ["-Description: Theirs.\n+Description: Mine."]
    assert stands(world).details.description == "Theirs."
    again = world.open(PAGE, OTHER)  # what was typed waits, in another tab too
    assert shown(again, "Description") == "Mine."
    again.button(key="mine-details").click().run()
    assert stands(world).details.description == "Mine."
    write(one, "Description", "One more.")
    one.button(key="theirs-details").click().run()
    assert (shown(one, "Description"), stands(world).details.description) == ("Mine.", "Mine.")


def test_words_that_a_course_can_not_say_wait_for_who_typed_them(world: World) -> None:
    app = world.open(PAGE, ONE)
    write(app, "Film that everybody may watch", "https://films.example.org/1")
    assert "What you typed still stands here" in said(app)
    assert stands(world).details.preview_video_url == ""
    app = world.open(PAGE, ONE)
    assert shown(app, "Film that everybody may watch") == "https://films.example.org/1"
    write(app, "Film that everybody may watch", "")
    assert "What you typed still stands here" not in said(app)
    assert shown(world.open(PAGE, ONE), "Film that everybody may watch") == ""


def test_of_two_who_set_the_terms_the_later_one_compares_and_chooses(world: World) -> None:
    course_id = UUID(world.queries[PAGE].removeprefix("course="))

    def price() -> str:
        with world.database.reading() as session:
            return str(details.offer_of(session, course_id).price)

    def save(app: AppTest, amount: float) -> None:
        app.number_input[0].set_value(amount)
        next(each for each in app.button if each.label == "Save the terms").click().run()
        assert not app.exception

    one, other = world.open(PAGE, ONE), world.open(PAGE, OTHER)
    save(one, 20)
    save(other, 30)
    assert "Somebody else changed this meanwhile" in said(other)
    assert differences(other) == ["-Price in EUR: 20.00\n+Price in EUR: 30.00"]
    assert price() == "20.00"
    other.button(key=f"mine-terms-{course_id}").click().run()
    assert price() == "30.00"
    save(one, 40)
    one.button(key=f"theirs-terms-{course_id}").click().run()
    assert (price(), one.number_input[0].value) == ("30.00", 30)


def test_a_course_that_is_not_made_yet_is_there_again_in_another_tab_until_it_is_made(world: World) -> None:
    del world.queries[PAGE]
    app = world.open(PAGE, ONE)
    write(app, "Title", "Reading maps")
    write(app, "What learners can do afterwards, one line each", "Read\nDraw")
    app = world.open(PAGE, ONE)
    assert (shown(app, "Title"), shown(app, "What learners can do afterwards, one line each")) == (
        "Reading maps",
        "Read\nDraw",
    )
    assert shown(world.open(PAGE, OTHER), "Title") == ""
    next(each for each in app.button if each.label == "Create the course").click().run()
    assert not app.exception
    assert shown(world.open(PAGE, ONE), "Title") == ""
    with world.database.reading() as session:
        made = session.scalars(text("SELECT title FROM courses WHERE slug = 'reading-maps'")).all()
    assert list(made) == ["Reading maps"]
