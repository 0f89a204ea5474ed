"""Servers that operators bring: another version of PostgreSQL, without pgvector, or with a user of few rights."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from learncraft import schema
from learncraft import sql as sources
from learncraft.acting import ANALYTICS_ROLE, APP_ROLE
from learncraft.db import Database
from learncraft.schema import SchemaError
from tests.postgres import SharedServer

BEFORE_VECTORS = "0009"


def run(command: list[Any], stdout: int = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
    """Run a program of PostgreSQL, which refuses to work for root."""
    account = {"user": "nobody"} if os.geteuid() == 0 else {}
    return subprocess.run(command, cwd="/", check=True, text=True, stdout=stdout, **account)  # type: ignore[call-overload,no-any-return]


@pytest.fixture(scope="session")
def system_server() -> Iterator[str]:
    """The URL of a server of the system's own PostgreSQL, in a folder of its own, reached by a socket only."""
    config = shutil.which("pg_config")
    programs = Path(run([config, "--bindir"], stdout=subprocess.PIPE).stdout.strip()) if config else None
    if programs is None or not (programs / "initdb").exists():
        pytest.skip("no PostgreSQL server beside the embedded one")
    with tempfile.TemporaryDirectory(prefix="lc-pg-") as home:
        Path(home).chmod(0o777)
        data = Path(home) / "data"
        run([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"])
        options = f"-c listen_addresses='' -k {home} -c fsync=off"
        start = [programs / "pg_ctl", "-D", data, "-w", "-l", f"{home}/log", "-o", options, "start"]
        run(start)
        try:
            yield f"postgresql://postgres@/postgres?host={home}"
        finally:
            run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"])


def test_migrations_go_up_and_down_on_the_systems_server_as_far_as_it_can_go(system_server: str) -> None:
    database = Database(system_server, pool_size=1)
    try:
        if database.ping().split(".")[0] < "15":
            pytest.skip("the system's PostgreSQL is older than 15")
        with database.engine.connect() as connection:
            offers = "SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"
            has_vector = connection.exec_driver_sql(offers).scalar()
        if has_vector:
            schema.upgrade(database.engine)
            assert schema.differences(database.engine) == []
        else:
            with pytest.raises(SchemaError, match=r"has no pgvector; .* Install it on the server"):
                schema.upgrade(database.engine)
            assert schema.current(database.engine) == BEFORE_VECTORS
        schema.downgrade(database.engine, "base")
    finally:
        database.close()


def test_words_are_alike_by_three_letter_pieces_where_the_server_has_pg_trgm(system_server: str) -> None:
    with psycopg.connect(system_server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'").fetchone():
            pytest.skip("the system's PostgreSQL has no pg_trgm")
        connection.execute("CREATE DATABASE alike")
    with psycopg.connect(urlunsplit(urlsplit(system_server)._replace(path="/alike")), autocommit=True) as connection:
        connection.execute('CREATE TABLE search_words (word varchar(40) COLLATE "C" PRIMARY KEY, documents int)')
        connection.execute(sources.text("postgres/0036_similar_words"))
        connection.execute("INSERT INTO search_words VALUES ('internationalisation', 3), ('nation', 9), ('sql', 1)")
        ask = "SELECT similar_word('interntionlistion'), similar_word('zymurgy')"
        assert connection.execute(ask).fetchone() == ("internationalisation", None)
        connection.execute("INSERT INTO search_words SELECT md5(n::text), n FROM generate_series(1, 30000) AS n")
        connection.execute("VACUUM ANALYZE search_words")
        plan = connection.execute("EXPLAIN SELECT word FROM search_words WHERE word % 'interntionlistion'").fetchall()
        assert "ix_search_words_trigrams" in str(plan)


def test_a_user_who_may_not_add_pgvector_is_told_whom_to_ask(postgres: SharedServer) -> None:
    name = "without_vector"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE ROLE modest LOGIN")
        for role in (APP_ROLE, ANALYTICS_ROLE):  # what docs/operations.md asks an administrator for
            connection.execute(f"DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
            connection.execute(f"GRANT {role} TO modest")
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER modest").format(sql.Identifier(name)))
    database = Database(f"postgresql://modest@/{name}?{urlsplit(postgres.url).query}")
    try:
        with pytest.raises(SchemaError, match="Ask an administrator to run CREATE EXTENSION vector"):
            schema.upgrade(database.engine)
        assert schema.current(database.engine) == BEFORE_VECTORS
        with psycopg.connect(postgres.named(name), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION vector")
        schema.upgrade(database.engine)
        assert schema.differences(database.engine) == []
    finally:
        database.close()
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute("DROP ROLE modest")
