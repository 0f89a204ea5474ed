"""Puts a course document into the database: new the first time, updated after that, never doubled.

The caller's transaction holds it all, so a failure anywhere leaves the database as it was. Parts that are gone
from the document are deleted, or only hidden when learners have been there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.assessments import authoring
from learncraft.authoring import drafting
from learncraft.courses import files
from learncraft.courses.blocks import Block, HtmlBlock, LessonContent, MarkdownBlock, QuizBlock, VideoBlock
from learncraft.courses.errors import InReviewError
from learncraft.courses.media_models import Video, VideoStatus
from learncraft.courses.models import (
    Course,
    CourseCategory,
    Lesson,
    LessonType,
    Module,
    SkillLevel,
)
from learncraft.db import new_id
from learncraft.enrollment.models import LessonProgress
from learncraft.interchange.document import (
    AssessmentDocument,
    CourseDocument,
    LessonDocument,
    ModuleDocument,
    VideoDocument,
)
from learncraft.interchange.errors import ImportNeedsReviewError
from learncraft.interchange.slugs import free_slug, slugify
from learncraft.study import decks

_ASSET = re.compile(r"asset:([^\s\"'<>)]+)")


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the document."""

    course_id: UUID
    slug: str
    created: bool


def write_course(
    session: Session, document: CourseDocument, *, instructor_id: UUID, files_dir: Path, publishes: bool = True
) -> Written:
    """Store a course and all it holds for its instructor, as a draft when it is new.

    What learners see already changes at once; `publishes` says whether that is open to who brings it in.

    Raises:
        InReviewError: the course waits for a review.
        ImportNeedsReviewError: learners have the course, and what they see must pass a review first.
    """
    mine = (
        Course.instructor_id == instructor_id,
        Course.source_key == document.source_key,
        Course.deleted_at.is_(None),
    )
    # The working copy comes first, as for whoever publishes it: two can't wait for each other.
    there = session.scalar(select(Course.id).where(*mine))
    is_in_review = there is not None and drafting.is_in_review(session, there)
    course = session.scalar(select(Course).where(*mine).with_for_update())
    created = course is None
    if is_in_review:
        raise InReviewError
    if course is not None and not publishes and course.published_at is not None:
        raise ImportNeedsReviewError(course.title)
    if course is None:
        course = Course(
            id=new_id(),
            instructor_id=instructor_id,
            source_key=document.source_key,
            slug=free_slug(session, document.slug),
        )
        session.add(course)
    _describe(course, document)
    session.flush()
    drafting.forget(session, course.id)  # a working copy of what is written anew now
    addresses = _store_files(session, document, course, files_dir)
    course.description = _link(document.description, addresses)
    course.thumbnail_url = addresses.get(document.image) if document.image else course.thumbnail_url
    _write_modules(session, course, document, addresses)
    background.defer(session, "index_course", unless_waiting=True, lock=f"index {course.id}", course_id=str(course.id))
    course.duration_minutes = sum(lesson.duration_minutes for module in document.modules for lesson in module.lessons)
    session.flush()
    return Written(course.id, course.slug, created)


def _describe(course: Course, document: CourseDocument) -> None:
    course.title = document.title[:500]
    course.short_description = document.short_description[:500]
    course.category = CourseCategory(document.category)
    course.skill_level = SkillLevel(document.skill_level)
    course.language = document.language
    course.learning_objectives = list(document.learning_objectives)
    course.prerequisites = list(document.prerequisites)
    course.tags = [tag.lower() for tag in document.tags]


def _store_files(session: Session, document: CourseDocument, course: Course, files_dir: Path) -> dict[str, str]:
    """Keep the files of the course, and return the address of each by its name."""
    addresses: dict[str, str] = {}
    for file in document.files.values():
        stored = files.store(
            session,
            files_dir,
            uploader_id=course.instructor_id,
            course_id=course.id,
            name=file.name,
            source=file.path,
            mime_type=file.mime_type,
            is_public=file.name == document.image,  # the catalogue shows it to everyone
        )
        addresses[file.name] = stored.file_url
    return addresses


def _link(text: str, addresses: dict[str, str]) -> str:
    """Put real addresses in place of `asset:NAME`."""
    return _ASSET.sub(lambda found: addresses.get(unquote(found[1]), found[0]), text)


def _write_modules(session: Session, course: Course, document: CourseDocument, addresses: dict[str, str]) -> None:
    known = {row.source_key: row for row in session.scalars(select(Module).where(Module.course_id == course.id))}
    lessons = {
        row.source_key: row
        for row in session.scalars(
            select(Lesson).join(Module, Module.id == Lesson.module_id).where(Module.course_id == course.id)
        )
    }
    for place, part in enumerate(document.modules):
        module = known.pop(part.source_key, None) or Module(
            id=new_id(), course_id=course.id, source_key=part.source_key
        )
        module.title, module.description, module.order_index = part.title[:255], part.description, place
        module.is_published = True
        session.add(module)
        session.flush()
        _write_lessons(session, module, part, lessons, addresses)
    _retire_lessons(session, list(lessons.values()), first_free=10_000)
    _retire_modules(session, list(known.values()), first_free=len(document.modules))


