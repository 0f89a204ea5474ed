"""Two who change one offering on its page: the later one compares and chooses, and what was typed stays."""

from __future__ import annotations

from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from learncraft.accounts.models import UserRole
from tests.pages.conftest import World, differences
from tests.pages.test_every_page import said

PAGE = "pages/teach/offerings.py"


def test_of_two_who_describe_an_offering_the_later_one_compares_and_chooses(world: World) -> None:
    world.queries[PAGE] = world.queries["pages/teach/registrations.py"]

    def describe(app: AppTest, words: str) -> None:
        next(one for one in app.text_area if one.label == "What people should know").set_value(words)
        next(one for one in app.button if one.label == "Save").click().run()
        assert not app.exception

    def stands() -> str:
        with world.database.reading() as session:
            return str(session.execute(text("SELECT description FROM course_offerings")).scalar_one())

    one, other = world.open(PAGE, UserRole.INSTRUCTOR), world.open(PAGE, UserRole.CONTENT_ADMIN)
    describe(one, "Theirs.")
    describe(other, "Mine.")
    assert "Somebody else changed this meanwhile" in said(other)
    assert differences(other) == ["-What people should know: Theirs.\n+What people should know: Mine."]
    assert stands() == "Theirs."
    next(each for each in other.button if each.label == "Keep mine").click().run()
    assert stands() == "Mine."
    describe(one, "Once more.")
    next(each for each in one.button if each.label == "Load theirs").click().run()
    assert (stands(), next(each for each in one.text_area).value) == ("Mine.", "Mine.")
