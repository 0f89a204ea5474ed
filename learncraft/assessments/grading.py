"""How answers become points: pure rules, each explained to the learner in words.

- One right option, true or false, a blank: all points or none.
- Several right options: each right one ticked counts for, each wrong one against; never below zero. The share is
  rounded half-even to 0.01, and only exactly the right options are correct.
- A blank is right when any accepted answer matches. Text: without regard to case (unless said otherwise), to spaces
  around and repeated, and to how a character is encoded (NFKC). Number: read by `numbers`, within the tolerance,
  ends included. Pattern: the whole answer, up to 1,000 characters.
- What somebody wrote or handed in is marked by people (`marking`); nothing written earns nothing.
- A program earns the share of the tests that its run passes (`code_grading`); none written earns nothing.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from pydantic import ValidationError

from learncraft.assessments import code_grading, marking, patterns
from learncraft.assessments.code_shapes import CodeKey, CodeResponse
from learncraft.assessments.errors import InvalidAnswerError, InvalidQuestionError
from learncraft.assessments.numbers import is_within, read_number
from learncraft.assessments.shapes import (
    Accepted,
    AcceptedNumber,
    AcceptedPattern,
    AcceptedText,
    BlankKey,
    BlankResponse,
    ChoiceKey,
    ChoiceResponse,
    ChoicesKey,
    ChoicesResponse,
    Key,
    Option,
    Response,
    RubricKey,
    TruthKey,
    TruthResponse,
    WrittenResponse,
)
from learncraft.language import _

NO_POINTS = Decimal(0)
CENT = Decimal("0.01")
MAX_EXPONENT = 300
KEYS: dict[str, type[Key]] = {
    "multiple_choice": ChoiceKey,
    "multi_select": ChoicesKey,
    "true_false": TruthKey,
    "fill_blank": BlankKey,
    "short_answer": RubricKey,
    "code": CodeKey,
}
RESPONSES: dict[str, type[Response]] = {
    "multiple_choice": ChoiceResponse,
    "multi_select": ChoicesResponse,
    "true_false": TruthResponse,
    "fill_blank": BlankResponse,
    "short_answer": WrittenResponse,
    "code": CodeResponse,
}


_CHOSEN = frozenset({"multiple_choice", "multi_select", "true_false"})


@dataclass(frozen=True, slots=True)
class GradedQuestion:
    """What grading needs to know of a question."""

    key: Key
    points: Decimal


@dataclass(frozen=True, slots=True)
class Grade:
    """The points of one answer, and why, in words for the learner."""

    points: Decimal
    is_correct: bool
    reason: str


def grade(question: GradedQuestion, response: Response | None) -> Grade:
    """Grade one answer; None is no answer. The same question and answer always give the same grade.

    Ask `needs_person` and `needs_run` first: what somebody wrote is for people to grade, a program for its tests.
    """
    match question.key, response:
        case (_, None) | (RubricKey(), WrittenResponse()) | (CodeKey(), CodeResponse()):
            return _nothing(question, "Not answered")
        case ChoiceKey(), ChoiceResponse():
            return _all_or_nothing(question, response.option == question.key.option, "Not the right option")
        case ChoicesKey(), ChoicesResponse():
            return _share(question, question.key.options, response.options)
        case TruthKey(), TruthResponse():
            statement = f"The statement is {'true' if question.key.value else 'false'}"
            return _all_or_nothing(question, response.value == question.key.value, statement)
        case BlankKey(), BlankResponse():
            is_right = any(_accepts(accepted, response.text) for accepted in question.key.accepted)
            return _all_or_nothing(question, is_right, _why_not(question.key.accepted, response.text))
        case _:
            return _nothing(question, "The answer is of another kind than the question")


def is_typed(question_type: str) -> bool:
    """Whether an answer is typed letter by letter, rather than chosen at once."""
    return question_type not in _CHOSEN


def needs_person(key: Key, response: Response | None) -> bool:
    """Whether only a person can say what an answer is worth."""
    if not isinstance(key, RubricKey) or not isinstance(response, WrittenResponse):
        return False
    return bool(response.text.strip() or response.files)


def needs_run(key: Key, response: Response | None) -> bool:
    """Whether only a run can say what an answer is worth."""
    return isinstance(key, CodeKey) and isinstance(response, CodeResponse) and bool(response.code.strip())


def total(grades: Iterable[Grade]) -> Decimal:
    """The points of all answers together."""
    return sum((one.points for one in grades), NO_POINTS)


def percent(score: Decimal, total_points: Decimal) -> Decimal:
    """The score as a percentage, 0 to 100, rounded half-even to 0.01; 0 when there was nothing to earn."""
    if total_points <= 0:
        return NO_POINTS
    return min(Decimal(100), max(NO_POINTS, 100 * score / total_points)).quantize(CENT, rounding=ROUND_HALF_EVEN)


def is_passing(percentage: Decimal, passing_score: Decimal) -> bool:
    """Whether a percentage, as shown to the learner, reaches the passing score."""
    return percentage >= passing_score


def validate_question(question_type: str, options: Sequence[Option], key: Key | None) -> list[str]:
    """What is wrong with a question, each as a sentence; nothing when it can be asked and graded."""
    if question_type not in KEYS:
        return [_("Questions of the type {question_type} can't be graded automatically.", question_type=question_type)]
    if key is None:
        return [_("No answer is marked as right.")]
    if not isinstance(key, KEYS[question_type]):
        return [_("The key is not one for a {question_type} question.", question_type=question_type)]
    match key:
        case ChoiceKey() | ChoicesKey():
            return _problems_of_options(options, option_ids(key))
        case RubricKey():
            problems = marking.problems_of_rubric(key)
        case CodeKey():
            problems = code_grading.problems_of_key(key)
        case BlankKey():
            problems = [problem for accepted in key.accepted if (problem := _problem_of_accepted(accepted))]
        case _:
            problems = []
    return [_("The question has options, but its type has none."), *problems] if options else problems


def _problems_of_options(options: Sequence[Option], right: frozenset[str]) -> list[str]:
    problems = []
    if len(options) < 2:
        problems.append(_("There are fewer than two options to choose from."))
    ids = Counter(option.id for option in options)
    problems += [
        _("{count} options have the same identifier, “{name}”.", count=count, name=name)
        for name, count in ids.items()
        if count > 1
    ]
    texts = Counter(normal_text(option.text, case_sensitive=True) for option in options)
    problems += [
        _("{count} options have the same text, “{text}”.", count=count, text=text)
        for text, count in texts.items()
        if text and count > 1
    ]
    if "" in texts:
        problems.append(_("An option has no text."))
    unknown = sorted(right - set(ids))
    problems += [_("The right option “{name}” is not among the options.", name=name) for name in unknown]
    return problems


def _problem_of_accepted(accepted: Accepted) -> str | None:
    match accepted:
        case AcceptedText() if not normal_text(accepted.text):
            return _("An accepted answer is nothing but spaces.")
        case AcceptedNumber() if max(abs(accepted.value.adjusted()), abs(accepted.tolerance.adjusted())) > MAX_EXPONENT:
            return _(
                "The number {number} or its tolerance is too large or too small to be graded.", number=accepted.value
            )
        case AcceptedPattern() if problem := patterns.problem(accepted.pattern):
            return _("The pattern “{pattern}” can't be graded: {problem}.", pattern=accepted.pattern, problem=problem)
        case _:
            return None


def parse_key(question_type: str, raw: dict[str, Any]) -> Key:
    """A stored key as its shape.

    Raises:
        InvalidQuestionError: it doesn't fit the type of the question.
    """
    try:
        key: Key = _shape(KEYS, question_type).model_validate(raw)
    except ValidationError as error:
        raise InvalidQuestionError(
            "The key doesn't fit a {question_type} question: {why}.",
            question_type=question_type,
            why=_in_words(error),
        ) from error
    return key


def parse_options(raw: list[Any] | None) -> tuple[Option, ...]:
    """Stored options as their shape; none for questions without.

    Raises:
        InvalidQuestionError: one isn't an option.
    """
    try:
        return tuple(Option.model_validate(one) for one in raw or ())
    except ValidationError as error:
        raise InvalidQuestionError("An option can't be read: {why}.", why=_in_words(error)) from error


def parse_response(question_type: str, raw: dict[str, Any]) -> Response:
    """An answer, as it comes from a page or the database, as its shape.

    Raises:
        InvalidAnswerError: it doesn't fit the type of the question.
    """
    try:
        response: Response = _shape(RESPONSES, question_type).model_validate(raw)
    except ValidationError as error:
        raise InvalidAnswerError("The answer doesn't fit the question: {why}.", why=_in_words(error)) from error
    typed = response.code if isinstance(response, CodeResponse) else getattr(response, "text", "")
    if not _can_be_stored(typed):
        raise InvalidAnswerError("The answer has a character that can't be stored. Type it anew instead of pasting it.")
    return response


def check_response(response: Response, options: Sequence[Option]) -> None:
    """Refuse an answer that names an option which the question doesn't have.

    Raises:
        InvalidAnswerError: with the option.
    """
    known = {option.id for option in options}
    if unknown := sorted(option_ids(response) - known):
        raise InvalidAnswerError(
            "The question has no option “{unknown}”. Reload the page and choose again.", unknown=unknown[0][:32]
        )


def option_ids(shape: Key | Response | None) -> frozenset[str]:
    """The options that a key or an answer names; none for the kinds without options."""
    match shape:
        case ChoiceKey() | ChoiceResponse():
            return frozenset({shape.option})
        case ChoicesKey() | ChoicesResponse():
            return shape.options
        case _:
            return frozenset()


def to_json(shape: Key | Response) -> dict[str, Any]:
    """As it is stored: equal shapes give equal JSON."""
    dumped = shape.model_dump(mode="json")
    if isinstance(shape, ChoicesKey | ChoicesResponse):
        dumped["options"] = sorted(shape.options)
    return dumped


def normal_text(text: str, *, case_sensitive: bool = False) -> str:
    """Text as it is compared: one way to encode each character, single spaces, and one case unless it matters."""
    normal = " ".join(unicodedata.normalize("NFKC", text).split())
    return normal if case_sensitive else unicodedata.normalize("NFKC", normal.casefold())


def _accepts(accepted: Accepted, typed: str) -> bool:
    match accepted:
        case AcceptedText():
            sensitive = accepted.case_sensitive
            return normal_text(typed, case_sensitive=sensitive) == normal_text(accepted.text, case_sensitive=sensitive)
        case AcceptedNumber():
            return any(is_within(number, accepted.value, accepted.tolerance) for number in read_number(typed))
        case AcceptedPattern():
            text = unicodedata.normalize("NFC", typed).strip()
            return patterns.matches(accepted.pattern, text, case_sensitive=accepted.case_sensitive)


def _why_not(accepted: Sequence[Accepted], typed: str) -> str:
    if any(not isinstance(one, AcceptedNumber) for one in accepted):
        return "Not among the accepted answers"
    if "%" in typed:
        return "A number without a percent sign was asked for"
    return "Not the right number" if read_number(typed) else "The answer can't be read as a number"


def _share(question: GradedQuestion, right: frozenset[str], ticked: frozenset[str]) -> Grade:
    hits, misses = len(ticked & right), len(ticked - right)
    share = max(NO_POINTS, (hits - misses) * question.points / len(right))
    points = min(question.points, share.quantize(CENT, rounding=ROUND_HALF_EVEN))
    found = f"{hits} of {_count(len(right), 'right option')}"
    if misses:
        found += f", {_count(misses, 'wrong option')}"
    return Grade(points, ticked == right, f"{found}: {_of(points, question)}")


def _all_or_nothing(question: GradedQuestion, is_right: bool, why_not: str) -> Grade:
    if not is_right:
        return _nothing(question, why_not)
    return Grade(question.points, True, f"Right: {_of(question.points, question)}")


def _nothing(question: GradedQuestion, why: str) -> Grade:
    return Grade(NO_POINTS, False, f"{why}: {_of(NO_POINTS, question)}")


def _of(points: Decimal, question: GradedQuestion) -> str:
    return marking.out_of(points, question.points)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"


def _shape(shapes: dict[str, type[Any]], question_type: str) -> type[Any]:
    if question_type not in shapes:
        raise InvalidQuestionError(
            "Questions of the type {question_type} can't be graded automatically.", question_type=question_type
        )
    return shapes[question_type]


def _in_words(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]


def _can_be_stored(text: str) -> bool:
    """PostgreSQL's JSON has neither NUL nor halves of surrogate pairs."""
    return "\0" not in text and not any(unicodedata.category(character) == "Cs" for character in text)
