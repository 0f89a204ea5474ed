"""The assessment editor and the question bank on their pages: what is chosen and typed there is kept."""

from __future__ import annotations

from sqlalchemy import text

from learncraft.accounts.models import UserRole
from learncraft.assessments import bank, bank_drafts, draft_questions
from learncraft.assessments.models import QuestionType, TutorHelp
from tests.pages.conftest import World, session_viewer
from tests.pages.test_every_page import said


def test_what_the_tutor_may_do_is_chosen_among_the_settings_of_an_assessment(world: World) -> None:
    app = world.open("pages/teach/assessment.py", UserRole.INSTRUCTOR)
    app.segmented_control(key="part").set_value("settings").run()
    rule = next(one for one in app.selectbox if str(one.key).startswith("rule-"))
    assert rule.options[0] == "By its type: Hints, never the answer"
    rule.set_value(TutorHelp.NOTHING).run()
    assert not app.exception
    assessment = world.queries["pages/teach/assessment.py"].removeprefix("id=")
    with world.database.reading() as session:
        kept = session.execute(text("SELECT tutor_help::text FROM assessments WHERE id = :id"), {"id": assessment})
        assert kept.scalar_one() == "nothing"


def test_what_is_typed_of_a_bank_question_survives_a_closed_tab_and_goes_when_it_is_in_the_bank(world: World) -> None:
    teacher = session_viewer(world, UserRole.INSTRUCTOR)
    question = draft_questions.new_question(QuestionType.TRUE_FALSE)
    with world.database.transaction() as session:
        joins = bank.create(session, teacher, title="Joins")
        for words in ("A jo", "A join is a product."):
            bank_drafts.keep(session, teacher, question.model_copy(update={"text": words}), "", item_id=None)
    app = world.open("pages/teach/question_bank.py", UserRole.INSTRUCTOR)
    assert "A join is a product." in said(app)
    app.button(key=f"go-on-{question.id}").click().run()
    assert not app.exception
    assert "A join is a product." in [one.value for one in app.text_area]
    assert "A join is a product." not in said(world.open("pages/teach/question_bank.py", UserRole.CONTENT_ADMIN))
    with world.database.transaction() as session:
        [kept] = bank_drafts.unfinished(session, teacher)
        assert kept.question.text == "A join is a product."
        item = bank.save_item(session, teacher, joins, kept.question.model_copy(update={"truth": True}), [])
        bank_drafts.forget(session, teacher, question.id, item_id=None)
        # A change of a question that is in the bank is kept for each who changes it.
        changed = kept.question.model_copy(update={"id": item, "text": "Changed."})
        for who in (teacher, session_viewer(world, UserRole.CONTENT_ADMIN)):
            for words in ("Chan", "Changed."):
                bank_drafts.keep(session, who, changed.model_copy(update={"text": words}), "sql", item_id=item)
        assert [(one.question.text, one.item_id, one.bank_id) for one in bank_drafts.unfinished(session, teacher)] == [
            ("Changed.", item, joins)
        ]
        bank_drafts.forget(session, teacher, item, item_id=item)
        assert bank_drafts.unfinished(session, teacher) == []
