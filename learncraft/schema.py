"""The PostgreSQL schema as a whole: all models, and the migrations that bring a database to them."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Table, text

import learncraft.accounts.models
import learncraft.analytics.models
import learncraft.assessments.gradebook.models
import learncraft.assessments.models
import learncraft.assessments.records
import learncraft.authoring.links.models
import learncraft.authoring.models
import learncraft.background
import learncraft.community.models
import learncraft.courses.media_models
import learncraft.courses.models
import learncraft.courses.teaching
import learncraft.enrollment.catalogue_models
import learncraft.enrollment.models
import learncraft.enrollment.registration.models
import learncraft.enrollment.video_views
import learncraft.events
import learncraft.labs.models
import learncraft.payments.models
import learncraft.study.models
import learncraft.tutor.models  # noqa: F401
from learncraft import roles
from learncraft.background import LIBRARY
from learncraft.db import Base
from learncraft.errors import LearnCraftError
from learncraft.paths import root

METADATA = Base.metadata
MONTHS_AHEAD = 3
_PARTITIONED = ("learning_events", "audit_logs", "interactions", "progress_metrics")
_MIGRATION_LOCK = 7_101_842  # any number, the same in every process
_PARTITION_LOCK = 7_101_844


def tables() -> dict[str, Table]:
    """The tables that our models describe, by name; those of the job library are its own."""
    return {name: table for name, table in METADATA.tables.items() if not name.startswith(LIBRARY)}


class SchemaError(LearnCraftError):
    """The database's schema is not what this version of LearnCraft needs."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(root() / "migrations"))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision that this version of LearnCraft needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current(engine: Engine) -> str | None:
    """The revision that the database has; None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision and make the coming months' partitions. Safe to repeat.

    Two servers that start together take turns. A database that is already there is left alone.

    Raises:
        SchemaError: the database was made by a newer version.
    """
    if revision == "head" and current(engine) == newest():
        with engine.begin() as connection:
            make_partitions(connection)
            roles.ensure(connection)
        return
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
        connection.commit()
        try:
            found = MigrationContext.configure(connection).get_current_revision()
            connection.commit()  # else Alembic takes this transaction for all migrations, instead of one for each
            known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
            if found is not None and found not in known:
                raise SchemaError(
                    f"The database is at revision {found}, which this version doesn't know. "
                    "Install the newer LearnCraft that made it."
                )
            command.upgrade(_config(connection), revision)
            connection.commit()
            make_partitions(connection)
            if revision == "head":
                roles.ensure(connection)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _MIGRATION_LOCK})
            connection.execute(text("RESET ALL"))  # the timeouts of migrations are not those of pages
            connection.commit()


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to a revision ('base' is empty, '-1' one step back)."""
    with engine.connect() as connection:
        try:
            command.downgrade(_config(connection), revision)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("RESET ALL"))
            connection.commit()


def differences(engine: Engine) -> list[str]:
    """How the database differs from the models, one line each; empty when they agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_object": lambda thing, name, kind, *_: is_ours(name, kind),
            },
        )
        return [str(difference) for difference in compare_metadata(context, METADATA)]


def is_ours(name: str | None, kind: str) -> bool:
    """Whether the models describe a thing of the database.

    They don't describe partitions, the job library's tables, and the index that is only where pg_trgm is.
    """
    if kind == "index":
        return name != "ix_search_words_trigrams"
    return kind != "table" or not (is_partition(name) or (name or "").startswith(LIBRARY))


def is_partition(name: str | None) -> bool:
    """Whether a table is a monthly part of a bigger one; these come and go by the calendar."""
    return name is not None and any(name.startswith(f"{parent}_") for parent in _PARTITIONED)


def partitioned() -> tuple[str, ...]:
    """The tables that are kept in monthly parts."""
    return _PARTITIONED


def make_partitions(connection: Connection) -> int:
    """Make the parts of the coming months, in the caller's transaction; returns how many were missing."""
    made = 0
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _PARTITION_LOCK})
    for parent in _PARTITIONED:
        exists = connection.scalar(text("SELECT to_regclass(:name)"), {"name": parent})
        if exists is not None:
            made += connection.scalar(
                text("SELECT ensure_month_partitions(:parent, :months)"), {"parent": parent, "months": MONTHS_AHEAD}
            )
    return made
