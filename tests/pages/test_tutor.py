"""The tutor's pages: what is asked is kept, what is refused says so, beside a lesson too."""

from __future__ import annotations

from sqlalchemy import text

from learncraft.accounts.models import UserRole
from learncraft.assessments.models import TutorHelp
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


def test_its_other_ways_answer_in_the_chat_and_hints_are_asked_for_one_by_one_and_stay(world: World) -> None:
    app = world.open("pages/learn/tutor.py", UserRole.LEARNER)
    app.button(key="way-next").click().run()
    assert not app.exception
    assert "What should I do next?" in said(app)
    app.button(key="way-again").click().run()
    assert not app.exception
    assert "Explain it differently." in said(app)
    assert len(app.get("chat_message")) == 4
    app = world.open("pages/learn/assessment.py", UserRole.LEARNER)
    assert len(world.statements) <= PAGE_QUERIES
    first = next(button.key for button in app.button if str(button.key).startswith("hint-"))
    for number in (1, 2):  # practice asks for no answer first
        app.button(key=first).click().run()
        assert not app.exception
        assert f"Hint {number}" in said(app)
    assert "Hint 2" in said(world.open("pages/learn/assessment.py", UserRole.LEARNER))
    with world.database.reading() as session:
        asked = session.scalar(text("SELECT count(*) FROM learning_events WHERE event_type = 'hint_requested'"))
    assert asked == 2


def test_how_i_learn_and_a_teachers_rule_and_telling_reach_the_learner(world: World) -> None:
    """Read, changed, deleted; a rule is set; a telling is approved, chosen by a learner, and stays chosen."""
    app = world.open("pages/account/learning.py", UserRole.LEARNER)
    app.radio(key="answer-first").set_value("A list of steps")
    app.radio(key="answer-stuck").set_value("Go back one step")
    next(one for one in app.button if one.label == "Save").click().run()
    assert not app.exception
    assert "You like one step after the other." in said(app)
    app.selectbox[0].set_value("music")
    next(one for one in app.button if one.label == "Use this one").click().run()
    assert "You said so yourself." in said(app)
    app.button(key="forget").click().run()
    assert "You said so yourself." not in said(app)
    with world.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM learner_persona_profiles")) == 0
    with world.database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO lesson_variants (lesson_id, persona_key, payload) SELECT id, 'sports', "
                '\'{"version": 1, "blocks": [{"id": "told", "type": "markdown", "text": "As in football."}]}\' '
                "FROM lessons WHERE id = :id"
            ),
            {"id": world.queries["pages/learn/lesson.py"].removeprefix("id=")},
        )
    app = world.open("pages/teach/tutor.py", UserRole.INSTRUCTOR)
    assert len(world.statements) <= PAGE_QUERIES
    rule = next(one for one in app.selectbox if str(one.key).startswith("rule-"))
    rule.set_value(TutorHelp.NOTHING).run()
    next(one for one in app.button if one.label == "Approve and show").click().run()
    assert not app.exception
    with world.database.reading() as session:
        assert session.execute(text("SELECT DISTINCT tutor_help::text FROM assessments ORDER BY 1")).scalars().first()
    app = world.open("pages/learn/lesson.py", UserRole.LEARNER)
    assert "As in football." not in said(app)
    next(one for one in app.segmented_control if str(one.key).startswith("told-")).set_value("With sports").run()
    assert not app.exception
    assert "As in football." in said(app)
    assert "As in football." in said(world.open("pages/learn/lesson.py", UserRole.LEARNER))
