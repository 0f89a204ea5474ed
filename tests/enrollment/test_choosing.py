"""What helps to choose a course: what stands first, who teaches it, and lessons to look into."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.accounts import public_profiles
from learncraft.accounts.errors import InvalidProfileError
from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.courses import pictures, service
from learncraft.courses.errors import CourseNotFoundError
from learncraft.courses.media_models import UploadedFile
from learncraft.courses.models import CourseStatus
from learncraft.courses.teaching import CoInstructor
from learncraft.db import new_id
from learncraft.enrollment import access, instructors, queries, reviews
from learncraft.enrollment.catalogue import catalogue
from learncraft.errors import InvalidInputError
from tests.factories import make_course, make_enrollment, make_user

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def viewer(user: User) -> Viewer:
    return Viewer(user.id, user.email, user.first_name, user.full_name, user.role, "en", "system", "UTC", new_id())


def test_a_featured_course_stands_first_and_only_those_who_choose_for_the_catalogue_say_so(session: Session) -> None:
    teacher = make_user(session, role=UserRole.INSTRUCTOR)
    plain, chosen = (make_course(session, title=title, instructor=teacher) for title in ("Aa", "Zz"))
    for _ in range(2):
        make_enrollment(session, plain.course)
    chooser = viewer(make_user(session, role=UserRole.CONTENT_ADMIN))
    service.feature(session, chooser, chosen.id, is_featured=True)
    cards = catalogue(session, chooser).cards
    assert [(one.title, one.is_featured) for one in cards] == [("Zz", True), ("Aa", False)]
    with pytest.raises(CourseNotFoundError):
        service.feature(session, viewer(teacher), plain.id, is_featured=True)
    draft = make_course(session, status=CourseStatus.DRAFT)
    with pytest.raises(InvalidInputError, match="Publish"):
        service.feature(session, chooser, draft.id, is_featured=True)
    service.feature(session, chooser, chosen.id, is_featured=False)
    assert [one.title for one in catalogue(session, chooser).cards] == ["Aa", "Zz"]


def test_a_free_lesson_is_open_to_who_is_not_in_the_course_and_the_others_are_not(session: Session) -> None:
    course = make_course(session, lessons=2, price=Decimal(20))
    free, paid = course.lessons
    free.is_free = True
    session.flush()
    stranger = viewer(make_user(session))
    assert queries.lesson_for(session, stranger, free.id) is not None
    assert queries.lesson_for(session, stranger, paid.id) is None
    [card] = catalogue(session, stranger).cards
    assert (card.free_lessons, card.lessons) == (1, 2)


def test_the_profile_of_who_teaches_has_their_open_courses_and_what_they_say(session: Session, tmp_path: Path) -> None:
    teacher = make_user(session, role=UserRole.INSTRUCTOR, bio="Fifteen years of SQL.")
    one, two, draft = (
        make_course(session, instructor=teacher),
        make_course(session),
        make_course(session, instructor=teacher, status=CourseStatus.DRAFT),
    )
    session.add(CoInstructor(course_id=two.id, user_id=teacher.id))
    learner = make_enrollment(session, one.course)
    reviews.rate(session, learner_id=learner.user_id, course_id=one.id, rating=4)
    public_profiles.save(
        session, teacher.id, headline=" Tells  tables ", subjects=["SQL", " SQL", ""], website="", is_public=True
    )
    pictures.set_portrait(session, viewer(teacher), files_dir=tmp_path, name="me.png", data=PNG)
    session.expire_all()
    found = instructors.instructor(session, teacher.id, viewer_id=learner.user_id)
    assert found is not None
    assert (found.told.headline, found.told.subjects, found.about) == (
        "Tells tables",
        ("SQL",),
        "Fifteen years of SQL.",
    )
    assert {course.slug for course in found.courses} == {one.course.slug, two.course.slug}
    assert draft.course.slug not in str(found)
    assert (found.rating, found.ratings) == (Decimal(4), 1)
    assert [person.id for person in instructors.teachers(session, two.id)] == [two.course.instructor_id, teacher.id]
    public_profiles.save(session, teacher.id, headline="x", subjects=[], website="", is_public=False)
    hidden = instructors.instructor(session, teacher.id, viewer_id=learner.user_id)
    assert hidden is not None
    assert (hidden.picture, hidden.about, hidden.told.headline) == (None, "", "")
    assert instructors.instructor(session, learner.user_id, viewer_id=teacher.id) is None  # teaches nothing


def test_a_portrait_is_a_picture_that_everybody_may_read_and_the_one_before_goes(
    session: Session, tmp_path: Path
) -> None:
    teacher, stranger = viewer(make_user(session, role=UserRole.INSTRUCTOR)), viewer(make_user(session))
    for number in range(2):
        pictures.set_portrait(session, teacher, files_dir=tmp_path, name="me.png", data=PNG + bytes([number]))
    [file_id] = session.scalars(select(UploadedFile.id).where(UploadedFile.uploader_id == teacher.id))
    assert access.may_read_file(session, stranger, file_id) is not None
    for bad in (b"<svg onload=alert(1)>", b"RIFF0000WAVE", PNG + b"0" * pictures.LARGEST):
        with pytest.raises(InvalidInputError):
            pictures.set_portrait(session, teacher, files_dir=tmp_path, name="me.svg", data=bad)
    pictures.remove_portrait(session, teacher)
    assert session.scalar(select(func.count()).where(UploadedFile.uploader_id == teacher.id)) == 0


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://example.org", "example.org", "https://", "http://[x"]
)
def test_an_own_page_has_an_address_that_a_browser_opens(session: Session, address: str) -> None:
    teacher = make_user(session, role=UserRole.INSTRUCTOR)
    with pytest.raises(InvalidProfileError):
        public_profiles.save(session, teacher.id, headline="", subjects=[], website=address, is_public=True)
