"""What is said at a lesson or a question stays at it, is answered and settled, and goes with a course sent back."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.accounts.models import UserRole
from learncraft.assessments import draft_questions
from learncraft.assessments import drafting as assessments
from learncraft.assessments import publishing as assessment_publishing
from learncraft.assessments.draft_shapes import DraftOption, DraftQuestion
from learncraft.assessments.models import QuestionType
from learncraft.authoring import deleting, outlining, remarks, reviewing
from learncraft.authoring.errors import LessonGoneError
from learncraft.authoring.remarks import Anchor, Remark, RemarkGoneError
from learncraft.courses.models import CourseReview, ReviewDecision
from learncraft.errors import InvalidInputError
from tests.authoring import Built, build, make_teacher, viewer_of
from tests.factories import make_assessment, make_user


def only(session: Session, built: Built) -> Remark:
    [found] = remarks.of_course(session, built.id)
    return found


def test_a_remark_is_answered_settled_and_taken_up_again(session: Session) -> None:
    built = build(session)
    reviewer = make_teacher(session, UserRole.CONTENT_ADMIN)
    said = remarks.say(session, reviewer, Anchor(built.lesson(), "p1"), "  Explain joins first. ")
    remarks.answer(session, built.teacher, said, "I will.")
    found = only(session, built)
    assert (found.body, found.by, found.anchor.block_id) == ("Explain joins first.", reviewer.full_name, "p1")
    assert [(one.by, one.body) for one in found.answers] == [(built.teacher.full_name, "I will.")]
    for _ in range(2):
        remarks.settle(session, built.teacher, said)
    found = only(session, built)
    assert (found.is_open, found.settled_by) == (False, built.teacher.full_name)
    assert remarks.open_in(session, [built.id]) == {}
    remarks.settle(session, reviewer, said, is_settled=False)
    assert remarks.open_in(session, [built.id]) == {built.id: 1}


def test_a_remark_stays_at_its_lesson_when_that_is_renamed_and_moved_and_says_when_it_is_deleted(
    session: Session,
) -> None:
    built = build(session, modules=2, lessons=2)
    remarks.say(session, built.teacher, Anchor(built.lesson()), "Too long.")
    outlining.rename_lesson(session, built.teacher, built.lesson(), title="Joins, renamed")
    outlining.move_lesson(session, built.teacher, built.lesson(), module_id=built.module(1), parent=None, before=None)
    assert (only(session, built).lesson, only(session, built).is_lesson_gone) == ("Joins, renamed", False)
    deleting.delete_lesson(session, built.teacher, built.lesson())
    assert (only(session, built).lesson, only(session, built).is_lesson_gone) == ("Joins, renamed", True)
    with pytest.raises(LessonGoneError):
        remarks.say(session, built.teacher, Anchor(built.lesson()), "Said too late.")
    deleting.restore_lesson(session, built.teacher, built.lesson())
    assert not only(session, built).is_lesson_gone
    deleting.delete_module(session, built.teacher, built.module(1))
    assert only(session, built).is_lesson_gone


def test_only_those_who_build_or_review_the_course_speak_and_say_something(session: Session) -> None:
    built, other = build(session), build(session)
    said = remarks.say(session, built.teacher, Anchor(built.lesson()), "Mine.")
    assessment, _ = make_assessment(session, other.made.lessons[0], questions=1)
    for stranger in (other.teacher, viewer_of(make_user(session))):
        with pytest.raises(LessonGoneError):
            remarks.say(session, stranger, Anchor(built.lesson()), "Not yours.")
        with pytest.raises(RemarkGoneError):
            remarks.answer(session, stranger, said, "Not yours.")
        with pytest.raises(RemarkGoneError):
            remarks.settle(session, stranger, said)
    with pytest.raises(LessonGoneError):  # a question of another course
        remarks.say(session, built.teacher, Anchor(built.lesson(), assessment_id=assessment.id), "Mixed up.")
    for body, words in ((" ", "Write what you want"), ("x" * 5001, "at most 5,000")):
        with pytest.raises(InvalidInputError, match=words):
            remarks.say(session, built.teacher, Anchor(built.lesson()), body)


def choice(said: str) -> DraftQuestion:
    made = draft_questions.new_question(QuestionType.MULTIPLE_CHOICE)
    options = (DraftOption(id="a", text="Yes"), DraftOption(id="b", text="No"))
    return made.model_copy(update={"text": said, "options": options, "right": ("a",)})


def question_now(session: Session, built: Built) -> tuple[UUID | None, str]:
    found = only(session, built)
    return found.question_now, found.question


def test_a_remark_follows_a_question_from_its_draft_through_its_versions_until_it_is_taken_out(
    session: Session,
) -> None:
    built = build(session)
    quiz, _ = make_assessment(session, built.made.lessons[0], questions=1)
    typed = choice("Is a join a product?")
    assessments.save_question(session, built.teacher, quiz.id, typed)
    anchors = remarks.places_in(session, built.lesson())
    assert [label.partition(": ")[2] for label, _ in anchors][-1] == "Is a join a product?"
    remarks.say(session, built.teacher, anchors[-1][1], "Which join?")
    assert question_now(session, built) == (typed.id, "Is a join a product?")
    assessment_publishing.publish(session, built.teacher, quiz.id)
    assert question_now(session, built) == (typed.id, "Is a join a product?")
    # A new version, as after an answer: another row that names the one before.
    session.execute(
        text(
            "INSERT INTO questions (id, assessment_id, question_type, content, options, correct_answer, order_index, "
            "version, replaces_id) SELECT :new, assessment_id, question_type, 'Is an inner join a product?', options, "
            "correct_answer, order_index, 2, id FROM questions WHERE id = :old"
        ),
        {"new": built.id, "old": typed.id},
    )
    session.execute(text("UPDATE questions SET retired_at = now() WHERE id = :old"), {"old": typed.id})
    assert question_now(session, built) == (built.id, "Is an inner join a product?")
    draft = assessments.open_draft(session, built.teacher, quiz.id)
    there = draft.document.question(built.id) if draft else None
    assert there is not None
    assessments.delete_question(session, built.teacher, quiz.id, there)
    assert only(session, built).is_question_gone
    assert only(session, built).assessment == quiz.title


def test_a_course_sent_back_carries_what_was_said_and_the_queue_counts_it(session: Session) -> None:
    built = build(session, lessons=1)
    outlining.rename_lesson(session, built.teacher, built.lesson(), title="Joins")
    reviewing.submit(session, built.teacher, built.id)
    reviewer = make_teacher(session, UserRole.CONTENT_ADMIN)
    said = remarks.say(session, reviewer, Anchor(built.lesson(), "p1"), "Explain joins first.")
    remarks.settle(session, reviewer, remarks.say(session, reviewer, Anchor(built.lesson()), "A slip of mine."))
    assert [(one.course_id, one.remarks) for one in reviewing.queue(session, reviewer)] == [(built.id, 1)]
    reviewing.send_back(session, reviewer, built.id, "")
    step = reviewing.history(session, built.id)[0]
    assert (step.decision, step.remarks) == (ReviewDecision.RETURNED, 1)
    assert step.said == "The open remarks say what should change."
    row = session.query(CourseReview).filter_by(decision=ReviewDecision.RETURNED).one()
    assert row.comments == [{"lesson_id": str(built.lesson()), "block_id": "p1", "text": "Explain joins first."}]
    remarks.settle(session, built.teacher, said)
    reviewing.submit(session, built.teacher, built.id)
    with pytest.raises(InvalidInputError, match="write a remark at a lesson"):
        reviewing.send_back(session, reviewer, built.id, " ")
