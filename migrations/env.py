"""How Alembic reaches the database: by the connection that `learncraft.schema` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from learncraft.schema import METADATA, is_ours


def include_object(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Partitions come and go by the calendar, and the job library's tables by its own SQL."""
    return is_ours(name, kind)


def run() -> None:
    """Migrate in one transaction per revision, and give up rather than queue behind a long lock."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_object=include_object,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SET statement_timeout = '30min'"))
        context.run_migrations()


run()
