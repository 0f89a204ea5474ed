"""The rules of sign-in tokens, without a database: what a token is, when it is due, when it was copied.

A token is "<jti>.<secret>"; the database knows the secret's hash only. Every 15 minutes a page load gets a new
token, whose secret is derived from the old one and the new jti. So two tabs that rotate at once, or a browser that
never got the answer, are given the same successor again, and a family is a chain without branches.

The old token is good until its successor was used, and a minute longer for what was under way. After that only a
copy can present it, and nobody can tell which of the two is the thief: both are signed out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from learncraft.accounts.models import UserSession

ROTATE_AFTER = timedelta(minutes=15)
GRACE = timedelta(seconds=60)
LIFETIME = timedelta(days=30)
_TOUCH_EVERY = timedelta(minutes=1)  # "last used" needs no more precision, and reads stay reads


class Outcome(StrEnum):
    """What presenting a token led to."""

    ACCEPTED = "accepted"
    ROTATED = "rotated"  # accepted, and the answer carries the next token
    REFUSED = "refused"  # unknown, expired, revoked, or the account is closed
    REUSED = "reused"  # a copy: the family was revoked just now


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the browser keeps it."""

    jti: str
    secret: str

    @classmethod
    def new(cls) -> Token:
        """The first token of a family."""
        return cls(secrets.token_urlsafe(16), secrets.token_urlsafe(32))

    @classmethod
    def parse(cls, text: str | None) -> Token | None:
        """The token of a cookie, if it looks like one of ours."""
        jti, _, secret = (text or "").partition(".")
        if not jti or not secret or len(jti) > 64 or len(secret) > 200 or not (jti + secret).isascii() or "\0" in jti:
            return None
        return cls(jti, secret)

    def next(self, jti: str | None = None) -> Token:
        """The token that follows this one; the same for the same jti, which only the database knows."""
        following = jti or secrets.token_urlsafe(16)
        return Token(following, hmac.new(self.secret.encode(), following.encode(), hashlib.sha256).hexdigest())

    @property
    def hash(self) -> str:
        """What the database keeps of the secret."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.jti}.{self.secret}"


def judge(row: UserSession, successor: UserSession | None, now: datetime) -> Outcome:
    """Whether a known token is good now."""
    if row.revoked_at is not None or row.expires_at <= now:
        return Outcome.REFUSED
    if successor is None or successor.first_used_at is None or now <= successor.first_used_at + GRACE:
        return Outcome.ACCEPTED
    return Outcome.REUSED


def is_due(row: UserSession, successor: UserSession | None, now: datetime) -> bool:
    """Whether the answer should carry the next token: it is time, or the answer that carried it was lost."""
    if successor is None:
        return now >= row.created_at + ROTATE_AFTER
    return successor.first_used_at is None


def is_untouched(row: UserSession, now: datetime) -> bool:
    """Whether the use of a token is worth a write."""
    return row.first_used_at is None or row.last_used_at is None or now >= row.last_used_at + _TOUCH_EVERY
