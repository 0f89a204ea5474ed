"""How often somebody may try, counted in the database so that all server processes share the count.

Attempts are counted before they are judged, so that many at once don't slip through; a right password gives the
person's own attempts back. The counts don't depend on whether an address is known.
"""

from __future__ import annotations

import hashlib
import time
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import text

from learncraft.accounts.errors import TooManyAttemptsError
from learncraft.db import Database

_ADDRESS_SIGN_IN = (RateLimitItemPerMinute(5), RateLimitItemPerHour(30))
_PLACE_SIGN_IN = (RateLimitItemPerMinute(60),)
_ADDRESS_MESSAGES = (RateLimitItemPerHour(5),)  # messages that one address may get
_PLACE_MESSAGES = (RateLimitItemPerMinute(10), RateLimitItemPerHour(60))
_PLACE_LINKS = (RateLimitItemPerMinute(30),)

_COUNT = text(
    """
    INSERT INTO rate_limits AS known (key, amount, expires_at)
    VALUES (:key, :amount, clock_timestamp() + make_interval(secs => :seconds))
    ON CONFLICT (key) DO UPDATE SET
        amount = CASE WHEN known.expires_at <= clock_timestamp() THEN excluded.amount
                      ELSE known.amount + excluded.amount END,
        expires_at = CASE WHEN known.expires_at <= clock_timestamp() THEN excluded.expires_at
                          ELSE known.expires_at END
    RETURNING amount
    """
)
_FORGET_OLD = text(
    """
    DELETE FROM rate_limits WHERE key IN (
        SELECT key FROM rate_limits WHERE expires_at < clock_timestamp() LIMIT 100 FOR UPDATE SKIP LOCKED
    )
    """
)


class RateLimits:
    """The limits of this platform."""

    def __init__(self, database: Database) -> None:
        self._storage = PostgresStorage(database)
        self._limiter = FixedWindowRateLimiter(self._storage)

    def sign_in(self, email: str, ip: str | None) -> None:
        """Count an attempt to sign in.

        Raises:
            TooManyAttemptsError: with the time to wait.
        """
        self._take(_PLACE_SIGN_IN, "sign-in-place", _place(ip))
        self._take(_ADDRESS_SIGN_IN, "sign-in", _hidden(email))

    def signed_in(self, email: str) -> None:
        """Forget the attempts of a person who came in."""
        for item in _ADDRESS_SIGN_IN:
            self._limiter.clear(item, "sign-in", _hidden(email))

    def message(self, email: str, ip: str | None) -> None:
        """Count a request that may send a message to an address: sign-up and reset.

        Raises:
            TooManyAttemptsError: with the time to wait.
        """
        self._take(_PLACE_MESSAGES, "message-place", _place(ip))
        self._take(_ADDRESS_MESSAGES, "message", _hidden(email))

    def link(self, ip: str | None) -> None:
        """Count the use of a one-time link.

        Raises:
            TooManyAttemptsError: with the time to wait.
        """
        self._take(_PLACE_LINKS, "link-place", _place(ip))

    def _take(self, items: tuple[RateLimitItem, ...], *identifiers: str) -> None:
        for item in items:
            if not self._limiter.hit(item, *identifiers):
                reset = self._limiter.get_window_stats(item, *identifiers).reset_time
                raise TooManyAttemptsError(max(1, int(reset - time.time()) + 1))


class PostgresStorage(Storage):
    """What the library `limits` needs of a store, over the table rate_limits. Each call is its own transaction."""

    STORAGE_SCHEME: list[str] | None = None  # made by hand, never from an address

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the library may wrap; it isn't asked to."""
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and begin a new window when the old one is over. One statement, so that nothing is lost between."""
        with self._database.transaction() as session:
            count = session.execute(_COUNT, {"key": key[:255], "amount": amount, "seconds": expiry}).scalar_one()
            if count == amount:
                session.execute(_FORGET_OLD)
            return int(count)

    def get(self, key: str) -> int:
        """The count of the running window."""
        with self._database.reading() as session:
            found = session.execute(
                text("SELECT amount FROM rate_limits WHERE key = :key AND expires_at > clock_timestamp()"),
                {"key": key[:255]},
            ).scalar()
            return int(found or 0)

    def get_expiry(self, key: str) -> float:
        """When the running window ends, in seconds of this machine's clock."""
        with self._database.reading() as session:
            left = session.execute(
                text("SELECT extract(epoch FROM expires_at - clock_timestamp()) FROM rate_limits WHERE key = :key"),
                {"key": key[:255]},
            ).scalar()
            return time.time() + max(0.0, float(left or 0))

    def check(self) -> bool:
        """Whether the database answers."""
        self._database.ping()
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        with self._database.transaction() as session:
            return len(session.execute(text("DELETE FROM rate_limits RETURNING key")).all())

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._database.transaction() as session:
            session.execute(text("DELETE FROM rate_limits WHERE key = :key"), {"key": key[:255]})


def _hidden(email: str) -> str:
    """An address as a key: of fixed length, and not readable in the table."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]


def _place(ip: str | None) -> str:
    """Where an attempt comes from. One home has a whole /64 of IPv6 addresses."""
    try:
        address = ip_address(ip or "")
    except ValueError:
        return "unknown"
    return str(IPv6Address(int(address) >> 64 << 64)) if isinstance(address, IPv6Address) else str(address)
