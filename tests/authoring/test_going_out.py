"""A course goes out with its assessments: what learners get of them is published in one transaction, or nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from learncraft.accounts.models import UserRole
from learncraft.assessments import bank, draft_questions, drafting, publishing, service
from learncraft.assessments.draft_shapes import DraftDraw, DraftQuestion
from learncraft.assessments.errors import BankInReviewError, InvalidQuestionError
from learncraft.assessments.models import Assessment, AssessmentType, Question, QuestionType
from learncraft.assessments.records import AssessmentDraft
from learncraft.authoring import checklist, deleting, going_out, outlining, placing, queries, reviewing, saving
from learncraft.authoring import drafting as working_copy
from learncraft.authoring.going_out import Fate
from learncraft.authoring.saving import Save
from learncraft.authoring.shapes import DraftBlock
from learncraft.courses.errors import CourseNotReadyError, InReviewError
from learncraft.courses.models import Course, CourseStatus, Lesson
from learncraft.db import Database, new_id
from tests.authoring import Built, build, make_teacher
from tests.factories import make_assessment, make_enrollment
from tests.races import at_once, until_somebody_waits


def asking(words: str, *, is_sound: bool = True) -> DraftQuestion:
    truth = True if is_sound else None
    return draft_questions.new_question(QuestionType.TRUE_FALSE).model_copy(update={"text": words, "truth": truth})


def new_quiz(session: Session, built: Built, *questions: DraftQuestion, title: str = "Joins, asked") -> UUID:
    """A quiz that is written and was never published."""
    made = drafting.create(
        session, built.teacher, lesson_id=built.lesson(), title=title, assessment_type=AssessmentType.QUIZ
    )
    for one in questions:
        drafting.save_question(session, built.teacher, made, one)
    return made


def show(session: Session, built: Built, *quizzes: UUID, place: int = 0) -> None:
    """A lesson of words with these quizzes, in the working copy."""
    found = queries.lesson(session, built.teacher, built.lesson(place))
    assert found is not None
    words = DraftBlock(id="w", type="markdown", text="Words.")
    blocks = [DraftBlock(id=quiz.hex, type="quiz", assessment_id=quiz) for quiz in quizzes]
    given = found.text.model_copy(update={"blocks": (words, *blocks)})
    saving.save(session, built.teacher, built.lesson(place), Save(found.version, new_id(), 1, given))


def published_quiz(session: Session, built: Built) -> tuple[UUID, Question]:
    """A quiz of one question that learners have."""
    quiz, [question] = make_assessment(session, built.made.lessons[0], questions=1, title="Known")
    show(session, built, quiz.id)
    reviewing.publish(session, built.teacher, built.id)
    return quiz.id, question


def reword(session: Session, built: Built, quiz: UUID, words: str) -> None:
    """Change the first question of a quiz in its draft."""
    found = drafting.open_draft(session, built.teacher, quiz)
    assert found is not None
    first = found.document.questions[0]
    drafting.save_question(session, built.teacher, quiz, first.model_copy(update={"text": words}), seen=first)


def asked(session: Session, quiz: UUID) -> list[str]:
    """What learners are asked now."""
    current = (Question.assessment_id == quiz) & Question.retired_at.is_(None)
    return list(session.scalars(select(Question.content).where(current).order_by(Question.order_index)))


def fates(session: Session, built: Built) -> dict[UUID, Fate]:
    return {one.id: one.fate for one in going_out.of_course(session, built.id).all}


def test_a_course_from_nothing_is_published_with_its_quiz_in_one_step(session: Session) -> None:
    built = build(session, lessons=1, status=CourseStatus.DRAFT)
    quiz = new_quiz(session, built, asking("A word has letters."))
    show(session, built, quiz)
    assert checklist.of_course(session, built.id) == []
    assert asked(session, quiz) == []
    reviewing.publish(session, built.teacher, built.id)
    assert asked(session, quiz) == ["A word has letters."]
    assert session.get_one(Assessment, quiz, populate_existing=True).is_published
    assert session.scalar(select(AssessmentDraft.id)) is None
    assert fates(session, built) == {}


def test_what_learners_were_asked_keeps_its_version_when_its_draft_goes_out_with_the_course(session: Session) -> None:
    built = build(session, lessons=1)
    quiz, question = published_quiz(session, built)
    learner = make_enrollment(session, built.made.course).user_id
    attempt = service.start_attempt(session, learner_id=learner, assessment_id=quiz)
    reword(session, built, quiz, "Which one now?")
    reviewing.submit(session, built.teacher, built.id)
    reviewing.approve(session, make_teacher(session, UserRole.CONTENT_ADMIN), built.id)
    assert asked(session, quiz) == ["Which one now?"]
    before = session.get_one(Question, question.id, populate_existing=True)
    assert (before.content, before.retired_at is None) == ("Which one?", False)
    service.save_answer(
        session, learner_id=learner, attempt_id=attempt, question_id=question.id, response={"option": "a"}
    )


def test_what_its_author_has_hidden_stays_hidden_and_keeps_its_draft(session: Session) -> None:
    built = build(session, lessons=1)
    quiz, _ = published_quiz(session, built)
    publishing.unpublish(session, built.teacher, quiz)
    reword(session, built, quiz, "Not yet")
    assert fates(session, built) == {quiz: Fate.HIDDEN}
    outlining.rename_lesson(session, built.teacher, built.lesson(), title="Renamed")
    reviewing.publish(session, built.teacher, built.id)
    assert not session.get_one(Assessment, quiz, populate_existing=True).is_published
    assert asked(session, quiz) == ["Which one?"]
    assert fates(session, built) == {quiz: Fate.HIDDEN}
    # Its author brings it back with the course, or publishes it by itself.
    for _ in range(2):
        placing.show_again(session, built.teacher, quiz)
    assert fates(session, built) == {quiz: Fate.OUT}
    reviewing.publish(session, built.teacher, built.id)
    assert asked(session, quiz) == ["Not yet"]
    publishing.unpublish(session, built.teacher, quiz)
    assert placing.place_of(session, quiz).is_hidden
    placing.show_again(session, built.teacher, quiz)
    assert not placing.place_of(session, quiz).is_hidden
    [back] = going_out.of_course(session, built.id).all
    assert (back.fate, back.was_out, back.is_published) == (Fate.OUT, True, False)
    reviewing.publish(session, built.teacher, built.id)
    assert session.get_one(Assessment, quiz, populate_existing=True).is_published
    publishing.unpublish(session, built.teacher, quiz)
    publishing.publish(session, built.teacher, quiz)
    assert session.get_one(Assessment, quiz, populate_existing=True).is_published


def test_a_quiz_that_loses_its_block_is_hidden_and_one_without_a_block_stays_aside(session: Session) -> None:
    built = build(session, lessons=1)
    quiz, _ = published_quiz(session, built)
    aside = new_quiz(session, built, asking("Aside", is_sound=False))
    reword(session, built, quiz, "Later")
    show(session, built)
    assert fates(session, built) == {quiz: Fate.ASIDE, aside: Fate.ASIDE}
    reviewing.publish(session, built.teacher, built.id)
    assert not session.get_one(Assessment, quiz, populate_existing=True).is_published
    # Put back, it is there again with what was written meanwhile.
    show(session, built, quiz)
    assert fates(session, built)[quiz] == Fate.OUT
    reviewing.publish(session, built.teacher, built.id)
    assert asked(session, quiz) == ["Later"]


def test_a_draft_in_a_hidden_or_deleted_lesson_stands_in_nobodys_way_and_goes_out_once_it_is_shown(
    session: Session,
) -> None:
    built = build(session, lessons=2)
    show(session, built, place=1)
    quiz = new_quiz(session, built, asking("Unfinished", is_sound=False))
    show(session, built, quiz)

    def shown(is_published: bool) -> None:
        found = queries.lesson(session, built.teacher, built.lesson())
        assert found is not None
        given = found.text.model_copy(update={"is_published": is_published})
        saving.save(session, built.teacher, built.lesson(), Save(found.version, new_id(), 1, given))

    shown(False)
    assert fates(session, built) == {quiz: Fate.UNSEEN}
    reviewing.publish(session, built.teacher, built.id)
    shown(True)
    assert fates(session, built) == {quiz: Fate.OUT}
    with pytest.raises(CourseNotReadyError, match="“Joins, asked”, question 1"):
        reviewing.publish(session, built.teacher, built.id)
    deleting.delete_lesson(session, built.teacher, built.lesson())
    assert fates(session, built) == {quiz: Fate.UNSEEN}
    reviewing.publish(session, built.teacher, built.id)


def test_a_draft_that_cannot_be_published_refuses_all_of_it_and_is_named(session: Session) -> None:
    built = build(session, lessons=1)
    quiz, _ = published_quiz(session, built)
    drafting.save_question(session, built.teacher, quiz, asking("And this?", is_sound=False))
    outlining.rename_lesson(session, built.teacher, built.lesson(), title="Renamed")
    [found] = checklist.of_course(session, built.id)
    assert found.sentence.startswith("“Known”, question 2: ")
    assert (found.is_blocking, found.assessment_id) == (True, quiz)
    for step in (reviewing.publish, reviewing.submit):
        with pytest.raises(CourseNotReadyError, match="“Known”, question 2"):
            step(session, built.teacher, built.id)
    assert session.scalars(select(Lesson.title).where(Lesson.id == built.lesson())).one() != "Renamed"
    assert asked(session, quiz) == ["Which one?"]
    with pytest.raises(InvalidQuestionError, match="“Known” can't be published yet"):
        publishing.publish(session, built.teacher, quiz)


def test_a_quiz_whose_draft_asks_nothing_has_no_question_whatever_learners_have(session: Session) -> None:
    built = build(session, lessons=1)
    quiz, _ = published_quiz(session, built)
    found = drafting.open_draft(session, built.teacher, quiz)
    assert found is not None
    drafting.delete_question(session, built.teacher, quiz, found.document.questions[0])
    [told] = checklist.of_course(session, built.id)
    assert told.is_blocking and "a quiz has no question yet" in told.sentence


def test_a_draft_that_mends_what_is_wrong_for_learners_goes_out(session: Session) -> None:
    built = build(session, lessons=1)
    quiz, question = published_quiz(session, built)
    question.correct_answer = {"option": "z"}
    session.flush()
    assert [one.is_blocking for one in checklist.of_course(session, built.id)] == [True, True]
    found = drafting.open_draft(session, built.teacher, quiz)
    assert found is not None
    [first] = found.document.questions
    drafting.save_question(session, built.teacher, quiz, first.model_copy(update={"right": ("a",)}), seen=first)
    assert checklist.of_course(session, built.id) == []
    reviewing.publish(session, built.teacher, built.id)


def test_a_rule_that_draws_too_much_is_said_of_the_draft(session: Session) -> None:
    built = build(session, lessons=1)
    quiz = new_quiz(session, built)
    show(session, built, quiz)
    joins = bank.create(session, built.teacher, title="Joins")
    bank.save_item(session, built.teacher, joins, asking("True?"), ["inner"])
    drafting.save_draws(session, built.teacher, quiz, seen=(), draws=[DraftDraw(bank_id=joins, tag="inner", count=2)])
    [found] = checklist.of_course(session, built.id)
    assert "2 are drawn from “Joins” with the tag “inner”, which has 1" in found.sentence
    bank.save_item(session, built.teacher, joins, asking("And this?"), ["inner"])
    # What a reviewer reads of the bank stays, too.
    reviewing.submit(session, built.teacher, built.id)
    with pytest.raises(BankInReviewError):
        bank.save_item(session, built.teacher, joins, asking("Too late"), ["inner"])
    reviewing.approve(session, make_teacher(session, UserRole.CONTENT_ADMIN), built.id)
    assert len(asked(session, quiz)) == 2
    bank.save_item(session, built.teacher, joins, asking("In time again"), ["inner"])


def test_while_a_course_waits_its_drafts_rest_and_the_correction_of_a_key_follows(session: Session) -> None:
    built = build(session, lessons=1)
    quiz, _ = published_quiz(session, built)
    reword(session, built, quiz, "As the reviewer reads it")
    reviewing.submit(session, built.teacher, built.id)
    found = drafting.open_draft(session, built.teacher, quiz)
    assert found is not None
    [first] = found.document.questions
    reviewer = make_teacher(session, UserRole.CONTENT_ADMIN)
    for who in (built.teacher, reviewer):
        for change in (
            lambda who=who: drafting.save_question(session, who, quiz, asking("Too late")),
            lambda who=who: drafting.delete_question(session, who, quiz, first),
            lambda who=who: drafting.move_question(session, who, quiz, first.id, by=1),
            lambda who=who: drafting.discard(session, who, quiz, seen=found.edited_at),
            lambda who=who: drafting.save_settings(
                session,
                who,
                quiz,
                seen=found.document.settings,
                settings=found.document.settings.model_copy(update={"title": "Other"}),
            ),
            lambda who=who: drafting.create(
                session, who, lesson_id=built.lesson(), title="New", assessment_type=AssessmentType.QUIZ
            ),
            lambda who=who: publishing.publish(session, who, quiz),
            lambda who=who: publishing.unpublish(session, who, quiz),
        ):
            with pytest.raises(InReviewError):
                change()
    [waiting] = reviewing.queue(session, reviewer)
    reviewing.approve(session, reviewer, built.id, seen=waiting.since)
    assert asked(session, quiz) == ["As the reviewer reads it"]


def test_of_a_hundred_quizzes_only_those_with_drafts_cost(session: Session) -> None:
    built = build(session, lessons=1)
    quizzes = [make_assessment(session, built.made.lessons[0], title=f"Q{n}")[0].id for n in range(100)]
    show(session, built, *quizzes)
    reviewing.publish(session, built.teacher, built.id)

    def cost() -> int:
        said: list[str] = []

        def count(*args: object) -> None:
            said.append(str(args[2]))

        connection = session.connection()
        event.listen(connection, "before_cursor_execute", count)
        reviewing.publish(session, built.teacher, built.id)
        event.remove(connection, "before_cursor_execute", count)
        return len(said)

    without = cost()
    assert without < 50
    reword(session, built, quizzes[7], "Now?")
    assert cost() - without < 30


def test_an_approval_and_a_save_at_the_same_moment_publish_what_was_read_or_nothing_of_the_save(
    fresh_database: Database,
) -> None:
    """Whoever comes later is told: a draft is never changed between the reviewer's look and the publication."""
    with fresh_database.transaction() as session:
        built = build(session, lessons=1)
        quiz, _ = published_quiz(session, built)
        reviewer = make_teacher(session, UserRole.CONTENT_ADMIN)
    # Who sends the course in waits for a save that is under way, so the reviewer reads it, too.
    with fresh_database.transaction() as session:
        reword(session, built, quiz, "As read")
        with pytest.raises(OperationalError, match="lock timeout"), Session(fresh_database.engine) as other:
            other.execute(text("SET lock_timeout = '200ms'"))
            reviewing.submit(other, built.teacher, built.id)
        found = drafting.open_draft(session, built.teacher, quiz)
        assert found is not None
        [first] = found.document.questions
    with fresh_database.transaction() as session:
        reviewing.submit(session, built.teacher, built.id)
    with fresh_database.reading() as session:
        [waiting] = reviewing.queue(session, reviewer)

    def withdraw_and_write(session: Session) -> None:
        reviewing.withdraw(session, built.teacher, built.id)
        later = first.model_copy(update={"text": "Slipped in"})
        drafting.save_question(session, built.teacher, quiz, later, seen=first)

    def write(session: Session) -> None:
        drafting.save_question(session, built.teacher, quiz, asking("Slipped in"))

    results = at_once(
        fresh_database,
        lambda session: reviewing.approve(session, reviewer, built.id, seen=waiting.since),
        withdraw_and_write,
        write,
        write,
    )
    with fresh_database.reading() as session:
        now = asked(session, quiz)
        is_approved = results[0] is None
        assert is_approved == (results[1] is not None)
        assert now == (["As read"] if is_approved else ["Which one?"])
        for told in results[2:]:
            assert told is None or isinstance(told, InReviewError)
        if any(told is None for told in results[2:]):  # it was written after the decision, and waits for the next one
            assert session.scalar(select(AssessmentDraft.id)) is not None


