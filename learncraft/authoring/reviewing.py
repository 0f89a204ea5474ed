"""From draft to published, and back: draft > pending review > published or sent back; published > archived.

Whoever teaches a course may publish it, or ask for a review first; where the institution wants a review, only those who
review publish (`courses.publication`). While a course waits nothing of it changes. Its assessments go out with it. Each
step is written down in `course_reviews_log`. Learners see the published version until the next one is out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.authoring import checklist, drafting, going_out, publishing, remarks, telling
from learncraft.authoring.errors import NotAReviewerError
from learncraft.authoring.going_out import Drafts
from learncraft.authoring.links import service as links
from learncraft.authoring.models import CourseDraft
from learncraft.authoring.remarks import Remark
from learncraft.authoring.shapes import Details
from learncraft.courses import publication
from learncraft.courses.errors import CourseNotReadyError
from learncraft.courses.models import Course, CourseReview, CourseStatus, ReviewDecision
from learncraft.courses.service import own_course
from learncraft.db import new_id
from learncraft.errors import InvalidInputError
from learncraft.language import _, noted

ONLY_REMARKS = noted("The open remarks say what should change.")
MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a course's review."""

    decision: ReviewDecision
    by: str  # empty when the account is gone
    said: str
    at: datetime
    remarks: int = 0  # that went with it


@dataclass(frozen=True, slots=True)
class Waiting:
    """A course that waits for a review."""

    course_id: UUID
    title: str
    instructor: str
    since: datetime
    is_seen: bool  # learners see an earlier version meanwhile
    remarks: int  # that nobody has settled yet


def publish(session: Session, viewer: Viewer, course_id: UUID) -> None:
    """Make the working copy what learners see, without a review, with its assessments. Safe to repeat.

    A course that nobody builds has no working copy, and none afterwards.

    Raises:
        CourseNotFoundError: the course isn't the viewer's.
        NeedsReviewError: here only those who review publish, and the viewer isn't one of them.
        InReviewError: it waits for a review.
        CourseNotReadyError, InvalidQuestionError: something is missing that learners need.
    """
    publication.check(viewer)
    is_made_for_this = drafting.begin(session, viewer, course_id)
    draft = drafting.hold(session, viewer, course_id)
    _bring_over(session, viewer, draft, "")
    if is_made_for_this:
        drafting.forget(session, course_id)


def drafts_to_publish(session: Session, viewer: Viewer, course_id: UUID) -> Drafts:
    """The drafts of assessments that `publish` would look at, of a course that nobody builds as well.

    Raises:
        CourseNotFoundError: the course isn't the viewer's.
    """
    is_made_for_this = drafting.begin(session, viewer, course_id)
    found = going_out.of_course(session, course_id)
    if is_made_for_this:
        drafting.forget(session, course_id)
    return found


def submit(session: Session, viewer: Viewer, course_id: UUID, note: str = "") -> None:
    """Ask for a review. Until it is decided or withdrawn, nothing changes. Links are checked for who reviews.

    Raises:
        CourseNotFoundError, InReviewError: as `publish`.
        CourseNotReadyError: something is missing that learners need.
    """
    drafting.begin(session, viewer, course_id)
    draft = drafting.hold(session, viewer, course_id)
    _check_ready(session, draft)
    _step(session, viewer, draft, ReviewDecision.SUBMITTED, CourseStatus.PENDING_REVIEW, note)
    draft.submitted_at = func.now()
    links.ask(session, course_id)


def withdraw(session: Session, viewer: Viewer, course_id: UUID) -> None:
    """Take a course back out of its review."""
    draft = _waiting(session, viewer, course_id)
    _step(session, viewer, draft, ReviewDecision.WITHDRAWN, CourseStatus.DRAFT, "")
    draft.submitted_at = None


def approve(session: Session, viewer: Viewer, course_id: UUID, note: str = "", *, seen: datetime | None = None) -> None:
    """Publish a course that was reviewed, with its assessments; `seen` is when what the viewer looked at was sent.

    Raises:
        NotAReviewerError: the viewer doesn't review content.
        InvalidInputError: it doesn't wait for a review any more, or was changed and sent again since it was seen.
    """
    _bring_over(session, viewer, _to_decide(session, viewer, course_id, seen), note)


def send_back(session: Session, viewer: Viewer, course_id: UUID, reason: str, *, seen: datetime | None = None) -> None:
    """Give a course back to its author, with what should change: a reason, the open remarks, or both.

    Raises:
        NotAReviewerError, InvalidInputError: as `approve`; or there is neither a reason nor an open remark.
    """
    draft = _to_decide(session, viewer, course_id, seen)
    carried = [one for one in remarks.of_course(session, course_id) if one.is_open]
    if not reason.strip() and not carried:
        raise InvalidInputError(
            "Say in a sentence what should change, or write a remark at a lesson, before you send the course back."
        )
    said = reason if reason.strip() else _(ONLY_REMARKS)
    _step(session, viewer, draft, ReviewDecision.RETURNED, CourseStatus.REVISION_NEEDED, said, carried)
    draft.submitted_at = None


