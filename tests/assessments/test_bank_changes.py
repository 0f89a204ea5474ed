"""Two who change one question of a bank: nothing is overwritten unseen, and nothing that was typed is lost."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import bank, bank_drafts, comparing
from learncraft.assessments.bank import Item, Seen
from learncraft.assessments.draft_shapes import DraftAccepted, DraftCriterion, DraftLevel, DraftOption, DraftQuestion
from learncraft.assessments.errors import ItemChangedError
from learncraft.assessments.models import QuestionType
from learncraft.db import Database, new_id
from tests.assessments.exam import grader, make_exam
from tests.races import at_once


def question(words: str) -> DraftQuestion:
    return DraftQuestion(
        id=new_id(),
        text=words,
        options=(DraftOption(id="a", text="One"), DraftOption(id="b", text="Two")),
        right=("a",),
    )


def shared_bank(session: Session) -> tuple[Viewer, Viewer, UUID, UUID]:
    """Two who teach a course, its bank, and a question there."""
    exam = make_exam(session, questions=1)
    one, other = grader(session, exam), grader(session, exam, 1)
    course_id = session.execute(text("SELECT id FROM courses LIMIT 1")).scalar_one()
    bank_id = bank.create(session, one, title="Joins", course_id=course_id)
    return one, other, bank_id, bank.save_item(session, one, bank_id, question("What is a join?"), ["sql"])


def standing(session: Session, viewer: Viewer, item_id: UUID) -> Item:
    found = bank.standing(session, viewer, item_id)
    assert found is not None
    return found


def test_of_two_who_change_a_question_the_later_one_is_told_and_may_save_over_it_knowingly(session: Session) -> None:
    one, other, bank_id, item = shared_bank(session)
    opened = standing(session, one, item)
    theirs, mine = question("Theirs"), question("Mine")
    bank.save_item(session, other, bank_id, theirs, ["sql"], changes=opened.seen)
    with pytest.raises(ItemChangedError, match="compare both, and choose"):
        bank.save_item(session, one, bank_id, mine, ["sql"], changes=opened.seen)
    there = standing(session, one, item)
    name = session.execute(text("SELECT first_name || ' ' || last_name FROM users WHERE id = :id"), {"id": other.id})
    assert (there.draft.text, there.changed_by) == ("Theirs", name.scalar_one())
    bank.save_item(session, one, bank_id, theirs, ["sql"], changes=opened.seen)  # the same words are no conflict
    bank.save_item(session, one, bank_id, mine, ["sql"], changes=there.seen)
    assert standing(session, other, item).draft.text == "Mine"


def test_nobody_deletes_what_was_changed_since_they_looked(session: Session) -> None:
    one, other, bank_id, item = shared_bank(session)
    opened = standing(session, one, item)
    bank.save_item(session, other, bank_id, question("Theirs"), [], changes=opened.seen)
    with pytest.raises(ItemChangedError, match="Look at it"):
        bank.delete_item(session, one, bank_id, opened.seen)
    bank.delete_item(session, one, bank_id, standing(session, one, item).seen)
    assert bank.standing(session, one, item) is None


def test_a_draft_remembers_what_it_began_from_and_outlives_its_question(session: Session) -> None:
    one, other, bank_id, item = shared_bank(session)
    opened = standing(session, one, item)
    typed = opened.draft.model_copy(update={"text": "Half a que"})
    bank_drafts.keep(session, one, typed, "sql", changes=opened.seen)
    bank.save_item(session, other, bank_id, question("Theirs"), [], changes=opened.seen)
    [kept] = bank_drafts.unfinished(session, one)
    assert (kept.question.text, kept.changes) == ("Half a que", opened.seen)
    bank.delete_item(session, other, bank_id, standing(session, other, item).seen)
    session.expire_all()
    [orphan] = bank_drafts.unfinished(session, one)
    assert (orphan.question.text, orphan.changes) == ("Half a que", None)
    assert orphan.question.id != item
    new = bank_drafts.keep_as_new(session, one, typed, "sql")  # whoever still has it open goes on with a new one
    [again] = bank_drafts.unfinished(session, one)
    assert again.question == new
    bank.save_item(session, one, bank_id, question("Half a question?"), [])


def test_of_many_who_change_a_question_at_the_same_moment_one_is_kept(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        one, _, bank_id, item = shared_bank(session)
    with fresh_database.reading() as session:
        opened: Seen = standing(session, one, item).seen
    results = at_once(
        fresh_database,
        *[
            lambda session, words=words: bank.save_item(session, one, bank_id, question(words), ["sql"], changes=opened)
            for words in ("A", "B", "C", "D")
        ],
    )
    kept = [words for words, result in zip("ABCD", results, strict=True) if result == item]
    assert len(kept) == 1
    assert sum(isinstance(result, ItemChangedError) for result in results) == 3
    with fresh_database.reading() as session:
        assert standing(session, one, item).draft.text == kept[0]


def test_what_differs_is_said_line_by_line(session: Session) -> None:
    theirs = question("Which?")
    assert comparing.questions(theirs, theirs) == ()
    mine = theirs.model_copy(update={"text": "Which one?", "right": ("b",), "explanation": "As said.", "points": "2"})
    assert comparing.questions(theirs, mine, tags=(["sql"], [])) == (
        "-Question: Which?",
        "-Option A: One (right)",
        "-Option B: Two",
        "-Points: 1",
        "-Tags: sql",
        "+Question: Which one?",
        "+Option A: One",
        "+Option B: Two (right)",
        "+Explanation, shown with the result: As said.",
        "+Points: 2",
    )
    blank = DraftQuestion(id=new_id(), question_type=QuestionType.FILL_BLANK)
    accepted = blank.model_copy(update={"accepted": (DraftAccepted(kind="number", text="2", tolerance="0.1"),)})
    assert comparing.questions(blank, accepted) == ("+Accepted answer: 2 ± 0.1",)
    marked = DraftQuestion(id=new_id(), question_type=QuestionType.SHORT_ANSWER)
    level = DraftLevel(id="a", title="Met", points="1")
    rubric = marked.model_copy(update={"rubric": (DraftCriterion(id="a", title="Clarity", levels=(level,)),)})
    assert comparing.questions(marked, rubric) == ("+Criterion: Clarity", "+  Met: 1")
