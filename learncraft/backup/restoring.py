"""The way back: a backup becomes a home again, beside the old one first, then in its place in one step."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from learncraft.analytics.rebuilding import forget_batches
from learncraft.backup import logical, physical, pool, wal
from learncraft.backup.creating import Report, silent
from learncraft.backup.errors import BackupError, LivingHomeError, UnreachableMomentError, of_the_disk
from learncraft.backup.manifest import Folder, Kind, Manifest
from learncraft.backup.verifying import check_parts
from learncraft.db import Database
from learncraft.settings import Settings
from learncraft.supervisor.errors import HomeInUseError
from learncraft.supervisor.exchange import CLEAR_EVENT_STORE, exchange
from learncraft.supervisor.locks import FileLock, HomeLock, taking_turns
from learncraft.supervisor.postgres import EmbeddedPostgres, end_servers_of

DRAFT = "restore.new"
_USERS_SECONDS = 5.0
_PARTS = ("postgres", "files", "event-store")


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    backup: str
    moment: datetime | None  # the state is that of this moment; None: all that was kept
    files: int
    missing_files: tuple[str, ...]  # named by rows, and in no backup
    aside: str | None  # where the old data is now


def choose(folder: Folder, settings: Settings, name: str | None, moment: datetime | None) -> Manifest:
    """The backup to begin with: the named one, or the newest that leads to the moment.

    Raises:
        BackupError: none does; the message says which moments can be reached.
    """
    if name is not None:
        backup = folder.find(name)
        if moment is not None and backup.finished_at > moment:
            raise UnreachableMomentError(
                f"The backup {name} was finished at {backup.finished_at:%Y-%m-%d %H:%M:%S %Z}, after the moment."
            )
        return backup
    backups = folder.all()
    if not backups:
        raise BackupError(f"There is no backup in {folder.path}. Name another folder with --from.")
    if moment is None:  # of the life that was lived last: a newer one may be of a life that a restore ended
        return next((backup for backup in reversed(backups) if _lives_on(folder, backup)), backups[-1])
    for backup in reversed(backups):
        if backup.finished_at <= moment and _leads_to(folder, backup, moment):
            return backup
    first = f"{backups[0].finished_at:%Y-%m-%d %H:%M:%S %Z}"
    raise UnreachableMomentError(f"No backup leads to {moment}. The earliest moment that can be reached is {first}.")


def _lives_on(folder: Folder, backup: Manifest) -> bool:
    if backup.wal is None:
        return True
    return wal.line_at(wal.folder_of(folder.path, backup.wal.system_identifier), None).holds(backup.wal)


def _leads_to(folder: Folder, backup: Manifest, moment: datetime) -> bool:
    if backup.wal is None or not backup.wal.is_archived:
        return False
    log = wal.folder_of(folder.path, backup.wal.system_identifier)
    return wal.line_at(log, moment).holds(backup.wal)


def restore(
    settings: Settings,
    folder: Folder,
    backup: Manifest,
    *,
    moment: datetime | None = None,
    is_alone: bool = False,
    force: bool = False,
    report: Report = silent,
) -> Restored:
    """Bring the state of a moment back; without one, all that was kept, or with `is_alone` the backup as it is.

    Nothing is changed before the restored data is complete beside the old one. The old data is moved aside.
    Events must then be shipped again: the event store begins empty, and equals PostgreSQL once that is done.

    Raises:
        LivingHomeError: there is a database already, and `force` was not given.
        HomeInUseError: a server or a command uses the home.
        BackupError: the backup is damaged, doesn't lead to the moment, or the disk is full.
    """
    now = datetime.now(UTC)
    if moment is not None and moment > now:
        raise UnreachableMomentError(f"The moment {moment} is yet to come.")
    if moment is not None and backup.kind == Kind.LOGICAL:
        raise UnreachableMomentError(
            f"The backup {backup.id} is a dump: it holds one moment, its own. Restore it by its name, without --to; "
            "going back to other moments is up to the server of LEARNCRAFT_DATABASE_URL."
        )
    with HomeLock(settings.home), folder.alone():
        if settings.database_url is None:
            _refuse_living(settings.home, force=force)
            with _nobody_inside(settings.home):
                pass  # a server that a kill left running must write no more: the end of its log is read
        elif backup.kind == Kind.PHYSICAL:
            raise BackupError(
                "This backup is of the embedded PostgreSQL. Unset LEARNCRAFT_DATABASE_URL to restore it, then move "
                "the data to the server with learncraft backup create and a dump."
            )
        report("Checking the backup", 0.0)
        check_parts(folder, backup)
        draft = settings.home / DRAFT
        physical.discard(draft)
        try:
            draft.mkdir(mode=0o700)
            missing, files = _build(settings, folder, backup, draft, moment, report, is_alone=is_alone)
            aside = _take_place(settings, backup, folder, draft, now, force=force)
        except OSError as error:
            raise of_the_disk(error, settings.home) from error
        finally:
            physical.discard(draft)
    until = backup.finished_at if is_alone or backup.kind == Kind.LOGICAL else moment
    return Restored(backup.id, until, files, missing, aside)


def _refuse_living(home: Path, *, force: bool) -> None:
    if (home / "postgres" / "PG_VERSION").exists() and not force:
        raise LivingHomeError(
            f"There is a database in {home}. Restore into another folder with --home, or add --force: the old data "
            "is moved aside, not deleted."
        )


def _build(
    settings: Settings,
    folder: Folder,
    backup: Manifest,
    draft: Path,
    moment: datetime | None,
    report: Report,
    *,
    is_alone: bool,
) -> tuple[tuple[str, ...], int]:
    """Make the restored home in the draft; a database of the operator's own comes last, when all else is there."""
    named: set[str] = set()
    if settings.database_url is None:
        report("Bringing back the database", 0.1)
        with _recovered(folder, backup, draft, moment, is_alone=is_alone) as database:
            with database.transaction() as session:
                if session.scalar(text("SELECT to_regclass('event_batches')")) is not None:
                    forget_batches(session.connection())
            named = _named_files(database)
        if backup.kind == Kind.PHYSICAL and settings.backups:
            physical.announce_timeline(draft / "postgres")
    report("Bringing back files", 0.7)
    missing, files = _bring_files(settings, folder, backup, draft / "files", named)
    (draft / CLEAR_EVENT_STORE).touch()
    return missing, files


