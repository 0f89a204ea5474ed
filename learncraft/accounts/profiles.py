"""What a person may be called, and how they may like the platform: the rules of names, addresses and preferences."""

from __future__ import annotations

import re
import zoneinfo

from learncraft import language as languages
from learncraft.accounts.errors import InvalidProfileError
from learncraft.language import Spoken

THEMES = ("light", "dark", "system")
_NAMES = Spoken({"first_name": "first name", "last_name": "last name"})
_ADDRESS = re.compile(r"[^@\s<>()\[\],;:\"\\]{1,64}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.ASCII)


def clean_email(text: str) -> str:
    """The address as it is kept: lower case, so that one mailbox is one account.

    Raises:
        InvalidProfileError: it isn't an address.
    """
    email = text.strip().lower()
    # Letters beyond ASCII are refused: two that look alike would be two accounts, and few mail servers take them.
    if len(email) > 255 or not email.isascii() or not email.isprintable() or not _ADDRESS.fullmatch(email):
        raise InvalidProfileError("email", "Type an e-mail address, such as ana@example.org.")
    return email


def clean_name(text: str, field: str, *, required: bool = True) -> str:
    """A first or last name in one line.

    Raises:
        InvalidProfileError: it is empty, too long, or holds what no name holds.
    """
    name = " ".join(text.split())
    label = _NAMES[field]
    if required and not name:
        raise InvalidProfileError(field, "Type your {label}.", label=label)
    if len(name) > 100:
        raise InvalidProfileError(field, "The {label} has room for 100 characters.", label=label)
    if not name.isprintable() or re.search(r"[<>]|://", name):
        raise InvalidProfileError(field, "The {label} can't hold addresses of pages or the signs < and >.", label=label)
    return name


def check_preferences(*, language: str | None, theme: str | None, time_zone: str | None) -> None:
    """Refuse what can't be followed; None is not looked at.

    Raises:
        InvalidProfileError: an unknown language, theme or time zone.
    """
    if language is not None and language not in languages.OFFERED:
        raise InvalidProfileError("language", "Choose a language from the list.")
    if theme is not None and theme not in THEMES:
        raise InvalidProfileError("theme", "Choose light, dark, or as your system has it.")
    if time_zone is not None and time_zone not in zoneinfo.available_timezones():
        raise InvalidProfileError("time_zone", "Choose a time zone from the list, such as Europe/Vienna.")
