"""What those who build and review courses are written: as things stand when the letter goes out.

What nobody needs to hear any more isn't written: of a course that was taken back meanwhile, of remarks that are settled
or went with a course that was sent back, and of a help that has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from learncraft.accounts import letters
from learncraft.accounts.letters import LetterKind, Reader
from learncraft.accounts.models import User, UserRole
from learncraft.authoring import remarks, reviewing
from learncraft.authoring.models import CourseDraft, ReviewRemark
from learncraft.authoring.shapes import Details
from learncraft.authoring.telling import HOUR
from learncraft.courses.models import Course, CourseReview, CourseStatus, ReviewDecision
from learncraft.courses.teaching import is_taught_by_person
from learncraft.language import OFFERED, _, _n, speaking

_REVIEWERS = (UserRole.CONTENT_ADMIN, UserRole.SYSTEM_ADMIN)
_MOST_NAMES = 3
_NAME = func.trim(User.first_name + " " + User.last_name)  # of whom there may be no last name


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one address."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a letter leads: `link` makes the address of a page whole, and `stop` ends such letters."""

    link: Callable[[str], str]
    stop: str


@dataclass(frozen=True, slots=True)
class Shared:
    """That a course is somebody's, or that somebody helps with it."""

    course_id: UUID
    by: UUID
    is_handed_over: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of a review as a letter tells it."""

    decision: ReviewDecision
    by: str
    said: str  # in words of who took it
    carried: int  # remarks that went with it
    course_id: UUID
    slug: str
    title: str
    is_seen: bool
    is_waiting: bool  # for the decision that this step asked for


def of_step(session: Session, review_id: UUID, user_id: UUID, ways: Ways) -> Letter | None:
    """The letter about a step of a review; None where there is nothing to tell."""
    step = _step(session, review_id)
    reader = letters.reader(session, user_id, LetterKind.COURSES)
    if step is None or reader is None:
        return None
    with speaking(reader.language):
        if step.decision == ReviewDecision.SUBMITTED:
            if not step.is_waiting or reader.role not in _REVIEWERS:
                return None
            return _sent_in(reader, step, remarks.open_in(session, [step.course_id]).get(step.course_id, 0), ways)
        if not _looks_after(session, reader, step.course_id):
            return None
        return _sent_back(reader, step, ways) if step.decision == ReviewDecision.RETURNED else _out(reader, step, ways)


def of_remarks(session: Session, course_id: UUID, user_id: UUID, hour: datetime, ways: Ways) -> Letter | None:
    """The letter about what others said at a course in an hour; None where there is nothing to tell.

    Whoever only spoke in a review is told of the answers to that, and those who build the course of everything.
    """
    reader = letters.reader(session, user_id, LetterKind.COURSES)
    title = _title(session, course_id)
    if reader is None or title is None:
        return None
    if not _builds(session, reader, course_id):
        if reader.role not in _REVIEWERS:
            return None
        spoken = _spoken(session, course_id, hour, reader.id, _answered(course_id, reader.id))
    else:
        spoken = _spoken(session, course_id, hour, reader.id, None)
    if not spoken:
        return None
    with speaking(reader.language):
        names = list(dict.fromkeys(name or _gone() for name in spoken))
        shown = ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")
        told = _n(
            "there is {count} new remark at the course “{title}”, by {names}.",
            "there are {count} new remarks at the course “{title}”, by {names}.",
            len(spoken),
            title=title,
            names=shown,
        )
        subject = _n("{count} new remark at “{title}”", "{count} new remarks at “{title}”", len(spoken), title=title)
        return _letter(reader, subject, [told, _where(_("Read and answer:"), _review(course_id), ways)], ways)


def of_sharing(session: Session, shared: Shared, user_id: UUID, ways: Ways) -> Letter | None:
    """The letter to somebody who helps with a course from now on, or whose it is; None where they don't any more."""
    reader = letters.reader(session, user_id, LetterKind.COURSES)
    title = _title(session, shared.course_id)
    if reader is None or title is None or not _builds(session, reader, shared.course_id):
        return None
    owner, owner_name = session.execute(
        select(User.id, _NAME).join(Course, Course.instructor_id == User.id).where(Course.id == shared.course_id)
    ).one()
    with speaking(reader.language):
        names = {"name": _name(session, shared.by), "title": title}
        if owner == reader.id:
            subject = _("“{title}” is your course now", title=title)
            told = _(
                "{name} has handed the course “{title}” over to you. You are its instructor from now on; who was it "
                "so far helps you.",
                **names,
            )
        elif shared.is_handed_over:
            subject = _("“{title}” is the course of {owner} now", title=title, owner=owner_name)
            told = _(
                "{name} has made {owner} the instructor of the course “{title}”. You stay as a helper: you build it "
                "and follow its learners as before.",
                owner=owner_name,
                **names,
            )
        else:
            subject = _("You help with the course “{title}”", title=title)
            told = _(
                "{name} has made you a helper of the course “{title}”. You build and publish it, and follow and grade "
                "its learners, as its instructor does. If you don't want that, leave it on its page Details.",
                **names,
            )
        place = _where(_("The course:"), f"/teach-details?course={shared.course_id}", ways)
        return _letter(reader, subject, [told, place], ways)


