"""Who is told by letter what happens to a course that is built: asked for in the transaction of what happens.

Each reader has a job of their own, so a mail server that fails for one holds up no other. Nobody is told what they did
themselves. What the letters say is written when they go out, in `learncraft.authoring.letters`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.authoring.models import ReviewRemark
from learncraft.courses.models import Course, CourseReview, CourseStatus, ReviewDecision
from learncraft.courses.teaching import CoInstructor

HOUR = timedelta(hours=1)
_AFTER = timedelta(minutes=1)  # by then whoever spoke at the end of the hour has committed

_DECIDED = (ReviewDecision.RETURNED, ReviewDecision.APPROVED)


def of_step(session: Session, step: CourseReview) -> None:
    """Tell those who decide that a course waits for them, or those who wait what was decided.

    A course that is published without a review is told to nobody, nor is one that is taken back or archived.
    """
    if step.decision == ReviewDecision.SUBMITTED:
        readers = _reviewers(session, step.actor_id)
    elif step.decision in _DECIDED and step.from_status == CourseStatus.PENDING_REVIEW:
        readers = _builders(session, step.course_id) | _sender(session, step.course_id)
    else:
        return
    for reader in sorted(readers - {step.actor_id}):
        background.defer(session, "write_about_review", review_id=str(step.id), user_id=str(reader))


def of_remark(session: Session, said: ReviewRemark) -> None:
    """Tell those who build the course, and those whose remark is answered: in one letter for each hour of the clock."""
    readers = _builders(session, said.course_id)
    if said.answers_id is not None:
        in_it = (ReviewRemark.id == said.answers_id) | (ReviewRemark.answers_id == said.answers_id)
        readers |= set(filter(None, session.scalars(select(ReviewRemark.author_id).where(in_it))))
    hour: datetime = session.scalars(select(func.date_trunc("hour", func.now(), "UTC"))).one()
    for reader in sorted(readers - {said.author_id}):  # all in one order, as each waits for others who ask for the same
        background.defer(
            session,
            "write_about_remarks",
            run_after=hour + HOUR + _AFTER,
            unless_waiting=True,
            course_id=str(said.course_id),
            user_id=str(reader),
            hour=hour.isoformat(),
        )


def of_help(session: Session, viewer: Viewer, course_id: UUID, person: UUID) -> None:
    """Tell somebody that they help with a course from now on."""
    _of_sharing(session, viewer, course_id, person, is_handed_over=False)


def of_handing_over(session: Session, viewer: Viewer, course_id: UUID, *people: UUID) -> None:
    """Tell who has a course from now on, and who had it."""
    for person in people:
        _of_sharing(session, viewer, course_id, person, is_handed_over=True)


def _of_sharing(session: Session, viewer: Viewer, course_id: UUID, person: UUID, *, is_handed_over: bool) -> None:
    if person != viewer.id:
        background.defer(
            session,
            "write_about_sharing",
            unless_waiting=True,  # who is taken out and added again meanwhile is told once
            course_id=str(course_id),
            user_id=str(person),
            by=str(viewer.id),
            is_handed_over=is_handed_over,
        )


def _reviewers(session: Session, but: UUID | None) -> set[UUID]:
    """The content admins other than who asks; where there are none, the admins, who review too."""
    for role in (UserRole.CONTENT_ADMIN, UserRole.SYSTEM_ADMIN):
        living = (User.role == role, User.is_active, User.deleted_at.is_(None), User.id != but)
        if found := set(session.scalars(select(User.id).where(*living))):
            return found
    return set()


def _builders(session: Session, course_id: UUID) -> set[UUID]:
    """The instructor of a course, and those who help."""
    helpers = select(CoInstructor.user_id).where(CoInstructor.course_id == course_id)
    return set(session.scalars(select(Course.instructor_id).where(Course.id == course_id).union_all(helpers)))


def _sender(session: Session, course_id: UUID) -> set[UUID]:
    """Who sent it to the review that is decided."""
    sent = (CourseReview.course_id == course_id, CourseReview.decision == ReviewDecision.SUBMITTED)
    last = select(CourseReview.actor_id).where(*sent).order_by(CourseReview.created_at.desc(), CourseReview.id.desc())
    return set(filter(None, session.scalars(last.limit(1))))
