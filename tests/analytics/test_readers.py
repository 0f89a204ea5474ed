"""What those who read charts keep: their views, and whom they had a word with."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.analytics import contacting, saved_views
from learncraft.analytics.contacting import NotTheirCourseError
from learncraft.errors import InvalidInputError
from tests.factories import make_course, make_enrollment, make_user


def viewer_of(user: User) -> Viewer:
    return Viewer(
        user.id, user.email, user.first_name, user.full_name, user.role, "en", "light", "UTC", family_id=uuid4()
    )


def test_a_word_with_a_learner_is_kept_with_its_reasons(session: Session) -> None:
    course = make_course(session)
    teacher = session.get_one(User, course.course.instructor_id)
    learner = make_user(session)
    make_enrollment(session, course.course, learner)
    contacting.note_contact(
        session,
        viewer_of(teacher),
        course_id=course.id,
        learner_id=learner.id,
        reasons=["Away for 12 days."],
        note=" Back on Monday ",
    )
    [found] = contacting.contacts(session, course.id)
    assert (found.learner_id, found.by) == (learner.id, teacher.full_name)
    assert (found.reasons, found.note) == (("Away for 12 days.",), "Back on Monday")
    assert contacting.contacts(session, course.id, learner_id=uuid4()) == []


def test_only_those_who_teach_the_course_note_a_contact_and_only_with_its_learners(session: Session) -> None:
    course = make_course(session)
    teacher = session.get_one(User, course.course.instructor_id)
    inside, outside = make_user(session), make_user(session)
    make_enrollment(session, course.course, inside)
    stranger = make_user(session, role=UserRole.INSTRUCTOR)
    for who, learner in ((stranger, inside), (teacher, outside)):
        with pytest.raises(NotTheirCourseError):
            contacting.note_contact(
                session, viewer_of(who), course_id=course.id, learner_id=learner.id, reasons=[], note=""
            )
    with pytest.raises(InvalidInputError, match="2000 characters"):
        contacting.note_contact(
            session, viewer_of(teacher), course_id=course.id, learner_id=inside.id, reasons=[], note="x" * 2001
        )
    assert contacting.contacts(session, course.id) == []


def test_a_view_is_kept_under_its_name_and_is_ones_own(session: Session) -> None:
    user, other = make_user(session), make_user(session)
    for query in ("period=4+weeks", "period=1+year"):
        saved_views.keep(session, user_id=user.id, name=" My  course ", page="pages/insights/course.py", query=query)
    [kept] = saved_views.kept_views(session, user.id)
    assert (kept.name, kept.query) == ("My course", "period=1+year")
    saved_views.forget(session, user_id=other.id, view_id=kept.id)
    assert saved_views.kept_views(session, user.id) == [kept]
    saved_views.forget(session, user_id=user.id, view_id=kept.id)
    assert saved_views.kept_views(session, user.id) == []


def test_a_view_without_name_or_beyond_the_limit_is_refused(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user(session)
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 1)
    with pytest.raises(InvalidInputError, match="name"):
        saved_views.keep(session, user_id=user.id, name="  ", page="p", query="")
    saved_views.keep(session, user_id=user.id, name="one", page="p", query="")
    with pytest.raises(InvalidInputError, match="already"):
        saved_views.keep(session, user_id=user.id, name="two", page="p", query="")
