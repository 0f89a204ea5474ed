"""Invented people and what they did: places in courses, progress, attempts, answers, sign-ins and events."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection

from learncraft.accounts.models import UserRole
from learncraft.demo import people
from learncraft.demo.scale.copying import IdMaker, Ids, copy_columns
from learncraft.demo.scale.courses import QUESTIONS, Catalogue

DOMAIN = "scale.example"
_YEARS = 3
_DAY = 86_400
_NOW = np.datetime64("now")

Ints = NDArray[np.int64]
Moments = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Places:
    """Enrollments by position: who, where, since when, and how many lessons were finished."""

    ids: Ids
    user: Ints
    course: Ints
    since: Moments
    done: Ints
    status: NDArray[np.str_]
    last: Moments


def fill_people(connection: Connection[Any], ids: IdMaker, random: np.random.Generator, count: int) -> Ids:
    """Store people, the first of whom have the other roles; returns their identifiers."""
    keys = ids.make(count)
    store = people.learners(count, _Chooser(random))  # type: ignore[arg-type]
    teachers, reviewers = max(1, count // 200), max(1, count // 5_000)
    roles = [UserRole.SYSTEM_ADMIN.value, *[UserRole.CONTENT_ADMIN.value] * reviewers]
    roles += [UserRole.INSTRUCTOR.value] * teachers
    joined = np.sort(_NOW - (random.random(count) ** 1.5 * _YEARS * 365 * _DAY).astype("timedelta64[s]"))
    signed_in = joined + ((_NOW - joined).astype(np.int64) * random.random(count)).astype("timedelta64[s]")
    columns: dict[str, Any] = {
        "id": keys,
        "email": [f"{one.email.partition('@')[0]}@{DOMAIN}" for one in store],
        "first_name": [one.first_name for one in store],
        "last_name": [one.last_name for one in store],
        "role": (roles + [UserRole.LEARNER.value] * count)[:count],
        "is_email_verified": np.ones(count, dtype=bool),
        "created_at": joined,
        "last_login_at": signed_in,
    }
    copy_columns(connection, "users", columns)
    copy_columns(connection, "user_preferences", {"id": ids.make(count), "user_id": keys})
    owner = np.flatnonzero(random.random(count) < 0.6)
    opened = signed_in[owner]
    columns = {
        "id": ids.make(len(owner)),
        "user_id": keys[owner],
        "family_id": ids.make(len(owner)),
        "token_jti": ids.make(len(owner)),
        "refresh_token_hash": [first.decode() * 2 for first in ids.make(len(owner))],
        "signed_in_at": opened,
        "created_at": opened,
        "last_used_at": opened,
        "expires_at": opened + np.timedelta64(30, "D"),
    }
    copy_columns(connection, "user_sessions", columns)
    return keys


def teachers_of(keys: Ids) -> Ids:
    """Those of the people who teach."""
    reviewers = max(1, len(keys) // 5_000)
    return keys[1 + reviewers : 1 + reviewers + max(1, len(keys) // 200)]


class _Chooser:
    """What `people.learners` needs of a random source; some names are far more frequent than others."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random

    def choice(self, names: list[str]) -> str:
        return names[int(self._random.random() ** 1.7 * len(names))]


def choose_places(random: np.random.Generator, ids: IdMaker, made: Catalogue, *, users: int, count: int) -> Places:
    """Who is in which course: few courses have most learners (Zipf), few learners most courses."""
    courses = len(made.courses)
    popularity = np.arange(1, courses + 1) ** -0.85
    popularity = random.permutation(popularity / popularity.sum())
    eager = random.lognormal(0, 0.7, users)
    pairs = np.empty(0, dtype=np.int64)
    while len(pairs) < count:
        wanted = int((count - len(pairs)) * 1.3) + 1_000
        user = np.searchsorted(np.cumsum(eager / eager.sum()), random.random(wanted)).clip(max=users - 1)
        course = np.searchsorted(np.cumsum(popularity), random.random(wanted)).clip(max=courses - 1)
        pairs = np.unique(np.concatenate([pairs, user * courses + course]))
    pairs = np.sort(random.choice(pairs, count, replace=False))
    user, course = pairs // courses, pairs % courses
    since = _NOW - (random.random(count) ** 1.3 * _YEARS * 330 * _DAY).astype("timedelta64[s]")
    sizes = made.sizes[course]
    done = np.minimum(np.floor(random.beta(0.55, 1.1, count) * 1.15 * sizes), sizes).astype(np.int64)
    fate = random.random(count)
    status = np.where(fate < 0.1, "dropped", np.where(fate < 0.12, "expired", "active"))
    status = np.where(done == sizes, "completed", status)
    last = np.minimum(since + (done * random.exponential(1.5, count) * _DAY).astype("timedelta64[s]"), _NOW)
    return Places(ids.make(count), user, course, since, done, status, last)