def archive(session: Session, viewer: Viewer, course_id: UUID) -> None:
    """Close a course: nobody joins it any more; those who are in it stay, and its working copy stays.

    Raises:
        CourseNotFoundError: the viewer doesn't decide on the course; who helps builds it, and doesn't close it.
        InReviewError: it waits for a review.
        InvalidInputError: it isn't published.
    """
    drafting.begin(session, viewer, course_id)
    drafting.hold(session, viewer, course_id)
    course = own_course(session, viewer, course_id)
    if course.status != CourseStatus.PUBLISHED:
        raise InvalidInputError("Only a published course can be archived.")
    _note(session, viewer, course_id, ReviewDecision.ARCHIVED, course.status, CourseStatus.ARCHIVED, "")
    course.status = CourseStatus.ARCHIVED


def history(session: Session, course_id: UUID) -> list[Step]:
    """The steps of a course's reviews, the latest first."""
    rows = session.execute(
        select(
            CourseReview.decision,
            func.coalesce(User.first_name + " " + User.last_name, ""),
            func.coalesce(CourseReview.summary, ""),
            CourseReview.created_at,
            func.jsonb_array_length(CourseReview.comments),
        )
        .outerjoin(User, User.id == CourseReview.actor_id)
        .where(CourseReview.course_id == course_id)
        .order_by(CourseReview.created_at.desc(), CourseReview.id.desc())
        .limit(MOST_STEPS)
    )
    return [Step(*row) for row in rows]


def queue(session: Session, viewer: Viewer) -> list[Waiting]:
    """The courses that wait for a review, who waits longest first.

    Raises:
        NotAReviewerError: the viewer doesn't review content.
    """
    if not viewer.reviews_content:
        raise NotAReviewerError
    rows = session.execute(
        select(CourseDraft, Course.status, User.first_name + " " + User.last_name)
        .join(Course, Course.id == CourseDraft.course_id)
        .join(User, User.id == Course.instructor_id)
        .where(CourseDraft.status == CourseStatus.PENDING_REVIEW, Course.deleted_at.is_(None))
        .order_by(CourseDraft.submitted_at)
        .limit(200)
    ).all()
    open_remarks = remarks.open_in(session, [draft.course_id for draft, _, _ in rows])
    return [
        Waiting(
            draft.course_id,
            Details.model_validate(draft.details).title,
            instructor,
            draft.submitted_at or draft.updated_at,
            status == CourseStatus.PUBLISHED,
            open_remarks.get(draft.course_id, 0),
        )
        for draft, status, instructor in rows
    ]


def _bring_over(session: Session, viewer: Viewer, draft: CourseDraft, note: str) -> None:
    drafts = _check_ready(session, draft)
    going_out.hold_banks(session, drafts)
    _note(session, viewer, draft.course_id, ReviewDecision.APPROVED, draft.status, CourseStatus.PUBLISHED, note)
    publishing.apply(session, draft, actor_id=viewer.id)
    going_out.publish(session, viewer, drafts)


def _check_ready(session: Session, draft: CourseDraft) -> Drafts:
    """The drafts that go out, once nothing stands in the way. Whoever writes one waits: the working copy is held."""
    looked = checklist.look(session, draft.course_id)
    missing = [found for found in looked.found if found.is_blocking]
    if missing:
        title = Details.model_validate(draft.details).title
        if len(missing) == 1:
            raise CourseNotReadyError(
                "“{title}” can't be published yet: {sentence}", title=title, sentence=missing[0].sentence
            )
        raise CourseNotReadyError(
            "“{title}” can't be published yet: {sentence} (and {count} more)",
            title=title,
            sentence=missing[0].sentence,
            count=len(missing) - 1,
        )
    return looked.drafts


def _to_decide(session: Session, viewer: Viewer, course_id: UUID, seen: datetime | None) -> CourseDraft:
    if not viewer.reviews_content:
        raise NotAReviewerError
    draft = _waiting(session, viewer, course_id)
    if seen is not None and draft.submitted_at != seen:
        raise InvalidInputError(
            "The course was taken out of the review and sent again since you looked. Reload the page, look at what "
            "changed, then decide."
        )
    return draft


def _waiting(session: Session, viewer: Viewer, course_id: UUID) -> CourseDraft:
    draft = drafting.hold(session, viewer, course_id, even_in_review=True)
    if draft.status != CourseStatus.PENDING_REVIEW:
        raise InvalidInputError("The course is no longer in review: somebody has decided or withdrawn it.")
    return draft


def _step(
    session: Session,
    viewer: Viewer,
    draft: CourseDraft,
    decision: ReviewDecision,
    to: CourseStatus,
    said: str,
    carried: Sequence[Remark] = (),
) -> None:
    _note(session, viewer, draft.course_id, decision, draft.status, to, said, carried)
    draft.status = to
    course = session.get_one(Course, draft.course_id)
    if course.status in drafting.UNSEEN:
        course.status = to


def _note(
    session: Session,
    viewer: Viewer,
    course_id: UUID,
    decision: ReviewDecision,
    before: CourseStatus,
    after: CourseStatus,
    said: str,
    carried: Sequence[Remark] = (),
) -> None:
    step = CourseReview(
        id=new_id(),
        course_id=course_id,
        actor_id=viewer.id,
        decision=decision,
        from_status=before,
        to_status=after,
        summary=said.strip()[:5000] or None,
        comments=[
            {"lesson_id": str(one.anchor.lesson_id), "block_id": one.anchor.block_id, "text": one.body}
            for one in carried
        ],
    )
    session.add(step)
    telling.of_step(session, step)
