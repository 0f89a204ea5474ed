"""Revisions of a lesson on their page: compared, brought back, and never over newer words."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from learncraft.accounts.models import UserRole
from learncraft.authoring import drafting, queries, saving
from learncraft.authoring.models import CourseDraft
from learncraft.authoring.saving import Save, Saved
from learncraft.authoring.shapes import DraftBlock, LessonText
from learncraft.courses.models import CourseStatus
from learncraft.db import new_id
from tests.pages.conftest import World, differences, session_viewer
from tests.pages.test_every_page import said

PAGE = "pages/teach/revisions.py"


def write(world: World, role: UserRole, words: str) -> None:
    lesson_id = UUID(world.queries[PAGE].partition("=")[2])
    viewer = session_viewer(world, role)
    with world.database.transaction() as session:
        course_id = UUID(world.queries["pages/teach/builder.py"].partition("=")[2].partition("&")[0])
        drafting.begin(session, viewer, course_id)
        found = queries.lesson(session, viewer, lesson_id)
        assert found is not None
        text = LessonText(title="Joins", blocks=(DraftBlock(id="p", type="markdown", text=words),))
        assert isinstance(saving.save(session, viewer, lesson_id, Save(found.version, new_id(), 1, text)), Saved)


def test_a_revision_is_brought_back_and_newer_words_of_a_colleague_are_not_lost_by_it(world: World) -> None:
    write(world, UserRole.INSTRUCTOR, "First words.")
    write(world, UserRole.CONTENT_ADMIN, "Second words.")
    app = world.open(PAGE, UserRole.INSTRUCTOR)
    app.selectbox(key="revision-from").select(2).run()
    assert "-Text: First words.\n+Text: Second words." in differences(app)[0]
    write(world, UserRole.SYSTEM_ADMIN, "Third words.")
    app.button(key="bring-back").click().run()
    assert "has saved this lesson meanwhile" in said(app)
    assert "+Text: Third words." in differences(app)[0]
    app.button(key="bring-back").click().run()
    assert not app.exception
    assert "**5.** Brought back" in said(app)
    assert "Both say the same." in said(app)
    assert not [one for one in app.button if one.key == "bring-back"]  # it would bring nothing


def test_while_the_course_is_in_review_no_revision_comes_back(world: World) -> None:
    write(world, UserRole.INSTRUCTOR, "First words.")
    course_id = UUID(world.queries["pages/teach/builder.py"].partition("=")[2].partition("&")[0])
    with world.database.transaction() as session:
        draft = session.get_one(CourseDraft, course_id)
        draft.status, draft.submitted_at = CourseStatus.PENDING_REVIEW, datetime.now(UTC)
    app = world.open(PAGE, UserRole.INSTRUCTOR)
    app.selectbox(key="revision-from").select(1).run()
    assert app.button(key="bring-back").disabled
    assert "in review" in app.button(key="bring-back").help
