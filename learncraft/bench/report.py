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

The ten statements that cost the pages most, as PostgreSQL explains them. They are not chosen by hand: `bench db` opens
every page as every role, writes down what it asks of the database, and times that. This file is what it wrote:

```
learncraft db scale --home FOLDER
learncraft bench db --home FOLDER --plans docs/query-performance.md
```

| | |
| --- | --- |
| measured | {measured_at} |
| machine | {machine} |
| PostgreSQL | {postgres} |
| data | {rows} |
| all statements | p50 {p50} ms, p95 {p95} ms, the slowest {slowest} ms; targets: p95 under 10, none over 50 |
| queries of a page | {most} at most; target: 12 |

Hot is what all its executions take together: how often pages ask it, times its median. `p50` and `p95` are measured
by asking again what the pages asked, with their own parameters, over a socket. The plan is that of the slowest of a
few executions; times in a plan are of the server alone.

## How to read a plan

- The innermost line runs first. What a line takes includes the lines below it; `loops` says how often it ran.
- `Index Scan` and `Index Only Scan` touch what they need. A `Seq Scan` is right on a table of a few hundred rows and a
  mistake on one that grows.
- `rows` twice: what the planner expected, and what came. A factor of 100 between them is a cause of bad plans.
- `Buffers: shared hit` counts pages of 8 KB: a truer measure than time, since it is the same on every machine. `read`
  came from the disk.
- `Rows Removed by Filter` is work done for nothing. `Sort Method: external merge` is a sort that went to the disk.

## What to do when it is slow

1. Find what is slow. `bench db` on a copy shows statements by their p95. On a living server, have PostgreSQL log what
   takes long: `ALTER SYSTEM SET log_min_duration_statement = '50ms'`, then `SELECT pg_reload_conf()`.
2. See what it does: `EXPLAIN (ANALYZE, BUFFERS)` before the statement, with parameters of the slow case.
3. Expected and actual rows differ by far: `ANALYZE` the table. If that helps until the next time, have autovacuum come
   earlier for that table (`autovacuum_analyze_scale_factor`).
4. A filter throws most rows away: an index on what is filtered by, partial where the condition is always the same. Add
   it as CONTRIBUTING.md says, and look at the plan again: an index that is not used costs each write for nothing.
5. Many buffers for few rows: the row is wide, or the index has grown. A narrow table beside it as `course_listings` is,
   or `REINDEX INDEX CONCURRENTLY`.
6. The statement is quick, and the page asks it often: ask once for all rows. `tests/pages` counts each page's queries.
7. Everything is slow at once: look for waiting (`SELECT * FROM pg_stat_activity WHERE wait_event_type = 'Lock'`), for a
   backup or an archive that runs (the page Jobs), for memory (`shared_buffers`), then for the disk.

## The ten hottest

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
    """The same statements at several sizes, by time and by buffers, which no other work on the machine can change."""
    sizes = [f"{size:,}" for size in reports]
    headings = ["p50 in ms at", *sizes, "times", f"buffers at {sizes[0]}", f"at {sizes[-1]}", "times"]
    table = Table(*headings, box=None, padding=(0, 2, 0, 0))
    known = [{one.statement: one for one in report.statements} for report in reports.values()]
    for one in list(reports.values())[-1].statements:
        if not all(one.statement in found for found in known):
            continue
        at = [found[one.statement] for found in known]
        buffers = [found.buffers_hit + found.buffers_read for found in at]
        table.add_row(
            name_of(one),
            *(f"{found.p50_ms:.2f}" for found in at),
            f"{at[-1].p50_ms / max(at[0].p50_ms, 0.01):.1f}",
            f"{buffers[0]:g}",
            f"{buffers[-1]:g}",
            f"{buffers[-1] / max(buffers[0], 1):.1f}",
        )
    for name, times in (
        ("p50 of all", [report.p50_ms for report in reports.values()]),
        ("p95 of all", [report.p95_ms for report in reports.values()]),
        ("slowest of all", [report.max_ms for report in reports.values()]),
    ):
        table.add_row(name, *(f"{value:.2f}" for value in times), f"{times[-1] / max(times[0], 0.01):.1f}", "", "", "")
    return table


def guide(report: Report) -> str:
    """The page docs/query-performance.md."""
    text = _GUIDE.format(
        measured_at=report.measured_at,
        machine=report.machine,
        postgres=report.postgres,
        rows=", ".join(f"{number:,} {table}" for table, number in report.rows.items()),
        p50=report.p50_ms,
        p95=report.p95_ms,
        slowest=report.max_ms,
        most=report.most_queries,
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
        text += f"\n### {place}. {name_of(one)}\n\n```sql\n{one.statement.strip()}\n```\n\n```\n{one.plan}\n```\n"
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
