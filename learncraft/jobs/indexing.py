"""What the tutor finds answers in follows what is written: a lesson, a course, a material, and what was missed."""

from __future__ import annotations

from uuid import UUID

from learncraft.jobs.work import Job, does
from learncraft.tutor import embedding, service
from learncraft.tutor.indexing import Indexed

PIECE = 25  # lessons of one transaction
MOST_MISSED = 2_000  # lessons at a time; the rest comes with the next round


@does("index_lesson")
def index_lesson(job: Job, lesson_id: str) -> None:
    """Index one lesson that was saved."""
    _index(job, [UUID(lesson_id)])


@does("index_course")
def index_course(job: Job, course_id: str) -> None:
    """Index what changed in a course."""
    with job.database.reading() as session:
        lessons = service.lessons_of(session, UUID(course_id))
    _index(job, lessons)


@does("index_material")
def index_material(job: Job, material_id: str) -> None:
    """Index what a person brought to study, or forget it when it was put away."""
    with job.database.transaction() as session:
        done = service.index_material(session, UUID(material_id), embedding.of(job.settings))
        job.advance(session, 1, 1, _words(done))


@does("index_missed")
def index_missed(job: Job) -> None:
    """Index lessons that changed without an action that asks for it, as by plain SQL or a new model."""
    with job.database.reading() as session:
        lessons = service.missed(session, embedding.of(job.settings), most=MOST_MISSED)
    _index(job, lessons)


def _index(job: Job, lessons: list[UUID]) -> None:
    """Index lessons some at a time. What an earlier try did is found unchanged, so it needn't be counted."""
    embedder, done = embedding.of(job.settings), Indexed()
    for first in range(0, len(lessons), PIECE):
        part = lessons[first : first + PIECE]
        done += service.index_lessons(job.database, job.settings.files_dir, part, embedder)
        job.say(min(first + PIECE, len(lessons)), len(lessons), _words(done))


def _words(done: Indexed) -> str:
    return f"{done.chunks} chunks of {done.changed} changed texts written, {done.documents} looked at"
