"""The documented shapes of the JSONB columns about studying."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, RootModel


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(_Shape):
    """One choice of a practice question."""

    id: str = Field(min_length=1, max_length=32)
    text: str = Field(min_length=1)


class PracticeQuestion(_Shape):
    """A question that a person asks themselves; nothing is graded by it."""

    id: str = Field(min_length=1, max_length=64)
    prompt: str = Field(min_length=1)
    options: tuple[Option, ...] = ()
    answer: str = Field(min_length=1)  # the id of an option, or the wording where there are none
    explanation: str = ""


class QuizAsset(_Shape):
    """Practice questions made of a material."""

    kind: Literal["quiz"] = "quiz"
    questions: tuple[PracticeQuestion, ...] = Field(min_length=1)


class Flashcard(_Shape):
    """Two sides. The id stays the same when the wording is edited, so that its schedule does too."""

    id: str = Field(min_length=1, max_length=64)
    front: str = Field(min_length=1)
    back: str = Field(min_length=1)


class FlashcardAsset(_Shape):
    """Flashcards made of a material."""

    kind: Literal["flashcard"] = "flashcard"
    cards: tuple[Flashcard, ...] = Field(min_length=1)


class SummaryAsset(_Shape):
    """A material in short."""

    kind: Literal["summary"] = "summary"
    text: str = Field(min_length=1)
    key_points: tuple[str, ...] = ()


class AssetContent(RootModel[Annotated[QuizAsset | FlashcardAsset | SummaryAsset, Field(discriminator="kind")]]):
    """What was made of a material; `kind` is the row's asset_type."""


class SessionState(RootModel[dict[str, JsonValue]]):
    """Where a session is: `asset_ids` in the order to come, `position` in them, and what a kind adds."""


class SessionSettings(_Shape):
    """What a person chose before a session."""

    max_items: int | None = Field(default=None, ge=1)
    minutes: int | None = Field(default=None, ge=1)
    difficulty: int | None = Field(default=None, ge=1, le=10)
    shuffle: bool = True


class InteractionData(RootModel[dict[str, JsonValue]]):
    """What a person did: `item_id` and `response` of an answer, `seconds` of a view, `reason` of a skip."""


class FeedbackData(RootModel[dict[str, JsonValue]]):
    """What a person was shown at once: `message`, and `expected` where there is a right answer."""


class MetricData(RootModel[dict[str, JsonValue]]):
    """What a metric was computed from, such as `answered` and `correct`."""
