"""What the demo's learners did: rows and events that agree with each other, made by chance from a seed.

Answers are graded by the same function as everybody's, so that results, progress and charts tell one story.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from learncraft.assessments import code_grading, code_running, grading
from learncraft.assessments.code_shapes import CodeKey
from learncraft.assessments.models import QuestionType
from learncraft.db import new_id
from learncraft.demo import asking
from learncraft.demo.habits import WEEKS, Habit, knows, sittings
from learncraft.demo.practice import Practice, practise

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DemoQuestion:
    """A question as stored, with how hard it is: 0 is the middle, 1 is hard."""

    id: UUID
    question_type: QuestionType
    question: grading.GradedQuestion
    option_ids: tuple[str, ...]
    difficulty: float


@dataclass(frozen=True, slots=True)
class DemoQuiz:
    """An assessment of a lesson."""

    id: UUID
    passing_score: Decimal
    max_attempts: int | None
    counts: bool
    questions: tuple[DemoQuestion, ...]


@dataclass(frozen=True, slots=True)
class DemoLesson:
    """A lesson as stored, in the order of its course."""

    id: UUID
    module_id: UUID
    title: str
    minutes: int
    quizzes: tuple[DemoQuiz, ...]
    practice: Practice = Practice()  # noqa: RUF009  # it can't be changed


@dataclass(frozen=True, slots=True)
class DemoCourse:
    """A course as stored."""

    id: UUID
    lessons: tuple[DemoLesson, ...]
    cohorts: tuple[tuple[UUID, date], ...] = ()  # each with its first day, the latest first


@dataclass(slots=True)
class Rows:
    """All rows of the history, by table."""

    enrollments: list[Row] = field(default_factory=list)
    course_progress: list[Row] = field(default_factory=list)
    lesson_progress: list[Row] = field(default_factory=list)
    assessment_attempts: list[Row] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)
    cohort_members: list[Row] = field(default_factory=list)
    ai_interactions: list[Row] = field(default_factory=list)
    learning_events: list[Row] = field(default_factory=list)

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """In the order in which foreign keys want them."""
        for name in self.__slots__:
            yield name, getattr(self, name)


@dataclass(slots=True)
class _Walk:
    """One learner on the way through one course."""

    rows: Rows
    random: Random
    habit: Habit
    learner_id: UUID
    course: DemoCourse
    now: datetime

    def tell(self, event_type: str, moment: datetime, **columns: Any) -> None:
        data = columns.pop("event_data", {})
        self.rows.learning_events.append(
            {
                "id": new_id(),
                "user_id": self.learner_id,
                "event_type": event_type,
                "occurred_at": moment,
                "course_id": self.course.id,
                "event_data": data,
            }
            | columns
        )


def learn(
    rows: Rows,
    random: Random,
    *,
    learner_id: UUID,
    habit: Habit,
    course: DemoCourse,
    now: datetime,
    limit: int | None = None,
) -> None:
    """Let one learner go through a course until they finish it, give up, or reach the present.

    `limit` stops after that many lessons, with the next one begun.
    """
    walk = _Walk(rows, random, habit, learner_id, course, now)
    times = sittings(random, habit, now=now)
    if not times:
        return
    walk.tell("enrolled", times[0])
    done, minutes, last_lesson, last_seen = 0, 0, None, times[0]
    clock = times.pop(0) + timedelta(minutes=2)
    for place, lesson in enumerate(course.lessons):
        if place and random.random() < 0.45:  # the next lesson waits for the next sitting
            if not times:
                break
            clock = times.pop(0)
        if clock > now:
            break
        stays = limit is None or place < limit
        finished, clock = _lesson(walk, lesson, clock, stays=stays)
        last_lesson, last_seen = lesson.id, clock
        minutes += lesson.minutes
        if not finished:
            break
        done += 1
        if limit is None and random.random() > habit.staying:
            break
    _enrollment(walk, done=done, minutes=minutes, last_lesson=last_lesson, last_seen=last_seen)


def _lesson(walk: _Walk, lesson: DemoLesson, clock: datetime, *, stays: bool) -> tuple[bool, datetime]:
    """One lesson from opening to finishing; returns whether it was finished, and when it was left."""
    random = walk.random
    where = {"module_id": lesson.module_id, "lesson_id": lesson.id}
    opened = clock
    walk.tell("lesson_opened", opened, **where)
    aside = Random(len(walk.rows.learning_events))  # noqa: S311  # of its own, so that the rest stays as it was
    practise(walk.tell, aside, lesson.practice, where, opened, walk.now)
    if random.random() < 0.12 + 0.1 * len(lesson.quizzes):  # where it gets hard, people ask
        _ask(walk, lesson, clock + timedelta(minutes=lesson.minutes / 2))
    clock += timedelta(seconds=lesson.minutes * 60 * random.lognormvariate(0, 0.35))
    finished = stays and clock < walk.now
    best: Decimal | None = None
    attempts = 0
    if finished:
        for quiz in lesson.quizzes:
            passed = False
            tries = min(quiz.max_attempts or 3, 3)
            while not passed and tries and clock < walk.now - timedelta(hours=1):
                percent, passed, clock = _attempt(walk, lesson, quiz, clock, attempts + 1)
                best = percent if best is None else max(best, percent)
                attempts, tries = attempts + 1, tries - 1
                clock += timedelta(minutes=random.randint(2, 15))
                if random.random() < 0.2:
                    break
            finished = finished and (passed or not quiz.counts)
    if finished:
        walk.tell("lesson_completed", clock, **where)
    walk.rows.lesson_progress.append(
        {
            "id": new_id(),
            "user_id": walk.learner_id,
            "lesson_id": lesson.id,
            "status": "completed" if finished else "in_progress",
            "completion_percentage": Decimal(100 if finished else random.choice((0, 33, 50))),
            "score": best,
            "quiz_score": None if best is None else round(best),
            "attempts": attempts,
            "time_spent_seconds": max(0, int((clock - opened).total_seconds())),
            "started_at": opened,
            "completed_at": clock if finished else None,
        }
    )
    return finished, clock


def search(rows: Rows, random: Random, *, learners: list[UUID], now: datetime, times: int = 240) -> None:
    """Let learners search the catalogue, now and then for what isn't there."""
    for _ in range(times):
        words, results = asking.search(random)
        rows.learning_events.append(
            {
                "id": new_id(),
                "user_id": random.choice(learners),
                "event_type": "search_made",
                "occurred_at": now - timedelta(minutes=random.randrange(60, WEEKS * 7 * 24 * 60)),
                "event_data": {"query": words, "results": results},
            }
        )


