"""The documented shape of a note's place."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class NotePosition(BaseModel):
    """What in a lesson a note stands at: a block, a stretch of its text, or a moment of a video."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    block_id: str | None = None
    start: int | None = Field(default=None, ge=0)  # characters of the block's text
    end: int | None = Field(default=None, ge=0)
    seconds: float | None = Field(default=None, ge=0)
    quote: str = ""
