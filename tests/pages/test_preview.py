"""A lesson of the working copy as a learner will see it: for who builds or reviews it, leaving nothing behind."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from learncraft.accounts.models import UserRole
from learncraft.authoring import drafting, queries, reviewing, saving
from learncraft.authoring.saving import Save, Saved
from learncraft.authoring.shapes import DraftBlock, DraftResource, LessonText
from learncraft.db import new_id
from tests.pages.conftest import World, session_viewer
from tests.pages.test_every_page import said

PAGE = "pages/teach/preview.py"
WRITTEN = LessonText(
    title="Joins, unpublished",
    description="How tables meet.",
    learning_objectives=("join two tables",),
    resources=(
        DraftResource(title="Manual [2nd]", url="https://example.org/a b"),
        DraftResource(url="https://example.org/alone"),
        DraftResource(title="A book"),
        DraftResource(title="No page", url="javascript:alert(1)"),
    ),
    blocks=(
        DraftBlock(id="s1", type="section", title="First part"),
        DraftBlock(id="p1", type="markdown", text="Words of the working copy."),
        DraftBlock(id="i1", type="image"),
        DraftBlock(id="s2", type="section", title="Second part"),
        DraftBlock(id="p2", type="markdown", text="Words of the second part."),
    ),
)


def begun(world: World) -> UUID:
    """A working copy whose first lesson says something that learners don't see yet."""
    course_id, lesson_id = (UUID(one.partition("=")[2]) for one in world.queries["pages/teach/builder.py"].split("&"))
    teacher = session_viewer(world, UserRole.INSTRUCTOR)
    with world.database.transaction() as session:
        drafting.begin(session, teacher, course_id)
        quiz = session.execute(text("SELECT id FROM assessments WHERE lesson_id = :id"), {"id": lesson_id}).scalars()
        asked = DraftBlock(id="q1", type="quiz", assessment_id=quiz.first())
        found = queries.lesson(session, teacher, lesson_id)
        assert found is not None
        given = WRITTEN.model_copy(update={"blocks": (*WRITTEN.blocks, asked)})
        kept = saving.save(session, teacher, lesson_id, Save(found.version, new_id(), 1, given))
        assert isinstance(kept, Saved)
    return course_id


def left_behind(world: World) -> dict[str, int]:
    """How many rows there are of all that learners leave."""
    tables = ("learning_events", "lesson_progress", "course_progress", "video_views", "assessment_attempts")
    with world.database.reading() as session:
        return {one: session.scalar(text(f"SELECT count(*) FROM {one}")) or 0 for one in tables}  # ours


def test_the_working_copy_is_seen_as_learners_will_and_nothing_is_counted(world: World) -> None:
    course_id = begun(world)
    before = left_behind(world)
    with world.database.transaction() as session:
        reviewing.submit(session, session_viewer(world, UserRole.INSTRUCTOR), course_id)
    for role in (UserRole.INSTRUCTOR, UserRole.CONTENT_ADMIN):
        app = world.open(PAGE, role)
        assert not app.exception
        assert "**Preview.**" in said(app)
        assert [one.value for one in app.title] == ["Joins, unpublished"]
        assert "Words of the working copy." in said(app)
        assert "join two tables" in said(app)
        assert "How tables meet." in said(app)
        assert "To read beside it" not in said(app)
        assert "Left out until finished: 1 unfinished block." in said(app)
        app.button(key="next").click().run()
        assert "Words of the second part." in said(app)
        assert "3 questions" in said(app)
        beside = said(app).partition("**To read beside it**\n")[2]
        assert beside.startswith(
            "- [Manual \\[2nd\\]](<https://example.org/a b>)\n- [https\\://example.org/alone](<https://example.org/alone>)\n"
            "- A book\n- No page"
        )
    assert left_behind(world) == before


def test_nobody_else_sees_it(world: World) -> None:
    begun(world)
    assert "not for your role" in said(world.open(PAGE, UserRole.LEARNER))
    with world.database.transaction() as session:
        session.execute(
            text("UPDATE courses SET instructor_id = :other"), {"other": world.people[UserRole.SYSTEM_ADMIN]}
        )
    app = world.open(PAGE, UserRole.INSTRUCTOR)
    assert "does not exist" in said(app)
    assert "Words of the working copy." not in said(app)