@contextmanager
def _recovered(
    folder: Folder, backup: Manifest, draft: Path, moment: datetime | None, *, is_alone: bool
) -> Iterator[Database]:
    place = folder.of(backup)
    if backup.kind == Kind.LOGICAL:
        server = EmbeddedPostgres(draft)
        try:
            server.start()
            database = Database(server.url, pool_size=2)
            logical.load(place, database)
            yield database
            database.close()
        finally:
            server.stop()
        return
    assert backup.wal is not None
    log = wal.folder_of(folder.path, backup.wal.system_identifier)
    wal.stage(log, draft / "log", backup.wal)
    if not is_alone:
        wal.salvage(draft.parent / "postgres", draft / "log", backup.wal)
    line = wal.line_at(log, moment)
    number = line.number if line.holds(backup.wal) and not is_alone else backup.wal.timeline
    goal = physical.Goal(str(number), moment, is_copy_alone=is_alone)
    with physical.recovered(place, draft, draft / "log", goal) as database:
        yield database


def _named_files(database: Database) -> set[str]:
    with database.reading() as session:
        if session.scalar(text("SELECT to_regclass('uploaded_files')")) is None:
            return set()
        return set(session.scalars(text("SELECT storage_path FROM uploaded_files")))


def _bring_files(
    settings: Settings, folder: Folder, backup: Manifest, target: Path, named: set[str]
) -> tuple[tuple[str, ...], int]:
    """The backup's files, those copied after it, and what the old home still has of those that rows name."""
    kept = pool.kept(folder.files)
    wanted = {file.path: file.sha256 for file in folder.list_of(backup)}
    began = backup.started_at.timestamp()
    wanted |= {pool.place_of(sha256): sha256 for sha256, path in kept.items() if path.stat().st_mtime >= began}
    wanted |= {name: Path(name).name for name in named if name not in wanted}
    target.mkdir(mode=0o700)
    missing, files = [], 0
    for name, sha256 in sorted(wanted.items()):
        sources = [path for path in (kept.get(sha256), settings.files_dir / name) if path and path.is_file()]
        if any(pool.copy_checked(path, target / name, sha256) for path in sources):
            files += 1
        else:
            missing.append(name)
    return tuple(missing), files


def _take_place(
    settings: Settings, backup: Manifest, folder: Folder, draft: Path, now: datetime, *, force: bool
) -> str | None:
    """Put the restored data where the old was. Until here nothing has changed; from here on it can't fail halfway."""
    home = settings.home
    aside = f"before-restore-{now:%Y%m%dT%H%M%SZ}"
    with _nobody_inside(home):
        shutil.rmtree(draft / "log", ignore_errors=True)
        moved = None
        if settings.database_url is not None:
            moved = _load_into_server(settings, folder, backup, now, force=force)
        old = [name for name in _PARTS if (home / name).exists() and (name != "postgres" or not settings.database_url)]
        moves = [(name, f"{aside}/{name}") for name in old]
        moves += [(f"{DRAFT}/{name}", name) for name in _PARTS if (draft / name).exists()]
        if not (home / CLEAR_EVENT_STORE).exists():
            moves.append((f"{DRAFT}/{CLEAR_EVENT_STORE}", CLEAR_EVENT_STORE))
        exchange(home, moves)
    return str(home / aside) if old else moved


def _load_into_server(
    settings: Settings, folder: Folder, backup: Manifest, now: datetime, *, force: bool
) -> str | None:
    assert settings.database_url is not None
    database = Database(settings.database_url.get_secret_value(), pool_size=2)
    try:
        aside = logical.make_room(database, now, force=force)
        # Before the data, and not before the old has gone: whoever opens the store from now on empties it first.
        (settings.home / CLEAR_EVENT_STORE).touch()
        logical.load(folder.of(backup), database)
        with database.transaction() as session:
            forget_batches(session.connection())
    finally:
        database.close()
    return f"the schema {aside} of the database" if aside else None


@contextmanager
def _nobody_inside(home: Path) -> Iterator[None]:
    """Wait until no command uses the home's databases, end what a kill left running, and let nobody in.

    Raises:
        HomeInUseError: a command stays.
    """
    with ExitStack() as locks:
        users, owner = FileLock(home / "postgres.users"), FileLock(home / "event-store.owner")
        locks.callback(users.release)
        locks.callback(owner.release)
        if not users.wait_alone(_USERS_SECONDS) or not owner.wait_alone(_USERS_SECONDS):
            raise HomeInUseError(f"Another command uses the databases in {home}. Try again when it is done.")
        locks.enter_context(taking_turns(home / "postgres.lock"))  # after it: who leaves needs a turn, too
        end_servers_of((home / "postgres").resolve())
        yield
