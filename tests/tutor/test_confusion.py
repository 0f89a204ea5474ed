"""What learners ask, for those who teach: like with like, without names, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course
from learncraft.courses.teaching import CoInstructor
from learncraft.tutor import chats, confusion
from learncraft.tutor.confusion import AskedOnce
from tests.factories import make_user
from tests.tutor.conftest import QUESTION, Room, viewer_of

SINCE = datetime.now(UTC) - timedelta(days=1)


def test_questions_reach_those_who_teach_without_names(room: Room) -> None:
    room.ask(f"I am Zenobia Quark, zenobia@example.org. {QUESTION}")
    room.ask("Left join: which rows of the left table does it keep?")
    room.ask("How do I bake sourdough bread with rye flour?")
    with room.database.transaction() as session:
        chats.rate(
            session, viewer_id=room.learner.id, interaction_id=room.last_call().id, rating=1, reason="Zenobia says no"
        )
        teacher = viewer_of(session.get_one(User, session.get_one(Course, room.course_id).instructor_id))
        helper = viewer_of(make_user(session, role=UserRole.INSTRUCTOR))
        session.add(CoInstructor(course_id=room.course_id, user_id=helper.id))
        admin = viewer_of(make_user(session, role=UserRole.CONTENT_ADMIN))
        stranger = viewer_of(make_user(session, role=UserRole.INSTRUCTOR))
    for who in (teacher, helper, admin):
        asked = _asked(room, who)
        assert len(asked) == 3
        assert not any(name in str(asked) for name in ("Zenobia", "Quark", "zenobia@"))
    for who in (stranger, room.learner, room.stranger):
        assert _asked(room, who) == []
    found = confusion.clusters(asked)
    assert [one.asked for one in found] == [2, 1]
    assert found[0].lesson_id == room.lesson_id
    assert len(found[0].examples) == 2
    assert [one.examples for one in confusion.unanswered(asked)] == [("How do I bake sourdough bread with rye flour?",)]
    [low] = confusion.poorly_rated(asked)
    assert low.reason == "[name] says no"


def _asked(room: Room, who: Viewer) -> list[AskedOnce]:
    with room.database.transaction(who.acting()) as session:
        return confusion.asked(session, room.course_id, SINCE)


@pytest.mark.parametrize(
    ("name", "said"),
    [("O'Neil", "I, [name], ask."), ("a.*b", "I, [name], ask."), ("é", "I, é, ask."), ("Zoë", "I, [name], ask.")],
)
def test_any_name_is_taken_out(room: Room, name: str, said: str) -> None:
    taken_out = text("SELECT without_person(CAST(:told AS text), CAST(:name AS text))")
    with room.database.reading() as session:
        assert session.execute(taken_out, {"told": f"I, {name}, ask.", "name": name}).scalar() == said


def test_many_questions_are_grouped_fast_and_cut_short() -> None:
    now = datetime.now(UTC)
    lesson: UUID | None = None
    asked = [
        AskedOnce(now, "query", lesson, f"What is a join of {word}? " * 40, False, None, None) for word in "abcdef" * 50
    ]
    found = confusion.clusters(asked)
    assert sum(one.asked for one in found) == len(asked)
    assert all(len(example) <= confusion.LONGEST for one in found for example in one.examples)
