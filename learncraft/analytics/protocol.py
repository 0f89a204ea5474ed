"""ClickHouse's HTTP protocol over one engine: as much of it as clickhouse-connect speaks.

Every answer is complete before its first byte leaves, so an error is always a status and never a broken body.
Sessions are not kept, and answers are never compressed: both ends are on the same machine.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid
from base64 import b64decode
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from learncraft.analytics.decompression import DamagedError, TooLargeError, UnknownEncodingError, decompressed
from learncraft.analytics.engine import Answer, Engine, EngineError, Statement

USER = "learncraft"
MAX_BODY_BYTES = 256 * 1024 * 1024

# Parameters of a request that speak about the transport: the engine would refuse them as unknown settings.
_TRANSPORT = frozenset(
    [
        *["query", "database", "default_format", "user", "password", "role", "quota_key", "query_id"],
        *["session_id", "session_timeout", "session_check", "client_protocol_version", "buffer_size"],
        *["compress", "decompress", "enable_http_compression", "http_zlib_compression_level"],
        *["wait_end_of_query", "send_progress_in_http_headers", "http_headers_progress_interval_ms"],
    ]
)


class _RefusedError(Exception):
    """A request that never reaches the engine, with its status and ClickHouse's number for the reason."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def application(engine: Engine, key: str) -> Starlette:
    """The ASGI application. Each request but /ping must bring the user `learncraft` and the key."""

    async def ping(request: Request) -> Response:
        return PlainTextResponse("Ok.\n")

    async def query(request: Request) -> Response:
        try:
            _authenticate(request, key)
            statement = await _statement(request)
            if not statement.text.strip():
                return PlainTextResponse("Ok.\n")
            return _success(statement, await _run(engine, statement, request))
        except _RefusedError as error:
            return _failure(error.status, error.code, f"Code: {error.code}. DB::Exception: {error}")
        except EngineError as error:
            return _failure(500, error.code, str(error))

    return Starlette(routes=[Route("/ping", ping), Route("/", query, methods=["GET", "POST"])])


def _authenticate(request: Request, key: str) -> None:
    user = request.headers.get("x-clickhouse-user", "")
    given = request.headers.get("x-clickhouse-key", "")
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, given = b64decode(credentials, validate=True).decode().partition(":")
        except ValueError:
            given = ""
    if not secrets.compare_digest(f"{user}:{given}".encode(), f"{USER}:{key}".encode()):
        raise _RefusedError(403, 516, f"{user or 'default'}: Authentication failed. (AUTHENTICATION_FAILED)")


async def _statement(request: Request) -> Statement:
    values = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        text = b""
        async with request.form(max_part_size=MAX_BODY_BYTES) as form:
            if any(isinstance(value, UploadFile) for value in form.values()):
                raise _RefusedError(501, 48, "The embedded event store takes no external tables. (NOT_IMPLEMENTED)")
            values |= {name: str(value) for name, value in form.items()}
    else:
        text = await _body(request)
    head = values.get("query", "")
    return Statement(
        id=values.get("query_id") or str(uuid.uuid4()),
        text=f"{head}\n".encode() + text if head else text,
        database=values.get("database") or request.headers.get("x-clickhouse-database"),
        parameters={name[6:]: value for name, value in values.items() if name.startswith("param_")},
        settings={
            name: value for name, value in values.items() if name not in _TRANSPORT and not name.startswith("param_")
        },
    )


async def _body(request: Request) -> bytes:
    """The request's body, decompressed. What grows beyond the limit is refused while it is read."""
    encoding = request.headers.get("content-encoding", "identity").lower()
    try:
        return await decompressed(request.stream(), encoding, limit=MAX_BODY_BYTES)
    except UnknownEncodingError as error:
        message = f"Send lz4, gzip or deflate instead of {encoding}. (NOT_IMPLEMENTED)"
        raise _RefusedError(501, 48, message) from error
    except DamagedError as error:
        raise _RefusedError(400, 271, f"The body isn't sound {encoding}. (CANNOT_DECOMPRESS)") from error
    except TooLargeError as error:
        limit = MAX_BODY_BYTES // 1024 // 1024
        message = f"A request may have {limit} MiB; send the rows in parts. (TOO_MANY_BYTES)"
        raise _RefusedError(413, 307, message) from error


async def _run(engine: Engine, statement: Statement, request: Request) -> Answer:
    """Run the statement; when its sender hangs up, stop a read and let a write finish."""
    future = engine.submit(statement)
    job = asyncio.wrap_future(future)
    if not statement.only_reads:
        return await job
    hung_up = asyncio.ensure_future(_hung_up(request))
    either: set[asyncio.Future[Any]] = {job, hung_up}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    hung_up.cancel()
    if not job.done() and not future.cancel():
        await asyncio.to_thread(engine.cancel, statement.id)
    return await job


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _success(statement: Statement, answer: Answer) -> Response:
    headers = {
        "X-ClickHouse-Query-Id": statement.id.encode("ascii", "replace").decode(),
        "X-ClickHouse-Summary": json.dumps(answer.summary),
        "X-ClickHouse-Timezone": "UTC",
    }
    if answer.format:
        headers["X-ClickHouse-Format"] = answer.format
    return Response(answer.body, headers=headers, media_type="application/octet-stream")


def _failure(status: int, code: int, message: str) -> Response:
    return PlainTextResponse(message, status, headers={"X-ClickHouse-Exception-Code": str(code)})
