"""How long each partitioned table keeps its rows, as the study platform's document says."""

from __future__ import annotations

from datetime import UTC, date, datetime

from learncraft import schema
from learncraft.errors import InvalidInputError
from learncraft.settings import Settings

# In months. A partitioned table that isn't named here is made ahead like the others, and kept for ever.
MONTHS = {"audit_logs": 24, "interactions": 12, "progress_metrics": 60}

# Rows of people who have been away for so many months leave with the end of that time.
MONTHS_OF_THE_AWAY = {"interactions": 6}

# Tables whose rows must have reached the event store first.
SHIPPED_FIRST = frozenset({"learning_events"})


def months_kept(table: str, settings: Settings) -> int | None:
    """For how many months a table's rows stay in the database; None: for ever."""
    if table == "learning_events":
        return settings.events_ttl_months
    return MONTHS.get(table)


def cutoff(table: str, settings: Settings, *, now: datetime | None = None) -> date | None:
    """The month from which on a table's rows stay; None: all of them stay."""
    return _months_ago(months_kept(table, settings), now)


def cutoff_of_the_away(table: str, *, now: datetime | None = None) -> date | None:
    """The month from which on rows stay of people who have not been there since; None: nobody's rows go earlier."""
    return _months_ago(MONTHS_OF_THE_AWAY.get(table), now)


def _months_ago(months: int | None, now: datetime | None) -> date | None:
    if months is None:
        return None
    today = (now or datetime.now(UTC)).date()
    years, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(years, month + 1, 1) if years >= 1 else None


def month_of(text: str) -> date:
    """The first day of a month written as 2026-11.

    Raises:
        InvalidInputError: it isn't written so, or has not begun.
    """
    try:
        found = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise InvalidInputError(f"{text!r} is not a month. Write it as 2026-01.") from None
    if found > datetime.now(UTC).date():
        raise InvalidInputError(f"{text} has not begun. Rows are written to this month still; name an earlier one.")
    return found


def check_table(table: str) -> str:
    """The name of a partitioned table.

    Raises:
        InvalidInputError: it isn't one.
    """
    if table not in schema.partitioned():
        raise InvalidInputError(f"{table!r} is not kept in months. These are: {', '.join(schema.partitioned())}.")
    return table