def _sent_in(reader: Reader, step: _Step, remarks_open: int, ways: Ways) -> Letter:
    told = [
        _("{name} asks for a review of the course “{title}”.", name=step.by, title=step.title),
        _("Learners see an earlier version of it meanwhile.") if step.is_seen else _("Learners don't see it yet."),
    ]
    if remarks_open:
        told.append(_n("{count} remark at it is open.", "{count} remarks at it are open.", remarks_open))
    parts = [" ".join(told), *_quoted(step.said), _where(_("Read it and decide:"), _review(step.course_id), ways)]
    return _letter(reader, _("“{title}” waits for a review", title=step.title), parts, ways)


def _sent_back(reader: Reader, step: _Step, ways: Ways) -> Letter:
    told = [_("{name} has sent the course “{title}” back: something should change.", name=step.by, title=step.title)]
    if step.carried:
        told.append(_n("{count} remark goes with it.", "{count} remarks go with it.", step.carried))
    parts = [
        " ".join(told),
        *_quoted(step.said),
        _where(_("See what to change, then ask for a review again:"), _review(step.course_id), ways),
    ]
    return _letter(reader, _("“{title}” was sent back", title=step.title), parts, ways)


def _out(reader: Reader, step: _Step, ways: Ways) -> Letter:
    told = _(
        "{name} has approved the course “{title}”. Learners see this version from now on.",
        name=step.by,
        title=step.title,
    )
    parts = [told, *_quoted(step.said), _where(_("See it as learners do:"), f"/course?course={step.slug}", ways)]
    return _letter(reader, _("“{title}” is approved and published", title=step.title), parts, ways)


def _letter(reader: Reader, subject: str, parts: Sequence[str], ways: Ways) -> Letter:
    end = _("You don't want letters about courses that you build or review? Stop them here: {stop}", stop=ways.stop)
    text = "\n\n".join([_("Hello {name},", name=reader.first_name), *parts, end])
    return Letter(reader.email, subject, f"{text}\n")


def _quoted(said: str) -> list[str]:
    return [_("In their words:\n\n{words}", words=said)] if said else []


def _where(what: str, path: str, ways: Ways) -> str:
    return f"{what}\n{ways.link(path)}"


def _review(course_id: UUID) -> str:
    return f"/teach-review?course={course_id}"


def _gone() -> str:
    return _("somebody whose account is closed")


def _name(session: Session, user_id: UUID) -> str:
    return session.scalar(select(_NAME).where(User.id == user_id)) or _gone()


