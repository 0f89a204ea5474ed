"""One-time links: signed, short-lived, and bound to something that their use changes.

A reset link holds a fingerprint of the password, a sign-in link one of the last sign-in. Using it changes that, so
it can't work twice, and nothing has to be stored. The service locks the person's row while it looks.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer

from learncraft.accounts.errors import LinkExpiredError
from learncraft.accounts.models import User

RESET_SECONDS = 60 * 60
SIGN_IN_SECONDS = 15 * 60
SIGN_UP_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Bound:
    """What a link of an existing person says: who, and how they were when it was made."""

    user_id: UUID
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What a sign-up link says: whoever opens it reads mail at this address."""

    email: str
    first_name: str
    last_name: str


class OneTimeLinks:
    """Makes and reads the tokens of links. Each kind has its own salt: one can't stand in for another."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def reset(self, user: User) -> str:
        """A link to choose a new password."""
        return self._sign("reset", [user.id.hex, password_fingerprint(user)])

    def read_reset(self, token: str) -> Bound:
        """Raises: LinkExpiredError: it is too old, or not ours."""
        return self._bound("reset", token, RESET_SECONDS)

    def sign_in(self, user: User) -> str:
        """A link to sign in without a password."""
        return self._sign("sign-in", [user.id.hex, sign_in_fingerprint(user)])

    def read_sign_in(self, token: str) -> Bound:
        """Raises: LinkExpiredError: it is too old, or not ours."""
        return self._bound("sign-in", token, SIGN_IN_SECONDS)

    def sign_up(self, newcomer: Newcomer) -> str:
        """A link to finish making an account."""
        return self._sign("sign-up", [newcomer.email, newcomer.first_name, newcomer.last_name])

    def read_sign_up(self, token: str) -> Newcomer:
        """Raises: LinkExpiredError: it is too old, or not ours."""
        return Newcomer(*self._read("sign-up", token, SIGN_UP_SECONDS, parts=3))

    def _bound(self, kind: str, token: str, max_age: int) -> Bound:
        user_id, fingerprint = self._read(kind, token, max_age, parts=2)
        try:
            return Bound(UUID(hex=user_id), fingerprint)
        except ValueError:
            raise LinkExpiredError from None

    def _sign(self, kind: str, content: list[str]) -> str:
        return str(self._serializer(kind).dumps(content))

    def _read(self, kind: str, token: str, max_age: int, *, parts: int) -> list[str]:
        try:
            content: Any = self._serializer(kind).loads(token, max_age=max_age)
        except BadData:
            raise LinkExpiredError from None
        if not isinstance(content, list) or len(content) != parts:
            raise LinkExpiredError
        return [str(part) for part in content]

    def _serializer(self, kind: str) -> URLSafeTimedSerializer:
        digest = {"digest_method": hashlib.sha256}
        return URLSafeTimedSerializer(self._secret, salt=f"learncraft.{kind}", signer_kwargs=digest)


def password_fingerprint(user: User) -> str:
    """Changes with the password. Also tells nothing about it: the hash has a random salt."""
    return _fingerprint(user.password_hash or "none")


def sign_in_fingerprint(user: User) -> str:
    """Changes with each sign-in and with the password."""
    seen: datetime | None = user.last_login_at
    return _fingerprint(f"{seen.timestamp() if seen else 'never'} {user.password_hash}")


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]
