"""The documented shape of a note's place."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class NotePosition(BaseModel):
    """What in a lesson a note stands at: a block, a stretch of its text, or a moment of a video."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    block_id: str | None = None
    paragraph: int | None = Field(default=None, ge=0)  # of the block, from 0
    video_id: UUID | None = None  # whose seconds are meant
    start: int | None = Field(default=None, ge=0)  # characters of the block's text
    end: int | None = Field(default=None, ge=0)
    seconds: float | None = Field(default=None, ge=0)
    quote: str = Field(default="", max_length=300)
