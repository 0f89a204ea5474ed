"""What a course says of itself: made from nothing, kept apart from what learners see, refused in words."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from learncraft import broken_rules
from learncraft.authoring import comparing_course, details, merging, outlining, queries, reviewing, sharing
from learncraft.authoring.errors import ChangedMeanwhileError, SlugTakenError
from learncraft.authoring.shapes import Offer
from learncraft.courses.errors import CourseNotFoundError
from learncraft.courses.models import Course, CourseStatus
from learncraft.db import Database
from learncraft.enrollment import queries as learning
from learncraft.errors import ChangedSinceError, ForbiddenError, InvalidInputError
from tests.authoring import build, make_teacher, viewer_of
from tests.factories import make_user
from tests.races import at_once, refusals

GIVEN = {"title": "Reading maps", "slug": "reading-maps", "category": "databases", "skill_level": "beginner"}
FILM = "https://www.youtube.com/watch?v=abcdefghijk"


def test_a_course_from_nothing_is_its_makers_draft_and_says_what_was_written(session: Session) -> None:
    teacher = make_teacher(session)
    told = details.read_details(GIVEN | {"preview_video_url": FILM, "tags": ("Maps",)})
    course_id = details.create(session, teacher, told, Offer())
    course = session.get_one(Course, course_id)
    assert (course.status, course.instructor_id, course.tags) == (CourseStatus.DRAFT, teacher.id, ["maps"])
    seen = learning.course_for(session, teacher, "reading-maps")
    assert seen is not None
    assert seen.film == FILM
    with pytest.raises(SlugTakenError):
        details.create(session, teacher, told, Offer())
    with pytest.raises(ForbiddenError):
        details.create(session, viewer_of(make_user(session)), told, Offer())


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", " ", "A course needs a title"),
        ("slug", "No Spaces", "The address may have small letters"),
        ("language", "english", "Give the language by its code"),
        ("tags", ("x" * 51,), "A tag has at most 50 signs"),
        ("preview_video_url", "https://films.example.org/1", "A film plays from one of these sites"),
        ("preview_video_url", "javascript:alert(1)", "A film plays from one of these sites"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_would_be_right(field: str, value: object, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        details.read_details(GIVEN | {field: value})


def test_an_address_that_another_course_has_is_refused_with_what_to_do(session: Session) -> None:
    other, built = build(session), build(session)
    known = queries.course(session, built.teacher, built.id)
    assert known is not None
    wanted = known.details.model_copy(update={"slug": other.made.course.slug})
    with pytest.raises(SlugTakenError, match="Choose another one"):
        details.change(session, built.teacher, built.id, wanted, version=known.version)
    again = queries.course(session, built.teacher, built.id)
    assert again is not None and again.details.slug == built.made.course.slug


def test_of_several_who_make_a_course_of_one_address_at_once_one_does(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        teachers = [make_teacher(session) for _ in range(4)]
    told = details.read_details(GIVEN)
    results = at_once(
        fresh_database, *[lambda session, one=one: details.create(session, one, told, Offer()) for one in teachers]
    )
    assert len([one for one in results if isinstance(one, UUID)]) == 1
    slower = [one for one in results if not isinstance(one, UUID | SlugTakenError)]
    assert set(refusals(slower)) <= {"uq_courses_slug_living"}  # which becomes the same sentence
    assert "address already. Choose another one" in broken_rules.SENTENCES["uq_courses_slug_living"]


def test_who_helps_with_a_course_builds_it_and_does_not_price_it(session: Session) -> None:
    built, helper = build(session), make_teacher(session)
    sharing.add_helper(session, built.teacher, built.id, helper.email)
    terms = details.offer_of(session, built.id)
    priced = terms.model_copy(update={"price": Decimal(20)})
    details.change_offer(session, built.teacher, built.id, priced, seen=terms)
    with pytest.raises(CourseNotFoundError):
        details.change_offer(session, helper, built.id, terms, seen=priced)
    assert session.get_one(Course, built.id).price == 20


def test_of_two_who_write_the_details_the_later_one_is_told(session: Session) -> None:
    built = build(session, status=CourseStatus.DRAFT)
    known = queries.course(session, built.teacher, built.id)
    assert known is not None
    mine = known.details.model_copy(update={"short_description": "Mine"})
    details.change(session, built.teacher, built.id, mine, version=known.version)
    theirs = known.details.model_copy(update={"short_description": "Theirs"})
    with pytest.raises(ChangedMeanwhileError):
        details.change(session, built.teacher, built.id, theirs, version=known.version)
    again = queries.course(session, built.teacher, built.id)
    assert again is not None
    assert again.details.short_description == "Mine"


def test_learners_keep_the_published_words_until_the_next_publication(session: Session) -> None:
    built = build(session)
    known = queries.course(session, built.teacher, built.id)
    assert known is not None
    changed = known.details.model_copy(update={"preview_video_url": FILM})
    details.change(session, built.teacher, built.id, changed, version=known.version)
    assert session.get_one(Course, built.id).preview_video_url is None
    assert comparing_course.with_published(session, built.id) == ("-Film: none", f"+Film: {FILM}")


def test_who_reviews_sees_what_the_course_will_say_and_its_modules_as_they_will_be(session: Session) -> None:
    built = build(session)
    assert comparing_course.with_published(session, built.id) == ()
    known = queries.course(session, built.teacher, built.id)
    assert known is not None
    changed = known.details.model_copy(update={"description": "About *maps*."})
    details.change(session, built.teacher, built.id, changed, version=known.version)
    outlining.add_module(session, built.teacher, built.id, title="Contours")
    lines = comparing_course.with_published(session, built.id)
    assert "+Description: About *maps*." in lines
    assert "+Module: Contours" in lines
    # Of a course that nobody has seen, all is new: what it was made with isn't what learners read.
    course = session.get_one(Course, built.id)
    course.status, course.published_at = CourseStatus.DRAFT, None
    session.flush()
    unseen = comparing_course.with_published(session, built.id)
    assert {line[0] for line in unseen} == {"+"}
    assert {f"+Title: {changed.title}", "+Module: Contours"} <= set(unseen)
    reviewing.publish(session, built.teacher, built.id)
    assert comparing_course.with_published(session, built.id) == ()


def test_of_two_who_set_the_terms_the_later_one_is_told(session: Session) -> None:
    built = build(session)
    terms = details.offer_of(session, built.id)
    theirs, mine = (terms.model_copy(update={"price": Decimal(price)}) for price in (20, 30))
    details.change_offer(session, built.teacher, built.id, theirs, seen=terms)
    with pytest.raises(ChangedSinceError, match="compare both"):
        details.change_offer(session, built.teacher, built.id, mine, seen=terms)
    details.change_offer(session, built.teacher, built.id, theirs, seen=terms)  # the same terms are no conflict
    details.change_offer(session, built.teacher, built.id, mine, seen=theirs)
    assert details.offer_of(session, built.id) == mine


def test_of_many_who_write_details_or_terms_at_the_same_moment_one_is_kept_and_the_others_are_told(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as session:
        built = build(session)
    with fresh_database.reading() as session:
        known = queries.course(session, built.teacher, built.id)
        terms = details.offer_of(session, built.id)
    assert known is not None
    said = [known.details.model_copy(update={"short_description": f"Text {number}"}) for number in range(4)]
    results = at_once(
        fresh_database,
        *[
            lambda session, one=one: details.change(session, built.teacher, built.id, one, version=known.version)
            for one in said
        ],
    )
    kept = [number for number, result in enumerate(results) if result == known.version + 1]
    assert len(kept) == 1
    assert sum(isinstance(result, ChangedMeanwhileError) for result in results) == 3
    prices = [terms.model_copy(update={"price": Decimal(10 + number)}) for number in range(4)]
    results = at_once(
        fresh_database,
        *[
            lambda session, one=one: details.change_offer(session, built.teacher, built.id, one, seen=terms)
            for one in prices
        ],
    )
    priced = [number for number, result in enumerate(results) if result is None]
    assert len(priced) == 1
    assert sum(isinstance(result, ChangedSinceError) for result in results) == 3
    with fresh_database.reading() as session:
        now = queries.course(session, built.teacher, built.id)
        assert now is not None
        assert (now.version, now.details) == (known.version + 1, said[kept[0]])
        assert details.offer_of(session, built.id) == prices[priced[0]]


def test_what_two_wrote_in_different_fields_is_put_together_and_the_rest_is_told_apart(session: Session) -> None:
    built = build(session)
    known = queries.course(session, built.teacher, built.id)
    assert known is not None
    seen = known.details
    theirs = seen.model_copy(update={"title": "Theirs", "short_description": "Theirs", "tags": ("sql",)})
    mine = seen.model_copy(update={"title": "Mine", "description": "Mine", "tags": ("sql",)})
    merged = merging.merge(seen, theirs, mine)
    assert merged.overlaps == ("title",)
    assert (merged.details.title, merged.details.short_description, merged.details.description) == (
        "Mine",
        "Theirs",
        "Mine",
    )
    chosen = merging.with_theirs(merged, theirs)
    assert (chosen.title, chosen.description, chosen.tags) == ("Theirs", "Mine", ("sql",))
    assert comparing_course.difference(chosen, merged.details) == ("-Title: Theirs", "+Title: Mine")
    assert merging.merge(seen, seen, mine) == merging.Merged(mine, ())
