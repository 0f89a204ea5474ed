"""How an exam goes that many take at once: what a save takes, and whether an answer is lost.

The server is a `learncraft serve` of its own; each learner is a tab that sends what a browser's sheet sends. For all
of them time is over at the same moment, in the middle of a word. Afterwards the database is compared with what was
confirmed.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rich.table import Table
from sqlalchemy import func, select

from learncraft.assessments.models import Answer, AssessmentAttempt, AttemptStatus
from learncraft.bench import exam_world, own_server, report
from learncraft.bench.exam_tab import Measured, Tab
from learncraft.bench.exam_world import Seat
from learncraft.bench.timing import percentile
from learncraft.db import Database
from learncraft.supervisor.postgres import EmbeddedPostgres

Progress = Callable[[str, float], None]
TARGET_P95_MS = 300.0
QUIET = 2.0  # a moment between the last preparation and the first key


@dataclass(frozen=True, slots=True)
class ExamReport:
    """The figures. `lost` counts answers that the server confirmed and the database doesn't have."""

    machine: str
    learners: int
    seconds: float
    saves: int
    saves_per_second: float
    lost: int
    unsaved: int
    open_attempts: int
    save_p50_ms: float
    save_p95_ms: float
    save_p99_ms: float
    save_max_ms: float
    typed_to_kept_p95_ms: float
    typed_to_kept_max_ms: float
    last_save_p95_ms: float
    last_save_max_ms: float
    hand_in_p95_ms: float
    hand_in_max_ms: float
    processor_ms_per_save: float
    failures: dict[str, int]

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost and the target is met."""
        return not (self.lost or self.unsaved or self.open_attempts) and self.save_p95_ms < TARGET_P95_MS


def measure(learners: int, seconds: float, cookie: str, progress: Progress) -> ExamReport:
    """Hold the exam. `cookie` is the name of the cookie that a sign-in is kept in."""
    with tempfile.TemporaryDirectory(prefix="learncraft-bench-") as folder:
        home = Path(folder)
        progress("Starting a server", 0.0)
        with own_server.serving(home) as server:
            database = Database(EmbeddedPostgres(home).url)
            try:
                progress("Seating learners", 0.1)
                seats = exam_world.fill(database, learners)
                progress("The exam is on", 0.2)
                exam_world.end_in(database, seconds + QUIET + 1)
                before = server.processor_seconds()
                measured = asyncio.run(_hold(server.url, cookie, seats, seconds))
                spent = server.processor_seconds() - before
                progress("Comparing", 0.95)
                lost, still_open = _lost(database, seats, measured), _open_attempts(database)
            finally:
                database.close()
    progress("Done", 1.0)
    return _report(measured, learners, seconds, lost, still_open, spent)


async def _hold(url: str, cookie: str, seats: list[Seat], seconds: float) -> list[Measured]:
    await asyncio.sleep(QUIET)
    tabs = [Tab(url, cookie, seat, Random(number)) for number, seat in enumerate(seats)]  # noqa: S311  # chance, not secrecy
    end = asyncio.get_running_loop().time() + seconds
    return list(await asyncio.gather(*(tab.sit_until(end) for tab in tabs)))


def _lost(database: Database, seats: list[Seat], measured: list[Measured]) -> int:
    """Answers that were confirmed and aren't there, neither themselves nor a newer one of the same learner."""
    with database.reading() as session:
        rows = session.execute(select(Answer.attempt_id, Answer.question_id, Answer.sequence, Answer.response))
        there = {(attempt, question): (sequence, response) for attempt, question, sequence, response in rows}
    lost = 0
    for seat, seen in zip(seats, measured, strict=True):
        for question, (sequence, response) in seen.kept.items():
            found = there.get((seat.attempt_id, question))
            is_there = found is not None and (found[0] > sequence or _says(found[1], response))
            lost += not is_there
    return lost


def _says(stored: dict[str, object] | None, sent: dict[str, object]) -> bool:
    return stored is not None and all(stored.get(name) == value for name, value in sent.items())


def _open_attempts(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(AssessmentAttempt.status == AttemptStatus.IN_PROGRESS)) or 0


def _report(
    measured: list[Measured], learners: int, seconds: float, lost: int, still_open: int, spent: float
) -> ExamReport:
    saves = [1000 * one for tab in measured for one in tab.saves] or [0.0]
    typed = [1000 * one for tab in measured for one in tab.typed_to_kept] or [0.0]
    last = [1000 * tab.last_save for tab in measured if tab.last_save is not None] or [0.0]
    hand_ins = [1000 * tab.hand_in for tab in measured if tab.hand_in is not None] or [0.0]
    return ExamReport(
        machine=report.machine(),
        learners=learners,
        seconds=seconds,
        saves=len(saves),
        saves_per_second=round(len(saves) / seconds, 1),
        lost=lost,
        unsaved=sum(tab.unsaved for tab in measured),
        open_attempts=still_open,
        save_p50_ms=percentile(saves, 0.5),
        save_p95_ms=percentile(saves, 0.95),
        save_p99_ms=percentile(saves, 0.99),
        save_max_ms=round(max(saves), 1),
        typed_to_kept_p95_ms=percentile(typed, 0.95),
        typed_to_kept_max_ms=round(max(typed), 1),
        last_save_p95_ms=percentile(last, 0.95),
        last_save_max_ms=round(max(last), 1),
        hand_in_p95_ms=percentile(hand_ins, 0.95),
        hand_in_max_ms=round(max(hand_ins), 1),
        processor_ms_per_save=round(1000 * spent / len(saves), 2),
        failures=dict(Counter(words for tab in measured for words in tab.failures)),
    )


def table(found: ExamReport) -> Table:
    """The figures for a terminal."""
    shown = Table(title=f"{found.learners} learners in one timed exam, {found.seconds:.0f} s · {found.machine}")
    shown.add_column("what")
    shown.add_column("figure", justify="right")
    shown.add_column("target", justify="right")
    for row in (
        ("saves", f"{found.saves} ({found.saves_per_second} a second)", ""),
        ("answers lost", str(found.lost), "0"),
        ("answers typed and not saved at the end", str(found.unsaved), "0"),
        ("attempts still open", str(found.open_attempts), "0"),
        ("a save, p50", f"{found.save_p50_ms:.0f} ms", ""),
        ("a save, p95", f"{found.save_p95_ms:.0f} ms", f"< {TARGET_P95_MS:.0f} ms"),
        ("a save, p99", f"{found.save_p99_ms:.0f} ms", ""),
        ("a save, the slowest", f"{found.save_max_ms:.0f} ms", ""),
        ("from a key to its being kept, p95", f"{found.typed_to_kept_p95_ms:.0f} ms", "about a second"),
        ("from a key to its being kept, the slowest", f"{found.typed_to_kept_max_ms:.0f} ms", ""),
        ("time is over for all at once: the last save, p95", f"{found.last_save_p95_ms:.0f} ms", ""),
        ("the slowest of these", f"{found.last_save_max_ms:.0f} ms", ""),
        ("all hand in at once, p95", f"{found.hand_in_p95_ms:.0f} ms", ""),
        ("all hand in at once, the last", f"{found.hand_in_max_ms:.0f} ms", ""),
        ("processor time of the web process, a save", f"{found.processor_ms_per_save:.1f} ms", ""),
        ("what was refused or not answered", str(found.failures or "nothing"), ""),
    ):
        shown.add_row(*row)
    return shown
