"""Questions and their answers: with a model, without one, and with one that misbehaves."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from learncraft.accounts.models import User, UserRole
from learncraft.assessments import service as attempts
from learncraft.errors import InvalidInputError, LearnCraftError, NotFoundError
from learncraft.tutor import answering, asking, chats
from learncraft.tutor.allowance import TooManyQuestionsError
from learncraft.tutor.models import RagChatMessage
from tests.factories import make_assessment, make_course, make_enrollment, make_user
from tests.tutor.conftest import ADDRESSES, GROUNDED, JOINS, QUESTION, Room, viewer_of
from tests.tutor.model_server import ModelServer, sources_of


def test_without_a_model_the_course_answers_with_its_place(room: Room) -> None:
    said = room.ask()
    assert f"> {GROUNDED} [1]" in said
    with room.database.reading() as session:
        [chat] = chats.mine(session, room.learner.id)
        question, answer = chats.messages(session, room.learner.id, chat.id)
    assert chat.title == QUESTION
    assert (question.content, question.is_answer) == (QUESTION, False)
    assert answer.sources[0].address == f"/lesson?id={room.lesson_id}&block=p1"
    assert answer.sources[0].quote == GROUNDED
    assert room.last_call().model_used is None
    with room.database.reading() as session:
        told = session.execute(
            text("SELECT event_data FROM learning_events WHERE event_type = 'tutor_asked'")
        ).scalars()
        assert told.all() == [{"kind": "query", "answered": True}]


def test_what_the_courses_do_not_say_is_refused(room: Room) -> None:
    said = room.ask("How do I bake sourdough bread with rye flour?")
    assert said.startswith("I don't find this in your courses.")
    assert room.last_call().is_refused
    assert room.ask(viewer=room.stranger).startswith("I don't find this in your courses. Join a course")


def test_a_model_words_the_answer_and_is_held_to_its_sources(room: Room, model: ModelServer) -> None:
    model.says = lambda _: [
        "A left join keeps all ",
        "rows of the left table. [1] The moon is made ",
        "of green cheese [1]. Rows without a partner",
        " need an inner join that keeps rows [9].",
    ]
    room.settings = room.settings.model_copy(update={"tutor_price_in": 1.0, "tutor_price_out": 2.0})
    said = room.ask()
    assert said.startswith(f"{GROUNDED} [1]")
    assert "cheese" not in said and "[9]" not in said
    call = room.last_call()
    assert (call.model_used, call.prompt_tokens, call.tokens_used) == ("gpt-4o-mini", 100, 120)
    assert call.context["cost"] == pytest.approx(0.14)
    assert call.context["unsupported"] == 2


@pytest.mark.parametrize("manner", ["stalls", "breaks off", "too many", "failing", "nonsense", "not events"])
def test_a_model_that_misbehaves_leaves_the_course_to_answer(room: Room, model: ModelServer, manner: str) -> None:
    model.manner = manner
    model.says = lambda _: [f"{GROUNDED} [1] ", "And "] * 2
    said = room.ask()
    assert answering.MODEL_AWAY in said
    assert f"> {GROUNDED} [" in said
    assert room.last_call().context["note"] == answering.MODEL_AWAY


@pytest.mark.parametrize("address", ADDRESSES[::3])  # each is tried three times
def test_a_dead_or_hostile_address_leaves_the_course_to_answer(room: Room, address: str) -> None:
    room.settings = room.settings.model_copy(update={"tutor_url": address, "tutor_timeout": 0.5})
    said = room.ask()
    assert answering.MODEL_AWAY in said
    assert f"> {GROUNDED} [" in said
    assert room.count("rag_chat_messages") == 2


def test_a_dead_model_is_left_alone_after_three_failures(room: Room, model: ModelServer) -> None:
    model.manner = "failing"
    for _ in range(4):
        assert answering.MODEL_AWAY in room.ask()
    asked = len(model.prompts)
    assert answering.MODEL_AWAY in room.ask()
    assert len(model.prompts) == asked


def test_names_stay_here_unless_a_setting_sends_them(room: Room, model: ModelServer) -> None:
    model.says = lambda prompt: [f"{GROUNDED} [1]"]
    question = f"{QUESTION} Zenobia Quark, {room.learner.email}, +49 30 1234567"
    room.ask(question)
    assert not [word for word in ("Zenobia", "Quark", room.learner.email, "1234567") if word in model.prompts[-1]]
    room.settings = room.settings.model_copy(update={"tutor_sends_names": True})
    room.ask(question)
    assert "Zenobia" in model.prompts[-1]


def test_beyond_the_days_answers_the_course_is_quoted(room: Room, model: ModelServer) -> None:
    model.says = lambda _: [f"{GROUNDED} [1]"]
    room.settings = room.settings.model_copy(update={"tutor_answers_a_day": {"free": 1}})
    assert answering.MODEL_USED_UP not in room.ask()
    assert answering.MODEL_USED_UP in room.ask()
    assert len(model.prompts) == 1


def test_a_stopped_answer_keeps_what_was_read(room: Room, model: ModelServer) -> None:
    model.says = lambda _: [f"{GROUNDED} [1] ", "An inner join keeps the rows that have a partner. [1] ", "End."]
    model.delay = 0.05
    pieces = room.pieces()
    first = next(pieces)
    pieces.close()
    assert room.last_call().output_text == first.strip() == f"{GROUNDED} [1]"


def test_who_asks_too_fast_waits(room: Room) -> None:
    room.settings = room.settings.model_copy(update={"tutor_questions_a_minute": 2})
    room.ask()
    room.ask()
    with pytest.raises(TooManyQuestionsError, match="Wait a moment"):
        room.ask()


@pytest.mark.parametrize("question", ["", "  ", "\x00", "🙂🙂", "x" * 100_000, "?!", "\ud800"])
def test_what_is_no_question_gets_a_sentence_and_leaves_nothing(room: Room, question: str) -> None:
    with pytest.raises(InvalidInputError):
        room.ask(question)
    assert room.count("rag_chat_sessions") == 0


@pytest.mark.parametrize(
    "question",
    [
        "'; DROP TABLE users; --",
        "<script>alert(1)</script> join",
        "Was ist ein Join? 🙂",
        "什么是左连接?",
        "ما هو الربط؟",
        "a\x00b join",
        "join & | ! <-> :* \\",
        "%s %(x)s {y} $1",
    ],
)
def test_strange_questions_are_answered_or_refused(room: Room, question: str) -> None:
    assert room.ask(question)
    assert room.count("rag_chat_messages") == 2


def test_a_chat_goes_on_is_remembered_and_taken_along(room: Room) -> None:
    room.ask()
    with room.database.reading() as session:
        [chat] = chats.mine(session, room.learner.id)
    for _ in range(4):
        room.ask(QUESTION, chat_id=chat.id)
    with room.database.reading() as session:
        said = chats.messages(session, room.learner.id, chat.id)
        summary = session.scalar(text("SELECT summary FROM rag_chat_sessions"))
    assert len(said) == 10
    assert summary is not None and summary.count("Asked: ") == 2
    assert f"> {GROUNDED}" in chats.as_markdown(chat, said)
    assert '"role": "tutor"' in chats.as_json(chat, said)


def test_chats_belong_to_one_person(room: Room) -> None:
    room.ask()
    with room.database.reading() as session:
        [chat] = chats.mine(session, room.learner.id)
        assert chats.one(session, room.stranger.id, chat.id) is None
        assert chats.messages(session, room.stranger.id, chat.id) == []
    call = room.last_call().id
    for act in (
        lambda session: chats.remove(session, viewer_id=room.stranger.id, chat_id=chat.id),
        lambda session: chats.rename(session, viewer_id=room.stranger.id, chat_id=chat.id, title="Mine"),
        lambda session: chats.rate(session, viewer_id=room.stranger.id, interaction_id=call, rating=1),
        lambda session: asking.ask(session, room.stranger, room.settings, QUESTION, chat_id=chat.id),
    ):
        with pytest.raises(NotFoundError), room.database.transaction() as session:
            act(session)


def test_an_answer_is_rated_with_a_reason(room: Room) -> None:
    room.ask()
    call = room.last_call().id
    with room.database.transaction() as session:
        chats.rate(session, viewer_id=room.learner.id, interaction_id=call, rating=2, reason="Too short.")
    rated = room.last_call()
    assert (rated.feedback_rating, rated.feedback_reason) == (2, "Too short.")
    with pytest.raises(LearnCraftError), room.database.transaction() as session:
        chats.rate(session, viewer_id=room.learner.id, interaction_id=call, rating=6)


def test_deleting_a_chat_deletes_what_was_said(room: Room) -> None:
    room.ask()
    with room.database.transaction() as session:
        [chat] = chats.mine(session, room.learner.id)
        chats.remove(session, viewer_id=room.learner.id, chat_id=chat.id)
    assert room.count("rag_chat_messages") == 0
    assert (room.last_call().input_text, room.last_call().output_text) == ("", "")


def test_during_an_exam_the_tutor_keeps_out(room: Room, model: ModelServer) -> None:
    with room.database.transaction() as session:
        course = make_course(session)
        exam, _ = make_assessment(session, course.lessons[0], assessment_type="exam")
        make_enrollment(session, course.course, session.get_one(User, room.stranger.id))
        attempts.start_attempt(session, learner_id=room.stranger.id, assessment_id=exam.id)
    assert room.ask(viewer=room.stranger) == answering.EXAM_OPEN.format(title=exam.title)
    assert model.prompts == []


def test_each_role_is_answered_from_what_it_may_read(room: Room) -> None:
    with room.database.transaction() as session:
        people = {role: viewer_of(make_user(session, role=role)) for role in UserRole}
    for role, viewer in people.items():
        is_answered = GROUNDED in room.ask(viewer=viewer)
        assert is_answered == (role in {UserRole.CONTENT_ADMIN, UserRole.SYSTEM_ADMIN}), role


def test_a_model_is_told_what_was_said_before_and_the_sources(room: Room, model: ModelServer) -> None:
    model.says = lambda prompt: [f"{GROUNDED} [1]"]
    room.ask()
    with room.database.reading() as session:
        chat = session.scalars(select(RagChatMessage.session_id)).first()
    room.ask(chat_id=chat)
    assert f"Learner: {QUESTION}" in model.prompts[-1]
    assert sources_of(model.prompts[-1])[0].strip() == JOINS
