"""The messages of the code: of Python, of the templates, and of the scripts of pages."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jinja2.ext import babel_extract

from learncraft.paths import root

Message = tuple[str, str | None]  # one thing, and many of them

_FOLDERS = ("pages", "learncraft")
# What is said to operators only stays English: logs, commands, and what they build on.
NOT_SPOKEN = frozenset(
    f"learncraft/{name}"
    for name in (
        "analytics/batches.py",
        "analytics/draining.py",
        "analytics/rebuilding.py",
        "analytics/reconciling.py",
        "analytics/shipping.py",
        "backup",
        "bench",
        "cli",
        "db.py",
        "demo",
        "events.py",
        "json_shapes.py",
        "mail.py",
        "messages",
        "paths.py",
        "retention",
        "runtime.py",
        "schema_docs",
        "settings.py",
        "sql.py",
        "supervisor",
        "secrets.py",
    )
)
# Where the message stands among what is given: of calls, and of errors that take something before it.
_PLACES = {"_": 0, "Kind": 0, "noted": 0, "marked": 0, "Screen": 1}
_ERROR_PLACES = {"InvalidProfileError": 1, "ConflictError": 1}
_COUNTS = {"_n": 0, "several": 0, "counted": 1}
_SAY = re.compile(r"""\bspoken\(\s*"((?:[^"\\]|\\.)*)\"""")


@dataclass
class Collected:
    """Each message with the files that say it."""

    files: dict[Message, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, found: Iterator[Message], file: str) -> None:
        """Note the messages of a file."""
        for message in found:
            self.files[message].add(file)


def collect() -> Collected:
    """All messages that somebody may read in another language."""
    collected = Collected()
    for folder in _FOLDERS:
        for path in sorted((root() / folder).rglob("*")):
            file = path.relative_to(root()).as_posix()
            if not any(file == one or file.startswith(f"{one}/") for one in NOT_SPOKEN):
                collected.add(of_file(path), file)
    return collected


def of_file(path: Path) -> Iterator[Message]:
    """The messages of one file, by its kind."""
    match path.suffix:
        case ".py":
            yield from of_python(path.read_text(encoding="utf-8"))
        case ".html" if path.parent.name == "templates":
            with path.open("rb") as file:
                for _line, _name, message, _comments in babel_extract(file, ["_", "marked"], [], {}):
                    yield str(message[0] if isinstance(message, tuple) else message), None
        case ".js":
            yield from of_script(path.read_text(encoding="utf-8"))


def of_script(source: str) -> Iterator[Message]:
    """The messages of a script: `spoken("…")`."""
    for found in _SAY.finditer(source):
        yield _unquoted(found[1]), None


def _unquoted(text: str) -> str:
    return text.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")


def of_python(source: str) -> Iterator[Message]:
    """The messages of a module."""
    yield from _walk(ast.parse(source), "")


def _walk(node: ast.AST, base: str) -> Iterator[Message]:
    """The messages below a node; `base` is the error from which the class around is made."""
    if isinstance(node, ast.ClassDef):
        base = next((name for name in map(_name, node.bases) if name.endswith("Error")), "")
    if isinstance(node, ast.Call):
        yield from _of_call(node, base)
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, base)


def _of_call(call: ast.Call, base: str) -> Iterator[Message]:
    name = _name(call.func)
    if name in _COUNTS:
        place = _COUNTS[name]
        one = _texts(call, place)
        many = _texts(call, place + 1)
        for single in one:
            yield single, many[0] if many else f"{single}s"
    elif name == "Spoken":
        for given in call.args:
            for value in given.values if isinstance(given, ast.Dict) else ():
                yield from ((text, None) for text in _strings(value))
    elif name == "question" and call.keywords:  # of charts: what is asked, and how it is counted
        yield from ((text, None) for text in _texts(call, 0))
        yield from ((text, None) for given in call.keywords if given.arg == "counted" for text in _strings(given.value))
    elif name in _PLACES:
        yield from ((text, None) for text in _texts(call, _PLACES[name]))
    elif name.endswith("Error"):
        yield from ((text, None) for text in _texts(call, _ERROR_PLACES.get(name, 0)) if " " in text)
    elif name == "__init__" and base:
        yield from ((text, None) for text in _texts(call, _ERROR_PLACES.get(base, 0)) if " " in text)


def _texts(call: ast.Call, place: int) -> list[str]:
    return list(_strings(call.args[place])) if len(call.args) > place else []


def _strings(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be: itself, or one of two by a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for one in node.values:
            yield from _strings(one)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript):  # of a kind of values, such as Spoken[Kind]
        return _name(node.value)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
