"""A course whose lessons are indexed, and people who look for something in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Lesson
from learncraft.db import Database, new_id
from learncraft.settings import Settings
from learncraft.tutor import asking, embedding, service
from learncraft.tutor.answering import Answer
from learncraft.tutor.embedding import Embedder
from learncraft.tutor.models import AiInteraction, InteractionType
from tests.factories import make_course, make_enrollment, make_user
from tests.postgres import SharedServer
from tests.tutor.model_server import ModelServer, serving


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return embedding.built_in()


# Where nobody answers, and what is no address.
ADDRESSES = (
    "http://127.0.0.1:9/v1",
    "http://nobody.invalid/v1",
    "ftp://127.0.0.1/v1",
    "http://[::1",
    "javascript:x",
)

JOINS = "An inner join keeps the rows that have a partner. A left join keeps all rows of the left table."
QUESTION = "Which join keeps all rows of the left table?"
GROUNDED = "A left join keeps all rows of the left table."


def viewer_of(user: User) -> Viewer:
    return Viewer(
        user.id, user.email, user.first_name, user.first_name, user.role, "en", "system", "UTC", family_id=new_id()
    )


def say(session: Session, lesson: Lesson, *texts: str, **values: Any) -> None:
    """Give a lesson paragraphs, and index it."""
    blocks = [{"id": f"p{place}", "type": "markdown", "text": said} for place, said in enumerate(texts, 1)]
    lesson.content = {"version": 1, "blocks": blocks}
    for name, value in values.items():
        setattr(lesson, name, value)
    session.flush()
    service.write_lessons(session, [lesson.id], embedding.built_in())


@dataclass
class Room:
    """A learner in a course on joins, and a stranger."""

    database: Database
    learner: Viewer
    stranger: Viewer
    course_id: UUID
    lesson_id: UUID
    settings: Settings

    def ask(self, question: str = QUESTION, *, chat_id: UUID | None = None, viewer: Viewer | None = None) -> str:
        return "".join(self.pieces(question, chat_id=chat_id, viewer=viewer))

    def pieces(
        self, question: str = QUESTION, *, chat_id: UUID | None = None, viewer: Viewer | None = None, **wanted: Any
    ) -> Iterator[str]:
        who = viewer or self.learner
        with self.database.transaction() as session:
            asked = asking.ask(session, who, self.settings, question, chat_id=chat_id, **wanted)
        return Answer(self.database, who, self.settings, asked).pieces()

    def want(self, kind: InteractionType, *, viewer: Viewer | None = None, **wanted: Any) -> str:
        """What the tutor says when something else than an answer is wanted."""
        return "".join(self.pieces("", viewer=viewer, kind=kind, **wanted))

    def hint(self, attempt_id: UUID, question_id: UUID) -> str:
        """The next hint for a question of an open attempt of the learner's."""
        with self.database.transaction() as session:
            asked = asking.hint(session, self.learner, self.settings, attempt_id=attempt_id, question_id=question_id)
        return "".join(Answer(self.database, self.learner, self.settings, asked).pieces())

    def last_call(self) -> AiInteraction:
        with self.database.reading() as session:
            return session.scalars(select(AiInteraction).order_by(AiInteraction.id.desc()).limit(1)).one()

    def count(self, table: str) -> int:
        with self.database.reading() as session:
            return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


@pytest.fixture(scope="module")
def world(postgres: SharedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with postgres.clone("learncraft_template", f"answering_{uuid4().hex[:8]}") as database:
        with database.transaction() as session:
            course = make_course(session)
            say(session, course.lessons[0], JOINS, title="Joins")
            learner = make_user(session, first_name="Zenobia", last_name="Quark")
            make_enrollment(session, course.course, learner)
            people = replace(viewer_of(learner), full_name="Zenobia Quark"), viewer_of(make_user(session))
        home: Path = tmp_path_factory.mktemp("home")
        yield Room(database, *people, course.id, course.lessons[0].id, Settings(home=home))


@pytest.fixture
def room(world: Room) -> Iterator[Room]:
    world.settings = Settings(home=world.settings.home, tutor_questions_a_minute=10_000)
    yield world
    with world.database.transaction() as session:
        session.execute(text("DELETE FROM ai_interactions"))
        session.execute(text("DELETE FROM rag_chat_sessions"))
        session.execute(text("DELETE FROM learning_events"))


@pytest.fixture
def model(room: Room) -> Iterator[ModelServer]:
    with serving() as server:
        room.settings = room.settings.model_copy(update={"tutor_url": server.url, "tutor_timeout": 0.5})
        yield server
