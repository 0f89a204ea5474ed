"""Where the institution wants a review, nothing that nobody has read reaches learners, whichever way it would take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.models import UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import bank, banks, drafting, publishing, regrading
from learncraft.assessments.draft_shapes import DraftDraw
from learncraft.assessments.errors import BankNeedsReviewError
from learncraft.assessments.models import Assessment, Question
from learncraft.assessments.shapes import TruthKey
from learncraft.authoring import details, outlining, reviewing, sharing
from learncraft.authoring import drafting as working_copy
from learncraft.authoring.shapes import Offer
from learncraft.cli.options import settings_for
from learncraft.courses import library, publication, service
from learncraft.courses.errors import NeedsReviewError
from learncraft.courses.media_models import Video, VideoStatus
from learncraft.courses.models import Course, CourseStatus, LessonVariant
from learncraft.db import new_id
from learncraft.errors import ForbiddenError, InvalidInputError
from learncraft.tutor import variants
from learncraft.tutor.variants import TellingNeedsReviewError
from tests.authoring import Built, build, make_teacher
from tests.authoring.test_going_out import asked, asking, new_quiz, show

Way = tuple[Callable[[Session, Viewer], object], type[ForbiddenError]]


@dataclass
class World:
    """A published course with a quiz that draws from a bank, a video beside it, and a draft of the quiz."""

    built: Built
    reviewer: Viewer
    helper: Viewer
    quiz: UUID
    bank: UUID
    video: UUID
    telling: UUID


@pytest.fixture
def world(session: Session) -> World:
    built = build(session, lessons=1)
    reviewer, helper = make_teacher(session, UserRole.CONTENT_ADMIN), make_teacher(session)
    sharing.add_helper(session, built.teacher, built.id, helper.email)
    joins = bank.create(session, built.teacher, title="Joins", course_id=built.id)
    bank.save_item(session, built.teacher, joins, asking("Drawn"), [])
    quiz = new_quiz(session, built, asking("Known"))
    drafting.save_draws(session, built.teacher, quiz, seen=(), draws=[DraftDraw(bank_id=joins, count=1)])
    show(session, built, quiz)
    reviewing.publish(session, built.teacher, built.id)
    drafting.save_question(session, built.teacher, quiz, asking("New"))
    variants.write(session, built.teacher, lesson_id=built.lesson(), key="sports", text="Told", publish=False)
    video = Video(id=new_id(), lesson_id=built.lesson(), title="Film", original_url="", status=VideoStatus.READY)
    session.add(video)
    session.flush()
    [telling] = session.scalars(select(LessonVariant.id))
    return World(built, reviewer, helper, quiz, joins, video.id, telling)


def show_video(session: Session, viewer: Viewer, world: World) -> None:
    """In a lesson that nobody builds: a working copy would take it out again."""
    working_copy.forget(session, world.built.id)
    library.show_in_lesson(session, viewer, world.built.id, world.video)


def test_a_video_is_shown_in_a_lesson_that_is_built_by_the_builder_alone(session: Session, world: World) -> None:
    with pytest.raises(InvalidInputError, match="show the video in it"):
        library.show_in_lesson(session, world.built.teacher, world.built.id, world.video)


def ways(world: World) -> dict[str, Way]:
    """Everything by which learners would come to see something new."""
    course, lesson = world.built.id, world.built.lesson()
    return {
        "the course": (lambda s, v: reviewing.publish(s, v, course), NeedsReviewError),
        "an assessment": (lambda s, v: publishing.publish(s, v, world.quiz), NeedsReviewError),
        "a video": (lambda s, v: show_video(s, v, world), NeedsReviewError),
        "a bank": (lambda s, v: bank.save_item(s, v, world.bank, asking("More"), []), BankNeedsReviewError),
        "a telling": (
            lambda s, v: variants.write(s, v, lesson_id=lesson, key="cooking", text="Told", publish=True),
            TellingNeedsReviewError,
        ),
        "a telling's yes": (
            lambda s, v: variants.approve(s, v, variant_id=world.telling, is_published=True),
            TellingNeedsReviewError,
        ),
    }


@pytest.mark.parametrize(
    "name", ["the course", "an assessment", "a video", "a bank", "a telling", "a telling's yes"], ids=str
)
def test_only_reviewers_publish_where_a_review_is_required(
    session: Session, world: World, name: str, reviews_required: None
) -> None:
    way, refusal = ways(world)[name]
    for who in (world.built.teacher, world.helper):
        with pytest.raises(refusal):
            way(session, who)
    assert asked(session, world.quiz)[0] == "Known"
    way(session, world.reviewer)


def test_the_same_is_open_to_who_teaches_where_a_review_is_optional(session: Session, world: World) -> None:
    for way, _refusal in reversed(ways(world).values()):
        way(session, world.helper)


def test_a_course_and_its_exam_reach_learners_by_an_approval(
    session: Session, world: World, reviews_required: None
) -> None:
    reviewing.submit(session, world.helper, world.built.id)
    reviewing.approve(session, world.reviewer, world.built.id)
    assert asked(session, world.quiz)[:2] == ["Known", "New"]


def test_a_course_that_was_archived_or_taken_out_is_opened_again_by_a_review_alone(
    session: Session, world: World, reviews_required: None
) -> None:
    teacher, course_id = world.built.teacher, world.built.id
    for close in (reviewing.archive, service.unpublish_course):
        close(session, teacher, course_id)  # what learners have is taken away at once
        with pytest.raises(NeedsReviewError, match="Checklist and review"):
            reviewing.publish(session, teacher, course_id)
        reviewing.submit(session, teacher, course_id)
        reviewing.approve(session, world.reviewer, course_id)
        assert session.get_one(Course, course_id, populate_existing=True).status == CourseStatus.PUBLISHED


def test_what_takes_away_or_corrects_waits_for_nobody(session: Session, world: World, reviews_required: None) -> None:
    teacher = world.built.teacher
    known = session.scalars(select(Question).where(Question.content == "Known")).one()
    regrading.regrade(session, teacher, question_id=known.id, key=TruthKey(value=False), reason="It was wrong")
    drawn = session.scalars(select(Question).where(Question.content == "Drawn")).one()
    regrading.regrade(session, teacher, question_id=drawn.id, key=TruthKey(value=False), reason="It was wrong")
    publishing.unpublish(session, teacher, world.quiz)
    assert not session.get_one(Assessment, world.quiz, populate_existing=True).is_published
    with pytest.raises(NeedsReviewError):
        publishing.publish(session, teacher, world.quiz)
    # The terms on which people join are no content: they hold at once.
    seen = details.offer_of(session, world.built.id)
    details.change_offer(session, teacher, world.built.id, Offer(max_students=20), seen=seen)


def test_a_bank_that_nothing_published_draws_from_is_its_writers(
    session: Session, world: World, reviews_required: None
) -> None:
    other = bank.create(session, world.built.teacher, title="Others")
    item = bank.save_item(session, world.built.teacher, other, asking("More"), [])
    there = bank.standing(session, world.built.teacher, item)
    assert there is not None
    for bring in (banks.move_item, banks.copy_item):
        with pytest.raises(BankNeedsReviewError):
            bring(session, world.built.teacher, other, there.seen, into=world.bank)
    outlining.rename_lesson(session, world.built.teacher, world.built.lesson(), title="Mine to write")


def test_the_setting_holds_for_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    viewer = make_teacher(session)
    monkeypatch.setenv("LEARNCRAFT_COURSE_REVIEW", "required")
    try:
        settings_for(tmp_path)
        assert publication.needs_review(viewer)
        monkeypatch.delenv("LEARNCRAFT_COURSE_REVIEW")
        settings_for(tmp_path)
        assert not publication.needs_review(viewer)
    finally:
        publication.require_reviews(False)
