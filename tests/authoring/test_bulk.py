"""Rows of a grid are saves like any other: kept one by one, never over somebody else's newer words."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from learncraft.accounts.models import UserRole
from learncraft.authoring import bulk, deleting, outlining, queries, reviewing, revisions
from learncraft.authoring.bulk import Edit
from learncraft.courses.errors import CourseNotFoundError, InReviewError
from tests.authoring import build, make_teacher, viewer_of
from tests.factories import make_user


def test_only_the_rows_that_changed_are_saved_each_as_a_revision(session: Session) -> None:
    built = build(session, modules=2, lessons=2)
    before = bulk.rows(session, built.id, None)
    assert [one.module_id for one in before] == [built.module(0)] * 2 + [built.module(1)] * 2
    assert before[0].blocks == ("markdown",)
    outcomes = bulk.apply(
        session,
        built.teacher,
        built.id,
        [Edit(before[0].id, 1, {"title": " Joins ", "minutes": 25}), Edit(before[1].id, 1, {"is_free": True})],
    )
    assert [(one.version, one.why) for one in outcomes] == [(2, ""), (2, "")]
    after = bulk.rows(session, built.id, None)
    assert [(one.title, one.minutes, one.is_free, one.version) for one in after[:2]] == [
        ("Joins", 25, before[0].is_free, 2),
        (before[1].title, before[1].minutes, True, 2),
    ]
    assert after[2:] == before[2:]
    assert [one.id for one in bulk.rows(session, built.id, built.module(1))] == [one.id for one in before[2:]]
    assert [one.kind for one in revisions.of_lesson(session, before[0].id)] == ["typed", "begun"]


def test_a_bad_value_is_told_at_its_row_and_the_other_rows_are_kept(session: Session) -> None:
    built = build(session, lessons=3)
    outcomes = bulk.apply(
        session,
        built.teacher,
        built.id,
        [
            Edit(built.lesson(0), 1, {"title": "   ", "minutes": 7000}),
            Edit(built.lesson(1), 1, {"minutes": None}),
            Edit(built.lesson(2), 1, {"minutes": 7}),
        ],
    )
    assert outcomes[0].why == (
        "A lesson needs a title of at most 500 signs. The length is a whole number of minutes, from 0 to 6,000."
    )
    assert outcomes[1].why.startswith("The length is a whole number")
    assert (outcomes[2].why, outcomes[2].version) == ("", 2)
    assert [one.version for one in bulk.rows(session, built.id, None)] == [1, 1, 2]


def test_what_a_colleague_saved_or_deleted_meanwhile_is_told_and_stays(session: Session) -> None:
    built = build(session, lessons=2)
    colleague = make_teacher(session, UserRole.CONTENT_ADMIN)
    outlining.rename_lesson(session, colleague, built.lesson(0), title="Theirs")
    deleting.delete_lesson(session, colleague, built.lesson(1))
    outcomes = bulk.apply(
        session,
        built.teacher,
        built.id,
        [Edit(built.lesson(0), 1, {"title": "Mine"}), Edit(built.lesson(1), 1, {"title": "Mine"})],
    )
    assert outcomes[0].version == 2
    assert outcomes[0].why.startswith(f"{colleague.full_name} has saved this lesson meanwhile")
    assert "may have been deleted" in outcomes[1].why
    found = queries.lesson(session, built.teacher, built.lesson(0))
    assert found is not None
    assert found.text.title == "Theirs"


def test_only_those_who_build_the_course_change_its_rows_and_not_in_a_review(session: Session) -> None:
    built, other = build(session, lessons=1), build(session, lessons=1)
    edit = Edit(built.lesson(), 1, {"title": "Not yours"})
    for stranger in (other.teacher, viewer_of(make_user(session))):
        with pytest.raises(CourseNotFoundError):
            bulk.apply(session, stranger, built.id, [edit])
    with pytest.raises(CourseNotFoundError):  # a lesson of another course
        bulk.apply(session, other.teacher, other.id, [edit])
    outlining.rename_lesson(session, built.teacher, built.lesson(), title="Joins")
    reviewing.submit(session, built.teacher, built.id)
    with pytest.raises(InReviewError):
        bulk.apply(session, built.teacher, built.id, [edit])
