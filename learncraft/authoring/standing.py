"""Where courses stand in their review, for lists of courses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.authoring.models import CourseDraft, ReviewRemark
from learncraft.courses.models import Course, CourseReview, CourseStatus, ReviewDecision

_WAITS = (CourseDraft.status == CourseStatus.PENDING_REVIEW, Course.deleted_at.is_(None))


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the review of one course is."""

    status: CourseStatus  # of its working copy
    since: datetime | None  # when it was sent in, or sent back last
    reason: str  # for which it was sent back
    remarks: int  # that nobody has settled yet

    @property
    def is_in_review(self) -> bool:
        """Whether it waits for a reviewer."""
        return self.status == CourseStatus.PENDING_REVIEW

    @property
    def is_sent_back(self) -> bool:
        """Whether its authors have something to mend."""
        return self.status == CourseStatus.REVISION_NEEDED


def of_courses(session: Session, courses: Iterable[UUID]) -> dict[UUID, Standing]:
    """Of those that somebody builds. One query."""
    back = (
        select(CourseReview.created_at, CourseReview.summary)
        .where(CourseReview.course_id == CourseDraft.course_id, CourseReview.decision == ReviewDecision.RETURNED)
        .order_by(CourseReview.created_at.desc(), CourseReview.id.desc())
        .limit(1)
        .lateral()
    )
    is_open = (ReviewRemark.answers_id.is_(None), ReviewRemark.resolved_at.is_(None))
    remarks = (
        select(func.count())
        .select_from(ReviewRemark)
        .where(ReviewRemark.course_id == CourseDraft.course_id, *is_open)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            CourseDraft.course_id,
            CourseDraft.status,
            CourseDraft.submitted_at,
            back.c.created_at.label("returned_at"),
            func.coalesce(back.c.summary, "").label("reason"),
            remarks.label("remarks"),
        )
        .outerjoin(back, CourseDraft.status == CourseStatus.REVISION_NEEDED)
        .where(CourseDraft.course_id.in_(list(courses)))
    )
    return {
        row.course_id: Standing(row.status, row.submitted_at or row.returned_at, row.reason, row.remarks)
        for row in rows
    }


def waiting(session: Session, viewer: Viewer) -> int:
    """How many courses wait for a decision of who reviews; none for others. One query at most."""
    if not viewer.reviews_content:
        return 0
    found = select(func.count()).select_from(CourseDraft).join(Course, Course.id == CourseDraft.course_id)
    return session.scalar(found.where(*_WAITS)) or 0