def _ask(walk: _Walk, lesson: DemoLesson, moment: datetime) -> None:
    """A question to the tutor, answered from the course or refused, and now and then rated."""
    if moment > walk.now:
        return
    question, answered, rating = asking.question(walk.random, lesson.title)
    where = {"module_id": lesson.module_id, "lesson_id": lesson.id}
    walk.tell("tutor_asked", moment, event_data={"kind": "query", "answered": answered}, **where)
    if rating is not None:
        walk.tell("tutor_rated", moment + timedelta(minutes=1), event_data={"rating": rating}, **where)
    walk.rows.ai_interactions.append(
        {
            "id": new_id(),
            "user_id": walk.learner_id,
            "interaction_type": "query",
            "input_text": question,
            "output_text": asking.answer(lesson.title, answered=answered),
            "context": {"course_id": str(walk.course.id), "lesson_id": str(lesson.id)},
            "response_time_ms": walk.random.randint(20, 90),
            "is_refused": not answered,
            "feedback_rating": rating,
            "created_at": moment,
        }
    )


def _attempt(
    walk: _Walk, lesson: DemoLesson, quiz: DemoQuiz, clock: datetime, number: int
) -> tuple[Decimal, bool, datetime]:
    """One attempt at a quiz; returns the result in percent, whether it passed, and when it was handed in."""
    attempt_id = new_id()
    where = {"module_id": lesson.module_id, "lesson_id": lesson.id, "attempt_id": attempt_id}
    begun = clock
    walk.tell("assessment_started", begun, object_id=quiz.id, **where)
    graded: list[tuple[DemoQuestion, Row, grading.Grade]] = []
    for one in quiz.questions:
        clock += timedelta(seconds=walk.random.uniform(12, 70))
        # Who tries again has read the explanations.
        is_known = knows(walk.random, walk.habit, one.difficulty - 0.8 * (number - 1))
        response = right_answer(one) if is_known else wrong_answer(walk.random, one)
        graded.append((one, response, _grade(one, response, is_known=is_known)))
        walk.tell("answer_saved", clock, object_id=one.id, **where)
    score = sum((grade.points for _, _, grade in graded), Decimal(0))
    total = sum((one.question.points for one, _, _ in graded), Decimal(0))
    percent = grading.percent(score, total)
    passed = grading.is_passing(percent, quiz.passing_score)
    walk.tell("assessment_submitted", clock, object_id=quiz.id, **where)
    for one, response, grade in graded:
        _answer(walk, attempt_id, one, response, grade, clock, where)
    result = {"object_id": quiz.id, "score": score, "max_score": total, **where}
    walk.tell("assessment_graded", clock, **result)
    walk.tell("assessment_passed" if passed else "assessment_failed", clock, **result)
    walk.rows.assessment_attempts.append(
        {
            "id": attempt_id,
            "user_id": walk.learner_id,
            "assessment_id": quiz.id,
            "attempt_number": number,
            "status": "completed",
            "question_ids": [str(one.id) for one in quiz.questions],
            "score": score,
            "total_points": total,
            "percent_score": percent,
            "is_passing": passed,
            "started_at": begun,
            "submitted_at": clock,
            "completed_at": clock,
            "graded_at": clock,
            "time_taken_seconds": int((clock - begun).total_seconds()),
        }
    )
    return percent, passed, clock


