"""One embedded PostgreSQL for all workers of a test run, started and stopped as the product does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import fasteners
import psycopg
from psycopg import sql

from learncraft.acting import APP_ROLE
from learncraft.db import Database
from learncraft.supervisor.postgres import EmbeddedPostgres
from tests.reusing import Likeness


class SharedServer:
    """The server that the first worker starts and the last worker stops."""

    def __init__(self, base: Path, url: str) -> None:
        self.base, self.url = base, url
        # Copying a template is refused while somebody is connected to it, so workers take turns.
        self.lock = fasteners.InterProcessLock(base / "databases.lock")
        self._spare: list[tuple[str, str, Likeness]] = []  # template, name and what the template is

    @classmethod
    @contextmanager
    def join(cls, base: Path) -> Iterator[SharedServer]:
        server = EmbeddedPostgres(base)
        server.start()
        try:
            # Hundreds of databases are copied and dropped, and none outlives the run: waiting for the disk at each
            # would take most of its time.
            with psycopg.connect(server.url, autocommit=True) as connection:
                for setting in ("fsync", "full_page_writes"):
                    connection.execute(f"ALTER SYSTEM SET {setting} = off")
                connection.execute("SELECT pg_reload_conf()")
            yield cls(base, server.url)
        finally:
            server.stop()

    def named(self, name: str, *, login: str | None = None) -> str:
        """The URL of one database of this server, for its owner or another login."""
        found = urlsplit(self.url)
        return urlunsplit(found._replace(netloc=f"{login}@" if login else found.netloc, path=f"/{name}"))

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
        """A database of one's own, as its template is; afterwards it is made ready for the next one, or dropped."""
        like = self._take(template, name)
        database = Database(self.named(name), app_url=self.named(name, login=APP_ROLE), pool_size=5)
        try:
            yield database
        finally:
            database.close()
            if self._is_like_new(name, like):
                self._spare.append((template, name, like))
            else:
                with psycopg.connect(self.url, autocommit=True) as connection:
                    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                    connection.execute(drop.format(sql.Identifier(name)))

    def _is_like_new(self, name: str, like: Likeness) -> bool:
        try:
            with psycopg.connect(self.named(name), autocommit=True) as connection:
                return like.restore(connection)
        except psycopg.Error:  # whatever a test did to it: there are more
            return False

    def _take(self, template: str, name: str) -> Likeness:
        """Give a spare copy this name, or copy the template's files."""
        for spare in self._spare:
            if spare[0] == template:
                self._spare.remove(spare)
                # A new name, so that whoever still has the old one finds nothing.
                with psycopg.connect(self.url, autocommit=True) as connection:
                    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                    connection.execute(rename.format(sql.Identifier(spare[1]), sql.Identifier(name)))
                return spare[2]
        with self.lock, psycopg.connect(self.url, autocommit=True) as connection:
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            connection.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
        with psycopg.connect(self.named(name), autocommit=True) as connection:
            return Likeness.of(connection)
