"""What we take from the job library, and what would break when its version changes."""

from __future__ import annotations

from importlib.metadata import version

import procrastinate
from sqlalchemy import text

from learncraft import schema
from learncraft.background import KINDS
from learncraft.db import Database
from learncraft.jobs import app as jobs_app
from learncraft.jobs.work import FUNCTIONS
from learncraft.settings import Settings


def test_the_library_is_the_version_that_the_migration_was_written_for() -> None:
    """A newer version brings migrations of its own: they become one of ours, and this test says so."""
    assert version("procrastinate").startswith("3.10.")


def test_every_kind_of_job_has_a_function_and_every_schedule_can_be_read(
    fresh_database: Database, settings: Settings
) -> None:
    app = jobs_app.make_app(fresh_database, settings)
    assert set(FUNCTIONS) == set(KINDS)
    scheduled = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert scheduled == {name for name, kind in KINDS.items() if kind.cron}
    assert isinstance(app, procrastinate.App)


def test_the_librarys_tables_are_nobodys_difference(fresh_database: Database) -> None:
    with fresh_database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE procrastinate_of_a_later_version (id int)"))
    assert schema.differences(fresh_database.engine) == []


def test_a_foreign_table_is_a_difference(fresh_database: Database) -> None:
    with fresh_database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE strange (id int)"))
    assert schema.differences(fresh_database.engine) != []
