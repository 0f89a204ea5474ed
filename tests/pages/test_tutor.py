"""The tutor's pages: what is asked is kept, what is refused says so, beside a lesson too."""

from __future__ import annotations

from sqlalchemy import text

from learncraft.accounts.models import UserRole
from tests.pages.conftest import World
from tests.pages.test_every_page import PAGE_QUERIES, said


def test_a_question_and_its_refusal_are_kept(world: World) -> None:
    app = world.open("pages/learn/tutor.py", UserRole.LEARNER)
    app.chat_input[0].set_value("<b>sourdough</b> bread?").run()
    assert not app.exception
    assert "I don't find this in your courses." in said(app)
    with world.database.reading() as session:
        stored = session.execute(text("SELECT role::text, content FROM rag_chat_messages ORDER BY created_at")).all()
    assert stored[0] == ("user", "<b>sourdough</b> bread?")
    assert [role for role, _ in stored] == ["user", "assistant"]


def test_beside_a_lesson_it_is_read_only_when_opened(world: World) -> None:
    app = world.open("pages/learn/lesson.py", UserRole.LEARNER)
    assert not any("rag_chat" in statement for statement in world.statements)
    world.statements.clear()
    app.toggle(key="tutor-open").set_value(True).run()
    assert not app.exception
    assert "Ask about this lesson" in said(app)
    assert len(world.statements) <= PAGE_QUERIES
