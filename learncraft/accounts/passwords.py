"""Passwords: Argon2id, bcrypt of older systems until the next sign-in, and one rule for new ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

from learncraft.accounts.errors import WeakPasswordError

SHORTEST = 10
LONGEST = 256
_BCRYPT_BYTES = 72  # bcrypt never looked at more, and its library now refuses more

# OWASP's parameters for Argon2id: 19 MiB and two passes take about 40 ms here. The library's 64 MiB would let a
# burst of sign-ins take the memory of the server.
_argon2 = Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_hashes = PasswordHash((_argon2, BcryptHasher()))
_at_once = BoundedSemaphore(4)


def hash_password(password: str) -> str:
    """The Argon2id hash to keep."""
    with _at_once:
        return _hashes.hash(password)


def verify(password: str, hashed: str | None) -> tuple[bool, str | None]:
    """Whether the password is right, and a better hash to keep when the old one is of an older kind.

    Without a hash (no such person, or one who signs in elsewhere) the same work is done for nothing, so that the
    time of the answer doesn't tell.
    """
    if len(password) > LONGEST:
        password = ""  # nobody has such a password; the work of hashing it is refused, the time stays the same
    nobodys = _nobodys()  # made at the first sign-in, whoever that is
    known = hashed if hashed is not None else nobodys
    given = password.encode()[:_BCRYPT_BYTES] if known.startswith("$2") else password.encode()
    try:
        with _at_once:
            right = _hashes.verify(given, known) and hashed is not None
    except UnknownHashError:
        return False, None
    if not right:
        return False, None
    with _at_once:
        better = _hashes.hash(password) if _is_old(known) else None
    return True, better


def check_new(password: str, *, email: str = "") -> None:
    """Refuse a password that a guesser tries early.

    Raises:
        WeakPasswordError: with what to do instead.
    """
    if len(password) < SHORTEST:
        raise WeakPasswordError("Use at least {least} characters. A few words in a row are good.", least=SHORTEST)
    if len(password) > LONGEST:
        raise WeakPasswordError("Use at most {most} characters.", most=LONGEST)
    plain = password.casefold()
    if email and plain in {email.casefold(), email.casefold().partition("@")[0]}:
        raise WeakPasswordError("Don't use your e-mail address as the password. A few words in a row are good.")
    if plain in _common() or len(set(plain)) < 3:
        raise WeakPasswordError("This is one of the first passwords that a guesser tries. Choose another one.")


def _is_old(hashed: str) -> bool:
    return not hashed.startswith("$argon2id$") or _argon2.check_needs_rehash(hashed)


@cache
def _nobodys() -> str:
    return _hashes.hash("the password of nobody")


@cache
def _common() -> frozenset[str]:
    """The most common passwords that pass the length rule, from published lists of leaks."""
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split())
