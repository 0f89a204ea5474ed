"""Videos, labs and flashcards of the demo's courses, and what its learners did with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from learncraft.courses.media_models import Video, VideoStatus
from learncraft.courses.models import Lesson
from learncraft.db import new_id
from learncraft.labs.models import Lab, LabTemplate, TechStack

_VIDEO_EVERY, _LAB_EVERY = 3, 4  # lessons
_CARDS = 3  # of each lesson
_INTERVAL = 15.0  # seconds of one report of the player
_REVIEWS = (1, 3, 8, 20)  # days between two reviews of a card

Tell = Callable[..., None]  # what happened, when, and its columns


@dataclass(frozen=True, slots=True)
class Practice:
    """What a lesson has beside its text and quizzes."""

    video_id: UUID | None = None
    seconds: int = 0
    lab_id: UUID | None = None
    cards: tuple[UUID, ...] = ()


def furnish(session: Session, lessons: list[Lesson]) -> dict[UUID, Practice]:
    """Give some lessons a film and some a lab. Films and labs have names and a past, and nothing to open."""
    random, made = Random(len(lessons)), {}  # noqa: S311  # chance, not secrecy
    template: LabTemplate | None = None
    for place, lesson in enumerate(lessons):
        video = lab = None
        seconds = random.randrange(240, 620)
        if place % _VIDEO_EVERY == 0:
            video = Video(
                id=new_id(),
                lesson_id=lesson.id,
                title=f"{lesson.title}, worked through",
                duration_seconds=seconds,
                status=VideoStatus.READY,
            )
            session.add(video)
        if place % _LAB_EVERY == 2:
            template = template or _template(session, lesson)
            lab = Lab(
                id=new_id(),
                lesson_id=lesson.id,
                template_id=template.id,
                title=f"Try it: {lesson.title}",
                instructions="Make the checks pass, one after the other.",
                success_criteria=[{"id": "runs", "title": "It runs", "check": "python main.py"}],
            )
            session.add(lab)
        made[lesson.id] = Practice(
            video.id if video else None,
            seconds,
            lab.id if lab else None,
            tuple(uuid5(lesson.id, f"card {number}") for number in range(_CARDS)),
        )
    session.flush()
    return made


def _template(session: Session, lesson: Lesson) -> LabTemplate:
    template = LabTemplate(
        id=new_id(),
        name=f"Practice room of {lesson.title}",
        base_image="python:3.11",
        tech_stack=TechStack.PYTHON,
    )
    session.add(template)
    session.flush()
    return template


def practise(
    tell: Tell, random: Random, practice: Practice, where: dict[str, Any], opened: datetime, now: datetime
) -> None:
    """What one learner did with all of it after opening the lesson, until now."""

    def told(event_type: str, moment: datetime, **columns: Any) -> None:
        if moment < now:
            tell(event_type, moment, **({} if event_type == "flashcard_reviewed" else where), **columns)

    if practice.video_id is not None and random.random() < 0.85:
        _watch(told, random, practice.video_id, float(practice.seconds), opened)
    if practice.lab_id is not None and random.random() < 0.75:
        _try_lab(told, random, practice.lab_id, opened + timedelta(minutes=random.uniform(5, 40)))
    if random.random() < 0.45:
        _review(told, random, practice.cards, opened)


def _watch(told: Tell, random: Random, video_id: UUID, seconds: float, begun: datetime) -> None:
    """From the beginning until somebody has had enough; the dense part before the middle is seen again by many."""
    stays = seconds if random.random() < 0.55 else seconds * random.betavariate(1.6, 1.4)
    dense = (seconds * 0.38, seconds * 0.48)
    clock, position = begun, 0.0
    told("video_played", clock, object_id=video_id, position_start=0.0)
    while position < stays:
        end = min(position + _INTERVAL, stays)
        clock += timedelta(seconds=end - position)
        told("video_watched", clock, object_id=video_id, position_start=position, position_end=end)
        if position <= dense[1] < end and random.random() < 0.4:
            told("video_seeked", clock, object_id=video_id, position_start=end, position_end=dense[0])
            clock += timedelta(seconds=dense[1] - dense[0])
            told("video_watched", clock, object_id=video_id, position_start=dense[0], position_end=dense[1])
        position = end


def _try_lab(told: Tell, random: Random, lab_id: UUID, clock: datetime) -> None:
    """Checks until all pass, or until patience ends."""
    told("lab_started", clock, object_id=lab_id)
    for _ in range(random.randint(1, 6)):
        clock += timedelta(minutes=random.lognormvariate(1.8, 0.6))
        passes = random.random() < 0.45
        told("lab_checked", clock, object_id=lab_id, is_correct=passes)
        if passes:
            told("lab_passed", clock, object_id=lab_id)
            return


def _review(told: Tell, random: Random, cards: tuple[UUID, ...], opened: datetime) -> None:
    """Each card again after longer and longer pauses; what was long ago is remembered less."""
    for card in cards:
        clock, known = opened + timedelta(minutes=random.uniform(20, 90)), 0.75
        told("flashcard_reviewed", clock, object_id=card, is_correct=random.random() < known)
        for step, days in enumerate(_REVIEWS):
            if random.random() < 0.3:
                break
            pause = days * random.uniform(0.9, 1.6)
            clock += timedelta(days=pause)
            remembered = 0.97 * 0.985**pause - 0.08 / (1 + step)
            told("flashcard_reviewed", clock, object_id=card, is_correct=random.random() < remembered)
