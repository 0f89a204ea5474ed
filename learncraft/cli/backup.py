"""`learncraft backup`: copies of everything, and the way back to any moment."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from learncraft.cli import console
from learncraft.cli.options import HomeOption, JsonOption, settings_for
from learncraft.errors import InvalidInputError

if TYPE_CHECKING:
    from learncraft.backup.manifest import Folder, Manifest
    from learncraft.backup.restoring import Restored
    from learncraft.settings import Settings

app = typer.Typer(help="Make, check, list and remove backups, and go back to any moment.", no_args_is_help=True)

FolderOption = Annotated[
    Path | None,
    typer.Option("--in", help="Folder of the backups.", show_default="LEARNCRAFT_BACKUP_DIR, else in the home folder"),
]


@app.command()
def create(
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", help="Folder of the backups.", show_default="LEARNCRAFT_BACKUP_DIR, or in the home folder"
        ),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a full backup of the database and the files. A running server goes on meanwhile.

    Events need no copy: they are in the database, and the event store is made from it.

    Example: [bold]learncraft backup create[/]

    Example: [bold]learncraft backup create --to /mnt/backups[/]
    """
    from learncraft.backup import creating
    from learncraft.supervisor.opening import open_database

    settings = settings_for(home)
    folder = _folder(settings, to)
    creating.check_place(settings, folder)
    with console.progress() as progress, open_database(settings) as database:
        made = creating.create(settings, database, folder, progress)
    if as_json:
        console.print_json(_summary(folder, made))
        return
    took = (made.finished_at - made.started_at).total_seconds()
    console.done(f"Backup {made.id}: {_size(made.bytes)}, {made.files:,} files, {took:.1f} s, in {folder.path}.")
    if made.damaged_files:
        console.complain(f"These files were damaged already: {', '.join(made.damaged_files)}.")


