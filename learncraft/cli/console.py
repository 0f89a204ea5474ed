"""How commands speak: tables and sentences for people, JSON for scripts, complaints on the other stream."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def print_json(data: Any) -> None:
    """Write data for a script: one JSON document on the standard output, nothing else."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n")
    sys.stdout.flush()


def complain(sentence: str) -> None:
    """Say what went wrong, on the stream for that."""
    err.print(f"[bold red]Error:[/] {_plain(sentence)}", soft_wrap=True)


def done(sentence: str) -> None:
    """Say what was done."""
    out.print(f"[green]✓[/] {_plain(sentence)}", soft_wrap=True)


def _plain(sentence: str) -> str:
    return sentence.replace("[", "\\[")


@contextmanager
def progress() -> Iterator[Callable[[str, float], None]]:
    """A bar for the length of the block; call what it gives with what is being done and the share done.

    On a stream that is no terminal only the end is shown.
    """
    columns = (SpinnerColumn(finished_text="[green]✓"), TextColumn("{task.description}"), BarColumn())
    with Progress(*columns, TimeElapsedColumn(), console=err) as bar:
        task = bar.add_task("Getting ready", total=1.0)
        yield lambda words, share: bar.update(task, description=words, completed=min(max(share, 0.0), 1.0))
