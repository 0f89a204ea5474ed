"""The documented shapes of `questions.options`, `questions.correct_answer` and `answers.response`.

| type            | options               | key                                   | response                |
| --------------- | --------------------- | ------------------------------------- | ----------------------- |
| multiple_choice | [{id, text}, ...]     | {"option": "b"}                       | {"option": "b"}         |
| multi_select    | [{id, text}, ...]     | {"options": ["a", "c"]}               | {"options": ["a"]}      |
| true_false      | none                  | {"value": true}                       | {"value": false}        |
| fill_blank      | none                  | {"accepted": [text, number, pattern]} | {"text": "3.14"}        |
| code            | none                  | {"starter", "solution", "tests": [..]} | {"code": "print(1)"}   |
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, RootModel

from learncraft.assessments.code_shapes import CodeKey, CodeResponse


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(_Shape):
    """One choice. `text` is inline Markdown; `feedback` is shown with the result to whoever chose it."""

    id: str = Field(min_length=1, max_length=32)
    text: str = Field(min_length=1)
    feedback: str = ""


class ChoiceKey(_Shape):
    """The one right option."""

    option: str


class ChoicesKey(_Shape):
    """All right options; every other option is wrong."""

    options: frozenset[str] = Field(min_length=1)


class TruthKey(_Shape):
    """Whether the statement is true."""

    value: bool


class AcceptedText(_Shape):
    """A wording that counts as right; surrounding and repeated spaces never matter."""

    kind: Literal["text"] = "text"
    text: str = Field(min_length=1)
    case_sensitive: bool = False


class AcceptedNumber(_Shape):
    """A number that counts as right within `tolerance` (absolute, same unit as `value`; 0 is exact)."""

    kind: Literal["number"] = "number"
    value: Decimal = Field(allow_inf_nan=False)
    tolerance: Decimal = Field(default=Decimal(0), ge=0, allow_inf_nan=False)


class AcceptedPattern(_Shape):
    """A regular expression that the whole answer must match, with a time limit when graded."""

    kind: Literal["pattern"] = "pattern"
    pattern: str = Field(min_length=1, max_length=1000)
    case_sensitive: bool = False


Accepted = Annotated[AcceptedText | AcceptedNumber | AcceptedPattern, Field(discriminator="kind")]


class BlankKey(_Shape):
    """Any of these answers is right."""

    accepted: tuple[Accepted, ...] = Field(min_length=1)


Key = ChoiceKey | ChoicesKey | TruthKey | BlankKey | CodeKey


class ChoiceResponse(_Shape):
    """The option that was chosen."""

    option: str


class ChoicesResponse(_Shape):
    """The options that were ticked; none is an answer too."""

    options: frozenset[str]


class TruthResponse(_Shape):
    """True or false, as the learner judged it."""

    value: bool


class BlankResponse(_Shape):
    """What was typed."""

    text: str = Field(max_length=10_000)


Response = ChoiceResponse | ChoicesResponse | TruthResponse | BlankResponse | CodeResponse


class Options(RootModel[tuple[Option, ...]]):
    """The choices of a question, in the author's order."""


class AnswerKey(RootModel[Key]):
    """The key of a question, by its type."""


class GivenResponse(RootModel[Response]):
    """What a learner answered, by the question's type."""


class QuestionIds(RootModel[tuple[UUID, ...]]):
    """The versions of questions that an attempt asks, in the order shown."""


class AttemptFeedback(RootModel[dict[str, JsonValue]]):
    """What a person who graded says: `comment` on the whole, and remarks keyed by a question's id."""
