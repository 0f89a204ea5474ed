"""How far learners come, where they stop, and who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from learncraft.analytics.questions import question, rows
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore
from learncraft.language import noted

ANY = UUID(int=0)  # how the store writes that there is none; as a parameter it means any
STEPS = (
    ("enrolled", noted("Enrolled")),
    ("lesson_opened", noted("Opened a lesson")),
    ("lesson_completed", noted("Finished a lesson")),
    ("assessment_passed", noted("Passed an assessment")),
    ("course_completed", noted("Finished the course")),
    ("certificate_issued", noted("Got a certificate")),
)


@dataclass(frozen=True, slots=True)
class LessonReach:
    """How many people came to a lesson, and to its end."""

    lesson_id: UUID
    opened: int
    completed: int


@dataclass(frozen=True, slots=True)
class ModuleReach:
    """How many people came to a module, and finished a lesson there."""

    module_id: UUID
    opened: int
    completed: int


@dataclass(frozen=True, slots=True)
class Step:
    """How many people came to a step, one of STEPS."""

    step: str
    learners: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """For how many people a lesson was the last."""

    lesson_id: UUID
    learners: int


@dataclass(frozen=True, slots=True)
class PersonBehind:
    """One person behind a point of a chart."""

    actor_id: UUID
    events: int
    completed: int
    correct: int
    wrong: int
    last_seen: datetime


@question(
    "Which lessons do learners reach and finish?",
    counted="Learners who opened and who finished each lesson in the period. Who finished one without opening it "
    "counts as having opened it.",
)
def completion_funnel(store: EventStore, scope: Scope) -> list[LessonReach]:
    """One row for each lesson that anybody came to."""
    return rows(store, LessonReach, "completion_funnel", scope)


@question(
    "How far through the modules do learners come?",
    counted="Learners who opened a lesson of the module, and who finished at least one there.",
)
def module_funnel(store: EventStore, scope: Scope) -> list[ModuleReach]:
    """One row for each module that anybody came to."""
    return rows(store, ModuleReach, "module_funnel", scope)


@question(
    "How many come from joining to a certificate?",
    counted="Different learners who took each step at least once in the period.",
)
def enrollment_steps(store: EventStore, scope: Scope) -> list[Step]:
    """One row for each of STEPS, in their order."""
    found = {row.step: row for row in rows(store, Step, "enrollment_steps", scope)}
    return [found.get(key, Step(key, 0)) for key, _ in STEPS]


@question(
    "Where do learners stop?",
    counted="The lesson last opened or finished by each learner who has not finished the course and was in no lesson "
    "for 14 days before the period's end.",
)
def where_they_stopped(store: EventStore, scope: Scope) -> list[Stopped]:
    """One row for each lesson that is somebody's last."""
    return rows(store, Stopped, "where_they_stopped", scope)


@question(
    "Who is behind this point?",
    counted="Each person's events of the point that you picked, those who were here last first.",
)
def people_behind(
    store: EventStore, scope: Scope, *, lesson_id: UUID = ANY, object_id: UUID = ANY, most: int = 200
) -> list[PersonBehind]:
    """Who did something in a lesson or with an object (any, unless told)."""
    return rows(store, PersonBehind, "people_behind", scope, lesson_id=lesson_id, object_id=object_id, most=most)
