"""A course from nothing, and what it says of itself. The offer (price, seats, tier, certificate) holds at once."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft.accounts.models import SubscriptionTier
from learncraft.accounts.viewer import Viewer
from learncraft.authoring import drafting
from learncraft.authoring.errors import ChangedMeanwhileError, SlugTakenError
from learncraft.authoring.models import CourseDraft
from learncraft.authoring.shapes import Details, Offer
from learncraft.courses import embeds
from learncraft.courses.models import Course, CourseStatus
from learncraft.courses.naming import slugify
from learncraft.courses.prose import from_markdown
from learncraft.courses.service import own_course
from learncraft.courses.teaching import is_taught_by
from learncraft.db import new_id
from learncraft.enrollment import opening, prerequisites
from learncraft.enrollment.certificates import rule
from learncraft.errors import ChangedSinceError, ForbiddenError, InvalidInputError
from learncraft.language import noted

Shape = TypeVar("Shape", Details, Offer)

_SENTENCES = {
    "title": noted("A course needs a title of at most 500 signs."),
    "slug": noted("The address may have small letters, digits and single hyphens only, such as “thinking-in-sql”."),
    "language": noted("Give the language by its code, such as “en” or “pt-BR”."),
    "tags": noted("A tag has at most 50 signs, and a course at most 30 tags."),
    "preview_video_url": noted("A film plays from one of these sites: {sites}. Give the address of its page."),
    "price": noted("The price is a number from 0 to 99,999 with at most two digits after the point."),
    "max_students": noted("The number of seats is 1 or more; leave it empty for any number."),
    "least_average": noted("The average is a number from 0 to 100."),
}


def read_details(given: dict[str, Any]) -> Details:
    """Raises: InvalidInputError: a value can't be kept; the sentence says which and what would be right."""
    details = _read(Details, given)
    if details.preview_video_url and embeds.address(details.preview_video_url) is None:
        raise InvalidInputError(_SENTENCES["preview_video_url"], sites=embeds.sites())
    return details


def read_offer(given: dict[str, Any]) -> Offer:
    """Raises: InvalidInputError: as `read_details`."""
    return _read(Offer, given)


def create(session: Session, viewer: Viewer, details: Details, offer: Offer) -> UUID:
    """Make a course of the viewer's from nothing, as a draft that nobody else sees.

    Raises:
        ForbiddenError: the viewer doesn't teach.
        SlugTakenError: another course has the address.
    """
    if not viewer.teaches:
        raise ForbiddenError("Only instructors and admins make courses.")
    _check_slug(session, details.slug, None)
    course = Course(id=new_id(), instructor_id=viewer.id)
    apply(course, details)
    session.add(course)
    session.flush()
    _apply_offer(session, course, offer)
    session.add(CourseDraft(course_id=course.id, details=details.model_dump(mode="json")))
    session.flush()
    return course.id


def free_slug(session: Session, title: str) -> str:
    """An address made of a title that no course has yet."""
    base = slugify(title) or "course"
    taken = set(session.scalars(select(Course.slug).where(Course.slug.startswith(base), Course.deleted_at.is_(None))))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def change(session: Session, viewer: Viewer, course_id: UUID, details: Details, *, version: int) -> int:
    """Write what the course says of itself; gives the version that stands now. Learners see it once it is published.

    Raises:
        SlugTakenError: another course has the address.
        ChangedMeanwhileError: somebody else saved since `version` was read.
    """
    draft = drafting.hold(session, viewer, course_id)
    if Details.model_validate(draft.details) == details:
        return draft.version
    if draft.version != version:
        raise ChangedMeanwhileError
    _check_slug(session, details.slug, course_id)
    draft.details, draft.version = details.model_dump(mode="json"), draft.version + 1
    course = session.get_one(Course, course_id)
    if course.published_at is None:
        apply(course, details)  # nobody sees it, and its author's lists call it by its name
    session.flush()
    drafting.note_change(session, course_id)
    return draft.version


def change_offer(session: Session, viewer: Viewer, course_id: UUID, offer: Offer, *, seen: Offer) -> None:
    """Write on which terms people join. It holds for those who join from now on.

    Raises:
        CourseNotFoundError: the viewer doesn't decide on the course; who helps builds it, and doesn't price it.
        ChangedSinceError: somebody else changed the terms since they were seen.
    """
    drafting.hold(session, viewer, course_id, even_in_review=True)
    course = own_course(session, viewer, course_id)
    if offer_of(session, course_id) not in (seen, offer):
        raise ChangedSinceError
    _apply_offer(session, course, offer)
    session.flush()


