"""What the person in front of the terminal reads once LearnCraft answers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from learncraft.cli import console
from learncraft.settings import Settings
from learncraft.supervisor.locks import HomeLock, Serving

if TYPE_CHECKING:
    from learncraft.demo.seed import DemoAccount

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds the server."""
    shown = EVERYWHERE.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def announce(lock: HomeLock, settings: Settings, accounts: Sequence[DemoAccount]) -> None:
    """Print the address and the accounts of the demo, and tell other commands that we answer."""
    here = address(settings.host, settings.port)
    lock.announce(Serving(os.getpid(), settings.host, settings.port, here))
    shown = settings.base_url or here
    lines: list[Any] = [Text.assemble("Open ", (shown, f"bold cyan link {shown}"), " in a browser.")]
    if accounts:
        lines += [Text(), Text("Sign in with one of the demo accounts:"), accounts_table(accounts)]
    lines += [Text(), Text.assemble(("Data in ", "dim"), (str(settings.home), "dim"))]
    lines += [Text("Ctrl-C stops everything.", style="dim")]
    panel = Panel(
        Group(*lines), title=f"{settings.site_name} is running", border_style="green", expand=False, padding=(1, 2)
    )
    console.out.print(panel)


def accounts_table(accounts: Sequence[DemoAccount]) -> Table:
    """The demo accounts, one a line."""
    table = Table(box=None, padding=(0, 3, 0, 0), show_edge=False)
    for heading in ("Role", "E-mail", "Password"):
        table.add_column(heading, header_style="bold")
    for account in accounts:
        table.add_row(account.role.replace("_", " "), account.email, account.password)
    return table