def test_who_changes_a_bank_waits_for_a_publication_that_draws_from_it_and_holds_nothing_up(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as session:
        built = build(session, lessons=1)
        joins = bank.create(session, built.teacher, title="Joins", course_id=built.id)
        bank.save_item(session, built.teacher, joins, asking("Drawn"), [])
        quiz = new_quiz(session, built)
        drafting.save_draws(session, built.teacher, quiz, seen=(), draws=[DraftDraw(bank_id=joins, count=1)])
        show(session, built, quiz)

    def change(session: Session) -> None:
        bank.save_item(session, built.teacher, joins, asking("More"), [])

    with ThreadPoolExecutor(1) as pool, fresh_database.transaction() as session:
        working_copy.hold(session, built.teacher, built.id)
        changed = pool.submit(at_once, fresh_database, change)
        until_somebody_waits(session)
        reviewing.publish(session, built.teacher, built.id)
    assert changed.result() == [None]
    with fresh_database.reading() as session:
        assert sorted(asked(session, quiz)) == ["Drawn", "More"]


def test_a_course_that_nobody_builds_is_published_with_its_drafts_too(session: Session) -> None:
    built = build(session, lessons=1)
    quiz, _ = published_quiz(session, built)
    course = session.get_one(Course, built.id)
    course.status = CourseStatus.DRAFT
    working_copy.forget(session, built.id)
    reword(session, built, quiz, "Anew")
    reviewing.publish(session, built.teacher, built.id)
    assert asked(session, quiz) == ["Anew"]
    assert queries.course(session, built.teacher, built.id) is None
