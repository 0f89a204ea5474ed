"""A bucket behind the file store, at any service that speaks S3: all bytes are in it, the folder keeps what was used.

Which bucket stands behind which folder is said once, when a process begins (`stand_behind`).
"""
# ruff: noqa: PLC0415  # the client takes half a second to load: only where a bucket is set

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from learncraft.errors import UnavailableError
from learncraft.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_CHUNK = 1024 * 1024
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})

_behind: dict[Path, Bucket] = {}


class BucketError(UnavailableError):
    """The bucket doesn't answer, or refuses."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an object: its bytes as they come, and what the service says of it."""

    body: Iterator[bytes]
    length: int
    content_range: str | None


class Bucket:
    """One bucket. Threads share it."""

    def __init__(self, settings: Settings) -> None:
        import boto3
        from botocore.config import Config

        assert settings.files_bucket is not None
        self.name = settings.files_bucket
        secret = settings.files_bucket_secret
        self._client: S3Client = boto3.client(
            "s3",
            endpoint_url=settings.files_bucket_url,
            region_name=settings.files_bucket_region,
            aws_access_key_id=settings.files_bucket_key,
            aws_secret_access_key=secret.get_secret_value() if secret else None,
            config=Config(
                connect_timeout=5,
                read_timeout=60,
                retries={"max_attempts": 4, "mode": "standard"},
                s3={"addressing_style": "path" if settings.files_bucket_url else "auto"},
            ),
        )

    def size_of(self, key: str) -> int | None:
        """How big an object is; None when it isn't there."""
        with _in_words():
            try:
                return self._client.head_object(Bucket=self.name, Key=key)["ContentLength"]
            except self._client.exceptions.ClientError as error:
                if error.response.get("Error", {}).get("Code") in _MISSING:
                    return None
                raise

    def put(self, path: Path, key: str) -> None:
        """Bring a file in, unless it is there. Large ones go in parts, so memory stays flat."""
        if self.size_of(key) == path.stat().st_size:
            return
        with _in_words():
            self._client.upload_file(str(path), self.name, key)

    def fetch(self, key: str, path: Path) -> bool:
        """Write an object to a file; False when it isn't there."""
        if self.size_of(key) is None:
            return False
        with _in_words():
            self._client.download_file(self.name, key, str(path))
        return True

    def read(self, key: str, byte_range: str | None) -> Piece | None:
        """An object, or a part of it by an HTTP range; None when it isn't there, or has no such part."""
        asked: dict[str, Any] = {"Range": byte_range} if byte_range else {}
        with _in_words():
            try:
                found = self._client.get_object(Bucket=self.name, Key=key, **asked)
            except self._client.exceptions.ClientError as error:
                if error.response.get("Error", {}).get("Code") in _MISSING | {"InvalidRange", "416"}:
                    return None
                raise
        return Piece(found["Body"].iter_chunks(_CHUNK), found["ContentLength"], found.get("ContentRange"))

    def forget(self, key: str) -> None:
        """Take an object away. Safe to repeat."""
        with _in_words():
            self._client.delete_object(Bucket=self.name, Key=key)


def stand_behind(settings: Settings) -> None:
    """Say which bucket stands behind the folder of files of this process; none when none is set."""
    _behind.pop(settings.files_dir, None)
    if settings.files_bucket:
        _behind[settings.files_dir] = Bucket(settings)


def behind(files_dir: Path) -> Bucket | None:
    """The bucket behind a folder of files."""
    return _behind.get(files_dir)


@contextmanager
def _in_words() -> Iterator[None]:
    from boto3.exceptions import S3UploadFailedError
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError, S3UploadFailedError) as error:
        code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
        reason = code or type(error).__name__
        raise BucketError(
            "The store of files does not answer ({reason}). Nothing is lost; try again later.", reason=reason
        ) from error