def fill_places(connection: Connection[Any], ids: IdMaker, made: Catalogue, people_ids: Ids, part: Places) -> None:
    """Store enrollments and the progress of each."""
    sizes = made.sizes[part.course]
    columns: dict[str, Any] = {
        "id": part.ids,
        "user_id": people_ids[part.user],
        "course_id": made.courses[part.course],
        "status": part.status.tolist(),
        "enrolled_at": part.since,
        "created_at": part.since,
        "completed_at": np.ma.masked_array(part.last, mask=part.status != "completed"),
    }
    copy_columns(connection, "enrollments", columns)
    at = made.first[part.course] + np.minimum(part.done, sizes - 1)
    columns = {
        "id": ids.make(len(sizes)),
        "enrollment_id": part.ids,
        "completed_lessons": part.done,
        "total_lessons": sizes,
        "time_spent_minutes": part.done * 15,
        "time_spent_seconds": part.done * 900,
        "percent_complete": np.floor(part.done * 10_000 / sizes) / 100,
        "last_lesson_id": made.lessons[at],
        "last_accessed_at": part.last,
    }
    copy_columns(connection, "course_progress", columns)


def fill_progress(
    connection: Connection[Any],
    ids: IdMaker,
    random: np.random.Generator,
    made: Catalogue,
    people_ids: Ids,
    part: Places,
    *,
    events: bool,
) -> None:
    """Store what was done in each lesson: the finished ones, and for most learners the one they are in."""
    sizes = made.sizes[part.course]
    opened = np.minimum(part.done + (random.random(len(sizes)) < 0.6), sizes)
    place = np.repeat(np.arange(len(sizes)), opened)
    nth = np.arange(len(place)) - np.repeat(np.cumsum(opened) - opened, opened)
    lesson = made.first[part.course[place]] + nth
    is_done = nth < part.done[place]
    span = (part.last - part.since).astype(np.int64)[place]
    begun = part.since[place] + (span * (nth / np.maximum(opened[place], 1))).astype("timedelta64[s]")
    ended = begun + (made.minutes[lesson] * 60).astype("timedelta64[s]")
    columns: dict[str, Any] = {
        "id": ids.make(len(place)),
        "user_id": people_ids[part.user[place]],
        "lesson_id": made.lessons[lesson],
        "status": np.where(is_done, "completed", "in_progress").tolist(),
        "completion_percentage": np.where(is_done, 100, 40),
        "time_spent_seconds": made.minutes[lesson] * 60,
        "started_at": begun,
        "completed_at": np.ma.masked_array(ended, mask=~is_done),
        "created_at": begun,
    }
    copy_columns(connection, "lesson_progress", columns)
    if events:
        _events(connection, ids, made, people_ids, part, place, lesson, begun, "lesson_opened")
        _events(
            connection, ids, made, people_ids, part, place[is_done], lesson[is_done], ended[is_done], "lesson_completed"
        )
    taken = is_done & (made.quiz_of[lesson] >= 0)
    _attempts(
        connection, ids, random, made, people_ids[part.user[place[taken]]], made.quiz_of[lesson[taken]], ended[taken]
    )


def _events(
    connection: Connection[Any],
    ids: IdMaker,
    made: Catalogue,
    people_ids: Ids,
    part: Places,
    place: Ints,
    lesson: Ints,
    moment: Moments,
    event_type: str,
) -> None:
    columns: dict[str, Any] = {
        "id": ids.make(len(place)),
        "user_id": people_ids[part.user[place]],
        "event_type": [event_type] * len(place),
        "occurred_at": moment,
        "created_at": moment,
        "course_id": made.courses[part.course[place]],
        "module_id": made.modules[made.module_of[lesson]],
        "lesson_id": made.lessons[lesson],
    }
    copy_columns(connection, "learning_events", columns)


def _attempts(
    connection: Connection[Any],
    ids: IdMaker,
    random: np.random.Generator,
    made: Catalogue,
    learners: Ids,
    quiz: Ints,
    ended: Moments,
) -> None:
    """One attempt for each finished quiz, with the answers that make up its score."""
    count = len(quiz)
    if not count:
        return
    keys = ids.make(count)
    knowledge = random.beta(5, 2, count)
    right = random.random((count, QUESTIONS)) < knowledge[:, None]
    score = right.sum(axis=1)
    percent = np.round(score * 100 / QUESTIONS, 2)
    asked = made.questions.reshape(-1, QUESTIONS)
    papers = np.array([json.dumps([key.decode() for key in row]) for row in asked], dtype=object)
    begun = ended - np.timedelta64(10, "m")
    columns: dict[str, Any] = {
        "id": keys,
        "user_id": learners,
        "assessment_id": made.quizzes[quiz],
        "attempt_number": np.ones(count, dtype=np.int64),
        "status": ["completed"] * count,
        "question_ids": papers[quiz].tolist(),
        "score": score,
        "total_points": np.full(count, QUESTIONS),
        "percent_score": percent,
        "is_passing": percent >= 60,
        "started_at": begun,
        "submitted_at": ended,
        "completed_at": ended,
        "graded_at": ended,
        "time_taken_seconds": np.full(count, 600),
    }
    copy_columns(connection, "assessment_attempts", columns)
    wrong = random.choice(np.array(['{"option": "b"}', '{"option": "c"}', '{"option": "d"}'], dtype=object), right.size)
    flat = right.ravel()
    columns = {
        "id": ids.make(flat.size),
        "attempt_id": np.repeat(keys, QUESTIONS),
        "question_id": asked[quiz].ravel(),
        "response": np.where(flat, '{"option": "a"}', wrong).tolist(),
        "is_correct": flat,
        "points_earned": flat.astype(np.int64),
    }
    copy_columns(connection, "answers", columns)
