"""Reading numbers as people type them.

What can only mean one number is read; what could mean two is read both ways, and everything else is refused:
a percent sign or a unit is never guessed away.

| typed                                   | read as           |
| --------------------------------------- | ----------------- |
| `3.14`, `3,14`, `.5`, `−2`, `+ 7`        | as written        |
| `1,234.5`, `1.234,5`, `1 234,5`, `1'234.5` | 1234.5          |
| `1,234`                                 | 1234 or 1.234     |
| `6.02e23`, `6,02 × 10^23`, `6.02*10²³`   | 6.02 × 10²³       |
| `50 %`, `5 m`, `12 34`, `1,23,4`, `10²`, `½` | refused      |
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, localcontext

MAX_TYPED = 100

_SIGNS_AND_MARKS = str.maketrans(
    {
        **dict.fromkeys("−–‐‑﹣－", "-"),
        **dict.fromkeys("＋﹢", "+"),
        **dict.fromkeys("．", "."),
        **dict.fromkeys("，", ","),
        **dict.fromkeys("’ʼ", "'"),
        **dict.fromkeys("×⋅·∙", "*"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000\t", " "),  # the spaces that editors and phones put in
    }
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_NUMBER = re.compile(
    r"(?P<sign>[+-]?) *"
    r"(?P<digits>[0-9][0-9 .,']*|[.,][0-9]+)"
    r"(?:[eE](?P<e>[+-]?[0-9]{1,3})"
    r"| *[*xX] *10 *(?:(?:\^|\*\*) *(?P<power>[+-]?[0-9]{1,3})|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})))?"
)
_PLAIN = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+")
_COMMA = re.compile(r"[0-9]*,[0-9]+|[0-9]+,")
_COULD_BE_GROUPED = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")


def read_number(typed: str) -> tuple[Decimal, ...]:
    """All numbers that `typed` can mean: one as a rule, two for the likes of `1,234`, none if it isn't a number."""
    found = _NUMBER.fullmatch(_with_plain_digits(typed.strip().translate(_SIGNS_AND_MARKS)))
    if found is None or len(typed) > MAX_TYPED:
        return ()
    exponent = found["e"] or found["power"] or (found["raised"] or "0").translate(_RAISED)
    return tuple(Decimal(f"{found['sign']}{digits}e{exponent}") for digits in _mantissas(found["digits"].strip()))


def is_within(number: Decimal, value: Decimal, tolerance: Decimal) -> bool:
    """Whether a number lies in `value` ± `tolerance`, both ends included. Exact: nothing is rounded on the way."""
    with localcontext() as context:
        context.prec = 2500  # more digits than two numbers of three-digit exponents can lie apart
        return abs(number - value) <= tolerance


def _with_plain_digits(text: str) -> str:
    """Digits of every script as 0 to 9. Raised digits and fractions stay: 10² is not 102."""
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


def _mantissas(digits: str) -> tuple[str, ...]:
    """The readings of an unsigned number without exponent, with a point before its decimals."""
    if _PLAIN.fullmatch(digits):
        return (digits,)
    if _COMMA.fullmatch(digits):
        readings = (digits.replace(",", "."),)
        return (*readings, digits.replace(",", "")) if _COULD_BE_GROUPED.fullmatch(digits) else readings
    for separator, points in ((",", "."), (".", ","), (" ", ".,"), ("'", ".,")):
        grouped = rf"[0-9]{{1,3}}(?:{re.escape(separator)}[0-9]{{3}})+(?:[{points}][0-9]*)?"
        if re.fullmatch(grouped, digits):
            return (digits.replace(separator, "").replace(",", "."),)
    return ()
