"""What a learner sees of courses: the course page, the outline, a lesson, and where to go on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.courses.blocks import LessonContent
from learncraft.courses.media_models import Video, VideoCaption, VideoQuality, VideoStatus
from learncraft.courses.models import (
    Course,
    CourseCategory,
    CourseStatus,
    Lesson,
    LessonType,
    Module,
    SkillLevel,
)
from learncraft.courses.shapes import Resource, Resources
from learncraft.courses.teaching import is_taught_by
from learncraft.enrollment import access, progress, writes
from learncraft.enrollment.models import CourseProgress, Enrollment, EnrollmentStatus, LessonProgress, ProgressStatus
from learncraft.enrollment.progress import LessonState
from learncraft.enrollment.shapes import Position
from learncraft.enrollment.video_views import VideoView as Seen


@dataclass(frozen=True, slots=True)
class CourseView:
    """A course as its page shows it. `enrollment` and `percent` are the viewer's; None when they have no place."""

    id: UUID
    slug: str
    title: str
    short_description: str
    description: str
    category: CourseCategory
    skill_level: SkillLevel
    status: CourseStatus
    duration_minutes: int
    price: Decimal
    thumbnail_url: str | None
    film: str | None  # the address of its page, at one of the sites that may be embedded
    learning_objectives: list[str]
    prerequisites: list[str]
    tags: list[str]
    max_students: int | None
    learners: int
    instructor_id: UUID
    instructor: str
    instructor_bio: str | None
    is_taught: bool  # by the viewer, or reviewed
    enrollment: EnrollmentStatus | None
    percent: Decimal | None
    last_lesson_id: UUID | None

    @property
    def is_enrolled(self) -> bool:
        """Whether the viewer may go through the lessons."""
        return self.enrollment in writes.IN_COURSE


@dataclass(frozen=True, slots=True)
class OutlineLesson:
    """A lesson's line in the outline, with the viewer's progress."""

    id: UUID
    title: str
    lesson_type: LessonType
    duration_minutes: int
    is_free: bool
    status: ProgressStatus


@dataclass(frozen=True, slots=True)
class OutlineModule:
    """A module and its lessons, in order."""

    id: UUID
    title: str
    description: str
    lessons: tuple[OutlineLesson, ...]

    @property
    def completed(self) -> int:
        """How many of its lessons the viewer has finished."""
        return sum(lesson.status == ProgressStatus.COMPLETED for lesson in self.lessons)


@dataclass(frozen=True, slots=True)
class VideoView:
    """A video to show: its stream or its address, what is said in it, and where the viewer was."""

    id: UUID
    title: str
    url: str  # elsewhere
    transcript: str
    status: VideoStatus = VideoStatus.READY
    stream: str | None = None  # ours
    poster: str | None = None
    seconds: int | None = None
    captions: tuple[str, ...] = ()  # languages
    qualities: tuple[str, ...] = ()
    position: float = 0
    watched_seconds: float = 0


@dataclass(frozen=True, slots=True)
class LessonView:
    """A lesson to learn from. `is_enrolled` is False for free previews and for those who teach it."""

    id: UUID
    title: str
    lesson_type: LessonType
    duration_minutes: int
    description: str
    learning_objectives: list[str]
    resources: tuple[Resource, ...]
    content: LessonContent
    module_title: str
    course_id: UUID
    course_slug: str
    course_title: str
    is_enrolled: bool
    status: ProgressStatus
    part: int
    videos: dict[UUID, VideoView]
    position: Position
    percent: Decimal


def course_for(session: Session, viewer: Viewer, slug: str) -> CourseView | None:
    """A course by the name in its address, if the viewer may see it: published, joined, or theirs to teach."""
    row = session.execute(
        select(
            Course,
            User.first_name + " " + User.last_name,
            User.bio,
            is_taught_by(viewer),
            Enrollment.status,
            CourseProgress,
        )
        .join(User, User.id == Course.instructor_id)
        .outerjoin(Enrollment, (Enrollment.course_id == Course.id) & (Enrollment.user_id == viewer.id))
        .outerjoin(CourseProgress, CourseProgress.enrollment_id == Enrollment.id)
        .where(
            Course.slug == slug,
            Course.deleted_at.is_(None),
            or_(
                Course.status == CourseStatus.PUBLISHED,
                is_taught_by(viewer),
                Enrollment.status.in_(writes.IN_COURSE),
            ),
        )
    ).first()
    if row is None:
        return None
    course, instructor, bio, is_taught, enrollment, progress = row
    joined = enrollment in writes.IN_COURSE
    return CourseView(
        id=course.id,
        slug=course.slug,
        title=course.title,
        short_description=course.short_description or "",
        description=course.description or "",
        category=course.category,
        skill_level=course.skill_level,
        status=course.status,
        duration_minutes=course.duration_minutes,
        price=course.price,
        thumbnail_url=course.thumbnail_url,
        film=course.preview_video_url,
        learning_objectives=course.learning_objectives,
        prerequisites=course.prerequisites,
        tags=course.tags,
        max_students=course.max_students,
        learners=course.enrollment_count,
        instructor_id=course.instructor_id,
        instructor=instructor,
        instructor_bio=bio,
        is_taught=is_taught,
        enrollment=enrollment,
        percent=progress.percent_complete if joined else None,
        last_lesson_id=progress.last_lesson_id if joined else None,
    )


