"""The figures of charts as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from learncraft.bench.charts import ALL_MS, COURSE_MS, ChartReport

PAGE_MS, BYTES, SHIPPED, LAG_SECONDS = 300.0, 40.0, 50_000.0, 2.0


def table(report: ChartReport) -> Table:
    """Every chart, the slowest first."""
    made = Table("chart", "over", "cold", "warm", "slowest", "rows", box=None, padding=(0, 2, 0, 0))
    for one in sorted(report.charts, key=lambda each: -each.warm_ms):
        times = (f"{value:.0f} ms" for value in (one.cold_ms, one.warm_ms, one.slowest_ms))
        made.add_row(one.key, one.over, *times, f"{one.rows:,}")
    return made


def summary(report: ChartReport) -> str:
    """Whether the targets are met, in one sentence."""
    said = [
        f"{'Met' if report.is_met else 'Missed'} at {report.store.events:,} events: 95 % of charts in "
        f"{report.course_p95_ms:.0f} ms for the largest course (target {COURSE_MS:.0f}), in {report.all_p95_ms:.0f} ms "
        f"over all courses (target {ALL_MS:.0f})",
        f"a page's charts in {report.page_ms:.0f} ms (target {PAGE_MS:.0f})",
        f"{report.store.bytes_per_event:.1f} bytes per event (target {BYTES:.0f})",
    ]
    if report.shipped_per_second is not None:
        said.append(f"{report.shipped_per_second:,.0f} events shipped a second (target {SHIPPED:,.0f})")
    if report.lag_p95_seconds is not None:
        said.append(f"95 % visible within {report.lag_p95_seconds:.2f} s (target {LAG_SECONDS:.0f})")
    return f"{'; '.join(said)}. {report.machine}, ClickHouse {report.engine}."


def growth_table(reports: Sequence[ChartReport]) -> Table:
    """The same charts at several sizes; the last column says how much slower the largest store is than the smallest."""
    sizes = [f"{one.store.events:,}" for one in reports]
    made = Table("warm, in ms, at", "over", *sizes, "times", box=None, padding=(0, 2, 0, 0))
    known = [{(one.key, one.over): one.warm_ms for one in report.charts} for report in reports]
    for key, over in known[-1]:
        at = [found[(key, over)] for found in known if (key, over) in found]
        made.add_row(key, over, *(f"{value:.0f}" for value in at), f"{at[-1] / max(at[0], 0.1):.1f}")
    return made
