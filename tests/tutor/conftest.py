"""A course whose lessons are indexed, and people who look for something in it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Lesson
from learncraft.db import new_id
from learncraft.tutor import embedding, service
from learncraft.tutor.embedding import Embedder


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return embedding.built_in()


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
