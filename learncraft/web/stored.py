"""Answers with bytes of the file store: from its folder, or piece by piece from the bucket behind it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from learncraft.courses import bucket, files


class _File(FileResponse):
    """A file in larger bites than usual: each is a hop between threads."""

    chunk_size = 1024 * 1024


async def answer(
    request: Request,
    files_dir: Path,
    storage_path: str,
    *,
    headers: Mapping[str, str],
    media_type: str,
    filename: str | None = None,
    disposition: str = "inline",
) -> Response | None:
    """The bytes, or the part that is asked for; 304 for what the browser has. None when the bytes are nowhere."""
    if headers["ETag"] in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=dict(headers))
    path = files.copy_of(files_dir, storage_path)
    if path is not None:
        return _File(
            path, headers=headers, media_type=media_type, filename=filename, content_disposition_type=disposition
        )
    store = bucket.behind(files_dir)
    if store is None:
        return None
    asked = _range(request, headers["ETag"])
    piece = await run_in_threadpool(store.read, storage_path, asked)
    if piece is None:
        return Response(status_code=416, headers=dict(headers)) if asked else None
    told = {**headers, "Content-Length": str(piece.length), "Accept-Ranges": "bytes"}
    if filename is not None:
        # The file's own way of writing a name into a header.
        told["Content-Disposition"] = FileResponse(
            Path(filename), filename=filename, content_disposition_type=disposition
        ).headers["content-disposition"]
    if piece.content_range is not None:
        told["Content-Range"] = piece.content_range
    status = 206 if piece.content_range is not None else 200
    return StreamingResponse(piece.body, status, headers=told, media_type=media_type)


def _range(request: Request, tag: str) -> str | None:
    """The part that is asked for. A browser whose beginning is of another version gets the whole."""
    asked = request.headers.get("range")
    if asked is None or not asked.startswith("bytes=") or "," in asked:
        return None
    return asked if request.headers.get("if-range", tag) == tag else None
