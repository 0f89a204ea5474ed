"""The documented shapes of code questions, beside those in `shapes`.

The key is {"starter": text, "solution": text, "tests": [...]}, the response {"code": text}. There are three kinds of
tests:

- `expected` alone: what the program prints, given `stdin`, must be this.
- `evaluate` and `expected`: the value of an expression, after the program and `arrange`, must be this Python literal.
- `evaluate` and `raises`: the expression must raise this exception.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CodeTest(_Shape):
    """One test. Of a hidden one learners hear only whether they passed; `weight` is its share among the tests."""

    title: str = Field(min_length=1, max_length=200)
    is_hidden: bool = False
    weight: int = Field(default=1, ge=1, le=100)
    stdin: str = Field(default="", max_length=10_000)
    arrange: str = Field(default="", max_length=10_000)
    evaluate: str = Field(default="", max_length=2_000)
    expected: str = Field(default="", max_length=20_000)
    tolerance: Decimal = Field(default=Decimal(0), ge=0, allow_inf_nan=False)
    raises: str = Field(default="", max_length=100)


class CodeKey(_Shape):
    """What a program must do, a program that does it, and what learners begin with."""

    language: Literal["python"] = "python"
    starter: str = Field(default="", max_length=20_000)
    solution: str = Field(default="", max_length=50_000)
    tests: tuple[CodeTest, ...] = Field(min_length=1, max_length=50)

    def without_secrets(self) -> CodeKey:
        """As it may be shown with the result: hidden tests keep their number and nothing else."""
        shown = [
            CodeTest(title=f"Hidden test {number}", is_hidden=True, weight=test.weight) if test.is_hidden else test
            for number, test in numbered(self.tests)
        ]
        return self.model_copy(update={"tests": tuple(shown)})


class CodeResponse(_Shape):
    """The program as the learner wrote it."""

    code: str = Field(max_length=50_000)


def numbered(tests: tuple[CodeTest, ...]) -> list[tuple[int, CodeTest]]:
    """Each test with its number among those of its kind, seen or hidden, from 1."""
    seen, hidden, found = 0, 0, []
    for test in tests:
        seen, hidden = seen + (not test.is_hidden), hidden + test.is_hidden
        found.append((hidden if test.is_hidden else seen, test))
    return found
