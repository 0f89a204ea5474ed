"""The documented shapes of the JSONB columns about taking part."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, JsonValue, RootModel


class Position(BaseModel):
    """Where a learner is in a lesson: the number of its part, from 0, and what a kind of lesson adds."""

    model_config = ConfigDict(extra="allow", frozen=True)

    part: int | None = None


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
