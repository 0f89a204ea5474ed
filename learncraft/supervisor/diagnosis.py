"""What `learncraft doctor` looks at: each part in turn, what is wrong with it, and how to mend that."""

from __future__ import annotations

import os
import shutil
import smtplib
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx
from sqlalchemy import text

from learncraft import roles, schema
from learncraft.analytics import shipping
from learncraft.courses import bucket
from learncraft.db import Database
from learncraft.errors import LearnCraftError
from learncraft.sandbox import installing
from learncraft.sandbox.errors import INSTALL
from learncraft.secrets import FILE_NAME, secret_key
from learncraft.settings import Settings
from learncraft.supervisor.locks import HomeLock
from learncraft.supervisor.opening import open_database, open_event_store
from learncraft.supervisor.preflight import LEAST_FREE_BYTES, prepare_home

COMFORTABLE_BYTES = 2_000_000_000
MOST_LAG_SECONDS = 10.0
MOST_SKEW_SECONDS = 2.0
ANSWER_SECONDS = 5.0
OLDEST_BACKUP_HOURS = 36
MANIFEST = "manifest.json"  # what makes a folder a complete backup
EPOCH = datetime.fromtimestamp(0, UTC)


class Health(StrEnum):
    """How a part is."""

    OK = "ok"
    WARN = "warn"  # works, but someone should look
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: how it is, what was seen, and how to mend it."""

    part: str
    health: Health
    seen: str
    mend: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at every part. Embedded databases that don't run are started for the look and stopped again."""
    yield _guarded("home folder", _home, settings)
    yield _guarded("secret key", _secret, settings)
    yield _guarded("file store", _files, settings)
    yield _guarded("web server", _server, settings)
    yield _guarded("public address", _public_address, settings)
    with ExitStack() as stack:
        database = None
        try:
            database = stack.enter_context(open_database(settings, upgrade=False))
            yield Finding("PostgreSQL", Health.OK, f"version {database.ping()}")
        except LearnCraftError as error:
            yield Finding("PostgreSQL", Health.FAIL, str(error), "Mend this first; nothing works without it.")
        if database is not None:
            yield _guarded("pgvector", _vector, database)
            yield _guarded("schema", _schema, database)
            yield _guarded("people's connections", _people, database)
            yield _guarded("clock", _clock, database)
            yield _guarded("backups", partial(_backups, database), settings)
        yield from _event_store(settings, database)
    yield _guarded("mail", _mail, settings)
    yield _guarded("sandbox", _sandbox, settings)


def _guarded(part: str, check: Callable[[Any], tuple[Health, str, str]], what: object) -> Finding:
    try:
        return Finding(part, *check(what))
    except (LearnCraftError, OSError) as error:
        return Finding(part, Health.FAIL, str(error))


def _home(settings: Settings) -> tuple[Health, str, str]:
    home = prepare_home(settings.home)
    free = shutil.disk_usage(home).free
    seen = f"{home}, {free / 1e9:.1f} GB free"
    if free < LEAST_FREE_BYTES:
        return Health.FAIL, seen, "Free some space, or move the folder and set LEARNCRAFT_HOME."
    if free < COMFORTABLE_BYTES:
        return Health.WARN, seen, "Free some space soon: databases stand still on a full disk."
    return Health.OK, seen, ""


def _secret(settings: Settings) -> tuple[Health, str, str]:
    secret_key(settings)
    if settings.secret_key is not None:
        return Health.OK, "from LEARNCRAFT_SECRET_KEY", ""
    path = settings.home / FILE_NAME
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Health.FAIL, f"others may read {path}", f"chmod 600 {path}"
    return Health.OK, f"{path}, private", ""


def _files(settings: Settings) -> tuple[Health, str, str]:
    folder = settings.files_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Health.FAIL, f"{folder} may not be written", f"chown -R it to the account that runs LearnCraft: {folder}"
    if settings.files_bucket:
        try:
            bucket.Bucket(settings).size_of("doctor")
        except bucket.BucketError as error:
            return Health.FAIL, str(error), "Compare LEARNCRAFT_FILES_BUCKET and its key with the service's own page."
        return Health.OK, f"bucket {settings.files_bucket}, copies in {folder}", ""
    return Health.OK, str(folder), ""


def _server(settings: Settings) -> tuple[Health, str, str]:
    lock = HomeLock(settings.home)
    if lock.is_free():
        return Health.OK, "not running", ""
    serving = lock.serving()
    if serving is None or serving.url is None:
        return Health.WARN, "starting", "Look again in a moment."
    try:
        answer = httpx.get(f"{serving.url}/healthz", timeout=ANSWER_SECONDS, trust_env=False)
        took = f"{answer.elapsed.total_seconds() * 1000:.0f} ms"
        seen = f"{serving.url} (process {serving.pid}) answers {answer.status_code} in {took}"
    except httpx.HTTPError as error:
        return (
            Health.FAIL,
            f"{serving.url} doesn't answer: {error}",
            f"Restart it: kill {serving.pid}, learncraft serve.",
        )
    if answer.status_code != httpx.codes.OK:
        return Health.FAIL, seen, f"Read the log in {settings.home / 'logs'}."
    return Health.OK, seen, ""


def _public_address(settings: Settings) -> tuple[Health, str, str]:
    local = settings.host in {"127.0.0.1", "::1", "localhost"}
    if settings.base_url is None:
        if local:
            return Health.OK, "this machine only", ""
        return Health.WARN, "links in e-mails point to this machine", "Set LEARNCRAFT_BASE_URL to the public address."
    if urlsplit(settings.base_url).scheme != "https":
        return Health.WARN, f"{settings.base_url} is not encrypted", "Put a proxy with a certificate before it."
    return Health.OK, settings.base_url, ""


