"""A course goes from its author through a review to its learners, and what they see changes only then."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.models import UserRole
from learncraft.authoring import checklist, comparing, deleting, outlining, queries, reading_level, reviewing, saving
from learncraft.authoring.errors import NotAReviewerError
from learncraft.authoring.models import CourseDraft
from learncraft.authoring.saving import Save
from learncraft.authoring.shapes import DraftBlock, DraftVariant
from learncraft.courses import embeds
from learncraft.courses.errors import CourseNotReadyError, InReviewError
from learncraft.courses.media_models import Video, VideoStatus
from learncraft.courses.models import Course, CourseStatus, Lesson, LessonVariant, ReviewDecision
from learncraft.db import new_id
from learncraft.enrollment import service as enrollment
from learncraft.enrollment.models import CourseProgress
from learncraft.errors import InvalidInputError
from tests.authoring import Built, build, make_teacher
from tests.authoring import text as lesson_text
from tests.factories import make_assessment, make_user


def write(session: Session, built: Built, place: int, *paragraphs: str, title: str = "Joins") -> None:
    found = queries.lesson(session, built.teacher, built.lesson(place))
    assert found is not None
    saving.save(
        session, built.teacher, built.lesson(place), Save(found.version, new_id(), 1, lesson_text(title, *paragraphs))
    )


def published(session: Session, **values: object) -> Built:
    """A course whose lessons have words, and which learners see."""
    built = build(session, **values)
    for place in range(len(built.made.lessons)):
        write(session, built, place, "Words.", title=f"Lesson {place}")
    reviewing.publish(session, built.teacher, built.id)
    return built


def seen_title(session: Session, built: Built, place: int = 0) -> str:
    return session.scalars(select(Lesson.title).where(Lesson.id == built.lesson(place))).one()


def test_two_tellings_for_one_place_become_one_with_the_words_of_both(session: Session) -> None:
    built = published(session)
    lesson = queries.lesson(session, built.teacher, built.lesson())
    assert lesson is not None
    told = [
        DraftVariant(
            persona_key="sports", blocks=(DraftBlock(id=one, type="markdown", text=one),), is_published=one != "hidden"
        )
        for one in ("first", "hidden", "second")
    ]
    given = lesson.text.model_copy(update={"variants": tuple(told)})
    saving.save(session, built.teacher, built.lesson(), Save(lesson.version, new_id(), 1, given))
    reviewing.publish(session, built.teacher, built.id)
    [shown] = session.scalars(select(LessonVariant).where(LessonVariant.lesson_id == built.lesson()))
    assert [one["id"] for one in shown.payload["blocks"]] == ["first", "second"]
    assert shown.is_published


def test_learners_see_the_published_version_until_the_next_is_approved(session: Session) -> None:
    built = published(session)
    reviewer = make_teacher(session, UserRole.CONTENT_ADMIN)
    write(session, built, 0, "Other words.", title="Renamed")
    assert seen_title(session, built) == "Lesson 0"
    reviewing.submit(session, built.teacher, built.id)
    assert [one.course_id for one in reviewing.queue(session, reviewer)] == [built.id]
    assert session.get_one(Course, built.id).status == CourseStatus.PUBLISHED
    with pytest.raises(InReviewError):
        write(session, built, 0, "Too late.")
    reviewing.send_back(session, reviewer, built.id, "Say more of joins.")
    assert seen_title(session, built) == "Lesson 0"
    write(session, built, 0, "More of joins.", title="Renamed")
    reviewing.submit(session, built.teacher, built.id)
    reviewing.approve(session, reviewer, built.id)
    assert seen_title(session, built) == "Renamed"
    decisions = [one.decision for one in reviewing.history(session, built.id)]
    assert decisions == [
        ReviewDecision.APPROVED,
        ReviewDecision.SUBMITTED,
        ReviewDecision.RETURNED,
        ReviewDecision.SUBMITTED,
        ReviewDecision.APPROVED,
    ]


def test_only_reviewers_decide_and_only_what_waits(session: Session) -> None:
    built = published(session)
    with pytest.raises(NotAReviewerError):
        reviewing.approve(session, built.teacher, built.id)
    with pytest.raises(NotAReviewerError):
        reviewing.queue(session, built.teacher)
    reviewer = make_teacher(session, UserRole.CONTENT_ADMIN)
    with pytest.raises(InvalidInputError, match="no longer in review"):
        reviewing.approve(session, reviewer, built.id)
    write(session, built, 0, "New.")
    reviewing.submit(session, built.teacher, built.id)
    with pytest.raises(InvalidInputError, match="Say in a sentence"):
        reviewing.send_back(session, reviewer, built.id, "  ")
    reviewing.withdraw(session, built.teacher, built.id)
    assert reviewing.queue(session, reviewer) == []


def test_nobody_decides_on_what_was_changed_and_sent_again_since_they_looked(session: Session) -> None:
    built, reviewer = published(session), make_teacher(session, UserRole.CONTENT_ADMIN)
    earlier = datetime(2026, 1, 1, tzinfo=UTC)
    reviewing.submit(session, built.teacher, built.id)
    for decide in (reviewing.approve, reviewing.send_back):
        with pytest.raises(InvalidInputError, match="sent again since you looked"):
            decide(session, reviewer, built.id, "Shorter, please.", seen=earlier)
    [waiting] = reviewing.queue(session, reviewer)
    reviewing.approve(session, reviewer, built.id, seen=waiting.since)


def test_a_new_course_shows_its_review_in_its_own_state(session: Session) -> None:
    built = build(session, lessons=1, status=CourseStatus.DRAFT)
    write(session, built, 0, "Words.")
    reviewing.submit(session, built.teacher, built.id)
    assert session.get_one(Course, built.id).status == CourseStatus.PENDING_REVIEW
    reviewing.approve(session, make_teacher(session, UserRole.CONTENT_ADMIN), built.id)
    course = session.get_one(Course, built.id, populate_existing=True)
    assert course.status == CourseStatus.PUBLISHED
    assert course.published_at is not None


def test_moved_renamed_and_deleted_lessons_arrive_together(session: Session) -> None:
    built = published(session, lessons=3)
    outlining.rename_lesson(session, built.teacher, built.lesson(0), title="First of all")
    deleting.delete_lesson(session, built.teacher, built.lesson(1))
    reviewing.publish(session, built.teacher, built.id)
    rows = session.execute(
        select(Lesson.title).where(Lesson.module_id == built.module(), Lesson.is_published).order_by(Lesson.order_index)
    ).scalars()
    assert list(rows) == ["First of all", "Lesson 2"]


def test_what_learners_finished_survives_a_republication_and_nobody_falls_back(session: Session) -> None:
    built = published(session, lessons=2)
    learner = make_user(session)
    enrollment.enroll(session, learner_id=learner.id, course_id=built.id)
    enrollment.complete_lesson(session, learner_id=learner.id, lesson_id=built.lesson(0))
    outlining.add_lesson(session, built.teacher, built.module(), title="One more")
    deleting.delete_lesson(session, built.teacher, built.lesson(1))
    new = queries.lessons(session, built.module())[-1]
    found = queries.lesson(session, built.teacher, new.id)
    assert found is not None
    saving.save(session, built.teacher, new.id, Save(found.version, new_id(), 1, lesson_text("One more", "Words.")))
    reviewing.publish(session, built.teacher, built.id)
    assert len(enrollment.count_again(session, built.id, after=None, limit=10)) == 1
    progress = session.scalars(select(CourseProgress)).one()
    assert (progress.completed_lessons, progress.total_lessons) == (1, 2)
    assert progress.percent_complete >= Decimal(50)


def test_an_empty_course_or_lesson_is_not_published_and_the_sentence_says_why(session: Session) -> None:
    built = build(session, lessons=1, status=CourseStatus.DRAFT)
    write(session, built, 0, title="Nothing here")
    with pytest.raises(CourseNotReadyError, match="“Nothing here” is empty"):
        reviewing.publish(session, built.teacher, built.id)
    assert session.get_one(Course, built.id).status == CourseStatus.DRAFT
    deleting.delete_lesson(session, built.teacher, built.lesson())
    with pytest.raises(CourseNotReadyError, match="no lesson yet"):
        reviewing.submit(session, built.teacher, built.id)


def test_the_checklist_finds_links_that_lead_nowhere_and_text_that_reads_hard(session: Session) -> None:
    built = build(session, lessons=1)
    hard = "Internationalisation considerations necessitate comprehensive organisational reconfiguration " * 20
    write(session, built, 0, f"See [it](lesson?id={new_id()}).", hard)
    found = [one.sentence for one in checklist.of_course(session, built.id)]
    assert any("a link leads to a lesson that isn't in the course" in one for one in found)
    assert any("reads hard" in one for one in found)


def test_the_checklist_finds_films_and_files_that_learners_would_miss(session: Session) -> None:
    built = build(session, lessons=1)
    lesson_id = built.lesson()
    failed, waits, aside = (
        Video(id=new_id(), lesson_id=lesson_id, title=title, original_url="", status=status, transcript="Words")
        for title, status in (("A", VideoStatus.FAILED), ("B", VideoStatus.PROCESSING), ("Aside", VideoStatus.READY))
    )
    session.add_all([failed, waits, aside])
    session.flush()
    found = queries.lesson(session, built.teacher, lesson_id)
    assert found is not None
    text = found.text.model_copy(
        update={
            "blocks": (
                DraftBlock(id="a", type="video", video_id=failed.id),
                DraftBlock(id="b", type="video", video_id=waits.id),
                DraftBlock(id="c", type="image", file_id=new_id(), alt="A tree"),
                DraftBlock(id="d", type="markdown", text=f"![](x.png) [notes](/media/{new_id()}/notes.pdf)"),
            )
        }
    )
    saving.save(session, built.teacher, lesson_id, Save(found.version, new_id(), 1, text))
    told = {(one.block_id, one.is_blocking): one.sentence for one in checklist.of_course(session, built.id)}
    assert "can't be played" in told["a", True]
    assert "isn't ready yet" in told["b", False]
    assert "a file that it shows isn't there any more" in told["c", False]
    assert "“Aside” stands in no block" in told[None, False]
    at_text = [one.sentence for one in checklist.of_course(session, built.id) if one.block_id == "d"]
    assert any("a picture in its text has no description" in one for one in at_text)
    assert any("a link leads to a file that isn't in the course" in one for one in at_text)


def test_the_checklist_finds_links_to_a_lesson_that_is_hidden(session: Session) -> None:
    built = build(session, lessons=2)
    write(session, built, 0, f"See [the next](lesson?id={built.lesson(1)}).")
    assert checklist.of_course(session, built.id) == []
    found = queries.lesson(session, built.teacher, built.lesson(1))
    assert found is not None
    hidden = found.text.model_copy(update={"is_published": False})
    saving.save(session, built.teacher, built.lesson(1), Save(found.version, new_id(), 1, hidden))
    [told] = checklist.of_course(session, built.id)
    assert "a link leads to a lesson that is hidden" in told.sentence
    assert (told.lesson_id, told.is_blocking) == (built.lesson(0), False)


def test_the_checklist_names_pages_and_films_whose_site_is_trusted_no_more(session: Session) -> None:
    built = build(session, lessons=1)
    draft = session.get_one(CourseDraft, built.id)
    embeds.trust(["video.example.org"])
    try:
        draft.details = draft.details | {"preview_video_url": "https://video.example.org/film"}
        found = queries.lesson(session, built.teacher, built.lesson())
        assert found is not None
        block = DraftBlock(id="e", type="embed", url="https://video.example.org/a", title="A map")
        text = found.text.model_copy(update={"blocks": (*found.text.blocks, block)})
        saving.save(session, built.teacher, built.lesson(), Save(found.version, new_id(), 1, text))
        assert checklist.of_course(session, built.id) == []
    finally:
        embeds.trust([])
    page, film = checklist.of_course(session, built.id)
    assert "a page on video.example.org can't be shown inside a lesson" in page.sentence
    assert (page.lesson_id, page.block_id, page.is_blocking) == (built.lesson(), "e", False)
    assert "The film about the course can't be shown any more" in film.sentence
    assert film.is_of_details and not film.is_blocking


def test_an_easy_text_has_a_higher_reading_ease_and_a_short_one_none() -> None:
    easy = reading_level.ease("The cat sat on the mat. It was warm. We saw it go. " * 10, "en")
    hard = reading_level.ease("Multidimensional considerations necessitate organisational reconfiguration. " * 25, "en")
    assert easy is not None and hard is not None
    assert easy > 90 > 30 > hard
    assert reading_level.ease("Short.", "en") is None


def test_german_has_a_formula_of_its_own_and_other_languages_are_not_measured() -> None:
    easy = reading_level.ease("Der Hund ist braun. Er mag das Feld. Wir gehen mit ihm. " * 10, "de-AT")
    hard = reading_level.ease("Datenbankverwaltungssysteme gewährleisten Transaktionsisolation. " * 40, "de")
    assert easy is not None and hard is not None
    assert easy > 80 > 30 > hard
    assert not reading_level.is_measured("es")
    assert reading_level.ease("El perro es marrón. " * 50, "es") is None


def test_a_reviewer_reads_line_by_line_what_changes(session: Session) -> None:
    built = published(session, lessons=3)
    write(session, built, 0, "Other words.", title="Lesson 0")
    deleting.delete_lesson(session, built.teacher, built.lesson(1))
    changes = {one.kind: one for one in comparing.with_published(session, built.id)}
    assert set(changes) == {"changed", "gone"}
    assert "-Text: Words." in changes["changed"].lines
    assert "+Text: Other words." in changes["changed"].lines


def test_html_is_compared_as_it_goes_out(session: Session) -> None:
    built = published(session)
    for words in ("Joins.", "More joins."):
        found = queries.lesson(session, built.teacher, built.lesson())
        assert found is not None
        script = DraftBlock(id="h", type="html", html='<p onclick="alert(1)">Safe<script>alert(1)</script></p>')
        given = found.text.model_copy(update={"blocks": (DraftBlock(id="t", type="markdown", text=words), script)})
        saving.save(session, built.teacher, built.lesson(), Save(found.version, new_id(), 1, given))
        [change] = comparing.with_published(session, built.id)
        assert not [line for line in change.lines if "script" in line or "onclick" in line]
        reviewing.publish(session, built.teacher, built.id)
    assert not [line for line in change.lines if line.startswith(("+HTML", "-HTML"))]


def test_what_a_lesson_refers_to_is_named_in_the_difference(session: Session) -> None:
    built = published(session)
    quiz, _ = make_assessment(session, built.made.lessons[0], title="Joins, asked", questions=1)
    found = queries.lesson(session, built.teacher, built.lesson())
    assert found is not None
    gone = new_id()
    blocks = (
        DraftBlock(id="q", type="quiz", assessment_id=quiz.id),
        DraftBlock(id="f", type="file", file_id=gone, title="Notes"),
    )
    given = found.text.model_copy(update={"blocks": (*found.text.blocks, *blocks)})
    saving.save(session, built.teacher, built.lesson(), Save(found.version, new_id(), 1, given))
    [change] = comparing.with_published(session, built.id)
    assert f"+Quiz: Joins, asked (…{str(quiz.id)[-4:]})" in change.lines
    assert f"+File: something that is gone (…{str(gone)[-4:]})" in change.lines
    assert "+File: Notes" in change.lines


def test_an_archived_course_keeps_those_who_are_in_it(session: Session) -> None:
    built = published(session)
    reviewing.archive(session, built.teacher, built.id)
    assert session.get_one(Course, built.id).status == CourseStatus.ARCHIVED
    with pytest.raises(InvalidInputError, match="Only a published course"):
        reviewing.archive(session, built.teacher, built.id)
