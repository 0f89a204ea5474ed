"""`learncraft db`: the schema of the database."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from learncraft.cli import console
from learncraft.cli.options import HomeOption, JsonOption, settings_for

app = typer.Typer(
    help="Bring the database to a version of the schema, check it, fill it for a demo.", no_args_is_help=True
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
    with open_database(settings_for(home)) as database, console.progress() as progress:
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
