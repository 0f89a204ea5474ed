"""The figures as tables for a terminal, and as the guide docs/query-performance.md."""

from __future__ import annotations

import os
import platform
import re

import psutil
from rich.table import Table

from learncraft.bench.timing import Report, StatementTimes

HOTTEST = 10
SLOW_MS, NEVER_MS, MOST_QUERIES = 10.0, 50.0, 12
_FROM = re.compile(r"\b(?:FROM|INTO|UPDATE|JOIN)\s+(?:ONLY )?([a-z_]+)", re.I)

_GUIDE = """# Query performance

The ten statements that cost the pages most at {enrollments:,} enrollments, {users:,} people and {lessons:,} lessons,
as PostgreSQL {postgres} explains them: {machine}. The file is made by

```
learncraft db scale --home FOLDER
learncraft bench db --home FOLDER --plans docs/query-performance.md
```

Hot is what all its executions take together: how often pages ask it, times its median. `p50` and `p95` are measured
by asking again what the pages asked, with their own parameters, over a socket. The plan is that of the slowest of a
few executions; times in a plan are of the server alone.

How to read one: the innermost line runs first. `Index Scan` and `Index Only Scan` touch what they need. A `Seq Scan` is
right on a table of a few hundred rows and a mistake on one that grows. `Buffers: shared hit` counts pages of 8 KB, a
truer measure than time: it is the same on every machine. `Rows Removed by Filter` is work done for nothing.

"""


def machine() -> str:
    """The machine in words."""
    gib = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {gib:.0f} GiB, Python {platform.python_version()}"


def name_of(one: StatementTimes) -> str:
    """A statement in short: what it does to which tables."""
    verb = one.statement.lstrip().split(maxsplit=1)[0].upper()
    known = dict.fromkeys(name.lower() for name in _FROM.findall(one.statement))
    tables = [name for name in known if name not in {"lateral", "select", "unnest", "found", "picked", "best"}]
    return f"{verb} {', '.join(tables[:4]) or one.statement[:40].strip()}"


def cost(one: StatementTimes) -> float:
    """Milliseconds that the statement takes in one run of each of its pages."""
    return one.per_run * one.p50_ms * len(one.pages)


def tables(report: Report) -> list[Table]:
    """Pages first, then statements, the slowest first."""
    pages = Table("page", "runs", "queries", "SQL p50", "page p50", "page p95", box=None, padding=(0, 2, 0, 0))
    for page in report.pages:
        pages.add_row(
            page.page,
            str(page.runs),
            str(page.most_queries),
            f"{page.sql_p50_ms:.1f} ms",
            f"{page.p50_ms:.0f} ms",
            f"{page.p95_ms:.0f} ms",
        )
    statements = Table("statement", "pages", "p50", "p95", "max", "rows", "hit", "read", box=None, padding=(0, 2, 0, 0))
    for one in report.statements:
        statements.add_row(
            name_of(one),
            one.pages[0] + (f" +{len(one.pages) - 1}" if len(one.pages) > 1 else ""),
            f"{one.p50_ms:.2f}",
            f"{one.p95_ms:.2f}",
            f"{one.max_ms:.1f}",
            f"{one.rows:g}",
            f"{one.buffers_hit:g}",
            f"{one.buffers_read:g}",
        )
    return [pages, statements]


def summary(report: Report) -> str:
    """Whether the targets are met, in one sentence."""
    slow = [one for one in report.statements if one.max_ms > NEVER_MS]
    met = report.p95_ms < SLOW_MS and not slow and report.most_queries <= MOST_QUERIES
    return (
        f"{'Met' if met else 'Missed'}: 95 % of all queries in {report.p95_ms:.1f} ms (target {SLOW_MS:.0f}), "
        f"the slowest {report.max_ms:.0f} ms (target {NEVER_MS:.0f}), at most {report.most_queries} on a page "
        f"(target {MOST_QUERIES}). {report.machine}."
    )


def growth_table(reports: dict[int, Report]) -> Table:
    """The same statements at several sizes; the last column says how much slower the largest is than the smallest."""
    table = Table("p50 in ms at", *(f"{size:,}" for size in reports), "times", box=None, padding=(0, 2, 0, 0))
    last = list(reports.values())[-1]
    known = [{one.statement: one for one in report.statements} for report in reports.values()]
    for one in last.statements:
        if not all(one.statement in found for found in known):
            continue
        at = [found[one.statement].p50_ms for found in known]
        table.add_row(name_of(one), *(f"{value:.2f}" for value in at), f"{at[-1] / max(at[0], 0.01):.1f}")
    for name, at in (
        ("p95 of all", [report.p95_ms for report in reports.values()]),
        ("slowest of all", [report.max_ms for report in reports.values()]),
    ):
        table.add_row(name, *(f"{value:.2f}" for value in at), f"{at[-1] / max(at[0], 0.01):.1f}")
    return table


def guide(report: Report) -> str:
    """The page docs/query-performance.md."""
    known = report.rows
    text = _GUIDE.format(
        enrollments=known.get("enrollments", 0),
        users=known.get("users", 0),
        lessons=known.get("lessons", 0),
        postgres=report.postgres,
        machine=report.machine,
    )
    reads = [one for one in report.statements if one.is_read]
    hottest = sorted(reads, key=lambda one: -cost(one))[:HOTTEST]
    rows = "".join(
        f"| {place} | {name_of(one)} | {', '.join(one.pages[:3])}{' ...' if len(one.pages) > 3 else ''} "
        f"| {one.p50_ms:.2f} ms | {one.p95_ms:.2f} ms | {one.rows:g} | {one.buffers_hit:g} |\n"
        for place, one in enumerate(hottest, 1)
    )
    text += "| | what | asked by | p50 | p95 | rows | buffers |\n| --- | --- | --- | --- | --- | --- | --- |\n" + rows
    for place, one in enumerate(hottest, 1):
        text += f"\n## {place}. {name_of(one)}\n\n```sql\n{one.statement.strip()}\n```\n\n```\n{one.plan}\n```\n"
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
