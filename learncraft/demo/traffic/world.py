"""Where the invented events happen: courses, lessons and people of the database, or ones made up from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

Ids = NDArray[np.uint8]  # one row of 16 bytes each
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FEWEST_LEARNERS = 20  # of a database whose people are taken
COHORTS = 3  # of each course
CARDS = 4  # flashcards of each lesson
_MODULE = 5  # lessons of a made-up module
_QUIZ_EVERY = 4
_QUESTIONS = 3

_PLACES = """
SELECT course.id AS course, module.id AS module, lesson.id AS lesson
FROM courses AS course
JOIN modules AS module ON module.course_id = course.id
JOIN lessons AS lesson ON lesson.module_id = module.id
WHERE course.status = 'published'
ORDER BY course.enrollment_count DESC, course.id, module.order_index, lesson.order_index, lesson.id
"""
_QUESTIONS_OF_QUIZZES = """
SELECT assessment.lesson_id AS lesson, assessment.id AS quiz, question.id AS question
FROM assessments AS assessment
JOIN questions AS question ON question.assessment_id = assessment.id
WHERE assessment.lesson_id IS NOT NULL
ORDER BY assessment.id, question.order_index, question.id
"""
_LEARNERS = "SELECT id FROM users WHERE role = 'learner' AND deleted_at IS NULL ORDER BY id"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made up when the database has nothing to build on."""

    courses: int = 200
    learners: int = 50_000


@dataclass(frozen=True, slots=True)
class World:
    """All that events point at, by position. Courses stand with the largest first."""

    courses: Ids
    first: Ints  # where the lessons of a course begin
    sizes: Ints  # how many lessons it has
    lessons: Ids
    modules: Ids  # of each lesson
    videos: Ids
    video_seconds: Floats  # 0 without a video
    labs: Ids
    has_lab: NDArray[np.bool_]
    cards: Ids  # CARDS of each lesson
    quiz_of: Ints  # of each lesson, -1 without
    quizzes: Ids
    first_question: Ints  # of each quiz
    question_counts: Ints
    questions: Ids
    difficulty: Floats
    cohorts: Ids  # COHORTS of each course
    learners: Ids
    knowledge: Floats


def made_up(seed: int, size: Size) -> World:
    """A world of its own, always the same for a seed and a size."""
    random = np.random.default_rng([seed, 0])
    sizes = np.clip(np.round(random.lognormal(0, 0.45, size.courses) * 14), 4, 80).astype(np.int64)
    total = int(sizes.sum())
    place = np.arange(total) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    module_starts = np.cumsum(place % _MODULE == 0) - 1
    has_quiz = place % _QUIZ_EVERY == _QUIZ_EVERY - 1
    quizzes = int(has_quiz.sum())
    return _world(
        random,
        courses=_ids(random, size.courses),
        sizes=sizes,
        lessons=_ids(random, total),
        modules=_ids(random, int(module_starts[-1]) + 1)[module_starts],
        quiz_of=np.where(has_quiz, np.cumsum(has_quiz) - 1, -1),
        quizzes=_ids(random, quizzes),
        question_counts=np.full(quizzes, _QUESTIONS, dtype=np.int64),
        questions=_ids(random, quizzes * _QUESTIONS),
        learners=_ids(random, size.learners),
    )


def found(session: Session, seed: int) -> World | None:
    """The courses, quizzes and learners of the database; None when it has too few."""
    learners = list(session.scalars(text(_LEARNERS)))
    places = session.execute(text(_PLACES)).all()
    if len(learners) < FEWEST_LEARNERS or not places:
        return None
    courses = list(dict.fromkeys(row.course for row in places))
    counts = dict.fromkeys(courses, 0)
    for row in places:
        counts[row.course] += 1
    by_quiz: dict[UUID, list[UUID]] = {}
    quiz_of_lesson: dict[UUID, UUID] = {}
    for row in session.execute(text(_QUESTIONS_OF_QUIZZES)):
        by_quiz.setdefault(row.quiz, []).append(row.question)
        quiz_of_lesson[row.lesson] = row.quiz
    position = {quiz: number for number, quiz in enumerate(by_quiz)}
    return _world(
        np.random.default_rng([seed, 0]),
        courses=_bytes(courses),
        sizes=np.array(list(counts.values()), dtype=np.int64),
        lessons=_bytes([row.lesson for row in places]),
        modules=_bytes([row.module for row in places]),
        quiz_of=np.array([position.get(quiz_of_lesson.get(row.lesson, UUID(int=0)), -1) for row in places]),
        quizzes=_bytes(list(by_quiz)),
        question_counts=np.array([len(one) for one in by_quiz.values()], dtype=np.int64),
        questions=_bytes([question for one in by_quiz.values() for question in one]),
        learners=_bytes(learners),
    )


def _world(
    random: np.random.Generator,
    *,
    courses: Ids,
    sizes: Ints,
    lessons: Ids,
    modules: Ids,
    quiz_of: Ints,
    quizzes: Ids,
    question_counts: Ints,
    questions: Ids,
    learners: Ids,
) -> World:
    total = len(lessons)
    has_video = random.random(total) < 0.55
    return World(
        courses=courses,
        first=np.cumsum(sizes) - sizes,
        sizes=sizes,
        lessons=lessons,
        modules=modules,
        videos=_ids(random, total),
        video_seconds=np.where(has_video, np.clip(np.round(random.lognormal(5.9, 0.6, total)), 60, 3600), 0),
        labs=_ids(random, total),
        has_lab=random.random(total) < 0.12,
        cards=_ids(random, total * CARDS),
        quiz_of=quiz_of,
        quizzes=quizzes,
        first_question=np.cumsum(question_counts) - question_counts,
        question_counts=question_counts,
        questions=questions,
        difficulty=random.normal(0, 1, len(questions)),
        cohorts=_ids(random, len(courses) * COHORTS),
        learners=learners,
        knowledge=random.normal(0.25, 0.9, len(learners)),
    )


def _ids(random: np.random.Generator, count: int) -> Ids:
    """UUIDs of version 4: bytes by chance but for the two places that say so."""
    rows = random.integers(0, 256, (count, 16), dtype=np.uint8)
    rows[:, 6] = 0x40 | (rows[:, 6] & 0x0F)
    rows[:, 8] = 0x80 | (rows[:, 8] & 0x3F)
    return rows


def _bytes(ids: Sequence[UUID]) -> Ids:
    return np.frombuffer(b"".join(one.bytes for one in ids), dtype=np.uint8).reshape(-1, 16)
