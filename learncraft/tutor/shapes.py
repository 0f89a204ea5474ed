"""The documented shapes of the JSONB columns about the tutor."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, RootModel


class Citation(BaseModel):
    """What a sentence of an answer rests on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int = Field(ge=1)  # as the answer writes it: [1]
    embedding_id: UUID
    lesson_id: UUID | None = None
    block_id: str | None = None
    quote: str = ""
    start_seconds: float | None = Field(default=None, ge=0)


class Citations(RootModel[tuple[Citation, ...]]):
    """The sources of an answer, by their number."""


class CallContext(RootModel[dict[str, JsonValue]]):
    """What a model was given beside the words: `course_id`, `lesson_id`, `embedding_ids`, `prompt` (its kind)."""


class Evidence(RootModel[dict[str, JsonValue]]):
    """What a persona was read from: counts and shares by name, no words of the learner."""
