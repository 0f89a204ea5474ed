"""Questions to begin with, made of what lessons say they are about."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.courses.models import Lesson, Module
from learncraft.enrollment.models import Enrollment, EnrollmentStatus, LessonProgress
from learncraft.language import _
from learncraft.tutor.inert import one_line
from learncraft.tutor.models import ContentEmbedding, EmbeddedContent

SUGGESTED = 3
_LONGEST = 70  # characters of a heading that still reads as a question's subject


def questions(subjects: Iterable[str]) -> list[str]:
    """A few questions about these subjects, each once. Pure."""
    made: list[str] = []
    for subject in subjects:
        said = one_line(subject).rstrip(".:?!")
        if said and len(said) <= _LONGEST:
            question = (
                f"{said}?"
                if subject.rstrip().endswith("?")
                else _("What should I know about “{subject}”?", subject=said)
            )
            if question not in made:
                made.append(question)
    return made[:SUGGESTED]


def about_lesson(session: Session, lesson_id: UUID) -> list[str]:
    """Questions about a lesson that the reader has open: its headings, then its title. One query."""
    rows = session.execute(
        select(ContentEmbedding.headings)
        .where(
            ContentEmbedding.lesson_id == lesson_id,
            ContentEmbedding.content_type == EmbeddedContent.LESSON,
            ContentEmbedding.persona_key.is_(None),
        )
        .order_by(ContentEmbedding.chunk_index)
        .limit(20)
    )
    headings = [row.headings for row in rows if row.headings]
    return questions([*(one[-1] for one in headings if len(one) > 1), *(one[0] for one in headings[:1])])


def about_mine(session: Session, viewer_id: UUID) -> list[str]:
    """Questions about the lessons that somebody last opened. One query."""
    return questions(
        session.scalars(
            select(Lesson.title)
            .join(Module, Module.id == Lesson.module_id)
            .join(Enrollment, (Enrollment.course_id == Module.course_id) & (Enrollment.user_id == viewer_id))
            .join(LessonProgress, (LessonProgress.lesson_id == Lesson.id) & (LessonProgress.user_id == viewer_id))
            .where(
                Enrollment.status.in_((EnrollmentStatus.ACTIVE, EnrollmentStatus.COMPLETED)),
                Lesson.is_published,
                Module.is_published,
            )
            .order_by(LessonProgress.updated_at.desc())
            .limit(SUGGESTED)
        )
    )
