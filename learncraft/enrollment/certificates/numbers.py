"""Certificate numbers: random, so that nobody can guess one, with a check sign, so that a typing error is told apart.

The alphabet is Crockford's Base32: no I, L, O and U, and what people write instead of a digit is read as the digit.
15 random signs are 75 bits. The sixteenth is the Luhn mod N algorithm's (N = 32): it finds every single wrong sign and
nearly every swap of neighbours.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_GROUP = 4
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})


def new_number() -> str:
    """A number that nobody had, such as 7Q4M-09TX-B2ZC-K5NA."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return _grouped(signs + check_sign(signs))


def read_number(typed: str) -> str | None:
    """The number as we write it, from what somebody typed; None when it can't be one of ours."""
    signs = "".join(sign for sign in typed[:100].upper() if sign.isalnum()).translate(_READ_AS)
    if len(signs) != LENGTH or any(sign not in _VALUES for sign in signs):
        return None
    return _grouped(signs) if check_sign(signs[:-1]) == signs[-1] else None


def check_sign(signs: str) -> str:
    """The sign that makes the Luhn sum of `signs` and itself a multiple of 32."""
    total = 0
    for place, sign in enumerate(reversed(signs)):
        value = _VALUES[sign] * (2 if place % 2 == 0 else 1)
        total += value // len(ALPHABET) + value % len(ALPHABET)
    return ALPHABET[-total % len(ALPHABET)]


def _grouped(signs: str) -> str:
    return "-".join(signs[start : start + _GROUP] for start in range(0, LENGTH, _GROUP))
