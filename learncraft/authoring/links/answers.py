"""What became of asking for an address, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FRESH = timedelta(days=7)  # a link that answered isn't asked again for so long, whichever course names it
AGAIN = timedelta(minutes=10)  # one that didn't is
_FAILED_OFTEN = 4
_FAILED_LONG = timedelta(days=3)
_GONE = (404, 410)
_CLOSED = (401, 402, 403, 405, 406, 407, 451, 999)  # there, but not for a program


class Answer(StrEnum):
    """What came back."""

    WELL = "well"
    GONE = "gone"  # no such page
    NO_HOST = "no_host"  # no such site
    NO_ADDRESS = "no_address"  # nothing that a browser could open
    SILENT = "silent"
    NO_CONNECTION = "no_connection"
    CERTIFICATE = "certificate"
    TROUBLE = "trouble"  # the site says that it can't now
    CIRCLE = "circle"
    ODD = "odd"
    CLOSED = "closed"
    PRIVATE = "private"
    PORT = "port"
    PASSWORD = "password"  # noqa: S105  # the address carries one


class Standing(StrEnum):
    """What follows for who wrote the link."""

    WELL = "well"
    BROKEN = "broken"
    UNREACHED = "unreached"  # it may be the site's bad day
    UNCHECKED = "unchecked"  # nothing can be said of it


NOT_THERE = frozenset({Answer.GONE, Answer.NO_HOST})
_ON_A_BAD_DAY = {
    Answer.SILENT,
    Answer.NO_CONNECTION,
    Answer.CERTIFICATE,
    Answer.TROUBLE,
    Answer.CIRCLE,
    Answer.ODD,
}
FAILURES = frozenset({*NOT_THERE, *_ON_A_BAD_DAY, Answer.NO_ADDRESS})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back from one address, just now."""

    address: str
    answer: Answer
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one address."""

    answer: Answer
    status: int | None
    checked_at: datetime
    failures: int  # in a row
    failing_since: datetime | None

    @property
    def standing(self) -> Standing:
        """A link that failed once is asked again before it is called broken; a site may be away for days."""
        if self.answer == Answer.WELL:
            return Standing.WELL
        if self.answer == Answer.NO_ADDRESS or (self.answer in NOT_THERE and self.failures > 1):
            return Standing.BROKEN
        if self.answer not in FAILURES:
            return Standing.UNCHECKED
        is_away = self.failing_since is not None and self.checked_at - self.failing_since >= _FAILED_LONG
        return Standing.BROKEN if is_away and self.failures >= _FAILED_OFTEN else Standing.UNREACHED

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to ask again."""
        is_good = self.answer in {Answer.WELL, Answer.CLOSED}
        return now - self.checked_at >= (FRESH if is_good else AGAIN)


def of_status(status: int) -> Answer:
    """What the number says with which a site answers."""
    if 200 <= status < 300:
        return Answer.WELL
    if status in _GONE:
        return Answer.GONE
    if status in _CLOSED:
        return Answer.CLOSED
    return Answer.TROUBLE if status >= 500 or status in {408, 425, 429} else Answer.ODD
