"""`learncraft import`: a course archive becomes a course."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from learncraft.cli import console
from learncraft.cli.options import HomeOption, JsonOption, settings_for
from learncraft.errors import InvalidInputError

if TYPE_CHECKING:
    from learncraft.interchange.document import ReportItem
    from learncraft.interchange.service import ImportResult

REPORT_FORMATS = (".json", ".csv")
SHOWN_PROBLEMS = 20


def import_course(
    path: Annotated[Path, typer.Argument(help="An OLX archive (.tar.gz, .zip) or an unpacked folder.")],
    instructor: Annotated[str | None, typer.Option(help="E-mail address of the course's owner.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report; change nothing.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write every item to this file, .json or .csv.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring a course in, or bring an imported one up to date. Importing twice updates; it never doubles.

    The report names every item of the archive: imported, converted (how), or skipped (why).

    Example: [bold]learncraft import course.tar.gz --instructor ada@example.org[/]

    Example: [bold]learncraft import course.tar.gz --dry-run --report report.csv[/]
    """
    from learncraft.interchange import service
    from learncraft.supervisor.opening import open_database

    if not path.exists():
        raise InvalidInputError(f"There is no file {path}.")
    if report is not None and report.suffix.lower() not in REPORT_FORMATS:
        raise InvalidInputError(f"A report is a .json or a .csv file, and {report.name} is neither.")
    settings = settings_for(home)
    with open_database(settings) as database:
        result = service.import_course(database, settings, path, instructor_email=instructor, dry_run=dry_run)
    if report is not None:
        _write(report, result.report)
    if as_json:
        console.print_json(_as_data(result, dry_run=dry_run))
    else:
        _show(result, dry_run=dry_run, report=report)


def _as_data(result: ImportResult, *, dry_run: bool) -> dict[str, Any]:
    return {
        "course_id": result.course_id,
        "title": result.title,
        "slug": result.slug,
        "created": result.created,
        "dry_run": dry_run,
        "report": [asdict(item) for item in result.report],
    }


def _show(result: ImportResult, *, dry_run: bool, report: Path | None) -> None:
    counted = Counter((item.kind, str(item.outcome)) for item in result.report)
    outcomes = sorted({outcome for _, outcome in counted})
    table = Table(title=f"{len(result.report)} items of {result.title}", title_justify="left")
    table.add_column("Kind")
    for outcome in outcomes:
        table.add_column(outcome, justify="right")
    for kind in sorted({kind for kind, _ in counted}):
        table.add_row(kind, *(str(counted[kind, outcome] or "") for outcome in outcomes))
    console.out.print(table)
    skipped = [item for item in result.report if str(item.outcome) == "skipped"]
    for item in skipped[:SHOWN_PROBLEMS]:
        console.out.print(f"  [yellow]skipped[/] {item.kind} {item.title or item.path}: {item.detail}", markup=True)
    if len(skipped) > SHOWN_PROBLEMS:
        console.out.print(f"  and {len(skipped) - SHOWN_PROBLEMS} more; --report FILE writes them all.")
    if report is not None:
        console.out.print(f"Every item is in {report}.", soft_wrap=True)
    if dry_run:
        console.done(f"{result.title} can be imported. Nothing was changed: this was a dry run.")
    else:
        console.done(f"{result.title} was {'imported' if result.created else 'brought up to date'} ({result.slug}).")


def _write(path: Path, items: Sequence[ReportItem]) -> None:
    rows = [asdict(item) for item in items]
    if path.suffix.lower() == ".json":
        path.write_text(json.dumps(rows, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else ["kind"])
        writer.writeheader()
        writer.writerows(rows)
