"""How the runs of a program become points: pure rules, each test explained to the learner in words.

- A test is passed when what was printed, an expression's value, or the exception it raises is what was expected.
- Printed text: without regard to spaces at the ends of lines and to empty lines at the end.
- Values: compared as Python compares them, except that True is not 1, and numbers may differ by the tolerance. A list
  is no tuple. What isn't a plain value (numbers, text, lists, tuples, sets, dictionaries, None) equals nothing.
- The points are the share of the passed tests' weights, rounded half-even to 0.01. Only all tests are correct.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from learncraft.assessments.code_shapes import CodeKey, CodeTest, numbered
from learncraft.language import _
from learncraft.sandbox.port import MAIN, Ending, Program, Step, StepOutcome
from learncraft.sandbox.program.harness import carried

CENT = Decimal("0.01")
LONGEST_SHOWN = 200

_OF_HIDDEN = {
    Ending.FINISHED: "Wrong result",
    Ending.FAILED: "It ended with an error",
    Ending.TIME: "It ran for too long",
    Ending.MEMORY: "It asked for too much memory",
    Ending.OUTPUT: "It printed too much",
    Ending.STOPPED: "It ended the interpreter",
    Ending.NOT_RUN: "Not run: the time was used up by the tests before",
}


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test in words for the learner. Of a hidden test there is nothing but the kind of its failure."""

    __test__ = False  # no test of pytest's

    title: str
    is_hidden: bool
    weight: int
    is_passed: bool
    words: str = ""
    output: str = ""
    error: str = ""


def program_for(key: CodeKey, code: str, *, with_hidden: bool) -> Program:
    """What is run: the program once per test, the visible ones first, so that what is hidden never shows there."""
    steps = [
        Step(name=str(place), stdin=test.stdin, arrange=test.arrange, evaluate=test.evaluate or None)
        for place, test in _in_order(key, with_hidden=with_hidden)
    ]
    return Program({MAIN: code}, steps)


def judge(key: CodeKey, outcomes: Sequence[StepOutcome], *, with_hidden: bool) -> list[TestResult]:
    """What came of each test, in the author's order."""
    came = {outcome.name: outcome for outcome in outcomes}
    wanted = sorted(_in_order(key, with_hidden=with_hidden))
    numbers = [number for number, _ in numbered(key.tests)]
    return [
        _result(test, numbers[place], came.get(str(place)) or StepOutcome(str(place), Ending.NOT_RUN))
        for place, test in wanted
    ]


def share(results: Iterable[TestResult], points: Decimal) -> Decimal:
    """The points that the passed tests earn."""
    listed = list(results)
    whole = sum(result.weight for result in listed)
    passed = sum(result.weight for result in listed if result.is_passed)
    return (points * passed / whole).quantize(CENT, rounding=ROUND_HALF_EVEN) if whole else Decimal(0)


def in_words(results: Sequence[TestResult]) -> str:
    """A line for each test, as it is kept with the grade."""
    return "\n".join(line(result) for result in results)


def line(result: TestResult) -> str:
    """One test on one line."""
    verdict = "Passed" if result.is_passed else "Not passed"
    said = f". {result.words}" if result.words else ""
    return " ".join(f"{verdict}: {result.title}{said}".split())


def problems_of_key(key: CodeKey) -> list[str]:
    """What is wrong with a code question, each as a sentence."""
    problems = []
    for place, test in enumerate(key.tests, 1):
        where = _("Test {place} (“{title}”)", place=place, title=test.title)
        problems += [f"{where}: {problem}" for problem in _problems_of_test(test)]
    if key.solution and (fault := _fault(key.solution, "exec")):
        problems.append(_("The solution is no Python program: {fault}.", fault=fault))
    return problems


def is_same(expected: Any, given: Any, tolerance: Decimal = Decimal(0)) -> bool:
    """Whether two values, as `carried` writes them, are the same. What was given may be any JSON."""
    match expected, given:
        case [("int" | "float") as kind, str(one)], [("int" | "float") as other_kind, str(other)]:
            return (kind == other_kind and one == other != "nan") or _is_near(one, other, tolerance)
        case [("list" | "tuple") as kind, [*ones]], [other_kind, [*others]] if kind == other_kind:
            return len(ones) == len(others) and all(
                is_same(one, other, tolerance) for one, other in zip(ones, others, strict=True)
            )
        case ["set", [*ones]], ["set", [*others]]:
            return _pair_up(ones, others, tolerance)
        case ["dict", [*ones]], ["dict", [*others]]:
            return _pair_up([["tuple", pair] for pair in ones], [["tuple", pair] for pair in others], tolerance)
        case [("none" | "bool" | "str" | "bytes" | "complex"), *_], _:
            return bool(expected == given and isinstance(given[-1], type(expected[-1])))
        case _:
            return False


