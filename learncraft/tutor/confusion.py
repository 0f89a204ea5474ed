"""What learners ask the tutor in a course, for those who teach it: by lesson, like with like, and never who asked.

The questions come from `questions_to_tutor` in the database, which asks who wants to know and takes names out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.tutor.embedding import built_in
from learncraft.tutor.models import InteractionType
from learncraft.tutor.personal import without_names

ALIKE = 0.62  # cosine from which on two questions are about the same
EXAMPLES = 3
LONGEST = 240  # characters of a question that are shown
LOW = 2  # stars, and fewer


@dataclass(frozen=True, slots=True)
class AskedOnce:
    """One question of one learner, without who it was."""

    asked_at: datetime
    kind: str
    lesson_id: UUID | None
    question: str
    is_refused: bool
    rating: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions about the same thing, with a few of them as examples."""

    lesson_id: UUID | None
    examples: tuple[str, ...]
    asked: int
    unanswered: int
    mean_rating: float | None
    last_at: datetime


def asked(session: Session, course_id: UUID, since: datetime) -> list[AskedOnce]:
    """What was asked in a course, the newest first. Nothing for who doesn't teach it. One query."""
    rows = session.execute(
        text("SELECT * FROM questions_to_tutor(:course_id, :since)"), {"course_id": course_id, "since": since}
    )
    return [AskedOnce(*row) for row in rows]


def clusters(questions: Sequence[AskedOnce]) -> list[Cluster]:
    """Questions of learners' own words, like with like within a lesson, the most asked first. Pure."""
    by_lesson: dict[UUID | None, list[AskedOnce]] = defaultdict(list)
    for one in questions:
        if one.kind == InteractionType.QUERY:
            by_lesson[one.lesson_id].append(one)
    made = [_cluster(lesson_id, group) for lesson_id, several in by_lesson.items() for group in _alike(several)]
    return sorted(made, key=lambda one: (-one.asked, -one.last_at.timestamp()))


def _alike(questions: Sequence[AskedOnce]) -> list[list[AskedOnce]]:
    """Each question joins the group whose middle is nearest to it, or begins one."""
    vectors = built_in().embed([one.question for one in questions])
    groups: list[list[AskedOnce]] = []
    sums = np.zeros((0, vectors.shape[1]), np.float32)
    for one, vector in zip(questions, vectors, strict=True):
        near = sums @ vector / np.maximum(np.linalg.norm(sums, axis=1), 1e-9)
        best = int(near.argmax()) if len(near) else -1
        if best >= 0 and near[best] >= ALIKE:
            groups[best].append(one)
            sums[best] += vector
        else:
            groups.append([one])
            sums = np.vstack([sums, vector])
    return groups


def _cluster(lesson_id: UUID | None, group: list[AskedOnce]) -> Cluster:
    ratings = [one.rating for one in group if one.rating is not None]
    examples = dict.fromkeys(shown(one.question) for one in group)
    return Cluster(
        lesson_id,
        tuple(examples)[:EXAMPLES],
        len(group),
        sum(one.is_refused for one in group),
        sum(ratings) / len(ratings) if ratings else None,
        max(one.asked_at for one in group),
    )


def unanswered(questions: Sequence[AskedOnce]) -> list[Cluster]:
    """What the course has no answer to: a list of what it lacks. Pure."""
    return clusters([one for one in questions if one.is_refused])


def poorly_rated(questions: Sequence[AskedOnce]) -> list[AskedOnce]:
    """Answers that their learners gave few stars, the newest first. Pure."""
    return [one for one in questions if one.rating is not None and one.rating <= LOW]


def shown(question: str) -> str:
    """A question as others may read it: addresses and numbers are out already, and it is short."""
    said = " ".join(without_names(question).split())
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1].rsplit(' ', 1)[0]}…"
