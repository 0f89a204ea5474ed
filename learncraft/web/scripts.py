"""Scripts of pages that act in the browser by themselves: plain modules, served as they lie in static/<folder>.

Their address holds their version, so a browser keeps them for good.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from learncraft import language
from learncraft.errors import NotFoundError
from learncraft.language import _
from learncraft.messages.collecting import of_script
from learncraft.web import hls

_STATIC = Path(__file__).parent / "static"
WORDS = "words.js"  # one file for all folders, given out with the words of the language in the address
SENDING = "sending.js"  # one file for both folders that bring files in
FOLDERS = {
    "builder": (
        "blocks.js",
        "bringing.js",
        "builder.js",
        "choosing.js",
        "conflict.js",
        "draft.js",
        "editor.js",
        "elements.js",
        "fields.js",
        "formulas.js",
        "merge.js",
        "moving.js",
        "outline.js",
        "pasting.js",
        "remarks.js",
        "rows.js",
        SENDING,
        "style.js",
        "talk.js",
        WORDS,
    ),
    "player": (
        "elements.js",
        "notes.js",
        "outbox.js",
        "player.js",
        "reading.js",
        "style.js",
        "transcript.js",
        "watching.js",
        WORDS,
    ),
    "sheet": ("code.js", "elements.js", "fields.js", "journal.js", "sheet.js", "style.js", "tab.js", WORDS),
    "upload": (SENDING, "upload.js", WORDS),
}
_KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}


def address(folder: str, name: str) -> str:
    """Where browsers get a script of a folder, in the reader's language. When one changes, all have a new address."""
    return f"/scripts/{folder}/{_version(folder, language.current())}/{name}"


@cache
def _version(folder: str, spoken: str) -> str:
    contents = [
        _words(folder, spoken).encode() if one == WORDS else _path(folder, one).read_bytes() for one in FOLDERS[folder]
    ]
    return f"{hashlib.sha256(b''.join(contents)).hexdigest()[:12]}-{spoken}"


@cache
def _words(folder: str, spoken: str) -> str:
    """The file of words, with those that the folder's scripts say in a language."""
    said = {message for one in FOLDERS[folder] for message, _many in of_script(_path(folder, one).read_text("utf-8"))}
    with language.speaking(spoken):
        table = {message: _(message) for message in sorted(said)}
    source = (_STATIC / WORDS).read_text(encoding="utf-8")
    source = source.replace('LANGUAGE = "en"', f"LANGUAGE = {json.dumps(spoken)}")
    return source.replace("WORDS = {}", f"WORDS = {json.dumps(table if spoken != language.SOURCE else {})}")


def _path(folder: str, name: str) -> Path:
    return _STATIC / name if name in {WORDS, SENDING} else _STATIC / folder / name


def routes() -> list[Route]:
    """The route."""
    return [Route("/scripts/{folder}/{version}/{name}", _script, methods=["GET"])]


async def _script(request: Request) -> Response:
    folder, name = request.path_params["folder"], request.path_params["name"]
    if name == WORDS and name in FOLDERS.get(folder, ()):
        spoken = language.known(request.path_params["version"].rpartition("-")[2])
        return Response(_words(folder, spoken), media_type="text/javascript", headers=_KEPT)
    path = _path(folder, name) if name in FOLDERS.get(folder, ()) else None
    if folder == "hls" and name == hls.NAME:
        path = hls.path()
    if path is None or not path.is_file():
        raise NotFoundError("There is no such page. The address may be mistyped.")
    return FileResponse(path, media_type="text/javascript", headers=_KEPT)
