"""How somebody likes to be told: read from answers and habits, theirs alone, and kept for a lesson."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.courses import telling
from learncraft.courses.blocks import LessonContent, MarkdownBlock, QuizBlock, VideoBlock
from learncraft.courses.models import LessonVariant
from learncraft.courses.teaching import CoInstructor
from learncraft.courses.telling import Telling
from learncraft.db import new_id
from learncraft.errors import ChangedSinceError, InvalidInputError, NotFoundError
from learncraft.tutor import personas, profiles, retrieval, service, variants
from learncraft.tutor.embedding import built_in
from learncraft.tutor.endpoint import ModelEndpoint
from learncraft.tutor.personas import HABITS, PERSONAS, QUESTIONNAIRE
from tests.factories import MadeCourse, make_course, make_enrollment, make_user
from tests.tutor.conftest import say, viewer_of
from tests.tutor.model_server import ModelServer, serving

WRITTEN = "A left join keeps all rows of the left table."
TOLD = "It is like a list of players: everybody of the home team stays, even without a match."


@pytest.fixture
def course(session: Session) -> MadeCourse:
    made = make_course(session)
    say(session, made.lessons[0], WRITTEN, title="Joins")
    return made


@pytest.fixture
def learner(session: Session, course: MadeCourse) -> Viewer:
    user = make_user(session)
    make_enrollment(session, course.course, user)
    return viewer_of(user)


@pytest.fixture
def teacher(session: Session, course: MadeCourse) -> Viewer:
    return viewer_of(session.get_one(User, course.course.instructor_id))


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with serving() as server:
        yield server


@given(
    st.fixed_dictionaries(
        {}, optional={one.key: st.sampled_from([c for c, _ in one.choices]) for one in QUESTIONNAIRE}
    ),
    st.dictionaries(st.sampled_from(list(HABITS)), st.integers(0, 500)),
)
@settings(max_examples=60, deadline=None)
def test_any_answers_and_habits_give_one_persona_with_its_reason(
    answers: dict[str, str], habits: dict[str, int]
) -> None:
    reading = personas.read(answers, habits)
    assert reading.key in PERSONAS
    assert 0 <= reading.confidence <= 1
    assert reading.summary.endswith(".")


def test_habits_and_answers_are_weighed() -> None:
    assert personas.read({"first": "A list of steps", "stuck": "Go back one step"}, {}).key == "step_by_step"
    assert personas.read({"world": "Sports", "first": "A list of steps"}, {}).key == "sports"
    read = personas.read({}, {"flashcards": 40, "videos": 2})
    assert read.key == "rote_memorizer"
    assert "40 flashcards turned" in read.summary
    assert personas.read({"test": "Exercises"}, {"flashcards": 2}).key == "practitioner"  # too little was done
    assert personas.read({}, {}).confidence == 0


def test_a_profile_is_seen_changed_and_deleted_by_its_learner(session: Session, learner: Viewer) -> None:
    saved = profiles.save(session, viewer_id=learner.id, answers={"first": "An example that works"})
    assert (saved.key, saved.is_own_choice) == ("practitioner", False)
    assert profiles.key_of(session, learner.id) == "practitioner"
    changed = profiles.save(session, viewer_id=learner.id, answers=saved.answers, own_choice="music")
    assert (changed.key, changed.confidence, changed.answers) == ("music", 1.0, saved.answers)
    for answers, own in (({"first": "By magic"}, None), ({"nothing": "x"}, None), ({}, "nobody")):
        with pytest.raises(InvalidInputError):
            profiles.save(session, viewer_id=learner.id, answers=answers, own_choice=own)
    profiles.forget(session, viewer_id=learner.id)
    assert profiles.mine(session, learner.id) is None


def test_a_choice_is_kept_for_the_lesson_and_found_by_the_tutor(
    session: Session, course: MadeCourse, learner: Viewer, teacher: Viewer
) -> None:
    lesson = course.lessons[0]
    with pytest.raises(InvalidInputError):
        profiles.choose(session, viewer_id=learner.id, lesson_id=lesson.id, key="sports")
    variants.write(session, teacher, lesson_id=lesson.id, key="sports", text=TOLD, publish=True)
    service.write_lessons(session, [lesson.id], built_in())
    asked = session.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'index_lesson'")).scalar()
    assert asked
    assert _found(session, learner, "players of the home team") == WRITTEN
    assert _found(session, learner, "players of the home team", persona="sports") == TOLD  # to be told differently
    profiles.choose(session, viewer_id=learner.id, lesson_id=lesson.id, key="sports")
    assert [one.is_chosen for one in variants.published(session, learner.id, lesson.id)] == [True]
    assert _found(session, learner, "players of the home team") == TOLD
    assert [(one.lesson, one.key) for one in profiles.choices(session, learner.id)] == [("Joins", "sports")]
    profiles.choose(session, viewer_id=learner.id, lesson_id=lesson.id, key=None)
    assert _found(session, learner, "players of the home team") == WRITTEN


def _found(session: Session, who: Viewer, question: str, *, persona: str | None = None) -> str:
    return retrieval.find(session, who, question, persona=persona).passages[0].text


def test_only_who_teaches_tells_a_lesson_anew(
    session: Session, course: MadeCourse, learner: Viewer, teacher: Viewer
) -> None:
    lesson = course.lessons[0]
    helper = viewer_of(make_user(session, role=UserRole.INSTRUCTOR))
    session.add(CoInstructor(course_id=course.id, user_id=helper.id))
    session.flush()
    stranger = viewer_of(make_user(session, role=UserRole.INSTRUCTOR))
    variants.write(session, helper, lesson_id=lesson.id, key="music", text="As in a song.", publish=False)
    [waiting] = variants.of_course(session, teacher, course.id)
    assert (waiting.key, waiting.text, waiting.is_published) == ("music", "As in a song.", False)
    assert variants.published(session, learner.id, lesson.id) == []
    for other in (learner, stranger):
        assert variants.of_course(session, other, course.id) == []
        for act in (
            lambda who=other: variants.write(session, who, lesson_id=lesson.id, key="music", text="x", publish=True),
            lambda who=other: variants.approve(session, who, variant_id=waiting.id, is_published=True),
            lambda who=other: variants.remove(session, who, variant_id=waiting.id),
            lambda who=other: variants.ask_for(session, who, lesson_id=lesson.id, key="music"),
        ):
            with pytest.raises(NotFoundError):
                act()
    # Of two who tell it, the later one is told, also when both begin.
    same = {"lesson_id": lesson.id, "key": "music", "publish": False}
    variants.write(session, teacher, **same, text="As in a song, sung.", seen="As in a song.")
    with pytest.raises(ChangedSinceError):
        variants.write(session, helper, **same, text="Otherwise.", seen="As in a song.")
    with pytest.raises(InvalidInputError, match="told so already"):
        variants.write(session, helper, **same, text="Otherwise.")
    variants.approve(session, teacher, variant_id=waiting.id, is_published=True)
    assert len(variants.published(session, learner.id, lesson.id)) == 1
    variants.remove(session, teacher, variant_id=waiting.id)
    assert variants.of_course(session, teacher, course.id) == []
    for text_of_it, key in (("", "music"), ("x" * (variants.LONGEST + 1), "music"), ("x", "nobody")):
        with pytest.raises(InvalidInputError):
            variants.write(session, teacher, lesson_id=lesson.id, key=key, text=text_of_it, publish=True)


def test_what_a_model_tells_waits_for_its_author(session: Session, course: MadeCourse, model: ModelServer) -> None:
    lesson = course.lessons[0]
    endpoint = ModelEndpoint(model.url, "stub", None, 2.0)
    model.says = lambda _: f"{TOLD} ![x](https://evil.example/x.png)"
    told = variants.told_by(endpoint, variants.text_of_lesson(session, lesson.id), "sports")
    assert TOLD in told
    assert "https" not in told
    assert WRITTEN in str(model.prompts[0])
    variants.keep_draft(session, lesson_id=lesson.id, key="sports", text=told)
    row = session.query(LessonVariant).filter_by(lesson_id=lesson.id).one()
    assert not row.is_published
    row.is_published = True
    session.flush()
    variants.keep_draft(session, lesson_id=lesson.id, key="sports", text="Something else.")  # what is shown stays
    session.expire_all()
    assert "players" in str(row.payload)
    model.says = lambda _: "No."
    with pytest.raises(InvalidInputError, match="left out too much"):
        variants.told_by(endpoint, WRITTEN * 5, "sports")


def test_what_is_not_text_stays_in_a_lesson_told_anew() -> None:
    quiz, film = QuizBlock(id="q", assessment_id=new_id()), VideoBlock(id="v", video_id=new_id())
    lesson = LessonContent(blocks=(MarkdownBlock(id="p1", text="Old."), quiz, film))
    told = telling.told(lesson, Telling(LessonContent(blocks=(MarkdownBlock(id="told", text="New."),))))
    assert [one.id for one in told.blocks] == ["v", "told", "q"]


def test_a_single_block_is_told_anew_in_its_place(session: Session, course: MadeCourse, learner: Viewer) -> None:
    lesson = course.lessons[0]
    words = LessonContent(blocks=(MarkdownBlock(id="goal", text="As in a match."),))
    session.add(
        LessonVariant(
            id=new_id(),
            lesson_id=lesson.id,
            persona_key="sports",
            content_key="p2",
            payload=words.model_dump(mode="json"),
            is_published=True,
        )
    )
    session.flush()
    profiles.choose(session, viewer_id=learner.id, lesson_id=lesson.id, key="sports")
    [sports] = variants.published(session, learner.id, lesson.id)
    assert sports.is_chosen
    written = LessonContent(blocks=tuple(MarkdownBlock(id=f"p{one}", text=f"Part {one}.") for one in (1, 2, 3)))
    assert [one.id for one in telling.told(written, sports.telling).blocks] == ["p1", "goal", "p3"]
