"""What is known of addresses, in the database: read for a course in one query, and kept as answers come."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.authoring.links.answers import FAILURES, Answer, Known, Outcome

_KNOWN = text(
    """
    SELECT 'link' AS kind, address, answer, http_status, checked_at, failures, failing_since, now() AS now
    FROM checked_links WHERE address_hash = ANY(:hashes)
    UNION ALL
    SELECT 'check', '', '', NULL, asked_at, 0, ended_at, now() FROM link_checks WHERE course_id = :course_id
    UNION ALL
    SELECT 'now', '', '', NULL, NULL, 0, NULL, now()
    """
)
# Failures count on while it fails; the first of them has the date.
_KEEP = text(
    """
    INSERT INTO checked_links AS kept
        (address_hash, address, answer, http_status, checked_at, failures, failing_since)
    VALUES (:hash, :address, :answer, :status, now(), CAST(:failed AS int), CASE WHEN :failed = 1 THEN now() END)
    ON CONFLICT (address_hash) DO UPDATE SET
        answer = excluded.answer, http_status = excluded.http_status, checked_at = excluded.checked_at,
        failures = CASE WHEN :failed = 1 THEN kept.failures + 1 ELSE 0 END,
        failing_since = CASE WHEN :failed = 1 THEN coalesce(kept.failing_since, excluded.failing_since) END
    """
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a course's addresses, and of the last time that somebody asked for them."""

    now: datetime  # by the database's clock
    links: dict[str, Known]
    asked_at: datetime | None = None
    ended_at: datetime | None = None


def hash_of(address: str) -> str:
    """What an address is found by: it may be longer than an index takes."""
    return hashlib.sha256(address.encode()).hexdigest()


def read(session: Session, course_id: UUID, addresses: Collection[str]) -> Kept:
    """What is known of them. One query."""
    hashes = [hash_of(address) for address in addresses]
    rows = session.execute(_KNOWN, {"hashes": hashes, "course_id": course_id}).all()
    links = {
        row.address: Known(Answer(row.answer), row.http_status, row.checked_at, row.failures, row.failing_since)
        for row in rows
        if row.kind == "link"
    }
    asked = next((row for row in rows if row.kind == "check"), None)
    return Kept(
        rows[0].now,
        links,
        asked.checked_at if asked else None,
        asked.failing_since if asked else None,
    )


def keep(session: Session, outcomes: Iterable[Outcome]) -> None:
    """Note what came back, over what was known."""
    given = [
        {
            "hash": hash_of(one.address),
            "address": one.address,
            "answer": one.answer.value,
            "status": one.status,
            "failed": int(one.answer in FAILURES),
        }
        for one in sorted(outcomes, key=lambda one: hash_of(one.address))  # one order, so that nobody waits in a circle
    ]
    if given:
        session.execute(_KEEP, given)
