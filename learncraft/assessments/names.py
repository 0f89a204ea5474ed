"""Questions by name, for charts and tables that know them by identifier."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.assessments.models import Assessment, Question
from learncraft.courses.models import Lesson, Module

_FENCE = re.compile(r"^\s*(?:```|~~~).*$", re.MULTILINE)  # of code, with the name of its language
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class QuestionName:
    """A question in words, with what statistics need. Retired versions are named too, since they have been answered."""

    id: UUID
    assessment_id: UUID
    assessment: str
    text: str
    version: int
    options: tuple[tuple[str, str], ...]  # what can be chosen: its key in answers, its text
    keys: frozenset[str]  # which of these are right


def question_names(session: Session, course_id: UUID) -> list[QuestionName]:
    """All questions of a course in its order."""
    rows = session.execute(
        select(
            Question.id,
            Assessment.id,
            Assessment.title,
            Question.content,
            Question.version,
            Question.options,
            Question.correct_answer,
        )
        .join(Assessment, Assessment.id == Question.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.course_id == course_id)
        .order_by(
            Module.order_index,
            Lesson.order_index,
            Assessment.created_at,
            Assessment.id,
            Question.order_index,
            Question.version,
        )
    )
    return [
        QuestionName(key, assessment_id, title, in_words(content), version, *_choices(options, answer))
        for key, assessment_id, title, content, version, options, answer in rows
    ]


def _choices(
    options: list[dict[str, Any]] | None, answer: dict[str, Any]
) -> tuple[tuple[tuple[str, str], ...], frozenset[str]]:
    """What can be chosen and which of it is right. Typed answers have neither."""
    if isinstance(answer.get("value"), bool):
        return (("true", "True"), ("false", "False")), frozenset({str(answer["value"]).lower()})
    named = tuple((str(one["id"]), in_words(str(one.get("text", "")))) for one in options or ())
    right = answer.get("options") or ([answer["option"]] if "option" in answer else [])
    return named, frozenset(map(str, right))


def in_words(content: str) -> str:
    """A question's text without its markup, on one line."""
    unfenced = _FENCE.sub(" ", _TAG.sub(" ", content))
    return " ".join(unfenced.replace("**", "").replace("`", "").split())
