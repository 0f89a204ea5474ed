"""The checklist finds what nobody would get to, and says where it is mended; only what must be mended refuses."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, func, insert, update
from sqlalchemy.orm import Session

from learncraft.assessments.draft_shapes import DraftDocument, DraftSettings
from learncraft.assessments.models import (
    Assessment,
    AssessmentDraw,
    Question,
    QuestionBank,
    QuestionBankItem,
    QuestionType,
)
from learncraft.assessments.records import AssessmentDraft
from learncraft.authoring import checklist, deleting, queries, reviewing, saving
from learncraft.authoring.findings import Found
from learncraft.authoring.models import LessonDraft, ModuleDraft
from learncraft.authoring.saving import Save
from learncraft.authoring.shapes import DraftBlock, LessonText
from learncraft.courses import publication
from learncraft.courses.errors import CourseNotReadyError
from learncraft.courses.models import CourseStatus, Lesson
from learncraft.db import new_id
from learncraft.language import speaking
from tests.authoring import Built, build
from tests.factories import make_assessment, make_course, make_question


def with_quiz(session: Session, **values: object) -> tuple[Built, list[Question]]:
    """A course of one lesson with a quiz of two questions in a block."""
    built = build(session, lessons=1)
    quiz, questions = make_assessment(session, built.made.lessons[0], questions=2, title="Joins, asked", **values)
    put(session, built, DraftBlock(id="q", type="quiz", assessment_id=quiz.id))
    return built, questions


def put(session: Session, built: Built, *blocks: DraftBlock) -> None:
    found = queries.lesson(session, built.teacher, built.lesson())
    assert found is not None
    given = found.text.model_copy(update={"blocks": (*found.text.blocks, *blocks)})
    saving.save(session, built.teacher, built.lesson(), Save(found.version, new_id(), 1, given))


def only(session: Session, built: Built, words: str) -> Found:
    """The one finding with these words."""
    [found] = [one for one in checklist.of_course(session, built.id) if words in one.sentence]
    return found


def test_a_sound_course_has_nothing_unreachable(session: Session) -> None:
    built, _ = with_quiz(session)
    assert checklist.of_course(session, built.id) == []


def test_a_circle_of_required_courses_lets_nobody_in(session: Session) -> None:
    built, second, third = build(session, lessons=1), make_course(session, title="B"), make_course(session, title="C")
    built.made.course.extra = {"required_courses": [str(second.id), "nonsense"]}
    second.course.extra = {"required_courses": [str(third.id)]}
    session.flush()
    assert checklist.of_course(session, built.id) == []
    # Whatever wrote it, an import or two people at once, may have closed the circle behind the form's back.
    third.course.extra = {"required_courses": [str(second.id)]}
    session.flush()
    found = only(session, built, "in a circle: “B” → “C” → “B”")
    assert found.is_blocking and found.is_of_details
    with speaking("de"):
        only(session, built, "„B“ → „C“ → „B“")
    with pytest.raises(CourseNotReadyError, match="in a circle"):
        reviewing.submit(session, built.teacher, built.id)


def test_a_required_course_that_nobody_can_join_is_said(session: Session) -> None:
    built, other = build(session, lessons=1), make_course(session, title="Basics", status=CourseStatus.DRAFT)
    built.made.course.extra = {"required_courses": [str(other.id)]}
    session.flush()
    assert only(session, built, "“Basics” has to be finished before, and isn't published").is_blocking
    other.course.status = CourseStatus.ARCHIVED
    session.flush()
    assert not only(session, built, "nobody joins it any more").is_blocking
    other.course.deleted_at = func.now()
    session.flush()
    assert checklist.of_course(session, built.id) == []


def test_registration_without_an_offering_is_said(session: Session) -> None:
    built = build(session, lessons=1)
    built.made.course.extra = {"joined_by_registration_only": True}
    session.flush()
    assert not only(session, built, "no offering takes one").is_blocking


def test_what_is_hidden_by_what_stands_above_it(session: Session) -> None:
    built = build(session, modules=2, lessons=2)
    session.execute(
        update(LessonDraft).where(LessonDraft.id == built.lesson(1)).values(parent_lesson_id=built.lesson(0))
    )
    hidden = LessonText(title="Above", is_published=False, blocks=(DraftBlock(id="a", type="markdown", text="Words."),))
    found = queries.lesson(session, built.teacher, built.lesson(0))
    assert found is not None
    saving.save(session, built.teacher, built.lesson(0), Save(found.version, new_id(), 1, hidden))
    session.execute(update(ModuleDraft).where(ModuleDraft.id == built.module(1)).values(is_published=False))
    below = only(session, built, "stands below “Above”, which is hidden")
    assert (below.lesson_id, below.is_blocking) == (built.lesson(1), False)
    module = only(session, built, "is hidden, and with it 2 lessons that are not")
    assert module.lesson_id == built.lesson(2)


def test_a_visible_module_without_lessons_is_said_and_a_hidden_one_is_not(session: Session) -> None:
    built = build(session, modules=2, lessons=1)
    deleting.delete_lesson(session, built.teacher, built.lesson(1))
    found = only(session, built, "has no lesson that learners may see. Add one, or hide it")
    assert (found.lesson_id, found.is_blocking) == (None, False)
    session.execute(update(ModuleDraft).where(ModuleDraft.id == built.module(1)).values(is_published=False))
    assert checklist.of_course(session, built.id) == []


def test_a_quiz_that_nobody_can_pass(session: Session) -> None:
    built, questions = with_quiz(session, passing_score=Decimal(80))
    questions[0].correct_answer = {"option": "z"}
    session.flush()
    passing = only(session, built, "asks for 80 %, and 50 % can be earned")
    assert passing.is_blocking and passing.assessment_id == questions[0].assessment_id
    keyless = only(session, built, "no answer to “Which one?” counts as right")
    assert keyless.question_id == questions[0].id
    with pytest.raises(CourseNotReadyError, match="Nobody can pass"):
        reviewing.publish(session, built.teacher, built.id)


@pytest.mark.parametrize(
    ("kind", "key", "is_sound"),
    [
        (QuestionType.MULTI_SELECT, {"options": ["a", "c"]}, True),
        (QuestionType.MULTI_SELECT, {"options": ["a", "x"]}, False),
        (QuestionType.TRUE_FALSE, {"value": False}, True),
        (QuestionType.FILL_BLANK, {"accepted": [{"kind": "text", "text": "x"}]}, True),
        (QuestionType.SHORT_ANSWER, {"rubric": []}, True),
    ],
    ids=["all there", "one missing", "false", "blank", "written"],
)
def test_every_type_is_asked_for_its_key(
    session: Session, kind: QuestionType, key: dict[str, object], is_sound: bool
) -> None:
    built, questions = with_quiz(session)
    quiz = session.get_one(Assessment, questions[0].assessment_id)
    made = make_question(session, quiz, order_index=5, question_type=kind, correct_answer=key)
    found = [one.question_id for one in checklist.of_course(session, built.id)]
    assert (made.id in found) != is_sound


def test_an_assessment_that_has_closed_stops_a_new_course_only(session: Session) -> None:
    over = {"available_until": func.now() - timedelta(days=1)}
    built, _ = with_quiz(session, **over)
    assert not only(session, built, "has closed already").is_blocking
    built.made.course.published_at, built.made.course.status = None, CourseStatus.DRAFT
    session.flush()
    assert only(session, built, "has closed already").is_blocking


def test_a_rule_that_draws_more_than_the_bank_has_and_questions_that_are_never_drawn(session: Session) -> None:
    built, questions = with_quiz(session)
    bank = QuestionBank(id=new_id(), owner_id=built.teacher.id, course_id=built.id, title="Joins")
    session.add(bank)
    session.flush()
    items = [
        QuestionBankItem(
            id=new_id(),
            bank_id=bank.id,
            question_type=QuestionType.TRUE_FALSE,
            content="True?",
            correct_answer={"value": True},
            tags=[tag],
        )
        for tag in ("outer", "inner", "inner")
    ]
    session.add_all(items)
    session.flush()
    assert "3 questions of the bank “Joins” are never asked" in only(session, built, "never asked").sentence
    rule = AssessmentDraw(
        id=new_id(), assessment_id=questions[0].assessment_id, bank_id=bank.id, tag="inner", question_count=3
    )
    session.add(rule)
    session.flush()
    for place, item in enumerate(items[1:]):
        copy = make_question(
            session,
            session.get_one(Assessment, questions[0].assessment_id),
            order_index=1_000_000 + place,
            question_type=QuestionType.TRUE_FALSE,
            correct_answer={"value": True},
            is_drawn=True,
        )
        copy.bank_item_id = item.id
    session.flush()
    found = only(session, built, "draws 3 questions from “Joins” (inner), which has 2")
    assert found.is_blocking and found.assessment_id == questions[0].assessment_id
    assert only(session, built, "1 question of the bank “Joins” is never asked").bank_id == bank.id
    rule.question_count = 2
    session.flush()
    assert [one.sentence for one in checklist.of_course(session, built.id) if one.is_blocking] == []
    copy.points = Decimal(7)
    session.flush()
    assert only(session, built, "learners could earn different totals").is_blocking


def test_rules_that_draw_from_the_same_questions_are_counted_together(session: Session) -> None:
    built, questions = with_quiz(session)
    quiz = session.get_one(Assessment, questions[0].assessment_id)
    bank = QuestionBank(id=new_id(), owner_id=built.teacher.id, course_id=built.id, title="Joins")
    session.add(bank)
    session.flush()
    for place, tags in enumerate((["outer", "inner"], ["inner"], ["outer"])):
        item = QuestionBankItem(
            id=new_id(),
            bank_id=bank.id,
            question_type=QuestionType.TRUE_FALSE,
            content="True?",
            correct_answer={"value": True},
            tags=tags,
        )
        session.add(item)
        session.flush()
        values = {"question_type": QuestionType.TRUE_FALSE, "correct_answer": {"value": True}, "is_drawn": True}
        make_question(session, quiz, order_index=1_000_000 + place, **values).bank_item_id = item.id
    rules = [
        AssessmentDraw(id=new_id(), assessment_id=quiz.id, bank_id=bank.id, tag=tag, question_count=count)
        for tag, count in (("outer", 1), ("inner", 2))
    ]
    session.add_all(rules)
    session.flush()
    assert checklist.of_course(session, built.id) == []  # the first leaves both to the second
    rules[0].question_count = 2
    session.flush()
    found = only(
        session, built, "draws 2 questions from “Joins” (inner), which has 2, but other rules draw from the same"
    )
    assert found.is_blocking and found.assessment_id == quiz.id


def test_what_is_typed_and_gives_nobody_an_attempt_is_said(session: Session) -> None:
    built, questions = with_quiz(session)
    draft = DraftDocument(settings=DraftSettings(title="Joins, asked", max_attempts=0, passing_score=101))
    session.add(
        AssessmentDraft(
            id=new_id(),
            assessment_id=questions[0].assessment_id,
            document=draft.model_dump(mode="json"),
            edited_by=built.teacher.id,
        )
    )
    session.flush()
    assert only(session, built, "Nobody has an attempt").is_blocking
    assert only(session, built, "passing score lies outside").is_blocking


@pytest.mark.parametrize(("is_required", "advice"), [(False, "Publish it in"), (True, "Show it again in")])
def test_a_quiz_that_its_author_has_hidden_is_said_once_its_lesson_is_out(
    session: Session, monkeypatch: pytest.MonkeyPatch, is_required: bool, advice: str
) -> None:
    built, questions = with_quiz(session)
    reviewing.publish(session, built.teacher, built.id)
    assert checklist.of_course(session, built.id) == []
    session.get_one(Assessment, questions[0].assessment_id).is_published = False
    session.flush()
    monkeypatch.setattr(publication, "_is_required", is_required)
    assert not only(session, built, f"is not shown to learners. {advice} its editor").is_blocking


def test_a_thousand_lessons_are_checked_by_three_statements(session: Session) -> None:
    built, _ = with_quiz(session)
    lessons = [
        {
            "id": new_id(),
            "module_id": built.module(),
            "title": f"L{n}",
            "slug": f"l{n}",
            "lesson_type": "reading",
            "order_index": n + 10,
        }
        for n in range(1000)
    ]
    session.execute(insert(Lesson), lessons)
    content = LessonText(title="L", blocks=(DraftBlock(id="a", type="markdown", text="Words."),)).model_dump(
        mode="json"
    )
    session.execute(
        insert(LessonDraft),
        [
            {
                "id": one["id"],
                "module_id": built.module(),
                "slug": one["slug"],
                "order_index": one["order_index"],
                "content": content,
            }
            for one in lessons
        ],
    )
    said: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: said.append(args[2]))
    assert checklist.of_course(session, built.id) == []
    assert len(said) == 3