def _grade(one: DemoQuestion, response: Row, *, is_known: bool) -> grading.Grade:
    """What the answer is worth. Programs of the past aren't run: those who know it pass all tests, the others none."""
    if isinstance(one.question.key, CodeKey):
        results = code_grading.judge(one.question.key, [], with_hidden=True)
        told = [replace(result, is_passed=is_known, words="" if is_known else "Wrong result") for result in results]
        return code_running.grade_of(one.question.points, told)
    return grading.grade(one.question, grading.parse_response(one.question_type, response))


def _answer(
    walk: _Walk, attempt_id: UUID, one: DemoQuestion, response: Row, grade: grading.Grade, clock: datetime, where: Row
) -> None:
    walk.tell(
        "answer_graded",
        clock,
        object_id=one.id,
        score=grade.points,
        max_score=one.question.points,
        is_correct=grade.is_correct,
        event_data={"response": response},
        **where,
    )
    walk.rows.answers.append(
        {
            "id": new_id(),
            "attempt_id": attempt_id,
            "question_id": one.id,
            "response": response,
            "is_correct": grade.is_correct,
            "points_earned": grade.points,
            "feedback": grade.reason,
        }
    )


def _enrollment(walk: _Walk, *, done: int, minutes: int, last_lesson: UUID | None, last_seen: datetime) -> None:
    total = len(walk.course.lessons)
    is_finished = done == total
    if is_finished:
        walk.tell("course_completed", last_seen)
    enrollment_id = new_id()
    cohort_id = next((key for key, first in walk.course.cohorts if walk.habit.starts_at.date() >= first), None)
    if cohort_id is not None:
        walk.rows.cohort_members.append(
            {
                "id": new_id(),
                "cohort_id": cohort_id,
                "user_id": walk.learner_id,
                "joined_at": walk.habit.starts_at,
            }
        )
    walk.rows.enrollments.append(
        {
            "id": enrollment_id,
            "cohort_id": cohort_id,
            "user_id": walk.learner_id,
            "course_id": walk.course.id,
            "status": "completed" if is_finished else "active",
            "enrolled_at": walk.habit.starts_at,
            "completed_at": last_seen if is_finished else None,
        }
    )
    walk.rows.course_progress.append(
        {
            "id": new_id(),
            "enrollment_id": enrollment_id,
            "completed_lessons": done,
            "total_lessons": total,
            "time_spent_minutes": minutes,
            "time_spent_seconds": minutes * 60,
            "percent_complete": (Decimal(100 * done) / total).quantize(Decimal("0.01"), rounding="ROUND_DOWN"),
            "last_lesson_id": last_lesson,
            "last_accessed_at": last_seen,
        }
    )


def right_answer(one: DemoQuestion) -> Row:
    """The key, as a learner would give it."""
    key = one.question.key.model_dump(mode="json")
    match one.question_type:
        case QuestionType.FILL_BLANK:
            first = key["accepted"][0]
            return {"text": str(first.get("text") or first.get("value") or "")}
        case QuestionType.MULTI_SELECT:
            return {"options": sorted(key["options"])}
        case QuestionType.CODE:
            return {"code": key["solution"]}
        case _:
            return dict(key)


def wrong_answer(random: Random, one: DemoQuestion) -> Row:
    """Something else: another option, some of the right ones, the opposite, or a guess."""
    key = one.question.key.model_dump(mode="json")
    match one.question_type:
        case QuestionType.MULTIPLE_CHOICE:
            return {"option": random.choice([name for name in one.option_ids if name != key["option"]])}
        case QuestionType.MULTI_SELECT:
            right = sorted(key["options"])
            wrong = [name for name in one.option_ids if name not in right]
            return {"options": sorted({*right[: max(1, len(right) - 1)], *random.sample(wrong, min(1, len(wrong)))})}
        case QuestionType.TRUE_FALSE:
            return {"value": not key["value"]}
        case QuestionType.CODE:
            return {"code": key["starter"]}
        case _:
            return {"text": random.choice(("no idea", "42", "not sure", "it depends"))}
