"""Compressed request bodies, opened as they arrive and never beyond a limit."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import lz4.frame  # type: ignore[import-untyped]


class UnknownEncodingError(Exception):
    """The body is compressed in a way that isn't understood here."""


class TooLargeError(Exception):
    """The body is, or would become, larger than it may be."""


class DamagedError(Exception):
    """The body isn't what its encoding says, or ends too early."""


_DECOMPRESSORS: dict[str, Callable[[], Any]] = {
    "lz4": lz4.frame.LZ4FrameDecompressor,
    "gzip": lambda: zlib.decompressobj(wbits=zlib.MAX_WBITS | 16),
    "deflate": zlib.decompressobj,
}


async def decompressed(chunks: AsyncIterator[bytes], encoding: str, *, limit: int) -> bytes:
    """The whole body.

    Raises:
        UnknownEncodingError: `encoding` is neither identity, lz4, gzip nor deflate.
        TooLargeError: it grows beyond `limit` bytes.
        DamagedError: it can't be decompressed.
    """
    body = bytearray()
    if encoding == "identity":
        async for chunk in chunks:
            body += chunk
            if len(body) > limit:
                raise TooLargeError
        return bytes(body)
    if encoding not in _DECOMPRESSORS:
        raise UnknownEncodingError
    frames = _Frames(_DECOMPRESSORS[encoding])
    async for chunk in chunks:
        frames.feed(chunk, body, limit)
    if frames.inside:
        raise DamagedError
    return bytes(body)


class _Frames:
    """A row of compressed frames: clickhouse-connect makes one of each block, wherever the network cuts them."""

    def __init__(self, new: Callable[[], Any]) -> None:
        self._new = new
        self._current = new()
        self.inside = False  # a frame was begun and not ended

    def feed(self, chunk: bytes, body: bytearray, limit: int) -> None:
        while chunk:
            try:
                body += self._current.decompress(chunk, limit + 1 - len(body))
            except (RuntimeError, zlib.error) as error:
                raise DamagedError from error
            if len(body) > limit:
                raise TooLargeError
            self.inside = not self._current.eof
            if self.inside:
                return
            chunk = self._current.unused_data or b""
            self._current = self._new()
