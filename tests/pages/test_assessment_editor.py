"""The assessment editor and the question bank on their pages: what is chosen and typed there is kept."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import pytest
import streamlit as st
from sqlalchemy import text
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextArea

from learncraft.accounts.models import UserRole
from learncraft.assessments import bank, bank_drafts, draft_questions, drafting
from learncraft.assessments.draft_shapes import DraftAccepted, DraftDocument, DraftDraw, DraftQuestion, DraftTest
from learncraft.assessments.models import QuestionType, TutorHelp
from learncraft.db import new_id
from tests.pages.conftest import World, differences, session_viewer
from tests.pages.test_every_page import said

KINDS: tuple[Literal["number", "text", "pattern"], ...] = ("number", "text", "pattern")


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
            bank_drafts.keep(session, teacher, question.model_copy(update={"text": words}), "", changes=None)
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
        there = bank.standing(session, teacher, item)
        assert there is not None
        bank_drafts.forget(session, teacher, question.id, item_id=None)
        # A change of a question that is in the bank is kept for each who changes it.
        changed = kept.question.model_copy(update={"id": item, "text": "Changed."})
        for who in (teacher, session_viewer(world, UserRole.CONTENT_ADMIN)):
            for words in ("Chan", "Changed."):
                bank_drafts.keep(session, who, changed.model_copy(update={"text": words}), "sql", changes=there.seen)
        assert [(one.question.text, one.item_id, one.bank_id) for one in bank_drafts.unfinished(session, teacher)] == [
            ("Changed.", item, joins)
        ]
        bank_drafts.forget(session, teacher, item, item_id=item)
        assert bank_drafts.unfinished(session, teacher) == []


def writing() -> None:
    """The dialog by itself: an application that is tested forgets a dialog with the next click."""
    import streamlit as st

    from pages.shared import people
    from pages.teach import bank_question

    viewer = people.arrive()
    begun, banks = st.session_state["begun"]
    if f"bank-question-{begun.question.id}" in st.session_state:
        bank_question.write(viewer, banks, begun)
    elif not st.session_state.get("is-open"):
        st.session_state["is-open"] = True
        bank_question.begin(viewer, banks, begun)


def test_who_changes_a_bank_question_that_somebody_else_changed_meanwhile_compares_and_chooses(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = st.rerun
    monkeypatch.setattr(st, "rerun", lambda scope="app": again())  # here a dialog never runs without its page
    teacher, other = session_viewer(world, UserRole.INSTRUCTOR), session_viewer(world, UserRole.CONTENT_ADMIN)
    first = draft_questions.new_question(QuestionType.TRUE_FALSE).model_copy(update={"text": "First.", "truth": True})
    with world.database.transaction() as session:
        course = UUID(world.queries["pages/teach/details.py"].removeprefix("course="))
        joins = bank.create(session, teacher, title="Joins", course_id=course)
        item = bank.save_item(session, teacher, joins, first, ["sql"])

    def there() -> bank.Item:
        with world.database.reading() as session:
            found = bank.standing(session, teacher, item)
        assert found is not None
        return found

    def opened() -> AppTest:
        """The question as the page opens it: what was typed before, or as it stands."""
        with world.database.reading() as session:
            [*kept] = bank_drafts.unfinished(session, teacher)
            banks = {one.title: one for one in bank.banks(session, teacher)}
        fresh = bank_drafts.Unfinished(there().draft, there().seen, joins, "sql", there().changed_at)
        app = AppTest.from_function(writing, default_timeout=30)
        app.session_state["_family"] = world.families[UserRole.INSTRUCTOR]
        app.session_state["begun"] = (kept[0] if kept else fresh, banks)
        return app.run()

    def type_into(app: AppTest, words: str) -> None:
        next(one for one in app.text_area if one.label == "Question").set_value(words).run()
        assert not app.exception

    def change(words: str) -> None:
        with world.database.transaction() as session:
            new = first.model_copy(update={"text": words})
            bank.save_item(session, other, joins, new, ["sql"], changes=there().seen)

    app = opened()
    change("Theirs.")
    type_into(app, "Mine.")
    assert f"{other.full_name} changed this question meanwhile" in said(app)
    assert differences(app) == ["-Question: Theirs.\n+Question: Mine."]
    assert not [one for one in app.button if str(one.key).startswith("bank-keep-")]
    assert there().draft.text == "Theirs."
    app.button(key=f"mine-bank-question-{item}").click().run()
    assert there().draft.text == "Mine."
    # What was typed waits with what it began from, also in another tab.
    type_into(opened(), "Mine again.")
    change("Theirs again.")
    app = opened()
    assert differences(app) == ["-Question: Theirs again.\n+Question: Mine again."]
    app.button(key=f"theirs-bank-question-{item}").click().run()
    assert "Theirs again." in [one.value for one in app.text_area]
    assert there().draft.text == "Theirs again."
    # A question that is deleted while somebody writes on it becomes a new one.
    type_into(app, "Mine at last.")
    with world.database.transaction() as session:
        bank.delete_item(session, other, joins, there().seen)
    type_into(app, "Mine at the very last.")
    assert "Somebody deleted this question" in said(app)
    next(one for one in app.button if str(one.key).startswith("bank-keep-")).click().run()
    with world.database.reading() as session:
        assert [one.draft.text for one in bank.all_of(session, [joins])] == ["Mine at the very last."]
        assert bank_drafts.unfinished(session, teacher) == []


def test_a_rule_says_how_many_it_draws_from_and_what_was_taken_over_is_offered_no_more(world: World) -> None:
    page, teacher = "pages/teach/assessment.py", session_viewer(world, UserRole.INSTRUCTOR)
    quiz = UUID(world.queries[page].removeprefix("id="))
    with world.database.transaction() as session:
        joins = bank.create(session, teacher, title="Joins")
        for words in ("One?", "Two?", "Three?"):
            question = draft_questions.new_question(QuestionType.TRUE_FALSE)
            bank.save_item(session, teacher, joins, question.model_copy(update={"text": words, "truth": True}), ["x"])
        drafting.save_draws(session, teacher, quiz, seen=(), draws=[DraftDraw(bank_id=joins, tag="x", count=1)])
    app = world.open(page, UserRole.INSTRUCTOR)
    app.segmented_control(key="part").set_value("bank").run()
    assert "3 to draw from" in said(app)
    next(one for one in app.button if str(one.key).startswith("take-")).click().run()
    assert not app.exception
    assert "2 to draw from" in said(app) and "In the assessment" in said(app)
    assert sum(str(one.key).startswith("take-") for one in app.button) == 2


def test_the_row_that_is_taken_out_of_accepted_answers_or_tests_goes_and_those_behind_it_stay(world: World) -> None:
    page = "pages/teach/assessment.py"
    quiz = UUID(world.queries[page].removeprefix("id="))
    answers = tuple(DraftAccepted(kind=kind, text=name) for kind, name in zip(KINDS, ("1", "b", "c"), strict=True))
    tests = tuple(DraftTest(title=name, expected=name) for name in ("one", "two", "three"))
    blank = DraftQuestion(id=new_id(), question_type=QuestionType.FILL_BLANK, text="Which?", accepted=answers)
    code = DraftQuestion(id=new_id(), question_type=QuestionType.CODE, text="Print.", tests=tests)
    with world.database.transaction() as session:
        for one in (blank, code):
            drafting.save_question(session, session_viewer(world, UserRole.INSTRUCTOR), quiz, one)
    for question, name in ((blank, "remove-accepted-0-"), (code, "remove-test-1-")):
        app = world.open(page, UserRole.INSTRUCTOR)
        app.button(key=f"pick-{question.id}").click().run()
        next(one for one in app.button if str(one.key).startswith(name)).click().run()
        assert not app.exception
    with world.database.reading() as session:
        found = drafting.open_draft(session, session_viewer(world, UserRole.INSTRUCTOR), quiz)
    assert found is not None
    kept = {one.id: one for one in found.document.questions}
    assert kept[blank.id].accepted == answers[1:]
    assert [one.title for one in kept[code.id].tests] == ["one", "three"]


def test_two_who_write_one_question_or_the_settings_compare_and_choose_and_nothing_typed_is_lost(world: World) -> None:
    page, (one, other) = "pages/teach/assessment.py", (UserRole.INSTRUCTOR, UserRole.CONTENT_ADMIN)
    quiz = UUID(world.queries[page].removeprefix("id="))

    def document() -> DraftDocument:
        with world.database.reading() as session:
            found = drafting.open_draft(session, session_viewer(world, one), quiz)
        assert found is not None
        return found.document

    def question(app: AppTest) -> TextArea:
        return next(each for each in app.text_area if each.label == "Question")

    mine, theirs = world.open(page, one), world.open(page, other)
    question(theirs).set_value("Theirs?").run()
    question(mine).set_value("Mine?").run()
    assert differences(mine) == ["-Question: Theirs?\n+Question: Mine?"]
    # What was typed waits beside the draft, in another tab too; the press of a button says what stands.
    mine = world.open(page, one)
    assert question(mine).value == "Mine?"
    assert document().questions[0].text == "Theirs?"
    next(each for each in mine.button if each.label == "Delete").click().run()
    assert "Look at it, then delete it." in said(mine)
    mine = world.open(page, one)
    next(each for each in mine.button if each.label == "Keep mine").click().run()
    assert document().questions[0].text == "Mine?"
    assert not differences(world.open(page, one))
    question(theirs).set_value("Theirs again?").run()
    next(each for each in theirs.button if each.label == "Load theirs").click().run()
    assert (question(theirs).value, question(world.open(page, other)).value) == ("Mine?", "Mine?")

    def settings(role: UserRole) -> AppTest:
        app = world.open(page, role)
        return app.segmented_control(key="part").set_value("settings").run()

    mine, theirs = settings(one), settings(other)
    next(each for each in theirs.text_input if each.label == "Title").set_value("Theirs").run()
    next(each for each in mine.text_input if each.label == "Title").set_value("Mine").run()
    assert differences(mine) == ["-Title: Theirs\n+Title: Mine"]
    mine = settings(one)
    next(each for each in mine.button if each.label == "Keep mine").click().run()
    assert document().settings.title == "Mine"
    assert not mine.exception
