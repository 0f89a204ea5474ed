"""What was changed, by whom and from where, as the audit trail keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import AuditLog, User

PAGE_SIZE = 25
MOST_EXPORTED = 50_000
TABLES = (
    "assessments",
    "certificates",
    "courses",
    "enrollments",
    "lessons",
    "questions",
    "registrations",
    "subscriptions",
    "users",
)
ACTIONS = ("insert", "update", "delete")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries to find; what is None or empty doesn't matter. `until` itself is not included."""

    person: str = ""  # an e-mail address, or the beginning of one
    table: str | None = None
    row: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. `before` and `after` hold only what differs."""

    at: datetime
    who: str | None  # none for the platform itself
    action: str
    table: str
    row: UUID | None
    before: dict[str, Any]
    after: dict[str, Any]
    address: str | None
    agent: str | None

    @property
    def columns(self) -> list[str]:
        """What was changed."""
        return sorted(self.before.keys() | self.after.keys())


def find(session: Session, wanted: Wanted, *, page: int = 1) -> tuple[list[Entry], bool]:
    """A page of entries, the newest first, and whether there are more."""
    rows = _entries(session, _query(wanted).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE + 1))
    return rows[:PAGE_SIZE], len(rows) > PAGE_SIZE


def export(session: Session, wanted: Wanted) -> list[Entry]:
    """The entries for a file, the newest first, and not more than one can open."""
    return _entries(session, _query(wanted).limit(MOST_EXPORTED))


def _query(wanted: Wanted) -> Select[AuditLog, str | None, UUID | None]:
    query = (
        select(AuditLog, User.email, AuditLog.user_id)
        .outerjoin(User, User.id == AuditLog.user_id)
        .order_by(AuditLog.id.desc())  # made in the order of time; created_at is the same for all of a transaction
    )
    if wanted.person:
        start = func.lower(wanted.person.strip())
        query = query.where(or_(func.lower(User.email) == start, func.lower(User.email).startswith(start)))
    if wanted.table is not None:
        query = query.where(AuditLog.entity_type == wanted.table)
    if wanted.row is not None:
        query = query.where(AuditLog.entity_id == wanted.row)
    if wanted.action is not None:
        query = query.where(AuditLog.action == wanted.action)
    if wanted.since is not None:
        query = query.where(AuditLog.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditLog.created_at < wanted.until)
    return query


def _entries(session: Session, query: Select[AuditLog, str | None, UUID | None]) -> list[Entry]:
    return [
        Entry(
            at=log.created_at,
            who=email or (str(user_id) if user_id else None),
            action=log.action,
            table=log.entity_type,
            row=log.entity_id,
            before=dict(log.old_values or {}),
            after=dict(log.new_values or {}),
            address=str(log.ip_address) if log.ip_address else None,
            agent=log.user_agent,
        )
        for log, email, user_id in session.execute(query)
    ]
