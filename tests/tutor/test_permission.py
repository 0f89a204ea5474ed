"""Who finds what: the same as they may read, for each role, and at once when it changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserRole
from learncraft.courses.media_models import Video
from learncraft.courses.models import LessonVariant
from learncraft.courses.teaching import CoInstructor
from learncraft.db import new_id
from learncraft.enrollment.models import Enrollment
from learncraft.study.models import ContentChunk, StudyMaterial
from learncraft.tutor import embedding, service
from learncraft.tutor.models import ContentEmbedding, TopicPersonalization
from learncraft.tutor.retrieval import find
from tests.factories import MadeCourse, make_course, make_enrollment, make_user
from tests.tutor.conftest import say, viewer_of

SECRET = "The tardigrade survives the vacuum of space in its tun state."
QUESTION = "Which animal survives the vacuum of space?"


def finds(session: Session, user: User, *, lesson_id: UUID | None = None, course: MadeCourse | None = None) -> bool:
    named = [course.id] if course is not None else None
    found = find(session, viewer_of(user), QUESTION, lesson_id=lesson_id, course_ids=named)
    return any("tardigrade" in passage.text for passage in found.passages)


@pytest.fixture
def course(session: Session) -> MadeCourse:
    made = make_course(session, lessons=2)
    say(session, made.lessons[0], SECRET)
    say(session, made.lessons[1], "Moss is a plant.")
    return made


@pytest.mark.parametrize(
    ("status", "may"),
    [("active", True), ("completed", True), ("dropped", False), ("cancelled", False), ("expired", False)],
)
def test_learners_find_what_they_are_enrolled_in(session: Session, course: MadeCourse, status: str, may: bool) -> None:
    learner = make_user(session)
    done = datetime.now(UTC) if status == "completed" else None
    make_enrollment(session, course.course, learner, status=status, completed_at=done)
    assert finds(session, learner) is may
    assert finds(session, learner, course=course) is may
    assert finds(session, learner, lesson_id=course.lessons[0].id) is may


def test_a_place_that_ran_out_finds_nothing(session: Session, course: MadeCourse) -> None:
    learner = make_user(session)
    make_enrollment(session, course.course, learner, expires_at=datetime.now(UTC) - timedelta(minutes=1))
    assert not finds(session, learner)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (UserRole.LEARNER, False),
        (UserRole.INSTRUCTOR, False),
        (UserRole.CONTENT_ADMIN, True),
        (UserRole.SYSTEM_ADMIN, True),
    ],
)
def test_others_find_it_by_their_role_alone(session: Session, course: MadeCourse, role: UserRole, may: bool) -> None:
    stranger = make_user(session, role=role)
    make_enrollment(session, make_course(session).course, stranger)
    assert finds(session, stranger) is may
    assert finds(session, stranger, course=course) is may
    assert finds(session, stranger, lesson_id=course.lessons[0].id) is may


def test_the_instructor_finds_also_what_is_not_published(session: Session) -> None:
    teacher = make_user(session, role=UserRole.INSTRUCTOR)
    course = make_course(session, instructor=teacher, status="draft", published_at=None)
    say(session, course.lessons[0], SECRET, is_published=False)
    learner = make_user(session)
    make_enrollment(session, course.course, learner)
    assert finds(session, teacher)
    assert not finds(session, learner)


def test_who_helps_to_teach_finds_what_its_instructor_finds(session: Session) -> None:
    course = make_course(session, status="draft", published_at=None)
    say(session, course.lessons[0], SECRET, is_published=False)
    helper, learner = make_user(session, role=UserRole.INSTRUCTOR), make_user(session)
    session.add_all(CoInstructor(course_id=course.id, user_id=one.id) for one in (helper, learner))
    session.flush()
    assert finds(session, helper)
    assert not finds(session, learner)  # whoever is no instructor any more


def test_what_is_unpublished_or_deleted_is_gone_at_once(session: Session, course: MadeCourse) -> None:
    learner = make_user(session)
    make_enrollment(session, course.course, learner)
    lesson, module = course.lessons[0], course.modules[0]
    for thing in (lesson, module):
        thing.is_published = False
        session.flush()
        assert not finds(session, learner)
        thing.is_published = True
        session.flush()
        assert finds(session, learner)
    course.course.deleted_at = datetime.now(UTC)
    session.flush()
    assert not finds(session, learner)
    assert not finds(session, make_user(session, role=UserRole.SYSTEM_ADMIN))


def test_free_lessons_of_published_courses_are_found_by_who_names_them(session: Session, course: MadeCourse) -> None:
    guest = make_user(session)
    course.lessons[0].is_free = True
    session.flush()
    assert not finds(session, guest)  # it isn't one of their courses
    assert finds(session, guest, course=course)
    assert finds(session, guest, lesson_id=course.lessons[0].id)
    course.course.status = "draft"  # type: ignore[assignment]
    session.flush()
    assert not finds(session, guest, course=course)


def test_a_learner_who_drops_out_finds_it_no_more(session: Session, course: MadeCourse) -> None:
    learner = make_user(session)
    make_enrollment(session, course.course, learner)
    assert finds(session, learner)
    place = session.scalars(select(Enrollment).where(Enrollment.user_id == learner.id)).one()
    place.status = "dropped"  # type: ignore[assignment]
    session.flush()
    assert not finds(session, learner)


def test_a_material_is_found_by_its_owner_alone(session: Session) -> None:
    owner = make_user(session)
    material = StudyMaterial(id=new_id(), user_id=owner.id, title="Notes", source_type="text")
    session.add(material)
    session.flush()
    session.add(ContentChunk(study_material_id=material.id, chunk_order=0, content=SECRET, chunk_type="paragraph"))
    session.flush()
    service.index_material(session, material.id, embedding.built_in())
    assert finds(session, owner)
    for role in UserRole:
        assert not finds(session, make_user(session, role=role))
    material.deleted_at = datetime.now(UTC)
    session.flush()
    assert not finds(session, owner)
    assert service.index_material(session, material.id, embedding.built_in()).removed == 1
    assert session.scalars(select(ContentEmbedding).where(ContentEmbedding.owner_id == owner.id)).all() == []


def test_a_telling_for_a_persona_is_found_by_who_chose_it(session: Session, course: MadeCourse) -> None:
    lesson = course.lessons[1]
    told = {"version": 1, "blocks": [{"id": "v1", "type": "markdown", "text": SECRET}]}
    variant = LessonVariant(id=new_id(), lesson_id=lesson.id, persona_key="sports", payload=told, is_published=True)
    session.add(variant)
    say(session, course.lessons[0], "Nothing here.")
    say(session, lesson, "Moss is a plant.")
    fan, other = make_user(session), make_user(session)
    for learner in (fan, other):
        make_enrollment(session, course.course, learner)
    session.add(TopicPersonalization(user_id=fan.id, lesson_id=lesson.id, study_persona="sports"))
    session.flush()
    assert finds(session, fan)
    assert not finds(session, other)
    told_to = [find(session, viewer_of(one), "What is moss?").passages for one in (fan, other)]
    assert [any("Moss" in passage.text for passage in passages) for passages in told_to] == [False, True]
    variant.is_published = False
    session.flush()
    assert not finds(session, fan)


def test_the_words_of_a_deleted_video_are_gone_with_it(session: Session, course: MadeCourse) -> None:
    say(session, course.lessons[0], "Nothing here.")
    video = Video(id=new_id(), lesson_id=course.lessons[1].id, title="Film", transcript=f"[01:05] {SECRET}")
    session.add(video)
    say(session, course.lessons[1], "Moss is a plant.")
    learner = make_user(session)
    make_enrollment(session, course.course, learner)
    found = find(session, viewer_of(learner), QUESTION).passages[0]
    assert (found.content_type, found.start_seconds) == ("video", 65)
    session.delete(video)
    session.flush()
    assert not finds(session, learner)
