"""The catalogues say all that the code says, and nothing else."""

from __future__ import annotations

import ast

import pytest

from learncraft.language import OFFERED, SOURCE, name_of
from learncraft.language.messages import path_of
from learncraft.messages import catalogues, collecting
from learncraft.messages.collecting import NOT_SPOKEN, collect, of_python, of_script
from learncraft.paths import root


def test_german_is_offered() -> None:
    assert [(one, name_of(one)) for one in OFFERED] == [("en", "English"), ("de", "Deutsch")]


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_a_catalogue_says_everything_and_nothing_else(language: str) -> None:
    assert list(catalogues.faults(language, collect())) == []


def test_what_is_wrong_with_a_catalogue_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    collected = collecting.Collected()
    collected.add(iter([("New", None), ("Hello, {name}", None), ("card", "cards"), ("Loose", None)]), "pages/x.py")
    catalogue = catalogues.Catalog(locale="de")
    catalogue.add("Hello, {name}", "Hallo, {nahme}")
    catalogue.add(("card", "cards"), ("Karte", ""))
    catalogue.add("Loose", "Lose", flags=["fuzzy"])
    catalogue.add("Old", "Alt")
    monkeypatch.setattr(catalogues, "read", lambda _language: catalogue)
    assert sorted(catalogues.faults("de", collected)) == [
        "fuzzy: 'Loose'",
        "missing: 'New'",
        "not said: 'card'",
        "other places: 'Hello, {name}'",
        "unused: 'Old'",
    ]


def test_messages_are_found_where_they_are_said() -> None:
    source = """
class GoneError(NotFoundError):
    def __init__(self): super().__init__("It is gone.")
raise GoneError("Look again.")
raise InvalidProfileError("bio", "Too long.")
_("One" if x else "Two")
_n("{count} card", "{count} cards", 3)
words.counted(2, "lesson")
words.counted(2, "reply", "replies")
NAMES = Spoken({1: "First"})
NAMES_OF_KINDS = Spoken[Kind]({2: "Second"})
noted("Later")
log.info("Not this one")
"""
    assert sorted(of_python(source), key=str) == sorted(
        [
            ("It is gone.", None),
            ("Look again.", None),
            ("Too long.", None),
            ("One", None),
            ("Two", None),
            ("{count} card", "{count} cards"),
            ("lesson", "lessons"),
            ("reply", "replies"),
            ("First", None),
            ("Second", None),
            ("Later", None),
        ],
        key=str,
    )
    assert list(of_script('spoken("Save \\"it\\""); spoken(x); other("y")')) == [('Save "it"', None)]


def test_the_lists_of_what_is_not_translated_name_what_is_there() -> None:
    assert [one for one in sorted(NOT_SPOKEN) if not (root() / one).exists()] == []


def test_a_catalogue_is_written_as_make_messages_writes_it(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    before = path_of("de").read_bytes()
    monkeypatch.setattr(catalogues, "path_of", lambda _language: tmp_path / "de.po")
    (tmp_path / "de.po").write_bytes(before)
    catalogues.update("de", collect())
    assert (tmp_path / "de.po").read_bytes() == before


def test_no_function_takes_the_name_of_the_messages_for_something_else() -> None:
    """Who writes `for _ in …` in a function that says messages finds out when it runs."""
    wrong = []
    for path in [*(root() / "pages").rglob("*.py"), *(root() / "learncraft").rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        says = any(isinstance(one, ast.ImportFrom) and one.module == "learncraft.language" for one in ast.walk(tree))
        if not says:
            continue
        in_comprehensions = {
            id(name) for node in ast.walk(tree) if isinstance(node, ast.comprehension) for name in ast.walk(node.target)
        }
        wrong += [
            f"{path.relative_to(root())}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and node.id == "_" and isinstance(node.ctx, ast.Store)
            if id(node) not in in_comprehensions
        ]
    assert wrong == []


def test_the_source_needs_no_catalogue() -> None:
    assert SOURCE not in catalogues.TRANSLATED
