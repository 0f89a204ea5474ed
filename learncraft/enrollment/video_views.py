"""What each learner has seen of each video."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, Double, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.db import Base, CreatedAt, JsonList, UpdatedAt, UuidPk, references
from learncraft.enrollment.shapes import Intervals
from learncraft.json_shapes import Json


class VideoView(Base):
    """What one learner has seen of one video, and where to go on. What is seen twice counts once."""

    __tablename__ = "video_views"
    __table_args__ = (
        UniqueConstraint("user_id", "video_id"),
        CheckConstraint("jsonb_typeof(watched) = 'array'", name="watched_is_list"),
        CheckConstraint("position_seconds >= 0 AND watched_seconds >= 0", name="seconds_not_negative"),
        Index("ix_video_views_video_id", "video_id"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    video_id: Mapped[UUID] = mapped_column(references("videos.id", on_delete="CASCADE"))
    watched: Mapped[JsonList] = mapped_column(Json(Intervals), doc="The stretches that were seen, joined.")
    watched_seconds: Mapped[float] = mapped_column(
        Double, server_default=text("0"), doc="How long these stretches are together.", info={"unit": "seconds"}
    )
    position_seconds: Mapped[float] = mapped_column(
        Double, server_default=text("0"), doc="Where the learner stopped.", info={"unit": "seconds"}
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