@app.command()
def verify(
    name: Annotated[
        str | None, typer.Argument(metavar="[BACKUP]", help="Which one.", show_default="the newest")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All backups.")] = False,
    deep: Annotated[bool, typer.Option("--deep", help="Start the database from it, and read every row.")] = False,
    place: FolderOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check that every file is what it was. The exit code is 1 when one isn't; it is named.

    Example: [bold]learncraft backup verify --deep[/]
    """
    from learncraft.backup.errors import BackupError
    from learncraft.backup.verifying import verify as check

    folder = _folder(settings_for(home), place)
    backups = folder.all()
    if name is not None:
        backups = [folder.find(name)]
    elif not every:
        backups = backups[-1:]
    broken = folder.damaged() if name is None else []
    if not backups and not broken:
        raise BackupError(f"There is no backup in {folder.path}. learncraft backup create makes one.")
    verdicts = []
    for backup in backups:
        with console.progress() as progress:
            verdicts.append(check(folder, backup, deep=deep, report=progress))
    if as_json:
        from dataclasses import asdict

        console.print_json({"checked": [asdict(verdict) for verdict in verdicts], "without_manifest": broken})
    for verdict in () if as_json else verdicts:
        for sentence in verdict.damaged:
            console.complain(sentence)
        for sentence in verdict.warnings:
            console.err.print(sentence, soft_wrap=True, markup=False)
        if verdict.is_good:
            read = f", {verdict.rows:,} rows read" if verdict.rows is not None else ""
            console.done(f"Backup {verdict.backup} is whole: {verdict.checked:,} files checked{read}.")
    for damaged in () if as_json else broken:
        console.complain(f"{folder.path / damaged / 'manifest.json'} is damaged, so that backup can't be used.")
    if broken or not all(verdict.is_good for verdict in verdicts):
        raise typer.Exit(1)


@app.command(name="list")
def list_them(place: FolderOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show the backups, and from when to when any moment can be gone back to.

    Example: [bold]learncraft backup list --json[/]
    """
    folder = _folder(settings_for(home), place)
    backups = [_summary(folder, backup) for backup in folder.all()]
    if as_json:
        console.print_json({"folder": str(folder.path), "backups": backups, "damaged": folder.damaged()})
        return
    table = Table(box=None, padding=(0, 3, 0, 0))
    for heading in ("Backup", "Finished", "Database", "Size", "Files", "Any moment until"):
        right = heading in {"Size", "Files"}
        table.add_column(
            heading, header_style="bold", justify="right" if right else "left", no_wrap=heading == "Backup"
        )
    for row in backups:
        kind = f"{row['kind']}, PostgreSQL {row['postgres']}"
        until = f"{row['until']:%Y-%m-%d %H:%M:%S %Z}" if row["until"] else "its own only"
        finished = f"{row['finished_at']:%Y-%m-%d %H:%M:%S %Z}"
        table.add_row(str(row["id"]), finished, kind, _size(row["bytes"]), f"{row['files']:,}", until)
    console.out.print(table if backups else f"There is no backup in {folder.path} yet.", soft_wrap=True)
    for damaged in folder.damaged():
        console.complain(f"{folder.path / damaged / 'manifest.json'} is damaged, so that backup can't be used.")


@app.command()
def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    place: FolderOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove what is too old: kept are 30 days, then one of each of 12 weeks and 12 months, or as you set it.

    The last good backup stays, whatever its age.

    Example: [bold]learncraft backup prune --dry-run[/]
    """
    from dataclasses import asdict

    from learncraft.backup import pruning

    settings = settings_for(home)
    folder = _folder(settings, place)
    done = pruning.prune(folder, datetime.now(UTC), pruning.Rules.of(settings), dry_run=dry_run)
    if as_json:
        console.print_json(asdict(done) | {"dry_run": dry_run})
        return
    would = "would be removed" if dry_run else "removed"
    console.done(
        f"{len(done.backups)} backups, {done.files} files and {done.log_files} files of the log {would} "
        f"({_size(done.bytes)}); {len(done.kept)} backups stay."
    )
    for name in done.backups:
        console.out.print(f"  {name}")


@app.command()
def restore(
    name: Annotated[str | None, typer.Argument(metavar="[BACKUP]", help="As it was when this one ended.")] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="MOMENT", help='Such as "2026-11-20 14:05:00+00", with its zone.')
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also when there is data: it is moved aside.")] = False,
    place: Annotated[
        Path | None,
        typer.Option(
            "--from", help="Folder of the backups.", show_default="LEARNCRAFT_BACKUP_DIR, or in the home folder"
        ),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring back a moment, a backup as it was, or without either all that was kept. The server must be stopped.

    Example: [bold]learncraft backup restore --to "2026-11-20 14:05:00+00" --force[/]
    """
    from learncraft.backup import restoring

    settings = settings_for(home)
    folder = _folder(settings, place)
    moment = _moment(to) if to else None
    with console.progress() as progress:
        backup = restoring.choose(folder, settings, name, moment)
        alone = name is not None and moment is None
        done = restoring.restore(settings, folder, backup, moment=moment, is_alone=alone, force=force, report=progress)
        progress("Shipping events to the event store", 0.9)
        events = _ship(settings)
        progress("Restored", 1.0)
    _tell(done, events, as_json=as_json)


def _ship(settings: Settings) -> int | None:
    """Fill the event store from the restored database; None when it doesn't answer, and a server does it later."""
    from learncraft.analytics.errors import EventStoreUnavailable
    from learncraft.analytics.rebuilding import ship_all
    from learncraft.supervisor.opening import open_runtime

    try:
        with open_runtime(settings) as runtime:
            return ship_all(runtime.database, runtime.store)
    except EventStoreUnavailable:
        return None


def _tell(done: Restored, events: int | None, *, as_json: bool) -> None:
    if as_json:
        from dataclasses import asdict

        console.print_json(asdict(done) | {"events": events})
        return
    state = f"The state of {done.moment}" if done.moment else "All that was kept"
    console.done(f"{state} is back, from backup {done.backup}: {done.files:,} files, {events or 0:,} events shipped.")
    if done.aside:
        console.out.print(f"The old data is in {done.aside}. Remove it when nobody misses it.", soft_wrap=True)
    if events is None:
        console.err.print("The event store doesn't answer. The server ships the events when it does.")
    if done.missing_files:
        names = ", ".join(done.missing_files[:5])
        console.complain(f"{len(done.missing_files)} files are in no backup, among them {names}.")


def _folder(settings: Settings, given: Path | None) -> Folder:
    from learncraft.backup.manifest import Folder

    return Folder(given.expanduser().resolve() if given else settings.backups_dir)


def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidInputError(f'--to {written!r} is no moment with a time zone. Write "2026-11-20 14:05:00+00".')
    return moment.astimezone(UTC)


def _summary(folder: Folder, backup: Manifest) -> dict[str, object]:
    from learncraft.backup import wal

    until = gap = None
    if backup.wal is not None and backup.wal.is_archived:
        found = wal.reach(wal.folder_of(folder.path, backup.wal.system_identifier), backup.wal)
        until, gap = found.until, found.gap_after
    return backup.model_dump(exclude={"parts"}) | {"bytes": backup.bytes, "until": until, "gap_after": gap}


def _size(count: object) -> str:
    return f"{int(str(count)) / 1e6:,.1f} MB"
