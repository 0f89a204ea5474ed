"""Scripts of pages that act in the browser by themselves: plain modules, served as they lie in static/<folder>.

Their address holds their version, so a browser keeps them for good.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from learncraft.errors import NotFoundError
from learncraft.web import hls

_STATIC = Path(__file__).parent / "static"
FOLDERS = {
    "builder": (
        "blocks.js",
        "builder.js",
        "conflict.js",
        "draft.js",
        "editor.js",
        "elements.js",
        "merge.js",
        "outline.js",
        "remarks.js",
        "style.js",
        "talk.js",
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
    ),
    "sheet": ("code.js", "elements.js", "fields.js", "journal.js", "sheet.js", "style.js", "tab.js"),
    "upload": ("upload.js",),
}
_KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}


@cache
def address(folder: str, name: str) -> str:
    """Where browsers get a script of a folder. When one of them changes, all have a new address."""
    digest = hashlib.sha256(b"".join((_STATIC / folder / one).read_bytes() for one in FOLDERS[folder])).hexdigest()
    return f"/scripts/{folder}/{digest[:12]}/{name}"


def routes() -> list[Route]:
    """The route."""
    return [Route("/scripts/{folder}/{version}/{name}", _script, methods=["GET"])]


async def _script(request: Request) -> Response:
    folder, name = request.path_params["folder"], request.path_params["name"]
    path = _STATIC / folder / name if name in FOLDERS.get(folder, ()) else None
    if folder == "hls" and name == hls.NAME:
        path = hls.path()
    if path is None or not path.is_file():
        raise NotFoundError("There is no such page. The address may be mistyped.")
    return FileResponse(path, media_type="text/javascript", headers=_KEPT)
