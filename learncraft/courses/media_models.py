"""Files on their way in, and what is made of videos."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.db import Base, CreatedAt, UpdatedAt, UuidPk, pg_enum, references


class CaptionOrigin(StrEnum):
    """Where captions come from."""

    UPLOADED = "uploaded"
    TRANSCRIBED = "transcribed"


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
