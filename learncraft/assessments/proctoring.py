"""What is seen of a proctored attempt: facts for the instructor, no verdicts. One sheet at a time writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from learncraft.assessments import writes
from learncraft.assessments.errors import AttemptNotFoundError
from learncraft.assessments.models import AttemptStatus
from learncraft.assessments.records import Sighting
from learncraft.db import new_id

SEEN_BY_BROWSERS = frozenset({"focus_lost", "focus_back", "fullscreen_entered", "fullscreen_left", "pasted"})
MOST_AT_ONCE, MOST_OF_ATTEMPT = 50, 5000
LONGEST_AWAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A browser tab that shows an attempt: its identifier, and what the browser and the network say of it."""

    id: UUID
    device: str = ""
    ip_address: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """Whether this sheet writes the attempt; otherwise since when which device does."""

    is_here: bool
    since: datetime | None = None
    device: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that a browser saw. `at_ms` is in milliseconds of the server's clock."""

    kind: str
    at_ms: int
    away_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A sighting as the instructor reads it."""

    kind: str
    happened_at: datetime
    away: timedelta | None
    device: str
    ip_address: str


def open_sheet(
    session: Session, *, learner_id: UUID, attempt_id: UUID, sheet: Sheet, take_over: bool = False
) -> Opened:
    """Let a sheet write a proctored attempt: the first one, or whichever takes over. Others may only look.

    Attempts that aren't proctored may be written anywhere.

    Raises:
        AttemptNotFoundError: it isn't the learner's.
    """
    locked = writes.lock_attempt(session, attempt_id)
    if locked is None or locked.attempt.user_id != learner_id:
        raise AttemptNotFoundError
    attempt = locked.attempt
    if not locked.assessment.is_proctored or attempt.status != AttemptStatus.IN_PROGRESS:
        return Opened(is_here=True)
    if attempt.sheet_id == sheet.id:
        return Opened(is_here=True)
    if attempt.sheet_id is not None and not take_over:
        last = _last_opened(session, attempt_id, attempt.sheet_id)
        return Opened(False, *last) if last else Opened(is_here=False)
    kind = "opened" if attempt.sheet_id is None else "taken_over"
    attempt.sheet_id = sheet.id
    session.flush()
    _add(session, attempt_id, sheet, [(kind, locked.now, None)])
    return Opened(is_here=True)


def note(session: Session, held: writes.HeldAttempt, sheet: Sheet, seen: Sequence[Seen]) -> None:
    """Keep what a browser saw of a proctored attempt; of others nothing is kept.

    Times lie between the attempt's start and now, whatever the browser's clock says. An attempt has at most so many
    sightings that nobody can fill the disk with them.
    """
    known = [one for one in seen if one.kind in SEEN_BY_BROWSERS][:MOST_AT_ONCE]
    if not held.is_proctored or not known:
        return
    there = session.scalar(select(func.count()).where(Sighting.attempt_id == held.attempt.id)) or 0
    rows = []
    for one in known[: max(0, MOST_OF_ATTEMPT - there)]:
        at = datetime.fromtimestamp(max(0, min(one.at_ms, held.now.timestamp() * 1000)) / 1000, UTC)
        away = None if one.away_ms is None else max(0, min(one.away_ms, LONGEST_AWAY_MS))
        rows.append((one.kind, max(held.attempt.started_at, at), away))
    if rows:
        _add(session, held.attempt.id, sheet, rows)


def facts_of(session: Session, attempt_id: UUID) -> list[Fact]:
    """What was seen of an attempt, in the order it happened. The caller says who may read it."""
    rows = session.scalars(
        select(Sighting).where(Sighting.attempt_id == attempt_id).order_by(Sighting.happened_at, Sighting.id)
    )
    return [
        Fact(
            kind=row.kind,
            happened_at=row.happened_at,
            away=None if row.away_ms is None else timedelta(milliseconds=row.away_ms),
            device=row.device or "",
            ip_address=row.ip_address or "",
        )
        for row in rows
    ]


def _last_opened(session: Session, attempt_id: UUID, sheet_id: UUID) -> tuple[datetime, str] | None:
    row = session.execute(
        select(Sighting.happened_at, func.coalesce(Sighting.device, ""))
        .where(
            Sighting.attempt_id == attempt_id,
            Sighting.sheet_id == sheet_id,
            Sighting.kind.in_(["opened", "taken_over"]),
        )
        .order_by(Sighting.happened_at.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def _add(session: Session, attempt_id: UUID, sheet: Sheet, rows: list[tuple[str, datetime, int | None]]) -> None:
    values: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "attempt_id": attempt_id,
            "kind": kind,
            "happened_at": happened_at,
            "away_ms": away_ms,
            "sheet_id": sheet.id,
            "device": sheet.device[:300] or None,
            "ip_address": (sheet.ip_address or "")[:45] or None,
        }
        for kind, happened_at, away_ms in rows
    ]
    session.execute(insert(Sighting), values)
