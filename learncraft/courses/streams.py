"""The stream of a video: how it stands while it is made, and the change to it in one step."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.courses import files, film
from learncraft.courses.film import Film
from learncraft.courses.media_models import UploadedFile, Video, VideoFile, VideoQuality, VideoStatus
from learncraft.db import new_id

LISTING = "application/vnd.apple.mpegurl"
_MIME = {".m3u8": LISTING, ".mp4": "video/mp4", ".jpg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a stream is made of."""

    video_id: UUID
    file_id: UUID
    storage_path: str


def source_of(session: Session, video_id: UUID, file_id: UUID) -> Source | None:
    """What to make a stream of; None when the video is gone or has got another file meanwhile."""
    row = session.execute(
        select(Video.id, UploadedFile.id, UploadedFile.storage_path)
        .join(UploadedFile, UploadedFile.id == Video.file_id)
        .where(Video.id == video_id, Video.file_id == file_id)
    ).one_or_none()
    return Source(*row) if row else None


def say_progress(session: Session, video_id: UUID, percent: int) -> None:
    """Note how much is made, for those who wait."""
    session.execute(
        update(Video)
        .where(Video.id == video_id, Video.status != VideoStatus.READY)
        .values(status=VideoStatus.PROCESSING, progress=percent, failure=None)
    )


def fail(session: Session, video_id: UUID, file_id: UUID, reason: str) -> None:
    """Say why no stream could be made. What learners watched before stays."""
    session.execute(
        update(Video)
        .where(Video.id == video_id, Video.file_id == file_id)
        .values(status=VideoStatus.FAILED, failure=reason, progress=0)
    )


def publish(session: Session, files_dir: Path, source: Source, made: Film, folder: Path) -> None:
    """Put a finished stream in the place of the one before. The bytes go into the file store first.

    Raises:
        FileStoreError: the disk is full or can't be written.
    """
    listings = film.qualities(made)
    (folder / "master.m3u8").write_text(master(made, folder), encoding="utf-8")
    names = ["master.m3u8", "poster.jpg", *(f"{one}p{end}" for one in listings for end in (".m3u8", ".mp4"))]
    old = session.scalars(
        delete(VideoFile).where(VideoFile.video_id == source.video_id).returning(VideoFile.content_hash)
    ).all()
    session.execute(delete(VideoQuality).where(VideoQuality.video_id == source.video_id))
    for name in names:
        path, content_hash, size = files.keep(files_dir, folder / name)
        files.hold(session, content_hash)
        session.add(
            VideoFile(
                id=new_id(),
                video_id=source.video_id,
                name=name,
                storage_path=path,
                content_hash=content_hash,
                mime_type=_MIME[Path(name).suffix],
                file_size=size,
            )
        )
    for quality in listings:
        session.add(
            VideoQuality(
                id=new_id(),
                video_id=source.video_id,
                quality=f"{quality}p",
                bitrate=film.peak_bitrate((folder / f"{quality}p.m3u8").read_text("utf-8")),
                url=address(source.video_id, f"{quality}p.m3u8"),
            )
        )
    session.execute(
        update(Video)
        .where(Video.id == source.video_id)
        .values(
            status=VideoStatus.READY,
            progress=100,
            failure=None,
            duration_seconds=round(made.seconds),
            hls_url=address(source.video_id, "master.m3u8"),
            thumbnail_url=address(source.video_id, "poster.jpg"),
        )
    )
    if old:
        background.defer(session, "forget_bytes", hashes=list(old))


def master(made: Film, folder: Path) -> str:
    """The list of a stream's qualities."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for quality in film.qualities(made):
        width, height = film.shown_size(made, quality)
        peak = film.peak_bitrate((folder / f"{quality}p.m3u8").read_text("utf-8"))
        lines += [f"#EXT-X-STREAM-INF:BANDWIDTH={peak},RESOLUTION={width}x{height}", f"{quality}p.m3u8"]
    return "\n".join([*lines, ""])


def address(video_id: UUID, name: str) -> str:
    """Where browsers get a file of a stream."""
    return f"/videos/{video_id}/{name}"
