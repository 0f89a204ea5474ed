"""How one learner likes to be told: read, seen, changed and deleted by them alone; and what they chose for a lesson."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft import sql
from learncraft.courses.models import Course, Lesson, LessonVariant, Module
from learncraft.errors import InvalidInputError
from learncraft.tutor import personas
from learncraft.tutor.models import LearnerPersonaProfile, TopicPersonalization


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of how somebody likes to be told, in words that they may read."""

    key: str
    summary: str
    confidence: float
    answers: dict[str, str]
    habits: dict[str, int]
    is_own_choice: bool
    analyzed_at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose for one lesson."""

    lesson_id: UUID
    lesson: str
    course: str
    key: str


def mine(session: Session, viewer_id: UUID) -> Profile | None:
    """The viewer's profile, if there is one. One query."""
    row = session.scalar(select(LearnerPersonaProfile).where(LearnerPersonaProfile.user_id == viewer_id))
    if row is None:
        return None
    told: dict[str, Any] = row.evidence
    return Profile(
        row.persona_key,
        row.analysis_summary,
        float(row.confidence or 0),
        dict(told.get("answers", {})),
        dict(told.get("habits", {})),
        bool(told.get("own_choice", False)),
        row.analyzed_at,
    )


def key_of(session: Session, viewer_id: UUID) -> str | None:
    """The persona of the viewer's profile. One query."""
    return session.scalar(select(LearnerPersonaProfile.persona_key).where(LearnerPersonaProfile.user_id == viewer_id))


def habits(session: Session, viewer_id: UUID) -> dict[str, int]:
    """How often somebody did what speaks for a persona, by name. One query."""
    row = session.execute(text(sql.text("tutor/habits")), {"viewer_id": viewer_id}).mappings().one()
    return {name: int(count) for name, count in row.items()}


def save(session: Session, *, viewer_id: UUID, answers: Mapping[str, str], own_choice: str | None = None) -> Profile:
    """Read the profile from answers and habits, or keep what the learner says themselves.

    Raises:
        InvalidInputError: there is no such answer or persona.
    """
    known = {one.key: dict(one.choices) for one in personas.QUESTIONNAIRE}
    if any(key not in known or choice not in known[key] for key, choice in answers.items()):
        raise InvalidInputError("Answer with one of the choices.")
    if own_choice is not None and own_choice not in personas.PERSONAS:
        raise InvalidInputError("Choose one of the ways that are listed.")
    done = habits(session, viewer_id)
    reading = personas.read(answers, done)
    if own_choice is not None:
        reading = personas.Reading(own_choice, 1.0, f"{personas.PERSONAS[own_choice].meaning} {personas.YOURSELF}")
    values = {
        "persona_key": reading.key,
        "analysis_summary": reading.summary,
        "confidence": reading.confidence,
        "evidence": {"answers": dict(answers), "habits": done, "own_choice": own_choice is not None},
        "model_used": None,
        "analyzed_at": func.now(),
    }
    session.execute(
        insert(LearnerPersonaProfile)
        .values(user_id=viewer_id, **values)
        .on_conflict_do_update(index_elements=["user_id"], set_=values)
    )
    session.expire_all()
    found = mine(session, viewer_id)
    assert found is not None
    return found


def forget(session: Session, *, viewer_id: UUID) -> None:
    """Delete the profile, and what was chosen for lessons."""
    session.execute(delete(LearnerPersonaProfile).where(LearnerPersonaProfile.user_id == viewer_id))
    session.execute(delete(TopicPersonalization).where(TopicPersonalization.user_id == viewer_id))


def choices(session: Session, viewer_id: UUID) -> list[Choice]:
    """What the viewer chose for lessons, by course. One query."""
    rows = session.execute(
        select(Lesson.id, Lesson.title, Course.title, TopicPersonalization.study_persona)
        .join(Lesson, Lesson.id == TopicPersonalization.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(TopicPersonalization.user_id == viewer_id)
        .order_by(Course.title, Module.order_index, Lesson.order_index)
    )
    return [Choice(*row) for row in rows]


def choose(session: Session, *, viewer_id: UUID, lesson_id: UUID, key: str | None) -> None:
    """Show a lesson in one of its variants from now on; None shows it as it was written.

    Raises:
        InvalidInputError: there is no such variant that learners may see.
    """
    if key is None:
        session.execute(
            delete(TopicPersonalization).where(
                TopicPersonalization.user_id == viewer_id, TopicPersonalization.lesson_id == lesson_id
            )
        )
        return
    there = session.scalar(
        select(LessonVariant.id).where(
            LessonVariant.lesson_id == lesson_id, LessonVariant.persona_key == key, LessonVariant.is_published
        )
    )
    if there is None:
        raise InvalidInputError("This lesson isn't told in that way any more.")
    session.execute(
        insert(TopicPersonalization)
        .values(user_id=viewer_id, lesson_id=lesson_id, study_persona=key)
        .on_conflict_do_update(index_elements=["user_id", "lesson_id"], set_={"study_persona": key})
    )
