"""The catalogues as files: brought up to date with the code, and looked over."""

from __future__ import annotations

import re
from collections.abc import Iterator

from babel import Locale
from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from learncraft.language.choosing import OFFERED, SOURCE
from learncraft.language.messages import path_of
from learncraft.messages.collecting import Collected

TRANSLATED = tuple(language for language in OFFERED if language != SOURCE)
_PLACE = re.compile(r"\{(\w+)[^}]*\}")
# Babel's own would say when it was written, so that two people's would never be the same.
_HEAD = """# The messages of LearnCraft in {name}. docs/language.md says how this file is kept.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plural_forms}\\n"

"""


def read(language: str) -> Catalog:
    """A language's catalogue; an empty one when it has none."""
    path = path_of(language)
    if not path.is_file():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str, collected: Collected) -> None:
    """Write a catalogue anew: what is new comes in without words, what the code no longer says goes."""
    old = read(language)
    new = Catalog(locale=language)
    for (one, many), files in sorted(collected.files.items(), key=lambda one: (sorted(one[1])[0], one[0][0])):
        known = old.get(one)
        said = known.string if known is not None and _fits(known.string, many) else ""
        new.add(
            (one, many) if many else one,
            said or (("",) * new.num_plurals if many else ""),
            locations=[(file, 0) for file in sorted(files)[:3]],
            flags=known.flags & {"fuzzy"} if known is not None else (),
        )
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    name = Locale(language).get_display_name("en")
    with path.open("wb") as file:
        file.write(_HEAD.format(name=name, language=language, plural_forms=new.plural_forms).encode())
        write_po(file, new, width=120, omit_header=True, include_lineno=False)


def _fits(said: object, many: str | None) -> bool:
    return isinstance(said, tuple) == bool(many)


def faults(language: str, collected: Collected) -> Iterator[str]:
    """What a catalogue lacks or has wrong, in words."""
    catalogue = read(language)
    known = {message.id[0] if isinstance(message.id, tuple) else message.id for message in catalogue if message.id}
    for one, many in collected.files:
        found = catalogue.get(one)
        if found is None:
            yield f"missing: {one!r}"
            continue
        forms = [str(form) for form in (found.string if isinstance(found.string, tuple) else (found.string,))]
        if found.fuzzy:
            yield f"fuzzy: {one!r}"
        if not all(forms) or (many and len(forms) != catalogue.num_plurals):
            yield f"not said: {one!r}"
        elif any(set(_PLACE.findall(form)) - set(_PLACE.findall(many or one)) for form in forms) or set(
            _PLACE.findall(many or one)
        ) - set(_PLACE.findall(forms[-1])):
            yield f"other places: {one!r}"
    said = {one for one, _ in collected.files}
    yield from (f"unused: {one!r}" for one in sorted(known - said))
