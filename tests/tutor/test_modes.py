"""What the tutor does besides answering, with and without a model: other words, a summary, what is next, a hint."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import text

from learncraft.assessments import service as attempts
from learncraft.courses.models import Course, Lesson
from learncraft.db import new_id
from learncraft.enrollment import service as enrollment
from learncraft.errors import InvalidInputError
from learncraft.tutor import chats
from learncraft.tutor.models import ChatRole, InteractionType, RagChatMessage
from tests.factories import make_assessment, make_course, make_enrollment, make_user
from tests.tutor.conftest import GROUNDED, QUESTION, Room, say, viewer_of
from tests.tutor.model_server import ModelServer

SUMMARY, EXPLANATION, NEXT = InteractionType.SUMMARY, InteractionType.EXPLANATION, InteractionType.RECOMMENDATION


def only_chat(room: Room) -> Any:
    with room.database.reading() as session:
        [chat] = chats.mine(session, room.learner.id)
    return chat.id


def test_a_question_is_explained_in_other_sentences(room: Room) -> None:
    assert GROUNDED in room.ask()
    said = room.want(EXPLANATION, chat_id=only_chat(room))
    assert GROUNDED not in said
    assert "inner join" in said  # what else the course says
    assert room.last_call().interaction_type == EXPLANATION


def test_a_model_explains_with_comparisons_of_its_own_marked_as_such(room: Room, model: ModelServer) -> None:
    room.ask()

    def told(prompt: str) -> list[str]:
        mark = re.search(r"\[~\w+\]", prompt)
        assert mark is not None
        said = (
            "It is like a team list where everybody stays [~]. A left join keeps all rows of the left table [1]. "
            "Left joins were invented on the moon. A second picture [~]. A third [~]. A fourth [~]."
        ).replace("[~]", mark[0])
        return [said, " The right option is B [~].", " It is C [~abcdef]."]  # a lesson can't know the mark

    model.says = told
    said = room.want(EXPLANATION, chat_id=only_chat(room), persona="sports")
    assert "*It is like a team list where everybody stays" in said
    assert "left table. [1]" in said
    assert "moon" not in said
    assert not any(word in said for word in ("fourth", "option", "It is C"))
    assert "Compare it with sports." in str(model.prompts[-1])


def test_without_a_question_there_is_nothing_to_explain(room: Room) -> None:
    for kind, sentence in (
        (EXPLANATION, "Ask something first"),
        (SUMMARY, "Open a lesson"),
        (InteractionType.HINT, "no lab"),
    ):
        with pytest.raises(InvalidInputError, match=sentence):
            room.want(kind)
    assert room.count("rag_chat_sessions") == 0


def test_a_lesson_is_summarised_section_by_section(room: Room, model: ModelServer) -> None:
    with room.database.transaction() as session:
        course = make_course(session)
        make_enrollment(session, course.course, session.merge(make_user(session)))
        learner = viewer_of(make_user(session))
        session.execute(
            text("INSERT INTO enrollments (user_id, course_id) VALUES (:u, :c)"), {"u": learner.id, "c": course.id}
        )
        say(
            session,
            course.lessons[0],
            "# Tea\n\nTea is made of leaves. Leaves of tea grow in China.\n\n"
            "# Coffee\n\nCoffee is made of roasted beans. Beans of coffee are roasted before coffee is made.",
            title="Hot drinks",
        )
        lesson_id = course.lessons[0].id
    room.settings = room.settings.model_copy(update={"tutor_url": None})
    said = room.want(SUMMARY, viewer=learner, lesson_id=lesson_id)
    assert said.index("ea is made of leaves") < said.index("offee is made")
    assert said.count("> ") == 2
    room.settings = room.settings.model_copy(update={"tutor_url": model.url})
    model.says = lambda _: "Tea is made of leaves [1]. Coffee is made of roasted beans [2]. Cocoa is drunk by kings."
    said = room.want(SUMMARY, viewer=learner, lesson_id=lesson_id)
    assert "Tea is made of leaves. [1]" in said
    assert "kings" not in said
    assert room.want(SUMMARY, viewer=room.stranger, lesson_id=lesson_id).startswith("There is no text here")


def test_what_comes_next_has_its_reason_and_its_lesson(room: Room) -> None:
    with room.database.transaction() as session:
        made = make_course(session, lessons=3)
        learner = make_user(session)
        viewer = viewer_of(learner)
        make_enrollment(session, made.course, learner)
        first, second, third = made.lessons
        quiz, _ = make_assessment(session, first, title="First steps")
    assert room.want(NEXT, viewer=viewer).startswith(f"Go on with **{first.title}**: it comes next, and 0 of 3")
    with room.database.transaction() as session:
        enrollment.open_lesson(session, learner_id=learner.id, lesson_id=third.id)
    assert f"Finish **{first.title}** first: “{third.title}”, which you have begun" in room.want(NEXT, viewer=viewer)
    with room.database.transaction() as session:
        attempt = attempts.start_attempt(session, learner_id=learner.id, assessment_id=quiz.id)
        attempts.submit_attempt(session, learner_id=learner.id, attempt_id=attempt)
    said = room.want(NEXT, viewer=viewer)
    assert said.startswith(f"Read **{first.title}** again, then try “First steps” once more: your best result is 0 %")
    assert "[1]" in said
    with room.database.reading() as session:
        chat = chats.mine(session, viewer.id)[0]
        assert chats.messages(session, viewer.id, chat.id)[-1].sources[0].address == f"/lesson?id={first.id}"
    assert "nothing open in your courses" in room.want(NEXT, viewer=room.stranger)
    assert second.title not in said.split("[1]")[0]


def test_a_finished_course_leads_to_the_one_that_builds_on_it(room: Room) -> None:
    with room.database.transaction() as session:
        done, builds = make_course(session), make_course(session, title="Joins for experts")
        learner = make_user(session)
        builds.course.extra = {"required_courses": [str(done.id)]}
        place = make_enrollment(session, done.course, learner)
        session.execute(
            text("UPDATE enrollments SET status = 'completed', completed_at = now() WHERE id = :id"), {"id": place.id}
        )
        for lesson in done.lessons:
            session.execute(
                text(
                    "INSERT INTO lesson_progress (user_id, lesson_id, status, completed_at) "
                    "VALUES (:user, :lesson, 'completed', now())"
                ),
                {"user": learner.id, "lesson": lesson.id},
            )
        viewer = viewer_of(learner)
    assert "**Joins for experts** in the catalogue builds on it." in room.want(NEXT, viewer=viewer)


def test_a_model_words_what_comes_next_from_the_reasons_alone(room: Room, model: ModelServer) -> None:
    model.says = lambda _: "Go on with Joins, it comes next [1]. Buy my book about everything else."
    said = room.want(NEXT)
    assert "Go on with Joins, it comes next. [1]" in said
    assert "book" not in said
    assert QUESTION not in said


def test_lessons_of_others_are_no_advice(room: Room) -> None:
    with room.database.transaction() as session:
        hidden = make_course(session, title=f"Hidden {new_id()}")
        session.get_one(Course, hidden.id).deleted_at = None
        session.get_one(Lesson, hidden.lessons[0].id).is_published = False
        make_enrollment(session, hidden.course, session.merge(make_user(session)))
    assert "Hidden" not in room.want(NEXT)


def test_a_question_whose_answer_was_lost_is_asked_again_once(room: Room) -> None:
    room.ask()
    for lost in (QUESTION, "What should I do next?"):
        with room.database.transaction() as session:
            [chat] = chats.mine(session, room.learner.id)
            session.add(RagChatMessage(session_id=chat.id, role=ChatRole.USER, content=lost))
        answer = room.want(InteractionType.QUERY, chat_id=chat.id, again=True)
        assert ("Go on with" if lost != QUESTION else GROUNDED) in answer
        with pytest.raises(InvalidInputError, match="There is an answer"):
            room.want(InteractionType.QUERY, chat_id=chat.id, again=True)
    assert room.count("rag_chat_messages") == 6
