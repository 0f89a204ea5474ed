"""Messages: English in the code, said in the reader's language by its gettext catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from learncraft.language import choosing, numbers

K = TypeVar("K")

DOMAIN = "learncraft"

_catalogues: dict[str, NullTranslations] = {choosing.SOURCE: NullTranslations()}


def _(message: str, **values: object) -> str:
    """The message in the reader's language, with the values in their places."""
    language = choosing.current()
    # An empty message would be answered with the catalogue's head.
    said = message if language == choosing.SOURCE or not message else _catalogue(language).gettext(message)
    return said.format(**values) if values else said


def _n(one: str, many: str, count: int, **values: object) -> str:
    """The message for a count, in the form that the reader's language has for it. `{count}` is the count."""
    said = _catalogue(choosing.current()).ngettext(one, many, count)
    return said.format(count=numbers.number(count), **values)


def noted(message: str) -> str:
    """The message as it is, for `_` to say later: one that stands in a table before anybody reads it."""
    return message


def several(one: str, many: str) -> tuple[str, str]:
    """Both forms of a message as they are, for `_n` to say later."""
    return one, many


class Spoken(Mapping[K, str]):
    """Words by what they are for, each said in the language of who looks."""

    def __init__(self, words: Mapping[K, str]) -> None:
        self._words = dict(words)

    def __getitem__(self, key: K) -> str:
        """The words for it."""
        return _(self._words[key])

    def __iter__(self) -> Iterator[K]:
        """What there are words for."""
        return iter(self._words)

    def __len__(self) -> int:
        """For how much there are words."""
        return len(self._words)


def path_of(language: str) -> Path:
    """The file of a language's catalogue."""
    return choosing.LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def _catalogue(language: str) -> NullTranslations:
    """A language's catalogue, read once from the file that translators edit: there is no second one to keep with it."""
    found = _catalogues.get(language)
    if found is None:
        found = _catalogues[language] = _read(language)
    return found


def _read(language: str) -> NullTranslations:
    from babel.messages.mofile import write_mo  # noqa: PLC0415  # only who reads another language waits for these
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with path_of(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