def _write_lessons(
    session: Session, module: Module, part: ModuleDocument, known: dict[str | None, Lesson], addresses: dict[str, str]
) -> None:
    taken = {row.slug for row in known.values() if row.module_id == module.id}
    for place, document in enumerate(part.lessons):
        lesson = known.pop(document.source_key, None)
        if lesson is None:
            lesson = Lesson(id=new_id(), source_key=document.source_key, slug=_lesson_slug(document.title, taken))
        lesson.module_id, lesson.order_index, lesson.is_published = module.id, place, True
        lesson.title, lesson.description = document.title[:500], document.description
        lesson.lesson_type = LessonType(document.lesson_type)
        lesson.duration_minutes, lesson.is_free = document.duration_minutes, document.is_free
        lesson.learning_objectives = list(document.learning_objectives)
        session.add(lesson)
        session.flush()
        content = _write_content(session, lesson, document, addresses)
        dumped: dict[str, Any] = content.model_dump(mode="json")
        if lesson.content != dumped:
            lesson.content = dumped
        if document.cards:
            cards = [(_link(card.front, addresses), _link(card.back, addresses)) for card in document.cards]
            decks.write_for_lesson(session, lesson_id=lesson.id, cards=cards)
    session.flush()


def _lesson_slug(title: str, taken: set[str]) -> str:
    base = slugify(title) or "lesson"
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    taken.add(slug)
    return slug


def _write_content(
    session: Session, lesson: Lesson, document: LessonDocument, addresses: dict[str, str]
) -> LessonContent:
    videos = {row.source_key: row for row in session.scalars(select(Video).where(Video.lesson_id == lesson.id))}
    blocks: list[Block] = []
    kept: set[UUID] = set()
    for place, item in enumerate(document.items):
        if isinstance(item, VideoDocument):
            video = videos.pop(item.source_key, None) or Video(id=new_id(), source_key=item.source_key)
            _describe_video(video, item, lesson.id, addresses)
            session.add(video)
            blocks.append(VideoBlock(id=f"video-{place}", video_id=video.id))
        elif isinstance(item, AssessmentDocument):
            assessment_id = authoring.write_assessment(session, lesson_id=lesson.id, document=_linked(item, addresses))
            kept.add(assessment_id)
            blocks.append(QuizBlock(id=f"quiz-{place}", assessment_id=assessment_id))
        elif isinstance(item, HtmlBlock):
            blocks.append(item.model_copy(update={"html": _link(item.html, addresses)}))
        elif isinstance(item, MarkdownBlock):
            blocks.append(item.model_copy(update={"text": _link(item.text, addresses)}))
        else:
            blocks.append(item)
    for gone in videos.values():
        session.delete(gone)
    authoring.retire_others(session, lesson_id=lesson.id, kept=kept)
    return LessonContent(blocks=tuple(blocks))


def _describe_video(video: Video, item: VideoDocument, lesson_id: UUID, addresses: dict[str, str]) -> None:
    video.lesson_id = lesson_id
    video.title = item.title[:255]
    video.original_url = _link(item.url, addresses)
    video.duration_seconds = item.duration_seconds
    video.transcript = item.transcript
    video.status = VideoStatus.READY


def _linked(document: AssessmentDocument, addresses: dict[str, str]) -> AssessmentDocument:
    return replace(
        document,
        description=_link(document.description, addresses),
        questions=tuple(
            replace(
                question,
                text=_link(question.text, addresses),
                explanation=_link(question.explanation, addresses),
            )
            for question in document.questions
        ),
    )


def _retire_lessons(session: Session, lessons: list[Lesson], *, first_free: int) -> None:
    """Delete lessons that nobody has opened; hide the others behind the last one."""
    visited = set(
        session.scalars(
            select(LessonProgress.lesson_id).where(LessonProgress.lesson_id.in_([row.id for row in lessons])).distinct()
        )
    )
    for place, lesson in enumerate(lessons, start=first_free):
        if lesson.id in visited:
            lesson.is_published, lesson.order_index = False, place
        else:
            session.delete(lesson)
    session.flush()


def _retire_modules(session: Session, modules: list[Module], *, first_free: int) -> None:
    counts = dict(
        session.execute(
            select(Lesson.module_id, func.count())
            .where(Lesson.module_id.in_([row.id for row in modules]))
            .group_by(Lesson.module_id)
        ).all()
    )
    for place, module in enumerate(modules, start=first_free):
        if counts.get(module.id):
            module.is_published, module.order_index = False, place
        else:
            session.delete(module)
    session.flush()
