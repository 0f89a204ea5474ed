"""A course is built by several people, and is one person's to give away."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.assessments import teaching as grading
from learncraft.assessments.errors import NotYoursToGradeError
from learncraft.authoring import outlining, queries, sharing
from learncraft.courses import queries as courses
from learncraft.courses.errors import CourseNotFoundError
from learncraft.courses.models import Course, CourseStatus
from learncraft.enrollment import queries as learning
from learncraft.errors import InvalidInputError
from learncraft.study import decks
from learncraft.study.decks import WrittenCard
from learncraft.study.models import StudyMaterial
from tests.authoring import build, make_teacher, titles
from tests.factories import make_user


def test_a_helper_builds_the_course_and_finds_it_but_does_not_decide_whose_it_is(session: Session) -> None:
    built = build(session)
    helper = make_teacher(session)
    with pytest.raises(CourseNotFoundError):
        outlining.add_lesson(session, helper, built.module(), title="Mine")
    for _ in range(2):
        sharing.add_helper(session, built.teacher, built.id, f" {helper.email.upper()} ")
    assert [one.id for one in sharing.helpers(session, built.id)] == [helper.id]
    outlining.add_lesson(session, helper, built.module(), title="Mine")
    assert "Mine" in titles(session, built.module())
    assert [one.id for one in courses.taught_courses(session, helper).courses] == [built.id]
    with pytest.raises(CourseNotFoundError):
        sharing.hand_over(session, helper, built.id, helper.email)
    sharing.remove_helper(session, helper, built.id, helper.id)
    assert queries.course(session, helper, built.id) is None


def test_a_course_handed_over_is_the_other_persons_and_the_first_one_still_helps(session: Session) -> None:
    built = build(session)
    heir = make_teacher(session)
    sharing.add_helper(session, built.teacher, built.id, heir.email)
    cards = [WrittenCard("Front", "Back")]
    decks.save_for_lesson(session, built.teacher, lesson_id=built.lesson(), cards=cards, seen=[])
    sharing.hand_over(session, built.teacher, built.id, heir.email)
    assert session.scalars(select(StudyMaterial.user_id)).all() == [heir.id]
    assert session.get_one(Course, built.id).instructor_id == heir.id
    assert [one.id for one in sharing.helpers(session, built.id)] == [built.teacher.id]
    with pytest.raises(CourseNotFoundError):
        sharing.hand_over(session, built.teacher, built.id, built.teacher.email)


def test_a_helper_reads_the_course_as_its_learners_do_and_grades_them(session: Session) -> None:
    built = build(session, status=CourseStatus.DRAFT)
    helper, stranger = make_teacher(session), make_teacher(session)
    sharing.add_helper(session, built.teacher, built.id, helper.email)
    slug = session.get_one(Course, built.id).slug
    for viewer, is_let_in in ((built.teacher, True), (helper, True), (stranger, False)):
        assert (learning.lesson_for(session, viewer, built.lesson()) is not None) == is_let_in
        assert (learning.course_for(session, viewer, slug) is not None) == is_let_in
    for viewer in (built.teacher, helper):
        grading.check_teaches(session, viewer, built.id)
    with pytest.raises(NotYoursToGradeError):
        grading.check_teaches(session, stranger, built.id)


def test_only_people_who_teach_are_asked(session: Session) -> None:
    built = build(session)
    for email in (make_user(session).email, "nobody@example.org", ""):
        with pytest.raises(InvalidInputError, match="Nobody who teaches"):
            sharing.add_helper(session, built.teacher, built.id, email)
    with pytest.raises(InvalidInputError, match="already"):
        sharing.add_helper(session, built.teacher, built.id, built.teacher.email)
