"""What an administrator sees of the audit trail, and that nobody else does."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import text

from learncraft.accounts.models import UserRole
from learncraft.acting import Acting
from tests.pages.conftest import World
from tests.pages.test_every_page import PAGE_QUERIES, said

PAGE = "pages/admin/audit.py"


def test_a_change_is_found_by_its_table_and_row(world: World) -> None:
    teacher = world.people[UserRole.INSTRUCTOR]
    who = Acting(teacher, "instructor", "192.0.2.7", "Browser/1.0")
    with world.database.transaction(who) as session:
        course = session.scalar(
            text("UPDATE courses SET title = 'Renamed' WHERE instructor_id = :id RETURNING id"), {"id": teacher}
        )
    app = world.open(PAGE, UserRole.SYSTEM_ADMIN)
    assert not app.exception
    assert len(world.statements) <= PAGE_QUERIES
    app.selectbox(key="table").set_value("courses")
    app.selectbox(key="action").set_value("update")
    app.text_input(key="row").set_value(str(course)).run()
    assert not app.exception
    assert app.dataframe and len(app.dataframe[0].value) == 1
    app.text_input(key="row").set_value(str(uuid4())).run()
    assert "No entries" in said(app)
    app.text_input(key="row").set_value("not an identifier").run()
    assert "A row's identifier looks like" in app.error[0].value


def test_the_trail_is_for_administrators(world: World) -> None:
    for role in (UserRole.LEARNER, UserRole.INSTRUCTOR, UserRole.CONTENT_ADMIN):
        app = world.open(PAGE, role)
        assert "This page is not for your role" in said(app)
        assert not app.dataframe
