"""Numbers, shares and money as the reader's language writes them."""

from __future__ import annotations

from decimal import Decimal

from babel import Locale
from babel.numbers import format_decimal

from learncraft.language import choosing

_FORMATS = ("#,##0", "#,##0.0", "#,##0.00", "#,##0.000")


def number(value: float | Decimal, places: int = 0) -> str:
    """A number with so many decimals, such as '2,400' or '2.50'; in German '2.400' and '2,50'."""
    if choosing.current() == choosing.SOURCE:
        return f"{value:,.{places}f}"
    return str(format_decimal(value, _FORMATS[places], locale=choosing.current()))


def separators() -> str:
    """What stands before decimals, and between thousands: '.,'; in German ',.'."""
    symbols = Locale(choosing.current()).number_symbols["latn"]
    return f"{symbols['decimal']}{symbols['group']}"


def plain_number(value: Decimal) -> str:
    """A number without idle zeros, such as '2' or '2.5'."""
    shown = f"{value.normalize():f}"
    return number(value, min(len(shown.partition(".")[2]), 3))


def percent(share: float | Decimal, places: int = 0) -> str:
    """A share of one as percent, such as '33 %'."""
    return f"{number(share * 100, places)} %"


def money(amount: Decimal | float, currency: str) -> str:
    """An amount with its currency, such as '49.00 EUR'."""
    return f"{number(amount, 2)} {currency}"
