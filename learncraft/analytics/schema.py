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
ENGINE = {replicated_everywhere}MergeTree{everywhere}
ORDER BY version
"""
# One copy of it on every server, whichever shard that is of.
_EVERYWHERE = "('/clickhouse/learncraft/{database}/schema_versions', '{shard}-{replica}')"

_CHANGES = re.compile(
    r"^(?P<kind>CREATE TABLE IF NOT EXISTS|CREATE MATERIALIZED VIEW IF NOT EXISTS|ALTER TABLE|TRUNCATE TABLE) "
    r"(?P<table>\w+)",
    re.MULTILINE,
)
_MADE = re.compile(r"^CREATE (?:TABLE|MATERIALIZED VIEW|VIEW|DICTIONARY) IF NOT EXISTS (\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Topology:
    """Where tables are made: on the one server that is asked, or on every server of a cluster.

    In a cluster of several shards, each shard holds the events of some courses in tables of its own, `<name>_local`,
    and a Distributed table of the name stands before them. A view fills roll-ups of the shard that it is on.
    """

    cluster: str | None = None
    is_sharded: bool = False

    @classmethod
    def of(cls, store: EventStore) -> Topology:
        """Where the tables of a store are."""
        return cls(store.cluster, store.is_sharded)

    @property
    def on_cluster(self) -> str:
        """What a statement for every server says."""
        return f" ON CLUSTER `{self.cluster}`" if self.cluster else ""

    def held(self, table: str) -> str:
        """The table that holds the rows, as opposed to the one that is asked."""
        return f"{table}_local" if self.is_sharded and table in TABLES_OF_EVENTS else table

    def render(self, text: str, *, ttl_months: int) -> str:
        """The DDL with its placeholders filled. Only ours: ClickHouse uses braces too."""
        values = {
            "{on_cluster}": self.on_cluster,
            "{replicated}": "Replicated" if self.cluster else "",
            "{replicated_everywhere}": "Replicated" if self.cluster else "",
            "{everywhere}": _EVERYWHERE if self.is_sharded else "",
            "{ttl_months}": str(_until_gone(ttl_months)),
        }
        for placeholder, value in values.items():
            text = text.replace(placeholder, value)
        if not self.is_sharded:
            return text
        return ";\n".join(self._spread(statement) for statement in text.split(";\n"))

    def _spread(self, statement: str) -> str:
        """A statement of one shard's tables. Filling a roll-up from what is there goes by way of the whole."""
        if not (made := _CHANGES.search(statement)):
            return statement
        kind, table = made["kind"], made["table"]
        local = re.sub(rf"\b({'|'.join(TABLES_OF_EVENTS)})\b(?= ON CLUSTER|\n|;| AS\n|$)", r"\1_local", statement)
        if kind != "CREATE TABLE IF NOT EXISTS" or table not in TABLES_OF_EVENTS:
            return local
        key = "rand()" if table == "receipts" else "cityHash64(course_id)"  # a course's events stay together
        return (
            f"{local.rstrip().rstrip(';')};\n"
            f"CREATE TABLE IF NOT EXISTS {table}{self.on_cluster} AS {table}_local\n"
            f"ENGINE = Distributed(`{self.cluster}`, currentDatabase(), {table}_local, {key})"
        )


def migrate(store: EventStore, *, ttl_months: int = DEFAULT_TTL_MONTHS) -> list[str]:
    """Bring the store to this version's tables and return the names of the files applied. Safe to repeat.

    Each file can be applied twice, so one that was interrupted, or two servers that start together, do no harm.

    Raises:
        EventStoreUnavailable: the store doesn't answer.
    """
    topology = Topology.of(store)
    render = partial(topology.render, ttl_months=ttl_months)
    store.create_database()
    store.command(render(_VERSIONS))
    done = {version for (version,) in store.query("SELECT version FROM schema_versions")}
    waiting = [version for version in _files() if version not in done]
    for version in waiting:
        for statement in render(sql.text(f"clickhouse/{version}")).split(";\n"):
            if statement.strip():
                store.command(statement)
        store.insert("schema_versions", [[version]], ["version"])
    _keep_for(store, topology, ttl_months)
    return waiting


def drop(store: EventStore) -> None:
    """Take all of the store's tables away, what they remember of repeated inserts included. Safe to repeat.

    Raises:
        EventStoreUnavailable: the store doesn't answer.
    """
    store.create_database()
    topology = Topology.of(store)
    made = [name for version in _files() for name in _MADE.findall(sql.text(f"clickhouse/{version}"))]
    held = [topology.held(name) for name in reversed(made)]  # views before what they read
    whole = TABLES_OF_EVENTS if topology.is_sharded else ()
    for name in [*held, *whole, "schema_versions"]:
        store.command(
            f"DROP TABLE IF EXISTS `{name}`{topology.on_cluster} SYNC", settings={"max_table_size_to_drop": 0}
        )


def _until_gone(ttl_months: int) -> int:
    """Months from the first day of a month until all of its events have been kept for so long: PostgreSQL's months
    go at that very moment (`retention.policy.cutoff`)."""
    return ttl_months + 1


def _files() -> list[str]:
    return sorted(path.stem for path in (root() / "sql" / "clickhouse").glob("[0-9]*.sql"))


def _keep_for(store: EventStore, topology: Topology, ttl_months: int) -> None:
    """Follow the setting when it changed since the tables were made."""
    wanted = f"toIntervalMonth({_until_gone(ttl_months)})"
    for table in map(topology.held, TABLES_OF_EVENTS):
        made = store.query(
            "SELECT create_table_query FROM system.tables WHERE database = currentDatabase() AND name = {table:String}",
            table=table,
        )
        if wanted not in made[0][0]:
            store.command(
                f"ALTER TABLE {table}{topology.on_cluster} "
                f"MODIFY TTL received_month + INTERVAL {_until_gone(ttl_months)} MONTH",
                settings={"materialize_ttl_after_modify": 0},
            )
