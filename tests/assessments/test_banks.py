"""Banks are named, described and deleted, and questions change banks: not over anybody, and not under an assessment."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import bank, banks, drafting, publishing, service
from learncraft.assessments.bank import Bank, Seen
from learncraft.assessments.banks import About, Stock
from learncraft.assessments.draft_shapes import DraftDraw
from learncraft.assessments.errors import InvalidBankError, ItemChangedError, NotYoursToWriteError
from learncraft.assessments.models import AssessmentType
from learncraft.db import Database
from learncraft.errors import ChangedSinceError
from tests.assessments.exam import Exam, grader, make_exam
from tests.assessments.test_bank_changes import question, standing
from tests.races import at_once


@dataclass
class Shared:
    """Two who teach a course, its bank with a question for joins, another bank without, and a quiz."""

    exam: Exam
    one: Viewer
    other: Viewer
    joins: UUID
    empty: UUID
    item: UUID
    quiz: UUID

    def bank_of(self, session: Session, bank_id: UUID) -> Bank:
        return next(each for each in bank.banks(session, self.one) if each.id == bank_id)

    def stock(self, session: Session) -> Stock:
        there = self.bank_of(session, self.joins)
        return Stock(there.items, there.changed_at)

    def seen(self, session: Session) -> Seen:
        return standing(session, self.one, self.item).seen

    def draw(self, session: Session, *draws: DraftDraw) -> None:
        before = drafting.published_document(session, self.quiz).draws
        drafting.save_draws(session, self.one, self.quiz, seen=before, draws=draws)


def shared(session: Session) -> Shared:
    exam = make_exam(session, questions=1)
    one, other = grader(session, exam), grader(session, exam, 1)
    course_id = session.execute(text("SELECT id FROM courses LIMIT 1")).scalar_one()
    joins, empty = (bank.create(session, one, title=title, course_id=course_id) for title in ("Joins", "Empty"))
    item = bank.save_item(session, one, joins, question("What is a join?"), ["sql"])
    quiz = drafting.create(session, one, lesson_id=exam.lesson_id, title="Quiz", assessment_type=AssessmentType.QUIZ)
    return Shared(exam, one, other, joins, empty, item, quiz)


def test_a_bank_is_named_and_described_and_nobody_writes_over_another_unseen(session: Session) -> None:
    made = shared(session)
    seen = banks.about(made.bank_of(session, made.joins))
    assert seen == About("Joins")
    theirs = About("Joins and keys", "For the second module.")
    banks.describe(session, made.other, made.joins, theirs, seen=seen)
    banks.describe(session, made.one, made.joins, theirs, seen=seen)  # the same words are no conflict
    with pytest.raises(ChangedSinceError):
        banks.describe(session, made.one, made.joins, About("Mine"), seen=seen)
    with pytest.raises(InvalidBankError, match="title first"):
        banks.describe(session, made.one, made.joins, About("  "), seen=theirs)
    assert banks.about(made.bank_of(session, made.joins)) == theirs


def test_a_bank_goes_with_its_questions_unless_somebody_has_written_in_it_since(session: Session) -> None:
    made = shared(session)
    looked = made.stock(session)
    added = bank.save_item(session, made.other, made.joins, question("What is a key?"), [])
    with pytest.raises(ItemChangedError, match="Look at them first"):
        banks.remove(session, made.one, made.joins, seen=looked)
    banks.remove(session, made.one, made.joins, seen=made.stock(session))
    assert [each.title for each in bank.banks(session, made.one)] == ["Empty"]
    assert bank.standing(session, made.one, added) is None
    with pytest.raises(NotYoursToWriteError):
        banks.remove(session, made.one, made.joins, seen=looked)


def test_a_bank_that_an_assessment_draws_from_stays_be_it_published_or_only_written(session: Session) -> None:
    made = shared(session)
    made.draw(session, DraftDraw(bank_id=made.joins, tag="sql", count=1))
    with pytest.raises(InvalidBankError, match="“Quiz” draws from this bank"):
        banks.remove(session, made.one, made.joins, seen=made.stock(session))
    publishing.publish(session, made.one, made.quiz)
    with pytest.raises(InvalidBankError, match="“Quiz” draws from this bank"):
        banks.remove(session, made.one, made.joins, seen=made.stock(session))
    made.draw(session)
    drafting.save_question(session, made.one, made.quiz, question("Fixed"))
    with pytest.raises(InvalidBankError, match="publish that"):  # learners still get it
        banks.remove(session, made.one, made.joins, seen=made.stock(session))
    publishing.publish(session, made.one, made.quiz)
    banks.remove(session, made.one, made.joins, seen=made.stock(session))


def test_a_question_that_is_moved_is_drawn_where_it_is_and_its_attempts_stay(session: Session) -> None:
    made = shared(session)
    second = bank.save_item(session, made.one, made.joins, question("What is a key?"), ["sql"])
    made.draw(session, DraftDraw(bank_id=made.joins, tag="sql", count=1))
    publishing.publish(session, made.one, made.quiz)
    attempt = service.start_attempt(session, learner_id=made.exam.learner_id, assessment_id=made.quiz)
    banks.move_item(session, made.one, made.joins, made.seen(session), into=made.empty)
    assert (made.bank_of(session, made.joins).items, made.bank_of(session, made.empty).items) == (1, 1)
    drawn = "SELECT content FROM questions WHERE assessment_id = :quiz AND is_drawn AND retired_at IS NULL"
    assert session.scalars(text(drawn), {"quiz": made.quiz}).all() == ["What is a key?"]
    with pytest.raises(InvalidBankError, match="could ask fewer questions"):
        last = standing(session, made.one, second).seen
        banks.move_item(session, made.one, made.joins, last, into=made.empty)
    with pytest.raises(ItemChangedError, match="in another bank now"):
        bank.delete_item(session, made.other, made.joins, made.seen(session))
    service.submit_attempt(session, learner_id=made.exam.learner_id, attempt_id=attempt)


def test_a_copy_of_a_question_is_changed_apart(session: Session) -> None:
    made = shared(session)
    opened = made.seen(session)
    copied = banks.copy_item(session, made.one, made.joins, opened, into=made.empty)
    theirs = question("Theirs")
    bank.save_item(session, made.other, made.joins, theirs, ["sql"], changes=opened)
    found = standing(session, made.one, copied)
    assert (found.bank, found.draft.text, found.tags) == ("Empty", "What is a join?", ("sql",))
    for change in (banks.copy_item, banks.move_item):
        with pytest.raises(ItemChangedError, match="then choose its bank"):
            change(session, made.one, made.joins, opened, into=made.empty)


def test_who_has_no_right_to_the_other_bank_moves_nothing_into_it(session: Session) -> None:
    made = shared(session)
    own = bank.create(session, made.other, title="Own")
    with pytest.raises(NotYoursToWriteError):
        banks.move_item(session, made.one, made.joins, made.seen(session), into=own)


def test_two_who_exchange_questions_of_two_banks_at_the_same_moment_both_do(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        made = shared(session)
        back = bank.save_item(session, made.one, made.empty, question("What is a key?"), ["sql"])
        made.draw(session, DraftDraw(bank_id=made.joins, count=1), DraftDraw(bank_id=made.empty, count=1))
        publishing.publish(session, made.one, made.quiz)
        for bank_id in (made.joins, made.empty):
            bank.save_item(session, made.one, bank_id, question("One more"), [])
    with fresh_database.reading() as session:
        there, other = made.seen(session), standing(session, made.one, back).seen
    results = at_once(
        fresh_database,
        lambda session: banks.move_item(session, made.one, made.joins, there, into=made.empty),
        lambda session: banks.move_item(session, made.other, made.empty, other, into=made.joins),
    )
    assert results == [None, None]
    with fresh_database.reading() as session:
        assert [made.bank_of(session, one).items for one in (made.joins, made.empty)] == [2, 2]
