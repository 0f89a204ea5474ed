"""Cards on the screen: turned, answered, counted once by two tabs, and done."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from learncraft.accounts.models import UserRole
from learncraft.study import decks
from learncraft.study.decks import WrittenCard
from tests.pages.conftest import World, session_viewer
from tests.pages.test_every_page import said

PAGE = "pages/learn/review.py"


@pytest.fixture
def lesson(world: World) -> str:
    """A lesson with two cards of its course and one of the learner's."""
    teacher, learner = (session_viewer(world, role) for role in (UserRole.INSTRUCTOR, UserRole.LEARNER))
    with world.database.transaction() as session:
        found = session.scalar(text("SELECT lesson_id FROM lesson_progress LIMIT 1"))
        cards = [WrittenCard("One?", "First"), WrittenCard("Two?", "Second")]
        decks.save_for_lesson(session, teacher, lesson_id=found, cards=cards, seen=[])
        decks.add_own(session, learner, lesson_id=found, front="<script>alert(1)</script>Mine?", back="Own")
    return str(found)


def html(app: AppTest) -> str:
    return "\n".join(str(one.proto.body) for one in app.get("html"))


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def test_cards_are_turned_and_answered_until_none_is_left(world: World, lesson: str) -> None:
    assert "3 new cards" in said(world.open("pages/learn/home.py", UserRole.LEARNER))
    app = world.open(PAGE, UserRole.LEARNER)
    assert "Mine?" in html(app)
    assert "<script>" not in html(app).replace("<style>", "")
    assert "Own" not in html(app)
    for place in range(3):
        assert not app.exception
        press(app, "turn")
        press(app, "grade-4")
        assert f"{place + 1} answered today" in app.get("progress")[0].proto.text
    assert "Done for today" in said(app)
    links = world.open("pages/learn/home.py", UserRole.LEARNER).get("page_link")
    assert any("Cards are done." in link.proto.label for link in links)


def test_two_tabs_with_the_same_card_count_one_answer(world: World, lesson: str) -> None:
    tabs = [world.open(PAGE, UserRole.LEARNER) for _ in range(2)]
    for tab in tabs:
        press(tab, "turn")
    for tab in tabs:
        press(tab, "grade-3")
        assert not tab.exception
    assert [toast.value for toast in tabs[1].toast] == ["This card was answered already"]
    with world.database.reading() as session:
        assert session.scalar(text("SELECT sum(review_count) FROM flashcard_reviews")) == 1