def _step(session: Session, review_id: UUID) -> _Step | None:
    later = aliased(CourseReview)
    is_last = ~(
        select(later.id)
        .where(later.course_id == CourseReview.course_id, later.created_at > CourseReview.created_at)
        .exists()
    )
    row = session.execute(
        select(CourseReview, Course, CourseDraft, func.coalesce(_NAME, ""), is_last)
        .join(Course, Course.id == CourseReview.course_id)
        .join(CourseDraft, CourseDraft.course_id == CourseReview.course_id)
        .outerjoin(User, User.id == CourseReview.actor_id)
        .where(CourseReview.id == review_id, Course.deleted_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    step, course, draft, by, is_newest = row
    return _Step(
        step.decision,
        by or _gone(),
        _own_words(step.summary or ""),
        len(step.comments),
        course.id,
        course.slug,
        _in_one_line(Details.model_validate(draft.details).title),
        course.status == CourseStatus.PUBLISHED,
        is_newest and draft.status == CourseStatus.PENDING_REVIEW,
    )


def _own_words(said: str) -> str:
    """What a reviewer said; nothing for the sentence that stands where they left it to their remarks."""
    for language in OFFERED:
        with speaking(language):
            if said == _(reviewing.ONLY_REMARKS):
                return ""
    return said


def _spoken(
    session: Session, course_id: UUID, hour: datetime, reader: UUID, which: ColumnElement[bool] | None
) -> list[str]:
    """Who said each of what is open, in an hour and since the course was sent back last; not the reader's own."""
    returned = (
        select(func.max(CourseReview.created_at))
        .where(CourseReview.course_id == course_id, CourseReview.decision == ReviewDecision.RETURNED)
        .scalar_subquery()
    )
    above = aliased(ReviewRemark)
    spoken = (
        select(func.coalesce(_NAME, ""))
        .select_from(ReviewRemark)
        .outerjoin(above, above.id == ReviewRemark.answers_id)
        .outerjoin(User, User.id == ReviewRemark.author_id)
        .where(
            ReviewRemark.course_id == course_id,
            ReviewRemark.created_at >= hour,
            ReviewRemark.created_at < hour + HOUR,
            ReviewRemark.created_at > func.coalesce(returned, hour - HOUR),
            ReviewRemark.author_id.is_distinct_from(reader),
            func.coalesce(above.resolved_at, ReviewRemark.resolved_at).is_(None),
        )
        .order_by(ReviewRemark.created_at, ReviewRemark.id)
    )
    return list(session.scalars(spoken if which is None else spoken.where(which)))


def _answered(course_id: UUID, reader: UUID) -> ColumnElement[bool]:
    """The condition that a remark answers one in whose thread a person spoke."""
    theirs = select(func.coalesce(ReviewRemark.answers_id, ReviewRemark.id)).where(
        ReviewRemark.course_id == course_id, ReviewRemark.author_id == reader
    )
    return ReviewRemark.answers_id.in_(theirs)


def _builds(session: Session, reader: Reader, course_id: UUID) -> bool:
    """Whether somebody is a course's instructor, or helps with it, and may."""
    if reader.role == UserRole.LEARNER:
        return False
    return session.scalar(select(Course.id).where(Course.id == course_id, is_taught_by_person(reader.id))) is not None


def _looks_after(session: Session, reader: Reader, course_id: UUID) -> bool:
    return reader.role in _REVIEWERS or _builds(session, reader, course_id)


def _title(session: Session, course_id: UUID) -> str | None:
    """What a course is called by those who build it; None when it is gone."""
    row = session.execute(
        select(Course.title, CourseDraft.details)
        .outerjoin(CourseDraft, CourseDraft.course_id == Course.id)
        .where(Course.id == course_id, Course.deleted_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    title, details = row
    return _in_one_line(title if details is None else Details.model_validate(details).title)


def _in_one_line(title: str) -> str:
    """A title as a subject may have it."""
    return " ".join(title.split())
