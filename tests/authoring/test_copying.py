"""A lesson and a module are copied whole: each copy has its own quiz, video and lab, and shares the course's files."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from learncraft.assessments import bank, drafting
from learncraft.assessments.draft_shapes import DraftDraw, DraftQuestion
from learncraft.assessments.models import Assessment, Question
from learncraft.authoring import copying, deleting, outlining, parts, queries, reviewing, saving
from learncraft.authoring.models import LessonDraft
from learncraft.authoring.shapes import DraftBlock, LessonText
from learncraft.courses.media_models import CaptionOrigin, Video, VideoCaption, VideoFile, VideoQuality, VideoStatus
from learncraft.db import new_id
from learncraft.labs.models import Lab
from tests.authoring import Built, build, lettered, titles
from tests.authoring.test_going_out import asked, asking, new_quiz, show
from tests.factories import make_assessment
from tests.factories.one_of_each import make_lab


def with_parts(session: Session, built: Built) -> tuple[LessonText, UUID]:
    """A lesson with a quiz, a streamed video with captions, and a lab; and a picture that the course has."""
    lesson = built.made.lessons[0]
    quiz, _questions = make_assessment(session, lesson, questions=2)
    film = Video(
        id=new_id(),
        lesson_id=lesson.id,
        title="Joins",
        status=VideoStatus.READY,
        duration_seconds=90,
        transcript="[00:00] Hi",
        hls_url="/videos/old/master.m3u8",
    )
    session.add(film)
    session.flush()
    session.add_all(
        [
            VideoCaption(id=new_id(), video_id=film.id, language="en", vtt="WEBVTT", origin=CaptionOrigin.UPLOADED),
            VideoQuality(id=new_id(), video_id=film.id, quality="360p", bitrate=1000, url="/videos/old/360p.m3u8"),
            VideoFile(
                id=new_id(),
                video_id=film.id,
                name="master.m3u8",
                storage_path="ab/cd",
                content_hash="a" * 64,
                mime_type="x",
                file_size=1,
            ),
        ]
    )
    lab = make_lab(session, lesson.id)
    picture = new_id()
    blocks = (
        DraftBlock(id="t", type="markdown", text="Words"),
        DraftBlock(id="i", type="image", file_id=picture),
        DraftBlock(id="q", type="quiz", assessment_id=quiz.id),
        DraftBlock(id="v", type="video", video_id=film.id),
        DraftBlock(id="l", type="lab", lab_id=lab),
    )
    stands = LessonText(title="A", minutes=7, blocks=blocks, learning_objectives=("Join",))
    draft = session.get_one(LessonDraft, lesson.id)
    saving.write(session, draft, stands, author_id=built.teacher.id, kind="typed")
    return stands, picture


def said(session: Session, built: Built, lesson_id: UUID) -> LessonText:
    lesson = queries.lesson(session, built.teacher, lesson_id)
    assert lesson is not None
    return lesson.text


def test_a_copy_has_its_own_quiz_video_and_lab_and_shares_the_pictures(session: Session) -> None:
    built = build(session, lessons=2)
    stands, picture = with_parts(session, built)
    copied = copying.copy_lesson(session, built.teacher, built.lesson())
    now = said(session, built, copied)
    assert (now.title, now.minutes, now.learning_objectives) == ("A (copy)", 7, ("Join",))
    by_type = {block.type: block for block in now.blocks}
    before = {block.type: block for block in stands.blocks}
    assert by_type["markdown"] == before["markdown"]
    assert by_type["image"].file_id == picture

    quiz = session.get_one(Assessment, by_type["quiz"].assessment_id)
    assert quiz.lesson_id == copied
    assert not quiz.is_published
    asked = session.scalars(select(Question.content).where(Question.assessment_id == quiz.id)).all()
    assert asked == ["Which one?", "Which one?"]
    film = session.get_one(Video, by_type["video"].video_id)
    assert (film.lesson_id, film.status, film.transcript) == (copied, VideoStatus.READY, "[00:00] Hi")
    assert film.hls_url == f"/videos/{film.id}/master.m3u8"
    assert (
        session.scalar(select(VideoQuality.url).where(VideoQuality.video_id == film.id))
        == f"/videos/{film.id}/360p.m3u8"
    )
    assert session.scalar(select(VideoFile.content_hash).where(VideoFile.video_id == film.id)) == "a" * 64
    assert session.scalar(select(VideoCaption.language).where(VideoCaption.video_id == film.id)) == "en"
    assert session.get_one(Lab, by_type["lab"].lab_id).lesson_id == copied
    # The one that it was made of has its own still.
    assert said(session, built, built.lesson()).blocks == stands.blocks


def test_a_copied_quiz_opens_with_the_course_and_a_film_under_way_is_left_to_choose(session: Session) -> None:
    built = build(session, lessons=1)
    stands, _picture = with_parts(session, built)
    session.execute(update(Video).values(status=VideoStatus.UPLOADING).where(Video.id == stands.blocks[3].video_id))
    copied = copying.copy_lesson(session, built.teacher, built.lesson())
    by_type = {block.type: block for block in said(session, built, copied).blocks}
    assert by_type["video"].video_id is None
    reviewing.publish(session, built.teacher, built.id)
    assert session.get_one(Assessment, by_type["quiz"].assessment_id, populate_existing=True).is_published


def test_a_copied_quiz_has_what_its_author_has_not_published_yet(session: Session) -> None:
    built = build(session, lessons=1)
    stands, _picture = with_parts(session, built)
    quiz = stands.blocks[2].assessment_id
    assert quiz is not None
    drafting.save_question(session, built.teacher, quiz, DraftQuestion(id=new_id(), text="Not asked yet"))
    copied = copying.copy_lesson(session, built.teacher, built.lesson())
    [own] = [block.assessment_id for block in said(session, built, copied).blocks if block.type == "quiz"]
    assert own is not None
    opened = drafting.open_draft(session, built.teacher, own)
    assert opened is not None
    assert [one.text for one in opened.document.questions] == ["Which one?", "Which one?", "Not asked yet"]
    own_questions = set(session.scalars(select(Question.id).where(Question.assessment_id == own)))
    assert {one.question_id for one in opened.document.questions} - {None} == own_questions
    # The builder counts them too, for its list and for the length that it suggests.
    [shown] = parts.of_lesson(session, built.id, copied).assessments
    assert shown.note == "3 questions"
    assert parts.lengths(session, built.teacher, copied).questions == {str(own): 3}


def test_a_copied_quiz_draws_from_the_same_bank(session: Session) -> None:
    built = build(session, lessons=1)
    joins = bank.create(session, built.teacher, title="Joins", course_id=built.id)
    bank.save_item(session, built.teacher, joins, asking("Drawn"), [])
    quiz = new_quiz(session, built)
    drafting.save_draws(session, built.teacher, quiz, seen=(), draws=[DraftDraw(bank_id=joins, count=1)])
    show(session, built, quiz)
    reviewing.publish(session, built.teacher, built.id)
    copying.copy_lesson(session, built.teacher, built.lesson())
    reviewing.publish(session, built.teacher, built.id)
    [made] = session.scalars(select(Assessment).where(Assessment.id != quiz).execution_options(populate_existing=True))
    assert made.is_published
    assert asked(session, made.id) == asked(session, quiz) == ["Drawn"]


def test_what_is_nested_is_copied_with_its_lesson_and_a_module_with_all_of_them(session: Session) -> None:
    built, at = lettered(session, 3)
    outlining.move_lesson(session, built.teacher, at["B"], module_id=built.module(), parent=at["A"], before=None)
    copying.copy_lesson(session, built.teacher, at["A"])
    assert titles(session, built.module()) == ["A", "-B", "A (copy)", "-B", "C"]
    gone = outlining.add_module(session, built.teacher, built.id, title="Gone")
    deleting.delete_module(session, built.teacher, gone)
    made = copying.copy_module(session, built.teacher, built.module())
    assert titles(session, made) == ["A", "-B", "A (copy)", "-B", "C"]
    assert [one.title for one in queries.modules(session, built.id)] == ["Module 1", "Module 1 (copy)"]
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