def _pair_up(ones: list[Any], others: list[Any], tolerance: Decimal) -> bool:
    """Whether each finds a partner of its own; order is none of a set's or a dictionary's."""
    if len(ones) != len(others):
        return False
    left = list(others)
    for one in ones:
        partner = next((place for place, other in enumerate(left) if is_same(one, other, tolerance)), None)
        if partner is None:
            return False
        del left[partner]
    return True


def _is_near(one: str, other: str, tolerance: Decimal) -> bool:
    try:
        if tolerance == 0:
            return float(one) == float(other) if "." in one + other or "e" in one + other else int(one) == int(other)
        return abs(Decimal(one) - Decimal(other)) <= tolerance
    except (ArithmeticError, ValueError):
        return False


def _in_order(key: CodeKey, *, with_hidden: bool) -> list[tuple[int, CodeTest]]:
    tests = [(place, test) for place, test in enumerate(key.tests) if with_hidden or not test.is_hidden]
    return sorted(tests, key=lambda pair: pair[1].is_hidden)


def _result(test: CodeTest, number: int, outcome: StepOutcome) -> TestResult:
    is_passed = _is_passed(test, outcome)
    if test.is_hidden:
        words = "" if is_passed else _OF_HIDDEN[outcome.ending]
        return TestResult(f"Hidden test {number}", True, test.weight, is_passed, words)
    words = "" if is_passed else _why_not(test, outcome)
    return TestResult(test.title, False, test.weight, is_passed, words, outcome.output, outcome.error)


def _is_passed(test: CodeTest, outcome: StepOutcome) -> bool:
    if test.raises:
        return outcome.ending == Ending.FAILED and outcome.error_type == test.raises
    if outcome.ending != Ending.FINISHED:
        return False
    if test.evaluate:
        return is_same(carried(ast.literal_eval(test.expected.strip())), outcome.value, test.tolerance)
    return _printed(outcome.output) == _printed(test.expected)


def _printed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip("\n")


def _why_not(test: CodeTest, outcome: StepOutcome) -> str:
    if outcome.ending == Ending.NOT_RUN:
        return _OF_HIDDEN[Ending.NOT_RUN]
    if test.raises and outcome.ending == Ending.FINISHED:
        return f"{_short(test.evaluate)} raised nothing; {test.raises} was expected"
    if outcome.ending != Ending.FINISHED:
        return _short(outcome.error.splitlines()[-1] if outcome.error else _OF_HIDDEN[outcome.ending])
    if test.evaluate:
        gave = outcome.shown_value or "a value that can't be shown"
        return f"{_short(test.evaluate)} gave {_short(gave)}; {_short(test.expected)} was expected"
    return f"It printed “{_short(_printed(outcome.output))}”; “{_short(_printed(test.expected))}” was expected"


def _short(text: str) -> str:
    one_line = " ⏎ ".join(text.strip().splitlines())
    return one_line if len(one_line) <= LONGEST_SHOWN else one_line[:LONGEST_SHOWN] + "…"


def _problems_of_test(test: CodeTest) -> list[str]:
    problems = []
    if test.evaluate and (fault := _fault(test.evaluate.strip(), "eval")):
        problems.append(_("what is evaluated is no Python expression: {fault}.", fault=fault))
    if test.arrange and (fault := _fault(test.arrange, "exec")):
        problems.append(_("what is arranged is no Python program: {fault}.", fault=fault))
    if test.raises:
        if not test.evaluate or test.expected:
            problems.append(_("an exception needs an expression that raises it, and no expected value."))
        if not test.raises.isidentifier():
            problems.append(_("“{name}” is no name of an exception.", name=test.raises))
    elif test.evaluate and not _is_literal(test.expected):
        problems.append(
            _("the expected value is no Python literal. Write it as Python prints it, with quotes around text.")
        )
    elif not test.evaluate and test.arrange:
        problems.append(_("something is arranged, but nothing is evaluated."))
    return problems


def _fault(source: str, mode: str) -> str | None:
    try:
        ast.parse(source, mode=mode)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__
    return None


def _is_literal(text: str) -> bool:
    try:
        return bool(carried(ast.literal_eval(text.strip()))[0] != "other")
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return False
