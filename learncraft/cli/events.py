"""`learncraft events`: the way of learning events into the event store."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from learncraft.cli import console
from learncraft.cli.options import HomeOption, JsonOption, settings_for
from learncraft.demo.traffic import Target

if TYPE_CHECKING:
    from learncraft.analytics.shipping import ShippingStatus

app = typer.Typer(help="Ship learning events to the event store, and see how far that is.", no_args_is_help=True)


@app.command()
def ship(
    limit: Annotated[int, typer.Option(help="Most events of one batch.")] = 100_000,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send everything that waits, and return when it is there. `serve` does this all the time.

    Example: [bold]learncraft events ship[/]
    """
    from learncraft.analytics.shipping import ship_waiting
    from learncraft.supervisor.opening import open_runtime

    events = 0
    begun = time.perf_counter()
    with open_runtime(settings_for(home)) as runtime:
        while (shipped := ship_waiting(runtime.database.engine, runtime.store, max_events=limit)).events:
            events += shipped.events
    seconds = round(time.perf_counter() - begun, 1)
    if as_json:
        console.print_json({"events": events, "seconds": seconds, "other_shipper": shipped.busy})
    elif shipped.busy:
        console.done("A running server ships events already; there is nothing to do.")
    else:
        console.done(f"{events:,} events shipped in {seconds:,} seconds." if events else "No event waits.")


@app.command()
def rebuild(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Empty the event store and ship every event again, for example after a dump was restored by hand.

    The server must be stopped. PostgreSQL has all events, so nothing is lost.

    Example: [bold]learncraft events rebuild[/]
    """
    from learncraft.analytics.rebuilding import rebuild as make_anew
    from learncraft.analytics.rebuilding import ship_all
    from learncraft.supervisor.opening import open_runtime

    settings = settings_for(home)
    with open_runtime(settings) as runtime:
        make_anew(runtime.database, runtime.store, ttl_months=settings.events_ttl_months)
        events = ship_all(runtime.database, runtime.store)
    if as_json:
        console.print_json({"events": events})
    else:
        console.done(f"The event store is made anew: {events:,} events shipped.")


@app.command()
def reconcile(
    only_look: Annotated[bool, typer.Option("--only-look", help="Report what differs, change nothing.")] = False,
    every_batch: Annotated[bool, typer.Option("--all", help="Every batch, not only the latest 2,000.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count events by month and by batch in both databases, and make the months anew that differ.

    A running server does this every hour. The exit code is 1 when something differs and was not mended.

    Example: [bold]learncraft events reconcile --only-look[/]
    """
    from datetime import date

    from learncraft.analytics.reconciling import reconcile as compare
    from learncraft.retention import policy
    from learncraft.supervisor.opening import open_runtime

    settings = settings_for(home)
    since = policy.cutoff("learning_events", settings) or date(2000, 1, 1)
    with open_runtime(settings) as runtime:
        found = compare(
            runtime.database.engine,
            runtime.store,
            since=since,
            repair=not only_look,
            last_batches=None if every_batch else 2_000,
        )
    if as_json:
        console.print_json(asdict(found) | {"drifting": found.drifting})
    elif found.repaired:
        console.done("Made anew from PostgreSQL: " + ", ".join(f"{month:%Y-%m}" for month in found.repaired) + ".")
    elif found.drifting or found.batches:
        months = ", ".join(f"{check.month:%Y-%m} ({check.drift:+,})" for check in found.months if check.drift)
        console.complain(f"{len(found.batches)} batches differ; months that differ: {months or 'none'}.")
    else:
        console.done(f"{len(found.months)} months and {found.batches_checked} batches agree.")
    if (found.drifting or found.batches) and not found.repaired:
        raise typer.Exit(1)


@app.command()
def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show what waits, how old the charts are, and whether both databases hold the same events.

    The exit code is 1 when a recent batch differs between them.

    Example: [bold]learncraft events status --json[/]
    """
    from learncraft.analytics import shipping
    from learncraft.supervisor.opening import open_runtime

    with open_runtime(settings_for(home)) as runtime:
        found = shipping.status(runtime.database.engine, runtime.store)
    drifting = [check for check in found.checks or () if check.drift]
    if as_json:
        console.print_json(asdict(found) | {"drifting_batches": [check.batch_id for check in drifting]})
    else:
        console.out.print(_table(found, len(drifting)))
    if drifting or found.checks is None:
        raise typer.Exit(1)


@app.command()
def generate(
    events: Annotated[
        int, typer.Option(min=1, help="How many events; 100000000 takes minutes and some GB.")
    ] = 10_000_000,
    store: Annotated[Target, typer.Option(help="Where they go.")] = Target.BOTH,
    days: Annotated[int, typer.Option(min=2, help="Over how many days until now.")] = 365,
    courses: Annotated[int, typer.Option(min=1, help="Courses, where the database has none.")] = 200,
    learners: Annotated[int, typer.Option(min=1, help="Learners, where the database has none.")] = 50_000,
    seed: Annotated[int, typer.Option(help="The same number gives the same events.")] = 1,
    yes: Annotated[bool, typer.Option("--yes", help="Also into a database with other people's data.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fill both stores with invented events, to measure with: few large courses, evenings, people who stop.

    They happen in the courses and to the people of the database, such as `db scale` makes; without any, both are made
    up. The server must be stopped. Take a home folder of its own: what is filled in isn't taken out again.

    Example: [bold]learncraft events generate --home /tmp/large --events 10000000 --store both[/]
    """
    from learncraft.demo.scale import filling
    from learncraft.demo.traffic.generating import Order
    from learncraft.demo.traffic.generating import generate as fill
    from learncraft.demo.traffic.world import Size
    from learncraft.supervisor.opening import open_runtime

    order = Order(events, days, seed, store, Size(courses, learners))
    with open_runtime(settings_for(home)) as runtime, console.progress() as progress:
        if not yes and filling.belongs_to_people(runtime.database):
            raise filling.ScaleError(
                "This database holds other people's data, and invented events can't be taken out of it again. "
                "Name another folder with --home, or say --yes."
            )
        made = fill(order, database=runtime.database, store=runtime.store, progress=progress)
    if as_json:
        console.print_json(asdict(made) | {"per_second": made.per_second})
    else:
        console.done(f"{made.events:,} events in {made.seconds:,.0f} seconds: {made.per_second:,} a second.")


def _table(found: ShippingStatus, drifting: int) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 3, 0, 0))
    rows = {
        "Events that wait": f"{found.queued:,}",
        "Oldest of them": f"{found.lag_seconds:.1f} s" if found.queued else "none",
        "Charts show all until": f"{found.shipped_until:%Y-%m-%d %H:%M:%S %Z}",
        "Sent, not confirmed": f"{found.unacknowledged:,} batches",
        "Refused and kept aside": f"{found.quarantined:,} events",
        "Recent batches that differ": "the event store doesn't answer" if found.checks is None else str(drifting),
        "Last error": found.last_error or "none",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table
