"""Files, those on their way in, and videos with what is made of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Float, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.db import Base, CreatedAt, UpdatedAt, UuidPk, pg_enum, references


class CaptionOrigin(StrEnum):
    """Where captions come from."""

    UPLOADED = "uploaded"
    TRANSCRIBED = "transcribed"


class VideoStatus(StrEnum):
    """Whether a video can be watched yet."""

    UPLOADING = "uploading"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class UploadedFile(Base):
    """A file that somebody gave. Bytes are stored once per content hash; several rows may share them."""

    __tablename__ = "uploaded_files"
    __table_args__ = (
        CheckConstraint("file_size >= 0", name="file_size_not_negative"),
        CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="content_hash_is_sha256"),
        CheckConstraint("storage_provider IN ('local', 's3')", name="storage_provider_known"),
        CheckConstraint("text_contrast BETWEEN 1 AND 21", name="text_contrast_between_1_and_21"),
        Index("ix_uploaded_files_uploader_id", "uploader_id"),
        Index("ix_uploaded_files_content_hash", "content_hash"),
        Index(
            "uq_uploaded_files_course_name",
            "course_id",
            "filename",
            unique=True,
            postgresql_where=text("course_id IS NOT NULL"),
        ),
    )

    id: Mapped[UuidPk]
    uploader_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="RESTRICT"))
    course_id: Mapped[UUID | None] = mapped_column(references("courses.id", on_delete="CASCADE"))
    filename: Mapped[str] = mapped_column(String(500), doc="Its name in links; unique in its course.")
    original_filename: Mapped[str] = mapped_column(String(500), doc="Its name on the computer that it came from.")
    file_url: Mapped[str] = mapped_column(String(1000), doc="Where those who may read it get it.")
    storage_path: Mapped[str] = mapped_column(String(1000), doc="Where its bytes are in the file store.")
    storage_provider: Mapped[str] = mapped_column(String(50), server_default="local", doc="`local` or `s3`.")
    content_hash: Mapped[str] = mapped_column(String(64), doc="SHA-256 of its bytes, hexadecimal.")
    file_type: Mapped[str | None] = mapped_column(String(100), doc="`image`, `video`, `document` or `other`.")
    mime_type: Mapped[str | None] = mapped_column(String(100), doc="Its type for browsers.")
    file_size: Mapped[int] = mapped_column(BigInteger, doc="How big it is.")
    folder: Mapped[str | None] = mapped_column(String(255), doc="Where its owner put it.")
    is_public: Mapped[bool] = mapped_column(server_default=text("false"), doc="Whether everybody may read it.")
    looked_at_hash: Mapped[str | None] = mapped_column(
        String(64), doc="The bytes that its contrast was told of; others are looked at again."
    )
    text_contrast: Mapped[float | None] = mapped_column(
        Float, doc="How text stands out in a picture of text, 1 to 21 by WCAG; none where that can't be told."
    )
    created_at: Mapped[CreatedAt]


class Upload(Base):
    """A file on its way in: how much of it has arrived. Its bytes lie beside the file store until it is whole."""

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("size > 0", name="size_positive"),
        CheckConstraint("received BETWEEN 0 AND size", name="received_within_size"),
        CheckConstraint("(finished_at IS NULL) = (file_id IS NULL)", name="finished_has_a_file"),
        Index("ix_uploads_user_id_course_id", "user_id", "course_id"),
        Index("ix_uploads_course_id", "course_id"),
        Index("ix_uploads_video_id", "video_id"),
        Index("ix_uploads_replaces_id", "replaces_id"),
        Index("ix_uploads_file_id", "file_id"),
        Index("ix_uploads_updated_at", "updated_at", postgresql_where=text("finished_at IS NULL")),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    video_id: Mapped[UUID | None] = mapped_column(
        references("videos.id", on_delete="CASCADE"), doc="The video that is made of it; none is a file."
    )
    replaces_id: Mapped[UUID | None] = mapped_column(
        references("uploaded_files.id", on_delete="CASCADE"), doc="The file whose place it takes; none is a new one."
    )
    filename: Mapped[str] = mapped_column(String(200), doc="Its name on the computer that it comes from.")
    fingerprint: Mapped[str] = mapped_column(
        String(100), doc="What the browser knows the same file by when it is chosen again."
    )
    size: Mapped[int] = mapped_column(BigInteger, doc="How big it will be.", info={"unit": "bytes"})
    received: Mapped[int] = mapped_column(
        BigInteger, server_default=text("0"), doc="How much of it is on the disk.", info={"unit": "bytes"}
    )
    file_id: Mapped[UUID | None] = mapped_column(
        references("uploaded_files.id", on_delete="CASCADE"), doc="The file that it became."
    )
    finished_at: Mapped[datetime | None] = mapped_column(doc="When it became a file.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Video(Base):
    """A video of a lesson: by address, or transcoded from a file."""

    __tablename__ = "videos"
    __table_args__ = (
        CheckConstraint("duration_seconds IS NULL OR duration_seconds >= 0", name="duration_not_negative"),
        CheckConstraint("file_size_bytes IS NULL OR file_size_bytes >= 0", name="file_size_not_negative"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_between_0_and_100"),
        CheckConstraint("failure IS NULL OR status = 'failed'", name="only_failed_has_a_reason"),
        Index("ix_videos_lesson_id", "lesson_id"),
        Index("ix_videos_file_id", "file_id"),
        Index("ix_videos_status", "status"),
        Index(
            "uq_videos_source", "lesson_id", "source_key", unique=True, postgresql_where=text("source_key IS NOT NULL")
        ),
    )

    id: Mapped[UuidPk]
    lesson_id: Mapped[UUID] = mapped_column(references("lessons.id", on_delete="CASCADE"))
    title: Mapped[str] = mapped_column(String(255), doc="What the video is called.")
    original_filename: Mapped[str | None] = mapped_column(
        String(255), doc="Its name on the computer that it came from."
    )
    duration_seconds: Mapped[int | None] = mapped_column(doc="How long it lasts.")
    original_url: Mapped[str | None] = mapped_column(String(1000), doc="Where the video itself is.")
    hls_url: Mapped[str | None] = mapped_column(String(500), doc="Where its stream in several qualities is.")
    thumbnail_url: Mapped[str | None] = mapped_column(String(500), doc="Its picture.")
    status: Mapped[VideoStatus] = mapped_column(pg_enum(VideoStatus, "video_status"), server_default="uploading")
    file_id: Mapped[UUID | None] = mapped_column(
        references("uploaded_files.id", on_delete="SET NULL"), doc="The file that its stream is made of."
    )
    progress: Mapped[int] = mapped_column(
        SmallInteger, server_default=text("0"), doc="How much of its stream is made.", info={"unit": "percent"}
    )
    failure: Mapped[str | None] = mapped_column(Text, doc="Why no stream could be made, in words.")
    transcript: Mapped[str | None] = mapped_column(Text, doc='What is said, in lines of "[mm:ss] text".')
    ai_summary: Mapped[str | None] = mapped_column(Text, doc="What is said, in short.")
    file_size_bytes: Mapped[int | None] = mapped_column(BigInteger, doc="How big it is.")
    source_key: Mapped[str | None] = mapped_column(
        String(255), doc="Its name in the archive that it was imported from."
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class VideoQuality(Base):
    """One rendition of a video; the player chooses by width of the line."""

    __tablename__ = "video_qualities"
    __table_args__ = (
        UniqueConstraint("video_id", "quality"),
        CheckConstraint("bitrate > 0", name="bitrate_positive"),
        CheckConstraint("quality ~ '^([1-9][0-9]{2,3}p|[248]k)$'", name="quality_is_known"),
    )

    id: Mapped[UuidPk]
    video_id: Mapped[UUID] = mapped_column(references("videos.id", on_delete="CASCADE"))
    quality: Mapped[str] = mapped_column(String(20), doc="The rendition's height: 360p, 720p, 1080p, 4k.")
    bitrate: Mapped[int] = mapped_column(doc="What the rendition needs of the line.", info={"unit": "bit/s"})
    url: Mapped[str] = mapped_column(String(500), doc="Where the rendition is.")
    created_at: Mapped[CreatedAt]


class VideoFile(Base):
    """One file of a video's stream: a list of pieces, the pieces themselves, or its picture. Bytes are in the store."""

    __tablename__ = "video_files"
    __table_args__ = (
        UniqueConstraint("video_id", "name"),
        CheckConstraint("file_size >= 0", name="file_size_not_negative"),
        CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="content_hash_is_sha256"),
        CheckConstraint("name ~ '^[a-z0-9]+[.][a-z0-9]+$'", name="name_is_simple"),
        Index("ix_video_files_content_hash", "content_hash"),
    )

    id: Mapped[UuidPk]
    video_id: Mapped[UUID] = mapped_column(references("videos.id", on_delete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40), doc="What the stream calls it, such as `720p.m3u8`.")
    storage_path: Mapped[str] = mapped_column(String(1000), doc="Where its bytes are in the file store.")
    content_hash: Mapped[str] = mapped_column(String(64), doc="SHA-256 of its bytes, hexadecimal.")
    mime_type: Mapped[str] = mapped_column(String(100), doc="Its type for browsers.")
    file_size: Mapped[int] = mapped_column(BigInteger, doc="How big it is.")
    created_at: Mapped[CreatedAt]


class VideoCaption(Base):
    """What is said in a video, in one language, timed. A language has one."""

    __tablename__ = "video_captions"
    __table_args__ = (
        UniqueConstraint("video_id", "language"),
        CheckConstraint("language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'", name="language_is_a_tag"),
    )

    id: Mapped[UuidPk]
    video_id: Mapped[UUID] = mapped_column(references("videos.id", on_delete="CASCADE"))
    language: Mapped[str] = mapped_column(String(20), doc="The language, such as `en` or `pt-BR`.")
    vtt: Mapped[str] = mapped_column(Text, doc="The captions as WebVTT; only words and times, no styles.")
    origin: Mapped[CaptionOrigin] = mapped_column(pg_enum(CaptionOrigin, "caption_origin"), server_default="uploaded")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
