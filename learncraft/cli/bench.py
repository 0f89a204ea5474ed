"""`learncraft bench`: figures of this installation."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from learncraft.cli import console
from learncraft.cli.options import HomeOption, JsonOption, settings_for
from learncraft.errors import InvalidInputError

if TYPE_CHECKING:
    from learncraft.bench.charts import ChartReport
    from learncraft.bench.timing import Report
    from learncraft.settings import Settings

CHUNKS = (10_000, 100_000)  # for the tutor
COURSES = 200  # that they are spread over
SIZES = (10_000, 100_000, 1_000_000)  # enrollments, for --growth
EVENTS = (1_000_000, 10_000_000, 100_000_000)

app = typer.Typer(help="Measure this installation.", no_args_is_help=True)


@app.command()
def db(
    each: Annotated[int, typer.Option(min=1, help="Visits of each page.")] = 20,
    growth: Annotated[
        bool, typer.Option("--growth", help="Fill databases of 10,000, 100,000 and 1,000,000 enrollments; compare.")
    ] = False,
    plans: Annotated[
        Path | None, typer.Option(help="Write the guide to the ten hottest queries, with their plans, to this file.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Also on a database with other people's data.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open every page as every role, write down what it asks of the database, and time that.

    The pages write what they always write: visits, progress, searches. Fill a database for it with `db scale`.

    Example: [bold]learncraft bench db --home /tmp/large --json[/]
    """
    from learncraft.bench import report

    if growth:
        found = {size: _grown(size, each) for size in SIZES}
        if as_json:
            console.print_json({size: asdict(one) for size, one in found.items()})
        else:
            console.out.print(report.growth_table(found))
        return
    measured = _measure(settings_for(home), each, yes=yes)
    if plans is not None:
        plans.write_text(report.guide(measured), encoding="utf-8")
    if as_json:
        console.print_json(asdict(measured))
    else:
        for table in report.tables(measured):
            console.out.print(table)
        console.out.print(report.summary(measured))


