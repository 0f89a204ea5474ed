"""The event store's tables: numbered files under sql/clickhouse, each applied once and recorded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from learncraft import sql
from learncraft.analytics.store import EventStore
from learncraft.paths import root

TABLES_OF_EVENTS = (
    "learning_events",
    "activity",
    "receipts",
    "presence",
    "milestones",
    "learner_weeks",
)  # what the time to live applies to
DEFAULT_TTL_MONTHS = 60

_VERSIONS = """
CREATE TABLE IF NOT EXISTS schema_versions{on_cluster}
(
    version String,
    applied_at DateTime DEFAULT now()
)
ENGINE = {replicated}MergeTree
ORDER BY version
"""

_MADE = re.compile(r"^CREATE (?:TABLE|MATERIALIZED VIEW|VIEW|DICTIONARY) IF NOT EXISTS (\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Topology:
    """Where tables are made: on the one server that is asked, or on every server of a cluster."""

    cluster: str | None = None

    def render(self, text: str, *, ttl_months: int) -> str:
        """The DDL with its placeholders filled. Only ours: ClickHouse uses braces too."""
        values = {
            "{on_cluster}": f" ON CLUSTER `{self.cluster}`" if self.cluster else "",
            "{replicated}": "Replicated" if self.cluster else "",
            "{ttl_months}": str(_until_gone(ttl_months)),
        }
        for placeholder, value in values.items():
            text = text.replace(placeholder, value)
        return text


def migrate(store: EventStore, *, ttl_months: int = DEFAULT_TTL_MONTHS) -> list[str]:
    """Bring the store to this version's tables and return the names of the files applied. Safe to repeat.

    Each file can be applied twice, so one that was interrupted, or two servers that start together, do no harm.

    Raises:
        EventStoreUnavailable: the store doesn't answer.
    """
    render = partial(Topology(store.cluster).render, ttl_months=ttl_months)
    store.create_database()
    store.command(render(_VERSIONS))
    done = {version for (version,) in store.query("SELECT version FROM schema_versions")}
    waiting = [version for version in _files() if version not in done]
    for version in waiting:
        for statement in render(sql.text(f"clickhouse/{version}")).split(";\n"):
            if statement.strip():
                store.command(statement)
        store.insert("schema_versions", [[version]], ["version"])
    _keep_for(store, render, ttl_months)
    return waiting


def drop(store: EventStore) -> None:
    """Take all of the store's tables away, what they remember of repeated inserts included. Safe to repeat.

    Raises:
        EventStoreUnavailable: the store doesn't answer.
    """
    store.create_database()
    everywhere = f" ON CLUSTER `{store.cluster}`" if store.cluster else ""
    made = [name for version in _files() for name in _MADE.findall(sql.text(f"clickhouse/{version}"))]
    for name in [*reversed(made), "schema_versions"]:  # views before what they read
        store.command(f"DROP TABLE IF EXISTS `{name}`{everywhere} SYNC", settings={"max_table_size_to_drop": 0})


def _until_gone(ttl_months: int) -> int:
    """Months from the first day of a month until all of its events have been kept for so long: PostgreSQL's months
    go at that very moment (`retention.policy.cutoff`)."""
    return ttl_months + 1


def _files() -> list[str]:
    return sorted(path.stem for path in (root() / "sql" / "clickhouse").glob("[0-9]*.sql"))


def _keep_for(store: EventStore, render: partial[str], ttl_months: int) -> None:
    """Follow the setting when it changed since the tables were made."""
    wanted = f"toIntervalMonth({_until_gone(ttl_months)})"
    for table in TABLES_OF_EVENTS:
        made = store.query(
            "SELECT create_table_query FROM system.tables WHERE database = currentDatabase() AND name = {table:String}",
            table=table,
        )
        if wanted not in made[0][0]:
            store.command(
                render(f"ALTER TABLE {table}{{on_cluster}} MODIFY TTL received_month + INTERVAL {{ttl_months}} MONTH"),
                settings={"materialize_ttl_after_modify": 0},
            )
