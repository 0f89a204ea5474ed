"""`learncraft db`: the schema of the database."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from learncraft.cli import console
from learncraft.cli.options import HomeOption, JsonOption, settings_for

if TYPE_CHECKING:
    from learncraft.retention.archiving import Expired

app = typer.Typer(
    help="Bring the database to a version of the schema, check it, archive old months, fill it for a demo.",
    no_args_is_help=True,
)


@app.command()
def upgrade(
    revision: Annotated[str, typer.Argument(help="Where to: 'head' is the newest, or a number such as 0002.")] = "head",
    home: HomeOption = None,
) -> None:
    """Bring the schema up to date. `serve` does this by itself.

    Example: [bold]learncraft db upgrade[/]
    """
    from learncraft import schema
    from learncraft.supervisor.opening import open_database

    with open_database(settings_for(home), upgrade=False) as database:
        before = schema.current(database.engine)
        schema.upgrade(database.engine, revision)
        after = schema.current(database.engine)
    console.done(f"The schema is at {after}." if before == after else f"The schema went from {before} to {after}.")


@app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="Where to: a number such as 0001, -1 for one step back, or 'base'.")],
    home: HomeOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask first.")] = False,
) -> None:
    """Take the schema back. Data that only the newer schema can hold is lost.

    Example: [bold]learncraft db downgrade 0001[/]
    """
    from learncraft import schema
    from learncraft.supervisor.opening import open_database

    settings = settings_for(home)
    if not yes:
        typer.confirm("Data that only the newer schema can hold will be lost. Go on?", abort=True)
    with open_database(settings, upgrade=False) as database:
        schema.downgrade(database.engine, revision)
        after = schema.current(database.engine)
    console.done(f"The schema is at {after or 'base: the database is empty'}.")


@app.command()
def check(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Compare the database with what this version of LearnCraft needs; exit code 1 when they differ.

    Example: [bold]learncraft db check[/]
    """
    from learncraft import schema
    from learncraft.supervisor.opening import open_database

    with open_database(settings_for(home), upgrade=False) as database:
        found, needed = schema.current(database.engine), schema.newest()
        differences = schema.differences(database.engine) if found == needed else []
    if as_json:
        console.print_json({"revision": found, "newest": needed, "differences": differences})
    elif found != needed:
        console.complain(f"The schema is at {found or 'base'}, and {needed} is needed. Run learncraft db upgrade.")
    elif differences:
        console.complain("The database differs from the models: " + "; ".join(differences))
    else:
        console.done(f"The schema is at {found}, the newest, and agrees with the models.")
    if found != needed or differences:
        raise typer.Exit(1)