def _vector(database: Database) -> tuple[Health, str, str]:
    with database.reading() as session:
        found = session.scalar(text("SELECT extversion FROM pg_extension WHERE extname = 'vector'"))
        available = session.scalar(text("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'"))
    if found:
        return Health.OK, f"version {found}", ""
    if available:
        return Health.OK, f"version {available}, switched on when it is needed", ""
    return Health.FAIL, "not installed", "Install pgvector on the database server."


def _schema(database: Database) -> tuple[Health, str, str]:
    found, needed = schema.current(database.engine), schema.newest()
    if found == needed:
        return Health.OK, f"{found}, the newest", ""
    return Health.FAIL, f"at {found or 'base'}, {needed} is needed", "learncraft db upgrade"


def _people(database: Database) -> tuple[Health, str, str]:
    login = roles.of_login(database.confined().engine)
    if not login.is_powerful:
        return Health.OK, f"as {login.name}, which owns nothing", ""
    seen = f"as {login.name}, which gives up its rights in each transaction"
    return Health.OK, seen, "A login of their own is safer: LEARNCRAFT_APP_DATABASE_URL (docs/operations.md)."


def _clock(database: Database) -> tuple[Health, str, str]:
    with database.reading() as session:
        asked = time.time()
        theirs = float(session.scalar(text("SELECT extract(epoch FROM clock_timestamp())")) or 0)
        skew = theirs - (asked + time.time()) / 2
    if abs(skew) > MOST_SKEW_SECONDS:
        return (
            Health.WARN,
            f"the database is {skew:+.1f} s off",
            "Set both clocks by NTP: sign-ins and charts go by them.",
        )
    return Health.OK, f"{abs(skew) * 1000:.0f} ms apart from the database", ""


def _backups(database: Database, settings: Settings) -> tuple[Health, str, str]:
    if not settings.backups:
        return Health.WARN, "switched off", "Unset LEARNCRAFT_BACKUPS, or back the servers up by other means."
    if settings.database_url is None:
        with database.reading() as session:
            found = session.execute(text("SELECT last_failed_time, last_archived_time FROM pg_stat_archiver")).one()
        if found.last_failed_time and found.last_failed_time > (found.last_archived_time or EPOCH):
            return (
                Health.FAIL,
                f"the database's log can't be kept in {settings.backups_dir}",
                f"Make room there, or mount the disk; it waits in the home folder. More in {settings.home / 'postgres'}"
                "/log.",
            )
    made = [path.stat().st_mtime for path in settings.backups_dir.glob(f"[0-9]*/{MANIFEST}")]
    if not made:
        return Health.WARN, f"none in {settings.backups_dir}", "learncraft backup create"
    hours = (time.time() - max(made)) / 3600
    seen = f"{len(made)} in {settings.backups_dir}, the newest {hours:.0f} hours old"
    return (Health.OK, seen, "") if hours < OLDEST_BACKUP_HOURS else (Health.WARN, seen, "learncraft backup create")


def _event_store(settings: Settings, database: Database | None) -> Iterator[Finding]:
    try:
        with open_event_store(settings) as store:
            yield Finding("event store", Health.OK, f"version {store.ping()}, schema applied")
            if database is not None and schema.current(database.engine) == schema.newest():
                yield _shipping(settings, shipping.status(database.engine, store))
    except LearnCraftError as error:
        yield Finding("event store", Health.FAIL, str(error), "Learning goes on without it; charts stand still.")


def _shipping(settings: Settings, found: Any) -> Finding:
    drifting = [check.batch_id for check in found.checks or () if check.drift]
    seen = f"{found.queued:,} events wait, the oldest for {found.lag_seconds:.1f} s"
    if drifting:
        mend = "Read the log, then keep the batches' numbers for a report."
        return Finding("events", Health.FAIL, f"batches {drifting} differ between the databases", mend)
    if found.queued and HomeLock(settings.home).is_free():
        return Finding("events", Health.WARN, seen, "learncraft serve ships them, or learncraft events ship.")
    if found.queued and found.lag_seconds > MOST_LAG_SECONDS:
        return Finding("events", Health.WARN, f"{seen}; {found.last_error or 'no error'}", "learncraft events status")
    return Finding("events", Health.OK, seen)


def _sandbox(settings: Settings) -> tuple[Health, str, str]:
    if not installing.is_installed():
        return Health.WARN, "not installed; programs of learners can't be run", INSTALL
    return Health.OK, f"Python of Pyodide {installing.version()}", ""


def _mail(settings: Settings) -> tuple[Health, str, str]:
    if settings.smtp_url is None:
        outbox = settings.home / "outbox"
        return Health.WARN, f"no mail server; messages are files in {outbox}", "Set LEARNCRAFT_SMTP_URL to send them."
    url = urlsplit(settings.smtp_url.get_secret_value())
    if url.scheme not in {"smtp", "smtps"} or not url.hostname:
        return Health.FAIL, "LEARNCRAFT_SMTP_URL is no mail server's", "Write smtp://user:password@host:587."
    place = f"{url.hostname}:{url.port or (465 if url.scheme == 'smtps' else 587)}"
    connect = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    try:
        with connect(url.hostname, int(place.rsplit(":", 1)[1]), timeout=ANSWER_SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Health.FAIL, f"{place} doesn't answer: {error}", "Check LEARNCRAFT_SMTP_URL and the way there."
    return Health.OK, f"{place} answers", ""