def outline(session: Session, viewer: Viewer, course_id: UUID) -> list[OutlineModule]:
    """The published modules and lessons of a course in order, with the viewer's progress. One query."""
    rows = session.execute(
        select(
            Module.id,
            Module.title,
            func.coalesce(Module.description, ""),
            Lesson.id,
            Lesson.title,
            Lesson.lesson_type,
            Lesson.duration_minutes,
            Lesson.is_free,
            func.coalesce(LessonProgress.status, ProgressStatus.NOT_STARTED),
        )
        .outerjoin(Lesson, (Lesson.module_id == Module.id) & Lesson.is_published)
        .outerjoin(LessonProgress, (LessonProgress.lesson_id == Lesson.id) & (LessonProgress.user_id == viewer.id))
        .where(Module.course_id == course_id, Module.is_published)
        .order_by(Module.order_index, Lesson.order_index)
    )
    modules: dict[UUID, tuple[str, str, list[OutlineLesson]]] = {}
    for row in rows:
        lessons = modules.setdefault(row[0], (row[1], row[2], []))[2]
        if row[3] is not None:
            lessons.append(OutlineLesson(*row[3:]))
    return [OutlineModule(key, title, text, tuple(lessons)) for key, (title, text, lessons) in modules.items()]


def sees_lesson(session: Session, viewer: Viewer, lesson_id: UUID) -> bool:
    """Whether the viewer may open a lesson. One query."""
    found = (
        select(Lesson.id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(Lesson.id == lesson_id, access.sees_lesson(viewer))
    )
    return session.scalar(found) is not None


def lesson_for(session: Session, viewer: Viewer, lesson_id: UUID) -> LessonView | None:
    """A lesson with its videos, if the viewer may read it: joined, free, or theirs to teach. Two queries."""
    joined = Enrollment.status.in_(writes.IN_COURSE)
    row = session.execute(
        select(
            Lesson,
            Module.title,
            Course.id,
            Course.slug,
            Course.title,
            func.coalesce(joined, False),
            func.coalesce(LessonProgress.status, ProgressStatus.NOT_STARTED),
            LessonProgress.last_position,
            func.coalesce(LessonProgress.completion_percentage, 0),
        )
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .outerjoin(Enrollment, (Enrollment.course_id == Course.id) & (Enrollment.user_id == viewer.id))
        .outerjoin(LessonProgress, (LessonProgress.lesson_id == Lesson.id) & (LessonProgress.user_id == viewer.id))
        .where(
            Lesson.id == lesson_id,
            Course.deleted_at.is_(None),
            or_(
                (joined | (Lesson.is_free & (Course.status == CourseStatus.PUBLISHED)))
                & Lesson.is_published
                & Module.is_published,
                is_taught_by(viewer),
            ),
        )
    ).first()
    if row is None:
        return None
    lesson, module_title, course_id, course_slug, course_title, is_enrolled, status, position, percent = row
    return LessonView(
        id=lesson.id,
        title=lesson.title,
        lesson_type=lesson.lesson_type,
        duration_minutes=lesson.duration_minutes,
        description=lesson.description or "",
        learning_objectives=lesson.learning_objectives,
        resources=Resources.model_validate(lesson.resources).root,
        content=LessonContent.model_validate(lesson.content),
        module_title=module_title,
        course_id=course_id,
        course_slug=course_slug,
        course_title=course_title,
        is_enrolled=is_enrolled,
        status=status,
        part=_part(position),
        videos=videos_of(session, viewer.id, lesson_id),
        position=Position.model_validate(position or {}),
        percent=percent,
    )


def lesson_state(session: Session, viewer: Viewer, lesson: LessonView) -> LessonState:
    """How much of a lesson the viewer has done, by its parts. One query."""
    return progress.lesson_state(
        writes.parts_of(session, viewer.id, lesson.id),
        is_finished=lesson.status == ProgressStatus.COMPLETED,
        reached=lesson.percent,
    )


def _part(position: dict[str, Any] | None) -> int:
    return int((position or {}).get("part", 1))


def videos_of(session: Session, viewer_id: UUID | None, lesson_id: UUID) -> dict[UUID, VideoView]:
    """The videos of a lesson, and where the viewer was in them; without a viewer at their beginning. One query."""
    captions = (
        select(func.array_agg(aggregate_order_by(VideoCaption.language, VideoCaption.language.asc())))
        .where(VideoCaption.video_id == Video.id)
        .scalar_subquery()
    )
    qualities = (
        select(func.array_agg(aggregate_order_by(VideoQuality.quality, VideoQuality.bitrate.desc())))
        .where(VideoQuality.video_id == Video.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Video, captions, qualities, Seen.position_seconds, Seen.watched_seconds)
        .outerjoin(Seen, (Seen.video_id == Video.id) & (Seen.user_id == viewer_id))
        .where(Video.lesson_id == lesson_id)
    )
    return {
        video.id: VideoView(
            id=video.id,
            title=video.title,
            url=video.original_url or "",
            transcript=video.transcript or "",
            status=video.status,
            stream=video.hls_url,
            poster=video.thumbnail_url,
            seconds=video.duration_seconds,
            captions=tuple(languages or ()),
            qualities=tuple(heights or ()),
            position=position or 0,
            watched_seconds=watched or 0,
        )
        for video, languages, heights, position, watched in rows
    }


def is_in_course(session: Session, user_id: UUID, course_id: UUID) -> bool:
    """Whether somebody has a place in a course now."""
    place = select(Enrollment.user_id).where(
        Enrollment.user_id == user_id,
        Enrollment.course_id == course_id,
        Enrollment.status.in_(writes.IN_COURSE),
        or_(Enrollment.expires_at.is_(None), Enrollment.expires_at > func.now()),
    )
    return session.scalar(place) is not None


def course_named(session: Session, course_id: UUID | None) -> tuple[UUID, str, str] | None:
    """A living course's identifier, title and slug."""
    row = session.execute(
        select(Course.id, Course.title, Course.slug).where(Course.id == course_id, Course.deleted_at.is_(None))
    ).first()
    return None if row is None else (row[0], row[1], row[2])