@app.command()
def scale(
    users: Annotated[int, typer.Option(min=20, help="How many people.")] = 100_000,
    enrollments: Annotated[int, typer.Option(min=1, help="How many places in courses they have.")] = 1_000_000,
    courses: Annotated[int, typer.Option(min=2, help="How many courses.")] = 2_000,
    lessons_per_course: Annotated[int, typer.Option(min=3, max=50, help="Lessons of a course on average.")] = 10,
    events: Annotated[bool, typer.Option("--events", help="Learning events too, for the event store.")] = False,
    seed: Annotated[int, typer.Option(help="The same number gives the same data.")] = 1,
    yes: Annotated[bool, typer.Option("--yes", help="Also into a database with other people's data.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fill the database with invented people, courses and years of progress, to measure with.

    Few courses have most of the learners. Take a home folder of its own: what is filled in isn't taken out again.

    Example: [bold]learncraft db scale --home /tmp/large --users 100000 --enrollments 1000000[/]
    """
    from learncraft.demo.scale import filling
    from learncraft.supervisor.opening import open_database

    size = filling.Size(users, enrollments, courses, lessons_per_course, events, seed)
    size.check()
    settings = settings_for(home)
    if not (settings.home / "postgres").exists():
        settings = settings.model_copy(update={"backups": False})  # gigabytes of log that nobody will want back
    with open_database(settings) as database, console.progress() as progress:
        if not yes and filling.belongs_to_people(database):
            raise filling.ScaleError(
                "This database holds other people's data, and invented data can't be taken out of it again. "
                "Name another folder with --home, or say --yes."
            )
        filled = filling.fill(database, size, progress=progress)
    if as_json:
        console.print_json(asdict(filled))
        return
    console.done(f"{sum(filled.rows.values()):,} rows, {filled.megabytes:,} MB, in {filled.seconds:,.0f} seconds.")


@app.command()
def seed(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Fill in the demo: courses, learners, 12 weeks of history, one account per role. Safe to repeat.

    Example: [bold]learncraft db seed[/]
    """
    from learncraft.cli.ready import accounts_table
    from learncraft.demo.seed import seed as fill
    from learncraft.supervisor.opening import open_database

    settings = settings_for(home)
    with open_database(settings) as database, console.progress() as progress:
        accounts = fill(database, settings, progress=progress)
    if as_json:
        console.print_json([account._asdict() for account in accounts])
    else:
        console.done("The demo is in place. Sign in with one of these accounts:")
        console.out.print(accounts_table(accounts))


@app.command()
def archive(
    table: Annotated[str | None, typer.Option(help="Only this table, such as audit_logs.")] = None,
    before: Annotated[
        str | None, typer.Option(help="All months before this one, such as 2026-01, whatever the retention.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be archived.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Move months whose time is over from the database to Parquet files. The server does this every night.

    Each file is read back and compared before its month is dropped.

    Example: [bold]learncraft db archive --dry-run[/]

    Example: [bold]learncraft db archive --table learning_events --before 2025-01[/]
    """
    from learncraft.retention import archiving, policy, thinning
    from learncraft.retention.archiving import Expired
    from learncraft.supervisor.opening import open_database

    limit = policy.month_of(before) if before else None
    chosen = policy.check_table(table) if table else None
    settings = settings_for(home)
    files: dict[str, str] = {}
    with open_database(settings) as database, console.progress() as progress:
        if not dry_run:
            archiving.sort_defaults(database, table=chosen)
        found = archiving.expired(database, settings, table=chosen, before=limit)
        going = [item.partition for item in found if item.stays is None]
        for number, partition in enumerate([] if dry_run else going):
            share = number / len(going)
            step = partial(_show, progress, share)
            made = archiving.archive(database, settings, partition, step=step)
            files[partition.name] = str(settings.archive_dir / partition.table / made.file)
        thinned = [] if limit else thinning.thinned(database, settings, table=chosen)
        for partition in [] if dry_run else thinned:
            if kept := thinning.thin(database, settings, partition, step=partial(_show, progress, 1.0)):
                files[partition.name] = str(settings.archive_dir / partition.table / kept.file)
        progress("Nothing is left to archive" if not dry_run else "Nothing was changed", 1.0)
    if as_json:
        console.print_json(
            [asdict(item.partition) | {"stays": item.stays, "file": files.get(item.partition.name)} for item in found]
            + [asdict(one) | {"stays": thinning.STAYS, "file": files.get(one.name)} for one in thinned]
        )
    elif found or thinned:
        console.out.print(_archived([*found, *(Expired(one, thinning.STAYS) for one in thinned)], files))
    else:
        console.done("No month is old enough to be archived.")


def _show(progress: Callable[[str, float], None], share: float, said: str) -> None:
    progress(said, share)


def _archived(found: list[Expired], files: dict[str, str]) -> Table:
    listing = Table(box=None, padding=(0, 3, 0, 0), show_edge=False)
    for heading in ("Month", "Rows, about", "What happens"):
        listing.add_column(heading, header_style="bold")
    for item in found:
        name = item.partition.name
        what = f"stays: {item.stays}" if item.stays else "archived"
        what += f" in {files[name]}" if name in files else ""
        listing.add_row(name, f"{item.partition.rows:,}", what)
    return listing


@app.command("restore-archive")
def restore_archive(
    file: Annotated[Path, typer.Argument(help="An archive, such as learning_events_2024_01.parquet.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring an archived month back into its table. Safe to repeat; the file stays where it is.

    Example: [bold]learncraft db restore-archive ~/archive/audit_logs/audit_logs_2024_01.parquet[/]
    """
    from learncraft.retention import restoring
    from learncraft.supervisor.opening import open_database

    with open_database(settings_for(home)) as database:
        found, added = restoring.restore(database, file)
    if as_json:
        console.print_json({"table": found.table, "month": found.month, "rows": found.rows, "added": added})
    elif added:
        console.done(f"{added:,} of {found.rows:,} rows are back in {found.table}, {found.month}.")
    else:
        console.done(f"All {found.rows:,} rows of {found.month} are in {found.table} already.")
