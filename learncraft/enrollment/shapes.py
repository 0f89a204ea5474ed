"""The documented shapes of the JSONB columns about taking part."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, RootModel


class Position(BaseModel):
    """Where a learner is in a lesson: the number of its part, and the paragraph of a block, or the second of a video.

    `at` is when the learner was there, so that what a page sends late doesn't overrule what is newer.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    part: int | None = None
    block: str | None = Field(default=None, max_length=64)
    paragraph: int | None = Field(default=None, ge=0)  # of the block, from 0
    video: UUID | None = None
    seconds: float | None = Field(default=None, ge=0)
    at: datetime | None = None


class Interval(BaseModel):
    """A stretch of a video that was seen, in its seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: float = Field(ge=0)
    end: float = Field(gt=0)


class Intervals(RootModel[tuple[Interval, ...]]):
    """Stretches in order, none touching another."""


class RegistrationAnswers(RootModel[dict[str, dict[str, JsonValue]]]):
    """What was filled in, by the key of the stage and then by the key of the question."""


class FormQuestion(BaseModel):
    """One question of a registration's form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    label: str
    kind: str = "text"
    is_required: bool = False
    choices: tuple[str, ...] = ()


class FormStage(BaseModel):
    """One page of a registration's form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    title: str
    questions: tuple[FormQuestion, ...] = ()


class RegistrationForm(RootModel[tuple[FormStage, ...]]):
    """The stages of a registration, in their order."""
