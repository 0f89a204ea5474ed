"""Row-level reads and writes behind the actions of `service`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.courses.models import Lesson, Module
from learncraft.db import new_id
from learncraft.enrollment import intervals
from learncraft.enrollment.models import (
    CourseProgress,
    Enrollment,
    EnrollmentStatus,
    LessonProgress,
    ProgressStatus,
)
from learncraft.enrollment.progress import CourseState, LessonPart, PartKind

_PARTS = text(
    """
    WITH words AS (
        SELECT 'text' AS kind, '' AS title, coalesce(p.read_percentage, 0)::float8 AS done, 100::float8 AS length,
            0 AS place, NULL::timestamptz AS since, l.id
        FROM lessons l LEFT JOIN lesson_progress p ON p.lesson_id = l.id AND p.user_id = :user_id
        WHERE l.id = :lesson_id
          AND jsonb_path_exists(l.content, '$.blocks[*].type ? (@ == "markdown" || @ == "html" || @ == "code")')
    ), films AS (
        SELECT 'video', v.title, coalesce(s.watched_seconds, 0), v.duration_seconds::float8, 1, v.created_at, v.id
        FROM videos v
        JOIN lessons l ON l.id = v.lesson_id
        LEFT JOIN video_views s ON s.video_id = v.id AND s.user_id = :user_id
        WHERE v.lesson_id = :lesson_id AND v.hls_url IS NOT NULL AND v.duration_seconds > 0
          AND jsonb_path_exists(l.content, '$.blocks[*].video_id ? (@ == $id)', jsonb_build_object('id', v.id))
    ), quizzes AS (
        SELECT 'quiz', a.title,
            coalesce(bool_or(t.is_passing AND (NOT a.grades_held OR a.grades_released_at IS NOT NULL)), false)
                ::int::float8,
            1::float8, 2, a.created_at, a.id
        FROM assessments a
        LEFT JOIN assessment_attempts t ON t.assessment_id = a.id AND t.user_id = :user_id
        WHERE a.lesson_id = :lesson_id AND a.is_published AND a.assessment_type <> 'practice'
          AND EXISTS (SELECT 1 FROM questions q WHERE q.assessment_id = a.id AND q.retired_at IS NULL)
        GROUP BY a.id
    ), exercises AS (
        SELECT 'lab', b.title, coalesce(p.lab_completed, false)::int::float8, 1::float8, 3, b.created_at, b.id
        FROM labs b LEFT JOIN lesson_progress p ON p.lesson_id = b.lesson_id AND p.user_id = :user_id
        WHERE b.lesson_id = :lesson_id
    )
    SELECT kind, title, done, length FROM (
        SELECT * FROM words UNION ALL SELECT * FROM films
        UNION ALL SELECT * FROM quizzes UNION ALL SELECT * FROM exercises
    ) AS parts
    ORDER BY place, since, id
    """
)
IN_COURSE = (EnrollmentStatus.ACTIVE, EnrollmentStatus.COMPLETED)


@dataclass(frozen=True, slots=True)
class Place:
    """A learner's enrollment, seen from one lesson."""

    enrollment_id: UUID
    course_id: UUID
    module_id: UUID


def take_place(session: Session, enrollment: Enrollment | None, *, learner_id: UUID, course_id: UUID) -> Enrollment:
    """A new enrollment with its progress row, or the old one made active again."""
    if enrollment is not None:
        enrollment.status = EnrollmentStatus.ACTIVE
        enrollment.enrolled_at = func.now()
        return enrollment
    enrollment = Enrollment(id=new_id(), user_id=learner_id, course_id=course_id, status=EnrollmentStatus.ACTIVE)
    session.add(enrollment)
    session.flush()
    session.add(CourseProgress(enrollment_id=enrollment.id))
    return enrollment


def place_in_course(session: Session, learner_id: UUID, lesson_id: UUID) -> Place | None:
    """The learner's place in the lesson's course, if they have one and the lesson is published."""
    row = session.execute(
        select(Enrollment.id, Enrollment.course_id, Module.id)
        .join(Module, Module.course_id == Enrollment.course_id)
        .join(Lesson, Lesson.module_id == Module.id)
        .where(
            Lesson.id == lesson_id,
            Lesson.is_published,
            Module.is_published,
            Enrollment.user_id == learner_id,
            Enrollment.status.in_(IN_COURSE),
        )
    ).first()
    return Place(*row) if row else None


def lock_enrollment(session: Session, learner_id: UUID, lesson_id: UUID) -> Enrollment | None:
    """The learner's enrollment in the lesson's course, locked until the transaction ends."""
    return session.scalar(
        select(Enrollment)
        .join(Module, Module.course_id == Enrollment.course_id)
        .join(Lesson, Lesson.module_id == Module.id)
        .where(
            Lesson.id == lesson_id,
            Lesson.is_published,
            Module.is_published,
            Enrollment.user_id == learner_id,
            Enrollment.status.in_(IN_COURSE),
        )
        .with_for_update(of=Enrollment)
    )


