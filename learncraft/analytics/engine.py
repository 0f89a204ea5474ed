"""ClickHouse's engine inside this process (chDB): runs statements, nothing else.

A chDB handle runs one statement at a time and keeps settings and the current database between statements, as a
session would. So each worker thread owns a handle and puts it back to its defaults after every statement.
"""

from __future__ import annotations

import re
import shutil
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import chdb

# What a statement may use when its sender doesn't say: no question of a page needs more.
DEFAULT_LIMITS = {"max_execution_time": "60", "max_memory_usage": "4000000000"}
HANDLES = 8  # statements at once; a slow chart must not keep an insert waiting
CLOSE_TIMEOUT_SECONDS = 0.7

_SETTING_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_INSERT_WITH_DATA = re.compile(
    rb"(?P<into>\s*INSERT\s+INTO\s+(?:(?!\b(?:SELECT|WITH|VALUES)\b).)*?)(?P<settings>\s+SETTINGS\s.*?)?"
    rb"\s+FORMAT\s+(?P<format>\w+)[ \t]*\r?\n?",
    re.IGNORECASE | re.DOTALL,
)
_ANSWERS_ROWS = re.compile(
    rb"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(?:SELECT|WITH|SHOW|DESC|DESCRIBE|EXISTS|EXPLAIN|CHECK|KILL)\b",
    re.IGNORECASE | re.DOTALL,
)
_NAMED_FORMAT = re.compile(rb"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_KEEPS_STATE = re.compile(rb"\s*(?:SET|USE)\b", re.IGNORECASE)
_CODE = re.compile(r"Code: (\d+)\.")


class EngineError(Exception):
    """The engine refused a statement; `code` is ClickHouse's own number for the reason."""

    def __init__(self, message: str) -> None:
        super().__init__(message[max(message.find("Code: "), 0) :].strip())
        found = _CODE.search(message)
        self.code = int(found[1]) if found else 1002  # UNKNOWN_EXCEPTION


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as it came over HTTP. `id` names it so that it can be cancelled."""

    id: str
    text: bytes  # with an insert's data after its first line
    database: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def only_reads(self) -> bool:
        """Whether nothing is lost when it stops half way."""
        return _ANSWERS_ROWS.match(self.text) is not None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a statement returned: `format` is None when it has no rows to return."""

    body: bytes
    format: str | None
    summary: dict[str, str]


class Engine:
    """One data folder, opened. No second process can open it meanwhile."""

    def __init__(self, path: Path, *, incoming: Path) -> None:
        """Open the folder, making it when it's new. `incoming` holds the data of inserts while they run.

        Raises:
            EngineError: the folder is in use by another process, or isn't the engine's.
        """
        self._path = str(path)
        self._handles: list[Any] = []
        self._lock = threading.Lock()
        self._own = threading.local()
        self._control = self._new_handle()
        self._incoming = incoming
        shutil.rmtree(incoming, ignore_errors=True)  # what a killed process left
        incoming.mkdir(mode=0o700)
        self._workers = ThreadPoolExecutor(HANDLES, thread_name_prefix="engine")
        self._running: set[Future[Answer]] = set()

    def _new_handle(self) -> Any:
        try:
            # Two wheels bring this module; whose is installed last decides whether the function has types.
            handle = chdb.connect(self._path)  # type: ignore[no-untyped-call,unused-ignore]
        except RuntimeError as error:
            raise EngineError(str(error)) from error
        with self._lock:
            self._handles.append(handle)
        return handle

    def submit(self, statement: Statement) -> Future[Answer]:
        """Run a statement as soon as a handle is free."""
        future = self._workers.submit(self._run, statement)
        with self._lock:
            self._running.add(future)
        future.add_done_callback(self._forget)
        return future

    def _forget(self, future: Future[Answer]) -> None:
        with self._lock:
            self._running.discard(future)

    def cancel(self, statement_id: str) -> None:
        """Stop a running statement; it fails with QUERY_WAS_CANCELLED."""
        with self._lock:
            self._control.query(
                "KILL QUERY WHERE Settings['log_comment'] = {id:String} ASYNC", "Null", params={"id": statement_id}
            )

    def cancel_all(self) -> None:
        """Stop all that runs or waits, and take no more."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._control.query("KILL QUERY WHERE Settings['log_comment'] != '' ASYNC", "Null")

    def close(self) -> None:
        """Close the folder. A statement that doesn't stop is left: the files are sound at any moment."""
        self.cancel_all()
        with self._lock:
            running = set(self._running)
        if not wait(running, timeout=CLOSE_TIMEOUT_SECONDS).not_done:
            for handle in self._handles:
                handle.close()

    def _run(self, statement: Statement) -> Answer:
        if _KEEPS_STATE.match(statement.text):
            return Answer(b"", None, {})  # sessions aren't kept, so there is nothing to set
        handle = getattr(self._own, "handle", None) or self._new_handle()
        self._own.handle = handle
        try:
            with _session(handle, statement):
                if insert := _INSERT_WITH_DATA.match(statement.text):
                    return _insert(handle, insert, statement.text[insert.end() :], self._incoming)
                return _query(handle, statement)
        except RuntimeError as error:
            raise EngineError(str(error)) from error


@contextmanager
def _session(handle: Any, statement: Statement) -> Iterator[None]:
    """The handle with the statement's database and settings, and without them afterwards."""
    settings = {**DEFAULT_LIMITS, **statement.settings, "log_comment": statement.id}
    if bad := [name for name in settings if not _SETTING_NAME.fullmatch(name)]:
        raise EngineError(
            f"Code: 115. DB::Exception: Setting {bad[0]!r} is neither a builtin setting nor started with "
            "the prefix 'SQL_' registered for user-defined settings. (UNKNOWN_SETTING)"
        )
    try:
        handle.query(f"USE {_quoted(statement.database or 'default', '`')}", "Null")
        handle.query("SET " + ", ".join(f"{name} = {_quoted(value)}" for name, value in settings.items()), "Null")
        yield
    finally:
        _reset(handle, list(settings))


def _reset(handle: Any, names: list[str]) -> None:
    try:
        handle.query("SET " + ", ".join(f"{name} = DEFAULT" for name in names), "Null")
    except RuntimeError:  # one name is unknown; none of the others may stay for the next statement
        for name in names:
            with suppress(RuntimeError):
                handle.query(f"SET {name} = DEFAULT", "Null")


def _quoted(text: str, quote: str = "'") -> str:
    return quote + text.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote


def _query(handle: Any, statement: Statement) -> Answer:
    result = handle.query(statement.text, "TabSeparated", params=statement.parameters)
    named = _NAMED_FORMAT.search(statement.text)
    answers = named[1].decode() if named else "TabSeparated" if statement.only_reads else None
    summary = {"read_rows": str(result.rows_read()), "read_bytes": str(result.bytes_read())}
    return Answer(result.bytes() or b"", answers, summary)


def _insert(handle: Any, insert: re.Match[bytes], data: bytes, incoming: Path) -> Answer:
    """Insert data by way of a file. chDB's `send_insert` would take it from memory, but reports success when only the
    table itself was written and a view failed."""
    file = incoming / uuid.uuid4().hex
    file.write_bytes(data)
    try:
        statement = b"%s FROM INFILE %s%s FORMAT %s" % (
            insert["into"],
            _quoted(str(file)).encode(),
            insert["settings"] or b"",
            insert["format"],
        )
        result = handle.query(statement, "Null")
    finally:
        file.unlink()
    return Answer(b"", None, {"written_rows": str(result.rows_read()), "written_bytes": str(result.bytes_read())})
