"""Makes the copy of a template like new again: a test mostly fills a few tables, and copying 1,700 files takes longer.

Whatever can't be undone by deleting rows makes a copy worthless: another schema, other rows in what the template fills.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString, cast

import psycopg
from psycopg import sql

MOST_BYTES = 8 * 1024**2  # of one table: beyond it a new copy is quicker

_TABLES = """
    SELECT c.oid::regclass::text, pg_relation_size(c.oid)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema)' AND pg_relation_size(c.oid) > 0
"""
# Rows of the catalogue change with every change of a schema, and with nothing else that a test does.
_CATALOGUES = (
    "pg_attrdef",
    "pg_attribute",
    "pg_class",
    "pg_constraint",
    "pg_default_acl",
    "pg_enum",
    "pg_extension",
    "pg_index",
    "pg_inherits",
    "pg_namespace",
    "pg_policy",
    "pg_proc",
    "pg_publication",
    "pg_rewrite",
    "pg_trigger",
    "pg_type",
)
_SCHEMA = " UNION ALL ".join(
    f"SELECT '{name}', count(*), sum(hashtext(ctid::text || xmin::text)::bigint) FROM {name}"  # our names
    for name in _CATALOGUES
)
_SETTINGS = """
    SELECT d.datacl::text, s.setrole::text, s.setconfig::text
    FROM pg_database AS d LEFT JOIN pg_db_role_setting AS s ON s.setdatabase = d.oid WHERE datname = current_database()
"""
_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_COUNTERS = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences
    WHERE last_value IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a database is before anybody uses it."""

    schema: object
    filled: dict[str, str]  # the tables that have rows, each with a hash of them

    @classmethod
    def of(cls, connection: psycopg.Connection) -> Likeness:
        """What this database is now."""
        names = [name for name, _ in connection.execute(_TABLES)]
        return cls(_schema(connection), {name: _rows(connection, name) for name in names})

    def restore(self, connection: psycopg.Connection) -> bool:
        """Take out what was put in, and whoever is still connected; False where that isn't enough."""
        connection.execute(_OTHERS)
        sizes = dict(connection.execute(_TABLES).fetchall())
        if max(sizes.values(), default=0) > MOST_BYTES or _schema(connection) != self.schema:
            return False
        if any(_rows(connection, name) != rows for name, rows in self.filled.items()):
            return False
        # Without triggers nothing is refused, checked or written down.
        used = "".join(f"DELETE FROM {name};" for name in sizes if name not in self.filled)
        connection.execute(cast(LiteralString, f"SET session_replication_role = replica; {used}"))
        connection.execute(_COUNTERS)
        return True


def _schema(connection: psycopg.Connection) -> object:
    return connection.execute(cast(LiteralString, f"{_SCHEMA} ORDER BY 1")).fetchall(), connection.execute(
        _SETTINGS
    ).fetchall()


def _rows(connection: psycopg.Connection, table: str) -> str:
    query = sql.SQL("SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM {} AS t")
    row = connection.execute(query.format(sql.SQL(cast(LiteralString, table)))).fetchone()
    assert row is not None
    return str(row[0])
