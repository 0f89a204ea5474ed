"""A PostgreSQL that the operator runs: dumped and restored with the tools that come with PostgreSQL."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from sqlalchemy import text

from learncraft import roles
from learncraft.backup.errors import BackupError, DamagedBackupError, LivingHomeError
from learncraft.backup.manifest import DATABASE
from learncraft.backup.physical import refused
from learncraft.db import Database
from learncraft.supervisor import postgres_files as programs
from learncraft.supervisor.errors import StartError

DUMP = "dump.pgc"
ASIDE = "before_restore_"  # schemas with what a restore moved out of the way


def dump(database: Database, draft: Path) -> None:
    """Write one consistent dump into a draft.

    Raises:
        BackupError: pg_dump isn't there, is too old, or refused.
    """
    target = draft / DATABASE
    target.mkdir()
    url, environment = _without_password(database.url)
    command = [_tool("pg_dump", database), "--dbname", url, "--format=custom", "--compress=1", "--no-password"]
    command += ["--file", str(target / DUMP), f"--exclude-schema={ASIDE}*"]
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, env=environment, stdin=subprocess.DEVNULL
    )
    if done.returncode != 0:
        raise refused(done.stderr, draft.parent)


def check(place: Path, database: Database | None = None) -> None:
    """See whether a dump can be read from its beginning to its end.

    Raises:
        DamagedBackupError: it can't.
    """
    path = place / DATABASE / DUMP
    command = [_tool("pg_restore", database), "--file", os.devnull, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise DamagedBackupError(f"{path} is damaged: {programs.last(done.stderr)}")


def make_room(database: Database, now: datetime, *, force: bool) -> str | None:
    """Move what is in the database aside, into a schema that is named by the moment; None when it is empty.

    Raises:
        LivingHomeError: there is something, and nobody said that it should give way.
    """
    with database.transaction() as session:
        if session.scalar(text("SELECT to_regclass('public.alembic_version')")) is None:
            return None
        if not force:
            raise LivingHomeError(
                "The database of LEARNCRAFT_DATABASE_URL is not empty. Name an empty one, or add --force: "
                "what is in it is moved to another schema, not deleted."
            )
        aside = f"{ASIDE}{now:%Y%m%dt%H%M%Sz}"
        session.execute(text("SET LOCAL statement_timeout = 0"))
        extensions = session.scalars(
            text("SELECT extname FROM pg_extension WHERE extnamespace = 'public'::regnamespace AND extrelocatable")
        ).all()
        session.execute(text(f'ALTER SCHEMA public RENAME TO "{aside}"'))
        session.execute(text("CREATE SCHEMA public"))
        for extension in extensions:
            session.execute(text(f'ALTER EXTENSION "{extension}" SET SCHEMA public'))
    return aside


def load(place: Path, database: Database) -> None:
    """Restore a dump into an empty database, all or nothing.

    Raises:
        BackupError: pg_restore isn't there or refused.
        RolesError: the server's administrator has to make the roles first.
    """
    path = place / DATABASE / DUMP
    tool = _tool("pg_restore", database)
    listed = subprocess.run(  # noqa: S603
        [tool, "--list", str(path)], capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        raise DamagedBackupError(f"{path} is damaged: {programs.last(listed.stderr)}")
    with database.transaction() as session:
        roles.make(session.connection())  # policies name them
        # An extension may be there already, and belong to somebody else.
        session.execute(text("CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public"))
    chosen = [line for line in listed.stdout.splitlines() if not re.search(r" (EXTENSION - |SCHEMA - public )", line)]
    chosen = [line for line in chosen if not re.search(r" COMMENT - (EXTENSION |SCHEMA public )", line)]
    url, environment = _without_password(database.url)
    command = [
        tool,
        "--dbname",
        url,
        "--no-owner",
        "--no-acl",  # the next start gives rights anew
        "--single-transaction",
        "--exit-on-error",
        "--no-password",
    ]
    done = subprocess.run(  # noqa: S603
        [*command, "--use-list", "/dev/stdin", str(path)],
        input="\n".join(chosen),
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if done.returncode != 0:
        raise BackupError(f"PostgreSQL refuses the dump: {programs.last(done.stderr)}")


def _tool(name: str, database: Database | None) -> str:
    """The oldest of the tools here that can do it: a newer one may use words that an older server doesn't know."""
    needed = int(database.ping().partition(".")[0]) if database else 0
    found: dict[int, str] = {}
    for path in (shutil.which(name), _embedded(name)):
        if path and (version := _version(path)) >= needed:
            found.setdefault(version, path)
    if not found:
        raise BackupError(
            f"PostgreSQL {needed or ''} needs {name} of the same version or a later one, and there is none on the "
            f"PATH. Install it (package postgresql-client-{needed})."
        )
    return found[min(found)] if needed else found[max(found)]


def _embedded(name: str) -> str | None:
    try:
        path = programs.programs() / name
    except StartError:
        return None
    return str(path) if path.is_file() else None


def _version(path: str) -> int:
    done = subprocess.run([path, "-V"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"\) (\d+)", done.stdout)
    return int(found[1]) if found else 0


def _without_password(url: str) -> tuple[str, dict[str, str]]:
    """A URL for a command line, which all may read, and an environment with the password, which they may not."""
    found = urlsplit(url.replace("postgresql+psycopg://", "postgresql://", 1))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if found.password:
        environment["PGPASSWORD"] = unquote(found.password)
        user, _, host = found.netloc.rpartition("@")
        found = found._replace(netloc=f"{user.partition(':')[0]}@{host}")
    return urlunsplit(found), environment
