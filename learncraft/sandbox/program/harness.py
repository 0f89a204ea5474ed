"""Runs inside the sandbox: each step with fresh files, fresh modules and a fresh namespace. Trusted by nobody.

Only the standard library is there, and nothing of it is imported that must differ between two runs (`random`).
Outside, `carried` says what a value looks like that comes back.
"""

from __future__ import annotations

import builtins
import json
import linecache
import os
import shutil
import sys
import time
import traceback
from types import ModuleType
from typing import Any

HOME = "/home/learner"
LONGEST_SHOWN = 300
DEEPEST = 20
MOST_ITEMS = 5_000


class TooBigError(Exception):
    """A value that isn't carried out of the sandbox."""


def run(text: str, channel: Any) -> None:
    """Do all steps of a program."""
    program = json.loads(text)
    known = set(sys.modules)
    for index, step in enumerate(program["steps"]):
        channel.begin(index)
        lay_out(program["files"])
        for name in set(sys.modules) - known:
            if under_home(sys.modules[name]):
                del sys.modules[name]
        channel.input(step["stdin"])
        started = time.monotonic()
        outcome = one_step(program, step)
        flush()
        outcome["seconds"] = round(time.monotonic() - started, 3)
        channel.end(json.dumps(outcome))


def lay_out(files: dict[str, str]) -> None:
    """The learner's folder as the program finds it."""
    shutil.rmtree(HOME, ignore_errors=True)
    os.makedirs(HOME, exist_ok=True)
    os.chdir(HOME)
    for path, content in files.items():
        place = os.path.join(HOME, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "w", encoding="utf-8", newline="") as file:
            file.write(content)
    linecache.clearcache()
    sys.path[:] = [HOME, *(entry for entry in sys.path if entry and entry != HOME)]
    sys.path_importer_cache.clear()
    sys.dont_write_bytecode = True
    # Pyodide would ask Deno for a shell, be refused, and break down.
    os.system = sys.modules["posix"].system = no_shell  # type: ignore[attr-defined]


def no_shell(command: object) -> int:
    """What `os.system` is here."""
    raise OSError(38, "There is no shell and no other program here")


def under_home(module: ModuleType) -> bool:
    """Whether a module is one of the learner's."""
    return str(getattr(module, "__file__", None) or "").startswith(HOME)


def one_step(program: dict[str, Any], step: dict[str, Any]) -> dict[str, Any]:
    """Run the program, arrange, evaluate; whatever it raises is its outcome."""
    sys.argv[:] = [program["main"]]
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    sys.stdout = open(1, "w", encoding="utf-8", buffering=1, closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)
    names = {"__name__": "__main__", "__builtins__": builtins, "__file__": program["main"]}
    try:
        source = program["files"][program["main"]]
        try:
            exec(compile(source, program["main"], "exec"), names)
        except SystemExit as left:
            if left.code not in (None, 0):
                return {"ending": "failed", "error_type": "SystemExit", "error": f"The program left with {left.code!r}"}
        exec(compile(step["arrange"], "test", "exec"), names)
        if step["evaluate"] is None:
            return {"ending": "finished"}
        value = eval(compile(step["evaluate"].strip(), "test", "eval"), names)
        return {"ending": "finished", "value": carried(value), "shown_value": shown(value)}
    except MemoryError:
        names.clear()
        return {"ending": "memory", "error_type": "MemoryError"}
    except BaseException as error:
        return {"ending": "failed", "error_type": type(error).__name__, "error": in_words(error, program["files"])}


def flush() -> None:
    """What the program printed and still holds back."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass


def in_words(error: BaseException, files: dict[str, str]) -> str:
    """The traceback as far as it is about the learner's own files."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if os.path.relpath(frame.filename, HOME) in files or frame.filename in files]
    lines = []
    if own:
        lines.append("Traceback (most recent call last):")
        for frame in own[-6:]:
            name = os.path.basename(frame.filename)
            lines.append(f'  File "{name}", line {frame.lineno}, in {frame.name}')
            source, number = files.get(name, "").splitlines(), frame.lineno or 0
            if 0 < number <= len(source):
                lines.append(f"    {source[number - 1].strip()}")
    try:
        said = "".join(traceback.format_exception_only(type(error), error))
    except BaseException:
        said = type(error).__name__
    return ("\n".join(lines) + "\n" + said).strip()[-4000:]


def shown(value: object) -> str:
    """A value as Python writes it, cut."""
    try:
        text = repr(value)
    except BaseException as error:
        return f"a {type(value).__name__} that can't be shown ({type(error).__name__})"
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def carried(value: object) -> list[Any]:
    """A value as JSON that keeps Python's kinds apart; what can't be carried is told by its type alone."""
    try:
        return encode(value, 0, [MOST_ITEMS])
    except (TooBigError, RecursionError, MemoryError, ValueError):
        return ["other", "a value too big to compare"]


def encode(value: Any, depth: int, room: list[int]) -> list[Any]:
    """One value: the name of its kind, and what is in it."""
    room[0] -= 1
    if depth > DEEPEST or room[0] < 0:
        raise TooBigError
    kind = type(value)
    if value is None:
        return ["none"]
    if kind is bool:
        return ["bool", value]
    if kind is int:
        return ["int", str(value)]
    if kind is float:
        return ["float", repr(value)]
    if kind is complex:
        return ["complex", repr(value)]
    if kind in (str, bytes):
        if len(value) > 50_000:
            raise TooBigError
        return [kind.__name__, value if kind is str else value.hex()]
    if kind in (list, tuple):
        return [kind.__name__, [encode(one, depth + 1, room) for one in value]]
    if kind in (set, frozenset):
        return ["set", [encode(one, depth + 1, room) for one in value]]
    if kind is dict:
        return ["dict", [[encode(key, depth + 1, room), encode(one, depth + 1, room)] for key, one in value.items()]]
    return ["other", kind.__name__]
