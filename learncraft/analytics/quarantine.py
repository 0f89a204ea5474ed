"""Events from outside that were refused, for an administrator to look through."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

PAYLOAD_SIGNS = 500  # shown of what was sent


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused event: when, whose, what it claimed to be, why, and the beginning of what was sent."""

    came_at: datetime
    sender: str
    event_type: str
    reason: str
    payload: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, how many events it kept out, of how many people, and when the last one came."""

    reason: str
    events: int
    people: int
    last_at: datetime


def reasons(session: Session, *, limit: int = 20) -> list[Reason]:
    """The reasons, the most frequent first."""
    rows = session.execute(
        text(
            "SELECT reason, count(*) AS events, count(DISTINCT user_id) AS people, max(created_at) AS last_at "
            "FROM event_quarantine GROUP BY reason ORDER BY events DESC, reason LIMIT :limit"
        ),
        {"limit": limit},
    )
    return [Reason(**row._mapping) for row in rows]


def latest(session: Session, *, limit: int = 100) -> list[Refused]:
    """The events that were refused last."""
    rows = session.execute(
        text(
            "SELECT refused.created_at, refused.event_type, refused.reason, refused.payload, users.email "
            "FROM event_quarantine AS refused LEFT JOIN users ON users.id = refused.user_id "
            "ORDER BY refused.created_at DESC, refused.id DESC LIMIT :limit"
        ),
        {"limit": limit},
    )
    return [
        Refused(
            row.created_at,
            row.email or "unknown",
            row.event_type,
            row.reason,
            json.dumps(row.payload, ensure_ascii=False)[:PAYLOAD_SIGNS],
        )
        for row in rows
    ]
