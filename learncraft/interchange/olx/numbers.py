"""Numbers, ranges and tolerances as problems write them."""

from __future__ import annotations

import re
from decimal import Decimal

from learncraft.assessments.shapes import AcceptedNumber
from learncraft.interchange.olx.source import PartError
from learncraft.language import _

# An exponent of at most two digits: larger ones make sums of enormous length and no lesson has them.
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,2})?")
_RANGE = re.compile(r"([\[(])([^,]+),([^,]+)([\])])")
# What the edX platform allows when a problem says nothing, so that a rounded fraction counts.
_SLACK = Decimal("0.00001")


def accepted_number(answer: str, tolerance: str, notes: list[str]) -> AcceptedNumber:
    """The answer with its tolerance made absolute; a range becomes its middle and half its width.

    Raises:
        PartError: the answer or the tolerance is an expression or a name and not a plain number.
    """
    found = _RANGE.fullmatch(answer.strip())
    if found:
        low, high = sorted((_plain(found[2], answer), _plain(found[3], answer)))
        if found[1] == "(" or found[4] == ")":
            notes.append(_("The ends of its range count as right too."))
        return AcceptedNumber(value=(low + high) / 2, tolerance=(high - low) / 2)
    value = _plain(answer, answer)
    return AcceptedNumber(value=value, tolerance=_absolute(tolerance.strip(), value))


def _absolute(tolerance: str, value: Decimal) -> Decimal:
    if not tolerance:
        return Decimal(0) if value == value.to_integral_value() else abs(value) * _SLACK
    if tolerance.endswith("%"):
        return abs(value) * abs(_plain(tolerance[:-1], tolerance)) / 100
    return abs(_plain(tolerance, tolerance))


def _plain(text: str, shown: str) -> Decimal:
    number = text.strip().replace("−", "-")
    if not _NUMBER.fullmatch(number):
        raise PartError(
            _(
                "Its answer or tolerance, “{strip}”, is an expression; here it must be a plain number or a range.",
                strip=shown.strip()[:60],
            )
        )
    return Decimal(number)
