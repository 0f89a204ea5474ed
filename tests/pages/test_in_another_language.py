"""No page says a word that its reader's language doesn't: each is read in one that marks what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from gettext import NullTranslations
from typing import Any

import pytest
from google.protobuf.message import Message
from sqlalchemy import text

from learncraft import language
from learncraft.accounts import audit
from learncraft.accounts.models import UserRole
from learncraft.authoring import drafting
from learncraft.language import choosing, messages
from pages.shared.navigation import SCREENS
from tests.pages.conftest import World

LANGUAGE = "ja"  # its dates and lengths of time hold no Latin letter
OPEN, CLOSE = "⟦", "⟧"
PAGES = [
    (screen.file, UserRole.LEARNER if UserRole.LEARNER in screen.roles else UserRole.SYSTEM_ADMIN)
    for screens in SCREENS.values()
    for screen in screens
]
SHOWN = {
    "label",
    "help",
    "placeholder",
    "body",
    "title",
    "text",
    "value_text",
    "options",
    "message",
    "delta",
    "caption",
}
# What isn't said in any language: addresses, icons, formats, marks of Markdown and HTML, and time zones.
SILENT = re.compile(
    r":material/\w+:|:\w+\[|https?://\S*|\]\([^)]*\)|<[^>]*>|`[^`]*`|\S+@\S+|\bMarkdown\b|\bJSON\b|\b[A-Z][a-z]+/[A-Za-z_/]+\b"
    r"|:[a-z]+-badge\[|\bLearnCraft\b|\bPostgreSQL\b|\bCSV\b|\bParquet\b|\bExcel\b|\bEUR\b|\bUTC\b|\bEnglish\b|\bDeutsch\b"
    r"|/[a-z-]+\?\S*"
    rf"|\b[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\b|\b({'|'.join(audit.TABLES)})\b"
)


class Marking(NullTranslations):
    """Says each message as it is, between marks; what is put into its places is outside of them."""

    def gettext(self, message: str) -> str:
        return "".join(part if part.startswith("{") else mark(part) for part in re.split(r"(\{[^}]*\})", message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


# What the course says: the lesson's text, and the question.
WRITTEN = re.compile(r"Paragraph \d+\.|Which one\?")


def mark(words: str) -> str:
    """Each line between marks of its own: Markdown takes lines apart."""
    return "\n".join(f"{OPEN}{line}{CLOSE}" if line.strip() else line for line in words.split("\n"))


@pytest.fixture
def marking(monkeypatch: pytest.MonkeyPatch, world: World) -> World:
    """Everybody reads the invented language, and what others wrote is marked as theirs."""
    offered = (*choosing.OFFERED, LANGUAGE)
    monkeypatch.setattr(choosing, "OFFERED", offered)
    monkeypatch.setattr(language, "OFFERED", offered)
    monkeypatch.setitem(messages._catalogues, LANGUAGE, Marking())
    written = {
        "courses": ("title", "description", "short_description"),
        "modules": ("title", "description"),
        "lessons": ("title",),
        "users": ("first_name", "last_name"),
        "assessments": ("title",),
        "course_offerings": ("title", "description"),
    }
    with world.database.transaction() as session:
        for course_id in session.scalars(text("SELECT course_id FROM course_drafts")).all():
            drafting.forget(session, course_id)  # the builder makes a working copy of what is marked
        session.execute(text("SET session_replication_role = replica"))
        for table, columns in written.items():
            pairs = ", ".join(f"{name} = '{OPEN}' || {name} || '{CLOSE}'" for name in columns)
            session.execute(text(f"UPDATE {table} SET {pairs}"))
        session.execute(
            text("UPDATE user_preferences SET language = :language"),
            {"language": LANGUAGE},
        )
        session.execute(text("SET session_replication_role = origin"))
    return world


def texts(message: Message) -> Iterator[str]:
    """What a page's element shows: the fields of it, and of what is in it, that hold words."""
    for field, value in message.ListFields():
        several = [value] if isinstance(value, (str, bytes, Message)) or not hasattr(value, "__iter__") else list(value)
        for one in several:
            if isinstance(one, Message):
                yield from texts(one)
            elif isinstance(one, str) and field.name in SHOWN:
                yield one


def of_element(element: Any, *, with_cells: bool) -> Iterator[str]:
    """What an element shows, the headings of tables and the words of charts too."""
    if isinstance(getattr(element, "proto", None), Message):
        yield from texts(element.proto)
    if element.type == "dataframe":
        # A key of a column has its words in the settings of the table.
        yield from (str(name) for name in element.value.columns if not re.fullmatch("[a-z_]+", str(name)))
        yield from (cell for cell in element.value.to_numpy().flat if with_cells and isinstance(cell, str))
    elif element.type == "plotly_chart":
        yield from of_figure(json.loads(element.proto.spec))


def of_figure(part: Any) -> Iterator[str]:
    """The words of a chart: titles, names of lines and bars, what is said at a point."""
    if isinstance(part, list):
        for one in part:
            yield from of_figure(one)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name in {"name", "hovertemplate", "texttemplate", "title", "text"} and isinstance(value, str):
                yield re.sub(r"%\{[^}]*\}", "", value)
            elif name != "template":
                yield from of_figure(value)


def unmarked(shown: str) -> str:
    """What is left of a text without what is marked and what no language says."""
    return SILENT.sub("", WRITTEN.sub("", re.sub(f"{OPEN}[^{CLOSE}]*{CLOSE}", "", shown)))


def walk(block: Any) -> Iterator[Any]:
    for child in getattr(block, "children", {}).values():
        yield child
        yield from walk(child)


def test_every_page_says_everything_in_its_readers_language(marking: World) -> None:
    found: dict[str, set[str]] = {}
    kinds: set[str] = set()
    for file, role in [*PAGES, ("closed attempt", UserRole.LEARNER)]:
        opened = file
        if file == "closed attempt":
            opened = "pages/learn/assessment.py"
            marking.queries[opened] = marking.queries[file]
        app = marking.open(opened, role)
        assert not app.exception, file
        elements = list(walk(app._tree))
        kinds |= {element.type for element in elements}
        foreign = {
            shown
            for element in elements
            if element.type != "code"
            for shown in of_element(element, with_cells=file != "pages/admin/audit.py")  # rows of the database
            if re.search(r"[A-Za-z]{2}", unmarked(shown)) and not shown.lstrip().startswith(("<style", "<svg"))
        }
        if foreign:
            found[file] = foreign
    assert found == {}, "\n".join(f"{file}: {one!r}" for file, all_of_it in found.items() for one in sorted(all_of_it))
    assert {"plotly_chart", "dataframe"} <= kinds