def module_of(session: Session, lesson_id: UUID) -> UUID | None:
    """The module that a lesson stands in."""
    return session.scalar(select(Lesson.module_id).where(Lesson.id == lesson_id))


def mark_started(session: Session, learner_id: UUID, lesson_id: UUID) -> None:
    """Make the learner's row of a lesson, unless it is there."""
    row = insert(LessonProgress).values(
        id=new_id(),
        user_id=learner_id,
        lesson_id=lesson_id,
        status=ProgressStatus.IN_PROGRESS,
        started_at=func.now(),
    )
    session.execute(row.on_conflict_do_nothing(index_elements=["user_id", "lesson_id"]))


def mark_complete(session: Session, learner_id: UUID, lesson_id: UUID) -> bool:
    """Mark a lesson as finished; False if it was already."""
    mark_started(session, learner_id, lesson_id)
    changed = session.execute(
        update(LessonProgress)
        .where(
            LessonProgress.user_id == learner_id,
            LessonProgress.lesson_id == lesson_id,
            LessonProgress.status != ProgressStatus.COMPLETED,
        )
        .values(status=ProgressStatus.COMPLETED, completed_at=func.now(), completion_percentage=100)
        .returning(LessonProgress.id)
    )
    return changed.first() is not None


def keep_best_score(session: Session, learner_id: UUID, lesson_id: UUID, percent: Decimal) -> bool:
    """Keep the best result and count the attempt; says whether the lesson is nothing but a quiz."""
    mark_started(session, learner_id, lesson_id)
    session.execute(
        update(LessonProgress)
        .where(LessonProgress.user_id == learner_id, LessonProgress.lesson_id == lesson_id)
        .values(
            score=func.greatest(LessonProgress.score, percent),
            quiz_score=func.greatest(LessonProgress.quiz_score, func.round(percent)),
            attempts=LessonProgress.attempts + 1,
        )
    )
    return session.scalar(select(Lesson.lesson_type).where(Lesson.id == lesson_id)) == "quiz"


def correct_best_score(session: Session, learner_id: UUID, lesson_id: UUID, best: Decimal) -> bool:
    """Write the best result anew; says whether the lesson is nothing but a quiz."""
    session.execute(
        update(LessonProgress)
        .where(LessonProgress.user_id == learner_id, LessonProgress.lesson_id == lesson_id)
        .values(score=best, quiz_score=func.round(best))
    )
    return session.scalar(select(Lesson.lesson_type).where(Lesson.id == lesson_id)) == "quiz"


def parts_of(session: Session, learner_id: UUID, lesson_id: UUID) -> list[LessonPart]:
    """The parts of a lesson, and how much of each the learner has done. One query.

    Assessments and labs stand above enrollment, so their tables are read by name here. A video counts once it has a
    stream of ours: what plays on another site, or not at all, can't be measured and holds nobody up.
    """
    rows = session.execute(_PARTS, {"user_id": learner_id, "lesson_id": lesson_id})
    return [
        LessonPart(
            PartKind(kind),
            title,
            intervals.share(done, length) if kind == "video" else min(Decimal(1), Decimal(str(done)) / Decimal(length)),
        )
        for kind, title, done, length in rows
    ]


def remember_lesson(session: Session, enrollment_id: UUID, lesson_id: UUID) -> None:
    """Make a lesson the place to continue at."""
    session.execute(
        update(CourseProgress)
        .where(CourseProgress.enrollment_id == enrollment_id)
        .values(last_lesson_id=lesson_id, last_accessed_at=func.now())
    )


def finished_flags(session: Session, enrollment: Enrollment) -> list[bool]:
    """For each published lesson of the course, whether the learner has finished it."""
    rows = session.scalars(
        select(func.coalesce(LessonProgress.status == ProgressStatus.COMPLETED, False))
        .select_from(Lesson)
        .join(Module, Module.id == Lesson.module_id)
        .outerjoin(
            LessonProgress,
            (LessonProgress.lesson_id == Lesson.id) & (LessonProgress.user_id == enrollment.user_id),
        )
        .where(Module.course_id == enrollment.course_id, Module.is_published, Lesson.is_published)
    )
    return list(rows)


def percent_so_far(session: Session, enrollment_id: UUID) -> Decimal:
    """The course's percentage as it was told last."""
    found = session.scalar(select(CourseProgress.percent_complete).where(CourseProgress.enrollment_id == enrollment_id))
    return found or Decimal(0)


def write_course_progress(session: Session, enrollment_id: UUID, state: CourseState) -> None:
    """Keep what was computed beside the enrollment."""
    session.execute(
        update(CourseProgress)
        .where(CourseProgress.enrollment_id == enrollment_id)
        .values(
            completed_lessons=state.completed,
            total_lessons=state.total,
            percent_complete=state.percent,
            last_accessed_at=func.now(),
        )
    )
