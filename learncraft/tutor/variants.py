"""A lesson told anew for a persona: by its author, or by the language model and then approved by the author."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, false, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.accounts.viewer import Viewer
from learncraft.authoring import retold
from learncraft.courses import publication
from learncraft.courses.blocks import LessonContent, MarkdownBlock
from learncraft.courses.models import Course, Lesson, LessonVariant, Module
from learncraft.courses.teaching import is_taught_by
from learncraft.courses.telling import WHOLE_LESSON, Telling, tellings
from learncraft.errors import ChangedSinceError, ForbiddenError, InvalidInputError, NotFoundError
from learncraft.language.numbers import number
from learncraft.tutor import personas, sources
from learncraft.tutor.endpoint import ModelEndpoint, Usage
from learncraft.tutor.inert import inert
from learncraft.tutor.models import TopicPersonalization

LONGEST = 40_000  # characters of a lesson that is told anew
LEAST_OF_IT = 0.3  # a retelling with less than this of the lesson's length has left things out
_BLOCK = "told"


@dataclass(frozen=True, slots=True)
class Variant:
    """One telling of a lesson, as those who teach it see it."""

    id: UUID
    lesson_id: UUID
    lesson: str
    key: str
    text: str
    is_published: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ToldFor:
    """A telling that learners may choose."""

    key: str
    telling: Telling
    is_chosen: bool


class TellingNeedsReviewError(ForbiddenError):
    """Here learners see only what was reviewed."""

    def __init__(self) -> None:
        super().__init__(
            "Here a content admin reads a telling before learners may choose it. Save it: they find it on this page."
        )


def published(session: Session, viewer_id: UUID, lesson_id: UUID) -> list[ToldFor]:
    """The tellings of a lesson that the viewer may choose. The caller says who may read the lesson. One query."""
    rows = session.execute(_published_rows(), {"viewer": viewer_id, "lesson": lesson_id}).all()
    chosen = {key for key, _stands_for, _payload, is_chosen in rows if is_chosen}
    said = [(key, stands_for, LessonContent.model_validate(payload)) for key, stands_for, payload, _is_chosen in rows]
    return [ToldFor(key, telling, key in chosen) for key, telling in tellings(said).items()]


@cache
def _published_rows() -> Select[*tuple[Any, ...]]:
    """Made once, as every look at a lesson asks it."""
    return (
        select(
            LessonVariant.persona_key,
            LessonVariant.content_key,
            LessonVariant.payload,
            func.coalesce(TopicPersonalization.study_persona == LessonVariant.persona_key, false()),
        )
        .outerjoin(
            TopicPersonalization,
            (TopicPersonalization.lesson_id == LessonVariant.lesson_id)
            & (TopicPersonalization.user_id == bindparam("viewer")),
        )
        .where(
            LessonVariant.lesson_id == bindparam("lesson"),
            LessonVariant.is_published,
        )
        .order_by(LessonVariant.persona_key, LessonVariant.content_key)
    )


def of_course(session: Session, viewer: Viewer, course_id: UUID) -> list[Variant]:
    """All tellings in a course that the viewer teaches, by lesson; those that wait for a yes first. One query."""
    rows = session.execute(
        select(LessonVariant, Lesson.title)
        .join(Lesson, Lesson.id == LessonVariant.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(Course.id == course_id, is_taught_by(viewer), LessonVariant.content_key == WHOLE_LESSON)
        .order_by(LessonVariant.is_published, Module.order_index, Lesson.order_index, LessonVariant.persona_key)
    )
    if not viewer.teaches:
        return []
    return [
        Variant(row.id, row.lesson_id, lesson, row.persona_key, _text(row), row.is_published, row.updated_at)
        for row, lesson in rows
    ]


def _text(row: LessonVariant) -> str:
    return "\n\n".join(filter(None, map(sources.text_of, LessonContent.model_validate(row.payload).blocks)))


def write(
    session: Session,
    viewer: Viewer,
    *,
    lesson_id: UUID,
    key: str,
    text: str,
    publish: bool,
    seen: str | None = None,
) -> None:
    """Tell a lesson anew, or change how it is told. Published, learners may choose it and the tutor finds it.

    `seen` is the text that is changed.

    Raises:
        TellingNeedsReviewError: here a content admin publishes it, and the viewer is none.
        ChangedSinceError: somebody else changed the text since it was seen.
        InvalidInputError: the text or the persona is no good, or it is told so already.
        NotFoundError: the viewer doesn't teach the lesson.
    """
    if publish:
        _check_publishes(viewer)
    said = text.replace("\x00", "").strip()
    if not said:
        raise InvalidInputError("Write how the lesson is told.")
    if len(said) > LONGEST:
        raise InvalidInputError(
            "A lesson may have {most} characters here; this one has {said}.",
            most=number(LONGEST),
            said=number(len(said)),
        )
    if key not in personas.PERSONAS:
        raise InvalidInputError("Choose whom it is told for.")
    course_id = _require_taught(session, viewer, lesson_id)
    working = retold.hold(session, lesson_id)
    session.execute(select(Lesson.id).where(Lesson.id == lesson_id).with_for_update(key_share=True))  # take turns
    there = session.scalar(
        select(LessonVariant)
        .where(
            LessonVariant.lesson_id == lesson_id,
            LessonVariant.content_key == WHOLE_LESSON,
            LessonVariant.persona_key == key,
        )
        .execution_options(populate_existing=True)
    )
    if there is not None and _text(there) not in (seen, said):
        if seen is None:
            raise InvalidInputError(
                "This lesson is told so already. Change that telling, or choose whom else it is for."
            )
        raise ChangedSinceError
    _keep(session, lesson_id, key, said, is_published=publish)
    retold.follow(session, working, key, author_id=viewer.id)
    _index(session, course_id, lesson_id)


def approve(session: Session, viewer: Viewer, *, variant_id: UUID, is_published: bool) -> None:
    """Show a telling to learners, or take it back.

    Raises:
        TellingNeedsReviewError: as `write`.
        NotFoundError: the viewer doesn't teach it.
    """
    if is_published:
        _check_publishes(viewer)
    working = retold.hold(session, _require(session, viewer, variant_id).lesson_id)
    row = _require(session, viewer, variant_id)  # whoever was waited for may have deleted it
    row.is_published = is_published
    session.flush()
    retold.follow(session, working, row.persona_key, author_id=viewer.id)
    _index(session, _require_taught(session, viewer, row.lesson_id), row.lesson_id)


def remove(session: Session, viewer: Viewer, *, variant_id: UUID) -> None:
    """Delete a telling; who had chosen it reads the lesson as it was written.

    Raises:
        NotFoundError: the viewer doesn't teach it.
    """
    row = _require(session, viewer, variant_id)
    course_id = _require_taught(session, viewer, row.lesson_id)
    lesson_id, persona, working = row.lesson_id, row.persona_key, retold.hold(session, row.lesson_id)
    session.execute(delete(LessonVariant).where(LessonVariant.id == row.id))
    retold.follow(session, working, persona, author_id=viewer.id)
    _index(session, course_id, lesson_id)


def ask_for(session: Session, viewer: Viewer, *, lesson_id: UUID, key: str) -> None:
    """Have the language model tell a lesson anew, in the background; its author reads it before learners do.

    Raises:
        InvalidInputError: there is no such persona.
        NotFoundError: the viewer doesn't teach the lesson.
    """
    if key not in personas.PERSONAS:
        raise InvalidInputError("Choose whom it is told for.")
    _require_taught(session, viewer, lesson_id)
    background.defer(session, "tell_anew", lock=f"tell {lesson_id}", lesson_id=str(lesson_id), key=key)


def text_of_lesson(session: Session, lesson_id: UUID) -> str:
    """All that a lesson says in its blocks, as text. Empty when the lesson is gone. One query."""
    content = session.scalar(select(Lesson.content).where(Lesson.id == lesson_id))
    blocks = LessonContent.model_validate(content).blocks if content else ()
    return "\n\n".join(filter(None, map(sources.text_of, blocks)))


def told_by(model: ModelEndpoint, text: str, key: str) -> str:
    """A lesson as the model tells it: harmless, and not much shorter than it was.

    Raises:
        InvalidInputError: there is nothing to tell, too much, or too much was left out.
        ModelError: the model doesn't answer.
    """
    if not text.strip() or len(text) > LONGEST:
        raise InvalidInputError("The lesson must have text, at most {most} characters.", most=number(LONGEST))
    fence = f"----- {token_hex(12)} -----"
    prompt = (Path(__file__).parent / "prompts" / "retell.md").read_text(encoding="utf-8")
    told = inert(
        "".join(
            model.stream(
                [
                    {"role": "system", "content": prompt.format(manner=personas.manner(key), fence=fence)},
                    {"role": "user", "content": f"{fence}\n{text}\n{fence}"},
                ],
                Usage(),
                most_tokens=len(text) // 2 + 500,
            )
        )
    ).strip()
    if len(told) < LEAST_OF_IT * len(text):
        raise InvalidInputError("The language model left out too much of the lesson.")
    return told


def keep_draft(session: Session, *, lesson_id: UUID, key: str, text: str) -> None:
    """Keep what the model told, for its author to read. A telling that learners see already stays as it is."""
    working = retold.hold(session, lesson_id)
    _keep(session, lesson_id, key, text, is_published=False, only_drafts=True)
    retold.follow(session, working, key, author_id=None)


def _keep(
    session: Session, lesson_id: UUID, key: str, said: str, *, is_published: bool, only_drafts: bool = False
) -> None:
    content = LessonContent(version=1, blocks=(MarkdownBlock(id=_BLOCK, type="markdown", text=said),))
    values = {"payload": content.model_dump(mode="json"), "is_published": is_published, "updated_at": func.now()}
    session.execute(
        insert(LessonVariant)
        .values(lesson_id=lesson_id, content_key=WHOLE_LESSON, persona_key=key, **values)
        .on_conflict_do_update(
            index_elements=["lesson_id", "content_key", "persona_key"],
            set_=values,
            where=~LessonVariant.is_published if only_drafts else None,
        )
    )


def _index(session: Session, course_id: UUID, lesson_id: UUID) -> None:
    background.defer(session, "index_lesson", unless_waiting=True, lock=f"index {course_id}", lesson_id=str(lesson_id))


def _check_publishes(viewer: Viewer) -> None:
    if publication.needs_review(viewer):
        raise TellingNeedsReviewError


def _require(session: Session, viewer: Viewer, variant_id: UUID) -> LessonVariant:
    row = session.get(LessonVariant, variant_id, populate_existing=True)
    if row is None:
        raise NotFoundError("This telling is gone.")
    _require_taught(session, viewer, row.lesson_id)
    return row


def _require_taught(session: Session, viewer: Viewer, lesson_id: UUID) -> UUID:
    """The course of a lesson that the viewer teaches."""
    course_id = session.scalar(
        select(Course.id)
        .join(Module, Module.course_id == Course.id)
        .join(Lesson, Lesson.module_id == Module.id)
        .where(Lesson.id == lesson_id, Course.deleted_at.is_(None), is_taught_by(viewer))
    )
    if course_id is None or not viewer.teaches:
        raise NotFoundError("This lesson is gone, or isn't yours.")
    return course_id
