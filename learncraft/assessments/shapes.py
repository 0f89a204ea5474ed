"""The documented shapes of `questions.options`, `questions.correct_answer` and `answers.response`.

| type            | options               | key                                   | response                |
| --------------- | --------------------- | ------------------------------------- | ----------------------- |
| multiple_choice | [{id, text}, ...]     | {"option": "b"}                       | {"option": "b"}         |
| multi_select    | [{id, text}, ...]     | {"options": ["a", "c"]}               | {"options": ["a"]}      |
| true_false      | none                  | {"value": true}                       | {"value": false}        |
| fill_blank      | none                  | {"accepted": [text, number, pattern]} | {"text": "3.14"}        |
| code            | none                  | {"starter", "solution", "tests": [..]} | {"code": "print(1)"}   |
| short_answer    | none                  | {"rubric": [criteria], "upload": ...} | {"text", "files": [id]} |
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


class RubricLevel(_Shape):
    """How well a criterion can be met, and what that is worth."""

    id: str = Field(min_length=1, max_length=32)
    title: str = Field(min_length=1, max_length=200)
    points: Decimal = Field(ge=0, allow_inf_nan=False, max_digits=8, decimal_places=2)
    description: str = ""


class RubricCriterion(_Shape):
    """One thing that a person looks at, with its levels."""

    id: str = Field(min_length=1, max_length=32)
    title: str = Field(min_length=1, max_length=200)
    description: str = ""
    levels: tuple[RubricLevel, ...] = Field(min_length=2)

    @property
    def most(self) -> Decimal:
        """What the best level is worth."""
        return max(level.points for level in self.levels)


class UploadRule(_Shape):
    """Which files an answer may have. `types` are endings of names, without the dot."""

    max_files: int = Field(default=1, ge=1, le=10)
    max_megabytes: int = Field(default=20, ge=1, le=200)
    types: tuple[str, ...] = Field(default=("pdf",), min_length=1)


class RubricKey(_Shape):
    """What a person grades by; without criteria the person gives points freely.

    Learners see rubric and upload rule while they write, the sample never before the result.
    """

    rubric: tuple[RubricCriterion, ...]
    upload: UploadRule | None = None
    sample: str = ""

    @property
    def most(self) -> Decimal:
        """What the best levels are worth together."""
        return sum((criterion.most for criterion in self.rubric), Decimal(0))


Key = ChoiceKey | ChoicesKey | TruthKey | BlankKey | CodeKey | RubricKey


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


class WrittenResponse(_Shape):
    """What was written, and the files given with it."""

    text: str = Field(default="", max_length=100_000)
    files: tuple[UUID, ...] = Field(default=(), max_length=10)


Response = ChoiceResponse | ChoicesResponse | TruthResponse | BlankResponse | CodeResponse | WrittenResponse


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


class ChosenLevels(RootModel[dict[str, str]]):
    """The identifier of the level reached, by the identifier of the criterion."""


class ScoreChange(_Shape):
    """One answer whose points a new grading changed, with both reasons."""

    question_id: UUID
    old_points: Decimal
    new_points: Decimal
    old_reason: str
    new_reason: str


class ScoreChanges(RootModel[tuple[ScoreChange, ...]]):
    """The answers whose points a new grading changed."""
