"""What reviewers and authors say to each other at a lesson, a block or a question: said, answered, settled.

A remark holds on to its place by identifiers, so it stays when the place is renamed or moved. Where the place is gone,
the remark says so. A question is followed through its versions, published or not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments.models import Assessment
from learncraft.assessments.names import in_words
from learncraft.authoring import telling
from learncraft.authoring.errors import LessonGoneError
from learncraft.authoring.models import LessonDraft, ModuleDraft, ReviewRemark
from learncraft.courses.models import Course
from learncraft.courses.teaching import is_taught_by
from learncraft.db import new_id
from learncraft.errors import InvalidInputError, NotFoundError
from learncraft.language import _
from learncraft.language.numbers import number

LONGEST = 5_000
MOST = 500  # of a course


class RemarkGoneError(NotFoundError):
    """The remark isn't there, or belongs to a course of others."""

    def __init__(self) -> None:
        super().__init__("This remark isn't there any more. Reload the page to see what is.")


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a remark is about: a lesson, one block of it, or a question of one of its assessments."""

    lesson_id: UUID
    block_id: str | None = None
    assessment_id: UUID | None = None
    question_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says to a remark."""

    by: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark with its answers, and what became of the place that it is about."""

    id: UUID
    anchor: Anchor
    lesson: str  # its title now
    is_lesson_gone: bool
    by: str  # empty when the account is gone
    body: str
    at: datetime
    settled_at: datetime | None
    settled_by: str
    answers: tuple[Answer, ...] = ()
    assessment: str = ""
    question_now: UUID | None = None  # as its editor names it now
    question: str = ""  # the beginning of its text

    @property
    def is_question_gone(self) -> bool:
        """Whether it is about a question that was taken out."""
        return self.anchor.question_id is not None and self.question_now is None

    @property
    def is_open(self) -> bool:
        """Whether nobody has settled it yet."""
        return self.settled_at is None


def say(session: Session, viewer: Viewer, anchor: Anchor, body: str) -> UUID:
    """Write a remark.

    Raises:
        LessonGoneError: the lesson isn't the viewer's to build or review, or the assessment isn't the lesson's.
        InvalidInputError: nothing is said, or too much.
    """
    remark = ReviewRemark(
        id=new_id(),
        course_id=_course_of(session, viewer, anchor),
        lesson_id=anchor.lesson_id,
        block_id=anchor.block_id,
        assessment_id=anchor.assessment_id,
        question_id=anchor.question_id,
        author_id=viewer.id,
        body=_said(body),
    )
    session.add(remark)
    session.flush()
    telling.of_remark(session, remark)
    return remark.id


def answer(session: Session, viewer: Viewer, remark_id: UUID, body: str) -> None:
    """Answer a remark; the answer stands below it.

    Raises:
        RemarkGoneError: the remark isn't there, or belongs to a course of others.
        InvalidInputError: nothing is said, or too much.
    """
    remark = _remark(session, viewer, remark_id)
    said = ReviewRemark(
        id=new_id(),
        course_id=remark.course_id,
        lesson_id=remark.lesson_id,
        answers_id=remark.id,
        author_id=viewer.id,
        body=_said(body),
    )
    session.add(said)
    session.flush()
    telling.of_remark(session, said)


def settle(session: Session, viewer: Viewer, remark_id: UUID, *, is_settled: bool = True) -> None:
    """Say that a remark was taken care of, or that it wasn't after all. Safe to repeat.

    Raises:
        RemarkGoneError: the remark isn't there, or belongs to a course of others.
    """
    remark = _remark(session, viewer, remark_id)
    if is_settled != (remark.resolved_at is not None):
        remark.resolved_at = func.now() if is_settled else None
        remark.resolved_by = viewer.id if is_settled else None
        session.flush()


# Each question that remarks are about is found under all names that it has had: in its draft if there is one, else as
# it is published. A new version names the one before; a draft's question names its version.
_ROWS = text(
    """
    WITH RECURSIVE named AS (
        SELECT DISTINCT question_id AS origin, question_id AS id, assessment_id FROM review_remarks
        WHERE course_id = :course_id AND question_id IS NOT NULL
        UNION SELECT n.origin, q.id, n.assessment_id FROM questions AS q JOIN named AS n ON q.replaces_id = n.id
    ), typed AS (
        SELECT d.assessment_id, (q ->> 'id')::uuid AS id, (q ->> 'question_id')::uuid AS version, q ->> 'text' AS said
        FROM assessment_drafts AS d CROSS JOIN LATERAL jsonb_array_elements(d.document -> 'questions') AS q
        WHERE d.assessment_id IN (SELECT assessment_id FROM named)
    ), latest AS (
        SELECT DISTINCT ON (n.origin) n.origin, coalesce(t.id, q.id) AS id,
            left(coalesce(t.said, q.content), 200) AS said
        FROM named AS n
        LEFT JOIN typed AS t ON t.assessment_id = n.assessment_id AND n.id IN (t.id, t.version)
        LEFT JOIN questions AS q ON q.id = n.id AND q.retired_at IS NULL
            AND NOT EXISTS (SELECT FROM assessment_drafts AS d WHERE d.assessment_id = n.assessment_id)
        WHERE t.id IS NOT NULL OR q.id IS NOT NULL
        ORDER BY n.origin, 2
    )
    SELECT r.*, coalesce(d.title, l.title, '') AS lesson,
        d.id IS NULL OR d.deleted_at IS NOT NULL OR m.deleted_at IS NOT NULL AS is_gone,
        coalesce(u.first_name || ' ' || u.last_name, '') AS by,
        coalesce(s.first_name || ' ' || s.last_name, '') AS settled_by, coalesce(a.title, '') AS assessment,
        latest.id AS question_now, latest.said AS question
    FROM review_remarks AS r
    LEFT JOIN lesson_drafts AS d ON d.id = r.lesson_id LEFT JOIN module_drafts AS m ON m.id = d.module_id
    LEFT JOIN lessons AS l ON l.id = r.lesson_id LEFT JOIN assessments AS a ON a.id = r.assessment_id
    LEFT JOIN users AS u ON u.id = r.author_id LEFT JOIN users AS s ON s.id = r.resolved_by
    LEFT JOIN latest ON latest.origin = r.question_id
    WHERE r.course_id = :course_id AND (CAST(:lesson_id AS uuid) IS NULL OR r.lesson_id = :lesson_id)
    ORDER BY m.order_index, d.order_index, r.created_at, r.id
    LIMIT :most
    """
)


def of_course(session: Session, course_id: UUID, *, lesson_id: UUID | None = None) -> list[Remark]:
    """The remarks at a course, or at one lesson and its questions, in the order of the course. One query.

    The caller has asked whether the viewer builds or reviews the course.
    """
    where = {"course_id": course_id, "lesson_id": lesson_id, "most": MOST}
    rows = session.execute(_ROWS, where).all()
    answers: dict[UUID, list[Answer]] = {}
    for row in rows:
        if row.answers_id is not None:
            answers.setdefault(row.answers_id, []).append(Answer(row.by, row.body, row.created_at))
    return [_remark_of(row, tuple(answers.get(row.id, ()))) for row in rows if row.answers_id is None]


def open_in(session: Session, courses: Iterable[UUID]) -> dict[UUID, int]:
    """How many remarks nobody has settled yet, by course. One query."""
    rows = session.execute(
        select(ReviewRemark.course_id, func.count())
        .where(
            ReviewRemark.course_id.in_(list(courses)),
            ReviewRemark.answers_id.is_(None),
            ReviewRemark.resolved_at.is_(None),
        )
        .group_by(ReviewRemark.course_id)
    )
    return dict(rows.all())


_CHOICES = text(
    """
    SELECT a.id AS assessment_id, a.title, q ->> 'id' AS id, left(q ->> 'text', 200) AS said, number
    FROM assessments AS a JOIN assessment_drafts AS d ON d.assessment_id = a.id
    CROSS JOIN LATERAL jsonb_array_elements(d.document -> 'questions') WITH ORDINALITY AS listed (q, number)
    WHERE a.lesson_id = :lesson_id
    UNION ALL
    SELECT a.id, a.title, q.id::text, left(q.content, 200), q.order_index + 1
    FROM assessments AS a JOIN questions AS q ON q.assessment_id = a.id AND q.retired_at IS NULL AND NOT q.is_drawn
    WHERE a.lesson_id = :lesson_id AND NOT EXISTS (SELECT FROM assessment_drafts AS d WHERE d.assessment_id = a.id)
    ORDER BY 2, 1, 5
    """
)


def places_in(session: Session, lesson_id: UUID) -> list[tuple[str, Anchor]]:
    """The questions of a lesson that a remark can be about, in words. One query."""
    rows = session.execute(_CHOICES, {"lesson_id": lesson_id})
    return [
        (
            _("{title}, question {number}: {text}", title=row.title, number=row.number, text=in_words(row.said)[:60]),
            Anchor(lesson_id, assessment_id=row.assessment_id, question_id=UUID(row.id)),
        )
        for row in rows
    ]


def _remark_of(row: Any, answers: tuple[Answer, ...]) -> Remark:
    return Remark(
        id=row.id,
        anchor=Anchor(row.lesson_id, row.block_id, row.assessment_id, row.question_id),
        lesson=row.lesson,
        is_lesson_gone=row.is_gone,
        by=row.by,
        body=row.body,
        at=row.created_at,
        settled_at=row.resolved_at,
        settled_by=row.settled_by,
        answers=answers,
        assessment=row.assessment,
        question_now=row.question_now,
        question=in_words(row.question or ""),
    )


def _course_of(session: Session, viewer: Viewer, anchor: Anchor) -> UUID:
    """The course of the place, if the viewer may speak there."""
    wanted = (
        select(ModuleDraft.course_id)
        .join(LessonDraft, LessonDraft.module_id == ModuleDraft.id)
        .join(Course, Course.id == ModuleDraft.course_id)
        .where(
            LessonDraft.id == anchor.lesson_id,
            LessonDraft.deleted_at.is_(None),
            ModuleDraft.deleted_at.is_(None),
            Course.deleted_at.is_(None),
            is_taught_by(viewer),
        )
    )
    if anchor.assessment_id is not None:
        of_lesson = select(Assessment.id).where(
            Assessment.id == anchor.assessment_id, Assessment.lesson_id == anchor.lesson_id
        )
        wanted = wanted.where(of_lesson.exists())
    course_id = session.scalar(wanted)
    if course_id is None:
        raise LessonGoneError
    return course_id


def _remark(session: Session, viewer: Viewer, remark_id: UUID) -> ReviewRemark:
    found = session.scalar(
        select(ReviewRemark)
        .join(Course, Course.id == ReviewRemark.course_id)
        .where(
            ReviewRemark.id == remark_id,
            ReviewRemark.answers_id.is_(None),
            Course.deleted_at.is_(None),
            is_taught_by(viewer),
        )
        .with_for_update(of=ReviewRemark)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise RemarkGoneError
    return found


def _said(body: str) -> str:
    said = body.strip()
    if not said:
        raise InvalidInputError("Write what you want to say, then send it.")
    if len(said) > LONGEST:
        raise InvalidInputError(
            "A remark has at most {most} signs. Shorten it, or make two of it.", most=number(LONGEST)
        )
    return said
