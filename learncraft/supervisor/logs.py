"""The log file of a home folder: what happened, with traces, without secrets."""

from __future__ import annotations

import logging
import re
from logging.handlers import RotatingFileHandler, WatchedFileHandler
from pathlib import Path
from uuid import uuid4

from learncraft.settings import Settings

MOST_BYTES = 10_000_000
OLD_FILES = 5

_SECRETS = (
    (re.compile(r"(://[^\s:/@]*):[^\s@/]+@"), r"\1:***@"),  # the password of a URL
    (re.compile(r"((?:token|key|secret|password|code|state)=)[^\s&'\"]+", re.IGNORECASE), r"\1***"),
    (re.compile(r"(/auth/[a-z-]+/)[^\s/'\"?]{20,}"), r"\1***"),  # one-time links carry their token in the path
    (re.compile(r"((?:cookie|authorization)['\"]?\s*[:=]\s*).+", re.IGNORECASE), r"\1***"),
)


class _Discreet(logging.Formatter):
    """Takes secrets out of the finished line, traces included, whoever wrote it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it is written."""
        line = super().format(record)
        for pattern, replacement in _SECRETS:
            line = pattern.sub(replacement, line)
        return line


def log_file(home: Path) -> Path:
    """Where the log is."""
    return home / "logs" / "learncraft.log"


def set_up(settings: Settings, *, serving: bool = False) -> None:
    """Send everything that is logged to the file. The server turns the file over; commands beside it follow."""
    path = log_file(settings.home)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler: logging.Handler
    if serving:
        handler = RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=OLD_FILES, encoding="utf-8", delay=True)
    else:
        handler = WatchedFileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(_Discreet("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"))
    handler.setLevel(settings.log_level.upper())
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old.formatter, _Discreet)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    logging.raiseExceptions = False  # a full disk must not print a trace for each line that can't be written
    for chatty in ("httpx", "httpcore", "urllib3", "watchdog", "alembic.runtime.plugins"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def record_fault(error: BaseException) -> str:
    """Write the trace of something unexpected; returns the reference under which it is found."""
    reference = uuid4().hex[:8]
    logging.getLogger("learncraft").error("fault %s", reference, exc_info=error)
    return reference


def current_file() -> Path | None:
    """The log file of this process; None before it was set up."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.FileHandler) and isinstance(handler.formatter, _Discreet):
            return Path(handler.baseFilename)
    return None
