"""The ladder of hints: as far as the rule of the assessment goes, and never to the key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from learncraft.accounts.models import User, UserRole
from learncraft.assessments import grading, live
from learncraft.assessments import service as attempts
from learncraft.assessments.models import AssessmentType, QuestionType, TutorHelp
from learncraft.courses.models import Course, Lesson
from learncraft.db import new_id
from learncraft.errors import NotFoundError
from learncraft.labs.models import Lab, LabTemplate
from learncraft.tutor import answering, hints
from learncraft.tutor.hints import HintsOffError, Subject
from learncraft.tutor.models import InteractionType
from tests.factories import make_assessment, make_question, make_user
from tests.tutor.conftest import QUESTION, Room, viewer_of
from tests.tutor.model_server import ModelServer

KEY = "the left join"
WORDS = {
    "content": QUESTION,
    "options": [
        {"id": "a", "text": KEY, "feedback": ""},
        {"id": "b", "text": "the inner join", "feedback": ""},
        {"id": "c", "text": "the cross join", "feedback": ""},
    ],
}


@dataclass
class Paper:
    """An open attempt with one question whose key is known."""

    room: Room
    attempt_id: UUID
    question_id: UUID

    def hint(self) -> str:
        return self.room.hint(self.attempt_id, self.question_id)

    def answer(self) -> None:
        with self.room.database.transaction() as session:
            attempts.save_answer(
                session,
                learner_id=self.room.learner.id,
                attempt_id=self.attempt_id,
                question_id=self.question_id,
                response={"option": "b"},
            )


def paper(room: Room, **values: Any) -> Paper:
    with room.database.transaction() as session:
        lesson = session.get_one(Lesson, room.lesson_id)
        assessment, _ = make_assessment(session, lesson, questions=0, **values)
        question = make_question(session, assessment, order_index=0, **WORDS)
        attempt = attempts.start_attempt(session, learner_id=room.learner.id, assessment_id=assessment.id)
    return Paper(room, attempt, question.id)


@pytest.fixture(autouse=True)
def hand_in(room: Room) -> Any:
    yield
    with room.database.transaction() as session:
        session.execute(text("DELETE FROM assessments"))


def test_hints_climb_after_a_try_are_recorded_and_keep_the_key(room: Room) -> None:
    open_quiz = paper(room)
    first = open_quiz.hint()
    assert first.startswith("Look again at Joins.")
    with pytest.raises(HintsOffError, match="Answer it as well as you can first"):
        open_quiz.hint()
    open_quiz.answer()
    more = [open_quiz.hint() for _ in range(3)]
    assert len({first, *more}) >= 3  # the last one comes again
    assert not any("left join" in said.lower() for said in (first, *more))
    assert "inner join" in more[1].lower()  # the course speaks of something else of the kind
    with room.database.reading() as session:
        levels = session.scalars(
            text("SELECT event_data -> 'level' FROM learning_events WHERE event_type = 'hint_requested' ORDER BY 1")
        ).all()
        had = hints.given(session, room.learner.id, open_quiz.attempt_id)
    assert levels == [1, 2, 3, 3]
    assert [one.step for one in had] == [1, 2, 3, 3]
    assert had[0].places[0][2].startswith("/lesson?id=")


@pytest.mark.parametrize(
    ("kind", "chosen", "allowed"),
    [
        (AssessmentType.EXAM, None, False),
        (AssessmentType.CERTIFICATION, None, False),
        (AssessmentType.QUIZ, None, True),
        (AssessmentType.QUIZ, TutorHelp.NOTHING, False),
        (AssessmentType.EXAM, TutorHelp.HINTS, True),
        (AssessmentType.PRACTICE, None, True),
    ],
)
def test_the_rule_of_the_assessment_holds_on_the_server(
    room: Room, kind: AssessmentType, chosen: TutorHelp | None, allowed: bool
) -> None:
    open_paper = paper(room, assessment_type=kind, tutor_help=chosen)
    if allowed:
        assert open_paper.hint()
    else:
        with pytest.raises(HintsOffError):
            open_paper.hint()
        assert room.ask() == answering.EXAM_OPEN.format(title="Quiz")
    assert room.count("ai_interactions") == 1


def test_beside_an_open_quiz_the_chat_only_points_and_in_practice_it_answers(room: Room, model: ModelServer) -> None:
    open_quiz = paper(room)
    for said in (room.ask(), room.want(InteractionType.SUMMARY, lesson_id=room.lesson_id)):
        assert "I only point to where it stands" in said
        assert "left join" not in said.lower()
    assert model.prompts == []
    with room.database.transaction() as session:
        attempts.submit_attempt(session, learner_id=room.learner.id, attempt_id=open_quiz.attempt_id)
    paper(room, assessment_type=AssessmentType.PRACTICE)
    assert "left join" in room.ask().lower()


def test_a_model_that_tells_the_key_is_not_heard(room: Room, model: ModelServer) -> None:
    open_quiz = paper(room, assessment_type=AssessmentType.PRACTICE)
    model.says = lambda _: (
        "A left join keeps all rows of the left table [1]. An inner join keeps the rows that have a partner [1]."
    )
    said = [open_quiz.hint() for _ in range(3)][-1]
    assert "inner join" in said.lower()
    assert "left join" not in said.lower()
    assert KEY not in str(model.prompts).lower()


def test_nobody_gets_hints_for_an_attempt_of_another(room: Room) -> None:
    open_quiz = paper(room)
    for attempt_id, question_id in ((open_quiz.attempt_id, new_id()), (new_id(), open_quiz.question_id)):
        with pytest.raises(NotFoundError):
            room.hint(attempt_id, question_id)
    room.learner, room.stranger = room.stranger, room.learner
    try:
        with pytest.raises(NotFoundError):
            open_quiz.hint()
    finally:
        room.learner, room.stranger = room.stranger, room.learner


def test_only_who_teaches_an_assessment_sets_its_rule(room: Room) -> None:
    with room.database.transaction() as session:
        course = session.get_one(Course, room.course_id)
        teacher = viewer_of(session.get_one(User, course.instructor_id))
        other = viewer_of(make_user(session, role=UserRole.INSTRUCTOR))
        assessment, _ = make_assessment(session, session.get_one(Lesson, room.lesson_id))
        live.choose_help(session, teacher, assessment_id=assessment.id, chosen=TutorHelp.NOTHING)
        [rule] = live.help_rules(session, course.id)
        assert (rule.title, rule.chosen) == ("Quiz", TutorHelp.NOTHING)
        for stranger in (other, room.learner):
            with pytest.raises(NotFoundError):
                live.choose_help(session, stranger, assessment_id=assessment.id, chosen=TutorHelp.ANSWERS)


def test_a_lab_gives_its_authors_hint_and_never_its_solution(room: Room) -> None:
    solution = "SELECT name FROM learners LEFT JOIN marks ON true"
    with room.database.transaction() as session:
        template = LabTemplate(id=new_id(), name=f"SQL {new_id()}", base_image="browser", tech_stack="postgresql")
        session.add(template)
        session.flush()
        session.add(
            Lab(
                lesson_id=room.lesson_id,
                template_id=template.id,
                title="Join two tables",
                instructions=f"Keep all rows of the left table. Never write {solution} at once.",
                success_criteria=[{"id": "one", "title": "Rows", "check": "true", "hint": "Which table comes first?"}],
                solution_files={"answer.sql": solution},
            )
        )
    try:
        said = [room.want(InteractionType.HINT, lesson_id=room.lesson_id) for _ in range(3)]
        assert "Which table comes first?" in said[1]
        assert not any(solution in one for one in said)
        assert room.count("learning_events") == 3
    finally:
        with room.database.transaction() as session:
            session.execute(text("DELETE FROM labs"))


@pytest.mark.parametrize(
    ("secret", "told", "away"),
    [
        ("the left join", "A left   JOIN keeps all.", True),
        ("42", "It is 42.", True),
        ("photosynthesis", "Plants turn light into sugar.", False),
        ("plants turn light into sugar and oxygen", "Light is turned into sugar and oxygen by plants.", True),
        (")", "f(x)", False),
        ("", "Anything", False),
    ],
)
def test_what_gives_a_key_away(secret: str, told: str, away: bool) -> None:
    assert hints.gives_away(told, _subject("?", secret)) is away


def test_a_statement_is_not_repeated() -> None:
    asked = _subject("A left join keeps all rows of the left table.", is_statement=True)
    assert hints.gives_away("A left join does not keep all rows of the left table.", asked)
    assert not hints.gives_away("Tables have rows.", asked)


@given(st.text(alphabet="abcde 1", min_size=3, max_size=30), st.text(alphabet="xyz ", max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_text_that_holds_the_key_gives_it_away(key: str, around: str) -> None:
    if key.strip():
        assert hints.gives_away(f"{around} {key} {around}", _subject("?", key))


def _subject(asked: str, *secrets: str, is_statement: bool = False) -> Subject:
    return Subject(new_id(), new_id(), new_id(), "", asked, secrets, is_statement)


def test_each_kind_of_key_has_its_secrets() -> None:
    keys = {
        QuestionType.MULTIPLE_CHOICE: {"option": "a"},
        QuestionType.MULTI_SELECT: {"options": ["a", "b"]},
        QuestionType.TRUE_FALSE: {"value": True},
        QuestionType.FILL_BLANK: {"accepted": [{"kind": "text", "text": "one"}, {"kind": "number", "value": "2"}]},
        QuestionType.SHORT_ANSWER: {"rubric": [], "sample": "three\n\nfour"},
    }
    options = {"a": "A", "b": "B"}
    found = [live.secrets(grading.parse_key(kind, key), options) for kind, key in keys.items()]
    assert found == [("A",), ("A", "B"), (), ("one", "2"), ("three", "four")]
