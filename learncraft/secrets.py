"""The key that signs form tokens and one-time links: given by the operator, or made once per home folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from learncraft.errors import InvalidInputError
from learncraft.settings import Settings

FILE_NAME = "secret.key"
SHORTEST = 16


def secret_key(settings: Settings) -> str:
    """The key of this installation; the same for every process that uses the home folder.

    Raises:
        InvalidInputError: the configured key, or the one in the file, is too short to protect anything.
    """
    if settings.secret_key is not None:
        return _long_enough(settings.secret_key.get_secret_value(), "LEARNCRAFT_SECRET_KEY")
    path = settings.home / FILE_NAME
    try:
        return _long_enough(path.read_text(encoding="utf-8").strip(), str(path))
    except FileNotFoundError:
        make_private(path, secrets.token_urlsafe(48).encode())
        return path.read_text(encoding="utf-8").strip()


def make_private(path: Path, content: bytes) -> None:
    """Write a new file for its owner alone, whole or not at all; when two processes try, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _long_enough(key: str, where: str) -> str:
    if len(key) < SHORTEST:
        raise InvalidInputError(f"{where} must hold at least {SHORTEST} characters. Remove it, and a new one is made.")
    return key
