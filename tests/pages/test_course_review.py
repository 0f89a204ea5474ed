"""The review page and the assessment editor: who may publish what, and what goes out with the course."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from learncraft import runtime
from learncraft.accounts.models import UserRole
from learncraft.analytics.store import EventStore
from learncraft.assessments import bank, draft_questions, drafting
from learncraft.assessments.draft_shapes import DraftDraw, DraftQuestion, DraftTest
from learncraft.assessments.models import AssessmentType, QuestionType
from learncraft.authoring import placing, reviewing
from learncraft.runtime import Runtime
from learncraft.settings import Settings
from tests.pages.conftest import World, differences, session_viewer
from tests.pages.test_every_page import PAGE_QUERIES, said

REVIEW, EDITOR, COURSES = (f"pages/teach/{name}.py" for name in ("review", "assessment", "courses"))
TEACHES: tuple[UserRole | str, ...] = (UserRole.INSTRUCTOR, "helper")


def write(world: World) -> UUID:
    """A new quiz in a block, with a question and a rule; a hidden draft beside it. The new one."""
    world.open(REVIEW, UserRole.INSTRUCTOR)  # begins the working copy
    teacher = session_viewer(world, UserRole.INSTRUCTOR)
    course_id, lesson_id = (UUID(one.partition("=")[2]) for one in world.queries["pages/teach/builder.py"].split("&"))
    true = draft_questions.new_question(QuestionType.TRUE_FALSE).model_copy(update={"text": "True?", "truth": True})
    with world.database.transaction() as session:
        made, _aside = (
            drafting.create(session, teacher, lesson_id=lesson_id, title=title, assessment_type=AssessmentType.QUIZ)
            for title in ("Shown", "Aside")
        )
        joins = bank.create(session, teacher, title="Joins", course_id=course_id)
        bank.save_item(session, teacher, joins, true, [])
        drafting.save_question(session, teacher, made, true)
        drafting.save_draws(session, teacher, made, seen=(), draws=[DraftDraw(bank_id=joins, count=1)])
        placing.put(session, teacher, made)
    world.queries[EDITOR] = f"id={made}"
    return made


def unsolved() -> DraftQuestion:
    """A program that nobody has written."""
    tests = (DraftTest(title="It doubles", evaluate="double(2)", expected="4"),)
    return draft_questions.new_question(QuestionType.CODE).model_copy(update={"text": "Double it.", "tests": tests})


def buttons(app: AppTest) -> set[str]:
    assert not app.exception
    return {str(one.label) for one in app.button}


def press(app: AppTest, label: str) -> AppTest:
    next(one for one in app.button if one.label == label).click().run()
    assert not app.exception
    return app


def is_published(world: World, assessment: UUID) -> bool:
    with world.database.reading() as session:
        return bool(session.scalar(text("SELECT is_published FROM assessments WHERE id = :id"), {"id": assessment}))


def test_a_course_and_its_quiz_go_out_by_one_press_and_the_page_says_so_before(
    world: World, event_store: EventStore, tmp_path: Path
) -> None:
    made = write(world)
    runtime.use(Runtime(Settings(home=tmp_path, link_check=True), world.database, event_store))
    app = world.open(REVIEW, UserRole.INSTRUCTOR)
    assert len(world.statements) <= PAGE_QUERIES, "\n@@ ".join(" ".join(one.split())[:170] for one in world.statements)
    assert "What changes for learners in assessments" in [one.value for one in app.subheader]
    assert "They go out with the course." in said(app)
    assert "New: Shown (" in "".join(one.label for one in app.expander)
    app.session_state[f"assessment-{made}"] = True  # unfolded
    words = differences(app.run())[-1]
    assert "+Limited attempts: 3" in words
    assert "\n-" not in f"\n{words}"  # learners have read nothing of it
    assert any(link.proto.label.endswith("no block of its lesson shows it") for link in app.get("page_link"))
    assert {"Publish", "Ask for a review"} <= buttons(app)
    # A program without a solution goes out neither with its course nor by itself.
    teacher = session_viewer(world, UserRole.INSTRUCTOR)
    code = unsolved()
    with world.database.transaction() as session:
        drafting.save_question(session, teacher, made, code)
    for label in ("Publish", "Ask for a review"):
        press(app, label)
        assert "It is not published." in said(app)
        assert "“Shown”: Question 2 has no solution" in said(app)
    assert not is_published(world, made)
    with world.database.transaction() as session:
        drafting.delete_question(session, teacher, made, code)
    press(app, "Publish")
    assert is_published(world, made)
    assert "They go out with the course." not in said(app)
    assert next(one for one in app.button if one.label == "Publish").disabled


def test_where_a_review_is_required_who_teaches_is_offered_to_ask_for_one(world: World, reviews_required: None) -> None:
    made = write(world)
    for who in TEACHES:
        app = world.open(EDITOR, who)
        assert "Publish" not in buttons(app)
        assert "Learners get it with the course, once a review has approved it." in said(app)
        app = world.open(REVIEW, who)
        assert "Publish" not in buttons(app)
        assert "Here a content admin reads a course before learners see it." in said(app)
    press(app, "Ask for a review")
    assert "The course is in review" in said(app)
    assert not is_published(world, made)
    press(world.open(REVIEW, UserRole.CONTENT_ADMIN), "Approve and publish")
    assert is_published(world, made)
    # What is hidden says how it is shown again.
    app = press(world.open(EDITOR, UserRole.INSTRUCTOR), "Unpublish")
    assert not is_published(world, made)
    assert "It is hidden from learners, and stays hidden until you show it again." in said(app)
    press(app, "Show it again")
    assert "Learners get it with the course, once a review has approved it." in said(app)
    app = world.open(REVIEW, UserRole.CONTENT_ADMIN)
    assert "Shown again: Shown (" in "".join(one.label for one in app.expander)
    press(app, "Publish")
    assert is_published(world, made)


def test_a_program_without_a_solution_keeps_a_course_back_that_nobody_builds(world: World) -> None:
    made = write(world)
    teacher = session_viewer(world, UserRole.INSTRUCTOR)
    press(world.open(REVIEW, UserRole.INSTRUCTOR), "Publish")
    press(world.open(COURSES, UserRole.INSTRUCTOR), "Unpublish")
    with world.database.transaction() as session:
        session.execute(text("DELETE FROM course_drafts"))
        drafting.save_question(session, teacher, made, unsolved())
    app = press(world.open(COURSES, UserRole.INSTRUCTOR), "Publish")
    assert "“Shown”: Question 2 has no solution" in said(app)
    with world.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM course_drafts")) == 0  # nobody builds it yet


def test_where_a_review_is_required_my_courses_leads_to_it_and_reviewers_publish_directly(
    world: World, reviews_required: None
) -> None:
    press(world.open(COURSES, UserRole.INSTRUCTOR), "Unpublish")
    app = world.open(COURSES, "helper")
    assert "Publish" not in buttons(app)
    assert any(link.proto.label == "Checklist and review" for link in app.get("page_link"))
    press(world.open(COURSES, UserRole.CONTENT_ADMIN), "Publish")
    assert "Unpublish" in buttons(world.open(COURSES, UserRole.INSTRUCTOR))


def test_in_a_review_an_assessment_is_read_and_spoken_of_and_not_written(world: World) -> None:
    write(world)
    course_id = UUID(world.queries[REVIEW].removeprefix("course="))
    with world.database.transaction() as session:
        reviewing.submit(session, session_viewer(world, UserRole.INSTRUCTOR), course_id)
    for who in (UserRole.INSTRUCTOR, UserRole.CONTENT_ADMIN):
        app = world.open(EDITOR, who)
        assert "The course is in review, so this stays as it is." in said(app)
        assert "True?" in [one.value for one in app.markdown]
        assert "The statement is: True" in "\n".join(one.value for one in app.code)
        assert not buttons(app) & {"Publish", "Unpublish", "Delete", "Put it there", "Add the rule"}
        assert not [one for one in app.text_area if one.label == "Question"]
        app.segmented_control(key="part").set_value("settings").run()
        assert "Title: Shown" in "\n".join(one.value for one in app.code)
        assert not [one for one in app.text_input if one.label == "Title"]
        app.segmented_control(key="part").set_value("bank").run()
        assert "Remove" not in buttons(app)


def test_what_a_reviewer_said_stands_first_until_the_course_is_sent_again(world: World) -> None:
    write(world)
    teacher, reviewer = session_viewer(world, UserRole.INSTRUCTOR), session_viewer(world, UserRole.CONTENT_ADMIN)
    course_id = UUID(world.queries["pages/teach/builder.py"].partition("&")[0].partition("=")[2])
    with world.database.transaction() as session:
        reviewing.submit(session, teacher, course_id)
        reviewing.send_back(session, reviewer, course_id, "Say what *x* is.")
    app = world.open(REVIEW, UserRole.INSTRUCTOR)
    [told] = app.warning
    assert told.value.startswith("Sent back by ")
    assert "Say what \\*x\\* is." in told.value
    press(app, "Ask for a review")
    assert not app.warning