@app.command()
def tutor(
    sets: Annotated[
        Path | None,
        typer.Option(
            help="Folder with question sets (xquad-en, chunking-eval). Without it only speed is measured.",
            envvar="LEARNCRAFT_QUESTION_SETS",
        ),
    ] = None,
    size: Annotated[list[int] | None, typer.Option(min=COURSES, help="Chunks to search among; repeat it.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how well and how fast the tutor finds and answers, in a database made for it.

    The model for vectors is the one of the settings.

    Example: [bold]learncraft bench tutor --sets ~/question-sets --json[/]
    """
    from learncraft.bench import tutor as bench
    from learncraft.supervisor.opening import open_database
    from learncraft.tutor import embedding

    if sets is not None and not sets.is_dir():
        raise InvalidInputError(f"There is no folder {sets}.")
    with tempfile.TemporaryDirectory(prefix="learncraft-bench-") as folder, console.progress() as progress:
        settings = settings_for(Path(folder))
        with open_database(settings) as database:
            embedder = embedding.of(settings)
            found = bench.measure(database, embedder, sets=sets, sizes=size or CHUNKS, progress=progress)
    if as_json:
        console.print_json(asdict(found))
        return
    for table in bench.tables(found):
        console.out.print(table)


@app.command()
def exam(
    learners: Annotated[int, typer.Option(min=1, max=2000, help="Learners who write at once.")] = 200,
    seconds: Annotated[float, typer.Option(min=5, help="How long they write.")] = 60,
    as_json: JsonOption = False,
) -> None:
    """Hold a timed exam that many take at once: what a save takes, and whether an answer is lost.

    The server, its database and the learners are made for it in a folder of their own. The exit code is 1 when an
    answer was lost or the target is missed.

    Example: [bold]learncraft bench exam --learners 200 --seconds 60 --json[/]
    """
    from learncraft.bench import exam as bench
    from learncraft.web.cookies import SESSION_COOKIES

    with console.progress() as progress:
        found = bench.measure(learners, seconds, SESSION_COOKIES[-1], progress)
    if as_json:
        console.print_json(asdict(found))
    else:
        console.out.print(bench.table(found))
    if not found.is_good:
        raise typer.Exit(1)


@app.command()
def analytics(
    events: Annotated[
        int | None, typer.Option(min=1_000, help="Measure a store of so many made-up events in a folder of its own.")
    ] = None,
    growth: Annotated[
        bool, typer.Option("--growth", help="Fill a store with 1, 10 and 100 million events; compare.")
    ] = False,
    ship: Annotated[
        int, typer.Option(min=0, help="Events that are recorded and shipped to measure the rate.")
    ] = 200_000,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Time every chart, for the largest course and for all courses, cold and warm; and how events come in.

    Without --events it asks the event store of the installation, and only reads there. Shipping and made-up events
    have a folder of their own, which is removed afterwards.

    Example: [bold]learncraft bench analytics --events 10000000 --json[/]
    """
    from learncraft.bench import chart_report

    found = _charts_of(settings_for(home), EVENTS if growth else (events,), ship)
    if as_json:
        console.print_json({one.store.events: asdict(one) for one in found} if growth else asdict(found[0]))
        return
    for one in found:
        console.out.print(chart_report.table(one))
        console.out.print(chart_report.summary(one))
    if growth:
        console.out.print(chart_report.growth_table(found))


def _charts_of(settings: Settings, sizes: Sequence[int | None], ship: int) -> list[ChartReport]:
    """A report for each number of events; None is the installation's own store."""
    from learncraft.bench import charts, filling, report
    from learncraft.supervisor.opening import open_event_store, open_runtime

    found = []
    with tempfile.TemporaryDirectory(prefix="learncraft-bench-") as folder, console.progress() as progress:
        own = settings_for(Path(folder))
        rate = lag = None
        if ship:
            progress("Shipping events", 0.0)
            with open_runtime(settings_for(Path(folder) / "shipping")) as here:
                rate, lag = filling.ship(here, ship), filling.lag(here)
        for size in sizes:
            with open_event_store(settings if size is None else own) as store:
                if size is not None:
                    filling.fill(store, size, progress=lambda share: progress("Making events", share))
                times = charts.time_charts(store, progress=progress)
                found.append(
                    charts.ChartReport(
                        machine=report.machine(),
                        engine=store.ping(),
                        store=charts.storage(store),
                        course_p95_ms=charts.p95(times, charts.COURSE),
                        all_p95_ms=charts.p95(times, charts.ALL),
                        page_ms=charts.page_ms(store),
                        charts=tuple(times),
                        shipped_per_second=rate,
                        lag_p95_seconds=lag,
                    )
                )
    return found


def _grown(enrollments: int, each: int) -> Report:
    from learncraft.demo.scale import filling
    from learncraft.supervisor.opening import open_database

    size = filling.Size(
        users=enrollments // 10, enrollments=enrollments, courses=max(50, enrollments // 500), lessons_per_course=10
    )
    with tempfile.TemporaryDirectory(prefix="learncraft-bench-") as folder:
        settings = settings_for(Path(folder)).model_copy(update={"backups": False})
        with open_database(settings) as database, console.progress() as progress:
            filling.fill(database, size, progress=progress)
        return _measure(settings, each, yes=True)


def _measure(settings: Settings, each: int, *, yes: bool) -> Report:
    from learncraft import runtime
    from learncraft.bench import report, timing
    from learncraft.bench.recording import Recorder
    from learncraft.bench.visits import Guests, choose
    from learncraft.demo.scale import filling
    from learncraft.supervisor.opening import open_runtime
    from learncraft.web import page_visits

    with open_runtime(settings) as here, console.progress() as progress:
        if not yes and filling.belongs_to_people(here.database):
            raise filling.ScaleError("This database holds other people's data, and the bench would visit as them.")
        runtime.use(here)
        guests, recorder = Guests(here.database), Recorder(here.database)
        try:
            progress("Choosing visits", 0.0)
            with here.database.transaction() as session:
                visits = choose(session, guests, each=each)
            page_visits.make(
                visits,
                recorder,
                progress=lambda page: progress(f"Opening pages: {page}", 0.7 * len(recorder.runs) / len(visits)),
            )
            statements, everything = timing.time_statements(
                here.database, recorder.runs, progress=lambda share: progress("Timing statements", 0.7 + 0.3 * share)
            )
        finally:
            guests.leave()
            runtime.use(None)
        progress("Done", 1.0)
        return timing.Report(
            measured_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            machine=report.machine(),
            postgres=here.database.ping(),
            rows=timing.counts(here.database),
            p50_ms=timing.percentile(everything, 0.5),
            p95_ms=timing.percentile(everything, 0.95),
            max_ms=round(max(everything), 2),
            most_queries=max(len(run.said) for run in recorder.runs),
            pages=tuple(timing.time_pages(recorder.runs)),
            statements=tuple(statements),
        )