def offer_of(session: Session, course_id: UUID) -> Offer:
    """The terms of a course."""
    course = session.get_one(Course, course_id)
    tier, given = opening.least_tier(course), rule.rule_of(course)
    return Offer(
        price=course.price,
        tier=tier.value if tier else None,
        max_students=course.max_students,
        required_courses=tuple(prerequisites.required(course)),
        gives_certificate=given.is_given,
        least_average=given.least_average,
    )


def apply(course: Course, details: Details) -> None:
    """Put details into the row that learners see."""
    course.title, course.slug = details.title, details.slug
    course.short_description = details.short_description or None
    course.description = from_markdown(details.description) if details.description else None
    course.category, course.skill_level = details.category, details.skill_level
    course.language, course.thumbnail_url = details.language, details.thumbnail_url
    course.preview_video_url = details.preview_video_url or None
    course.estimated_duration = details.estimated_duration
    course.prerequisites = list(details.prerequisites)
    course.learning_objectives = list(details.learning_objectives)
    course.tags = [tag.lower() for tag in details.tags]


def _apply_offer(session: Session, course: Course, offer: Offer) -> None:
    course.price, course.max_students = offer.price, offer.max_students
    kept = dict(course.extra)
    for key in (opening.KEY, prerequisites.KEY, rule.KEY):
        kept.pop(key, None)
    if offer.tier is not None:
        if offer.tier not in set(SubscriptionTier):
            raise InvalidInputError("There is no such subscription.")
        kept[opening.KEY] = offer.tier
    if offer.required_courses:
        _check_required(session, course.id, offer.required_courses)
        kept[prerequisites.KEY] = [str(one) for one in offer.required_courses]
    given: dict[str, Any] = {}
    if not offer.gives_certificate:
        given["is_given"] = False
    if offer.least_average is not None:
        given["least_average"] = str(offer.least_average)
    if given:
        kept[rule.KEY] = given
    course.extra = kept


def _check_required(session: Session, course_id: UUID, wanted: tuple[UUID, ...]) -> None:
    """No course may ask for itself, by whatever way round: nobody could ever join it."""
    found = session.execute(
        text(
            """
            WITH RECURSIVE asked (id) AS (
                SELECT unnest(CAST(:wanted AS uuid[]))
                UNION
                SELECT CAST(one AS uuid) FROM asked JOIN courses c ON c.id = asked.id,
                    jsonb_array_elements_text(coalesce(c.metadata -> :key, '[]'::jsonb)) AS one
            )
            SELECT c.title FROM asked JOIN courses c ON c.id = asked.id WHERE asked.id = :course_id
            """
        ),
        {"wanted": list(wanted), "key": prerequisites.KEY, "course_id": course_id},
    ).first()
    if found is not None:
        raise InvalidInputError(
            "“{title}” would have to be finished before itself. Take out the course that asks for it.",
            title=found.title,
        )


def _check_slug(session: Session, slug: str, course_id: UUID | None) -> None:
    """Asked of what learners see and of what is worked on: a name that somebody is about to publish is taken too."""
    taken = select(Course.id).where(Course.slug == slug, Course.deleted_at.is_(None))
    drafted = (
        select(CourseDraft.course_id)
        .join(Course, Course.id == CourseDraft.course_id)
        .where(CourseDraft.details["slug"].astext == slug, Course.deleted_at.is_(None))
    )
    for found in (*session.scalars(taken), *session.scalars(drafted)):
        if found != course_id:
            raise SlugTakenError(slug)


def _read(shape: type[Shape], given: dict[str, Any]) -> Shape:
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        place = str(error.errors(include_url=False, include_input=False)[0]["loc"][0])
        if place in _SENTENCES:
            raise InvalidInputError(_SENTENCES[place], sites=embeds.sites()) from error
        raise InvalidInputError(
            "The value of “{field}” can't be kept. Shorten it.", field=place.replace("_", " ")
        ) from error


def required_choices(session: Session, viewer: Viewer, course_id: UUID | None) -> dict[UUID, str]:
    """Courses that another one may ask for: published ones, and those that the viewer looks after."""
    rows = session.execute(
        select(Course.id, Course.title)
        .where(
            Course.deleted_at.is_(None),
            (Course.status == CourseStatus.PUBLISHED) | is_taught_by(viewer),
            Course.id != course_id,
        )
        .order_by(Course.enrollment_count.desc(), Course.title)
        .limit(1000)
    )
    return {row[0]: row[1] for row in rows}
