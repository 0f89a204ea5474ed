"""The documented shapes of the JSONB columns about courses; a lesson's content is in `blocks`."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel


class Resource(BaseModel):
    """Something to read or use beside a lesson."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    url: str


class Resources(RootModel[tuple[Resource, ...]]):
    """Resources in the order shown."""


class ReviewComment(BaseModel):
    """What a reviewer says about one place of a course."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lesson_id: UUID
    block_id: str | None = None  # none: the lesson as a whole
    text: str = Field(min_length=1)


class ReviewComments(RootModel[tuple[ReviewComment, ...]]):
    """Comments in the order of the course."""
