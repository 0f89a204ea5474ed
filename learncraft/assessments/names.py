"""Questions by name, for charts and tables that know them by identifier."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.assessments.models import Assessment, Question
from learncraft.courses.models import Lesson, Module

_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class QuestionName:
    """A question in words. Retired versions are named too, since they have been answered."""

    id: UUID
    assessment: str
    text: str
    version: int


def question_names(session: Session, course_id: UUID) -> list[QuestionName]:
    """All questions of a course in its order."""
    rows = session.execute(
        select(Question.id, Assessment.title, Question.content, Question.version)
        .join(Assessment, Assessment.id == Question.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.course_id == course_id)
        .order_by(Module.order_index, Lesson.order_index, Assessment.created_at, Question.order_index, Question.version)
    )
    return [QuestionName(key, title, in_words(content), version) for key, title, content, version in rows]


def in_words(content: str) -> str:
    """A question's text without its markup, on one line."""
    return " ".join(_TAG.sub(" ", content).replace("**", "").replace("`", "").split())
