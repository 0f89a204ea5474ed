"""Lessons told anew by the language model; their authors read them before learners do."""

from __future__ import annotations

from uuid import UUID

from learncraft.errors import InvalidInputError
from learncraft.jobs.work import Job, does
from learncraft.tutor import endpoint, variants


@does("tell_anew")
def tell_anew(job: Job, lesson_id: str, key: str) -> None:
    """Have one lesson told for one persona. Doing it again tells it again, and changes nothing that learners see."""
    model = endpoint.of(job.settings)
    if model is None:
        raise InvalidInputError("No language model is set, so nobody can tell the lesson anew.")
    with job.database.reading() as session:
        text = variants.text_of_lesson(session, UUID(lesson_id))
    told = variants.told_by(model, text, key)
    with job.database.transaction() as session:
        variants.keep_draft(session, lesson_id=UUID(lesson_id), key=key, text=told)
        job.advance(session, 1, 1, "told, and waiting for its author")
