"""Lists of courses tell how far the review of each is."""

from __future__ import annotations

from sqlalchemy.orm import Session

from learncraft.accounts.models import UserRole
from learncraft.authoring import remarks, reviewing, standing
from learncraft.authoring.remarks import Anchor
from learncraft.courses.models import CourseStatus
from tests.authoring import build, make_teacher
from tests.authoring.test_reviewing import published, write
from tests.factories import make_course


def test_a_course_stands_in_review_then_sent_back_then_published(session: Session) -> None:
    built, reviewer = published(session), make_teacher(session, UserRole.CONTENT_ADMIN)
    untouched = make_course(session).id
    write(session, built, 0, "Other words.")
    reviewing.submit(session, built.teacher, built.id)
    found = standing.of_courses(session, [built.id, untouched])
    assert set(found) == {built.id}
    assert (found[built.id].is_in_review, found[built.id].is_sent_back, found[built.id].remarks) == (True, False, 0)
    assert (standing.waiting(session, reviewer), standing.waiting(session, built.teacher)) == (1, 0)
    remarks.say(session, reviewer, Anchor(built.lesson()), "Say more.")
    reviewing.send_back(session, reviewer, built.id, "Shorter.")
    back = standing.of_courses(session, [built.id])[built.id]
    assert (back.is_sent_back, back.reason, back.remarks, back.since is not None) == (True, "Shorter.", 1, True)
    assert standing.waiting(session, reviewer) == 0
    reviewing.publish(session, built.teacher, built.id)
    out = standing.of_courses(session, [built.id])[built.id]
    assert (out.status, out.since, out.reason, out.remarks) == (CourseStatus.PUBLISHED, None, "", 1)


def test_a_course_that_nobody_reviewed_has_nothing_to_tell(session: Session) -> None:
    built = build(session, status=CourseStatus.DRAFT)
    found = standing.of_courses(session, [built.id])[built.id]
    assert (found.is_in_review, found.is_sent_back, found.since, found.remarks) == (False, False, None, 0)
