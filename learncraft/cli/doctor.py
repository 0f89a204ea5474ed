"""`learncraft doctor`: is everything well, and if not, what to do."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer
from rich.markup import escape
from rich.table import Table

from learncraft.cli import console
from learncraft.cli.options import HomeOption, JsonOption, settings_for

if TYPE_CHECKING:
    from learncraft.supervisor.diagnosis import Finding

SIGNS = {"ok": "[green]✓ ok[/]", "warn": "[yellow]! warn[/]", "fail": "[bold red]✗ fail[/]"}


def doctor(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check every part, and say what is wrong and how to mend it. Exit code 1 when something fails.

    Works beside a running server and without one; it changes nothing.

    Example: [bold]learncraft doctor[/]

    Example: [bold]learncraft doctor --json[/]
    """
    from learncraft.supervisor.diagnosis import examine

    findings = list(examine(settings_for(home)))
    well = all(finding.health != "fail" for finding in findings)
    if as_json:
        console.print_json({"ok": well, "checks": [asdict(finding) for finding in findings]})
    else:
        console.out.print(_table(findings))
    if not well:
        raise typer.Exit(1)


def _table(findings: list[Finding]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for finding in findings:
        mend = f"\n[dim]→ {escape(finding.mend)}[/]" if finding.mend else ""
        table.add_row(SIGNS[finding.health], finding.part, escape(finding.seen) + mend)
    return table
