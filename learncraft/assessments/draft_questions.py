"""Between a question as it is typed and as it is asked: what is missing, in sentences, and the strict shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol, TypeVar
from uuid import UUID

from pydantic import ValidationError

from learncraft.assessments import grading, marking
from learncraft.assessments.code_shapes import CodeKey, CodeTest
from learncraft.assessments.draft_shapes import (
    DraftAccepted,
    DraftCriterion,
    DraftLevel,
    DraftOption,
    DraftQuestion,
    DraftTest,
    DraftUpload,
)
from learncraft.assessments.models import QuestionType
from learncraft.assessments.numbers import read_number
from learncraft.assessments.shapes import (
    Accepted,
    AcceptedNumber,
    AcceptedPattern,
    AcceptedText,
    BlankKey,
    ChoiceKey,
    ChoicesKey,
    Key,
    Option,
    RubricCriterion,
    RubricKey,
    RubricLevel,
    TruthKey,
    UploadRule,
)
from learncraft.db import new_id
from learncraft.language import _, noted

T = TypeVar("T")
MOST_POINTS = Decimal(1000)
_WITH_OPTIONS = {QuestionType.MULTIPLE_CHOICE, QuestionType.MULTI_SELECT}
_NO_KEY = noted("No answer is marked as right.")


@dataclass(frozen=True, slots=True)
class ReadyQuestion:
    """A question that can be asked and graded. It is a `QuestionDraft` of `authoring`; it has no name of an import."""

    question_type: str
    text: str
    text_format: str
    options: tuple[Option, ...]
    key: Key
    explanation: str
    points: Decimal
    source_key: str | None = None


class StoredQuestion(Protocol):
    """A question of an assessment or of a bank, as its row has it."""

    @property
    def id(self) -> UUID: ...
    @property
    def question_type(self) -> QuestionType: ...
    @property
    def content(self) -> str: ...
    @property
    def content_format(self) -> str: ...
    @property
    def options(self) -> list[Any] | None: ...
    @property
    def correct_answer(self) -> dict[str, Any]: ...
    @property
    def explanation(self) -> str | None: ...
    @property
    def points(self) -> Decimal: ...


class _Missing(Exception):
    """Something can't be read; the message says what, as a sentence."""


def new_question(kind: QuestionType) -> DraftQuestion:
    """An empty question with as many fields as its type begins with."""
    levels = (DraftLevel(id="none", title=_("Not met"), points="0"), DraftLevel(id="full", title=_("Met"), points="1"))
    return DraftQuestion(
        id=new_id(),
        question_type=kind,
        options=tuple(DraftOption(id=name) for name in "abcd") if kind in _WITH_OPTIONS else (),
        accepted=(DraftAccepted(),) if kind == QuestionType.FILL_BLANK else (),
        tests=(DraftTest(title=_("An example")),) if kind == QuestionType.CODE else (),
        rubric=(DraftCriterion(id="a", levels=levels),) if kind == QuestionType.SHORT_ANSWER else (),
    )


def ready(question: DraftQuestion) -> tuple[ReadyQuestion | None, list[str]]:
    """The question as it is asked, or what is missing, each as a sentence."""
    problems = [] if question.text.strip() else [_("There is no question text.")]
    points = _try(problems, _points, question.points)
    options = _options(question, problems) if question.question_type in _WITH_OPTIONS else ()
    key = _try(problems, _KEYS[question.question_type], question)
    if key is not None and not problems:
        problems = grading.validate_question(question.question_type, options, key)
    if problems or key is None or points is None:
        return None, problems
    made = ReadyQuestion(
        question_type=question.question_type,
        text=question.text.strip(),
        text_format=question.text_format,
        options=options,
        key=key,
        explanation=question.explanation.strip(),
        points=points,
    )
    return made, []


def drafted(row: StoredQuestion, *, draft_id: UUID | None = None, **more: Any) -> DraftQuestion:
    """A stored question, to be written on."""
    key = grading.parse_key(row.question_type, row.correct_answer)
    options = grading.parse_options(row.options)
    return DraftQuestion(
        id=draft_id or row.id,
        question_type=row.question_type,
        text=row.content,
        text_format="html" if row.content_format == "html" else "markdown",
        explanation=row.explanation or "",
        points=marking.plain(row.points),
        options=tuple(DraftOption(id=one.id, text=one.text, feedback=one.feedback) for one in options),
        **{**key_fields(key), **more},
    )


def key_fields(key: Key) -> dict[str, Any]:
    """The fields of a draft that a key fills."""
    match key:
        case ChoiceKey() | ChoicesKey():
            return {"right": tuple(sorted(grading.option_ids(key)))}
        case TruthKey():
            return {"truth": key.value}
        case BlankKey():
            return {"accepted": tuple(_typed(one) for one in key.accepted)}
        case CodeKey():
            tests = tuple(
                DraftTest(**one.model_dump(exclude={"tolerance"}), tolerance=_number_text(one.tolerance))
                for one in key.tests
            )
            return {"starter": key.starter, "solution": key.solution, "tests": tests}
        case RubricKey():
            upload = key.upload and DraftUpload(
                max_files=key.upload.max_files,
                max_megabytes=key.upload.max_megabytes,
                types=", ".join(key.upload.types),
            )
            return {"rubric": tuple(_criterion(one) for one in key.rubric), "upload": upload, "sample": key.sample}


def key_of(question: DraftQuestion) -> Key | None:
    """The key as far as it can be read; for comparing what is typed with what is stored."""
    return _try([], _KEYS[question.question_type], question)


def _typed(one: Accepted) -> DraftAccepted:
    match one:
        case AcceptedText():
            return DraftAccepted(kind="text", text=one.text, case_sensitive=one.case_sensitive)
        case AcceptedNumber():
            return DraftAccepted(kind="number", text=format(one.value, "f"), tolerance=_number_text(one.tolerance))
        case AcceptedPattern():
            return DraftAccepted(kind="pattern", text=one.pattern, case_sensitive=one.case_sensitive)


def _criterion(one: RubricCriterion) -> DraftCriterion:
    levels = tuple(
        DraftLevel(id=level.id, title=level.title, points=marking.plain(level.points)) for level in one.levels
    )
    return DraftCriterion(id=one.id, title=one.title, description=one.description, levels=levels)


def _number_text(number: Decimal) -> str:
    return marking.plain(number) if number else ""


def _try(problems: list[str], make: Callable[[Any], T], given: Any) -> T | None:
    try:
        return make(given)
    except _Missing as missing:
        problems += missing.args
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        problems.append(
            _(
                "The key can't be kept: {place}, {problem}.",
                place=place,
                problem=first["msg"][:1].lower() + first["msg"][1:],
            )
        )
    return None


def _number(text: str, what: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        readings = read_number(text)
        if len(readings) != 1:
            raise _Missing(_("{what} is no number: “{text}”.", what=what, text=text.strip()[:40])) from None
        [number] = readings
    if not number.is_finite():
        raise _Missing(_("{what} is no number: “{text}”.", what=what, text=text.strip()[:40]))
    return number


def _points(text: str) -> Decimal:
    points = _number(text, _("What it is worth"))
    if not 0 < points <= MOST_POINTS:
        raise _Missing(_("It must be worth more than 0 points, and {most} at most.", most=MOST_POINTS))
    if points != points.quantize(grading.CENT):
        raise _Missing(_("What it is worth has two decimals at most, and {text} has more.", text=text.strip()[:40]))
    return points.quantize(grading.CENT)


def _options(question: DraftQuestion, problems: list[str]) -> tuple[Option, ...]:
    missing = [place for place, one in enumerate(question.options, 1) if not one.text.strip()]
    problems += [_("Option {place} has no text.", place=place) for place in missing]
    if missing:
        return ()
    return tuple(Option(id=one.id, text=one.text.strip(), feedback=one.feedback.strip()) for one in question.options)


def _right(question: DraftQuestion) -> list[str]:
    """What is marked as right among the options that are still there."""
    right = [one.id for one in question.options if one.id in question.right]
    if not right:
        raise _Missing(_(_NO_KEY))
    return right


def _choice(question: DraftQuestion) -> Key:
    right = _right(question)
    if len(right) > 1:
        raise _Missing(_("Several options are marked as right, and only one can be chosen. Ask for several instead."))
    return ChoiceKey(option=right[0])


def _choices(question: DraftQuestion) -> Key:
    return ChoicesKey(options=frozenset(_right(question)))


def _truth(question: DraftQuestion) -> Key:
    if question.truth is None:
        raise _Missing(_("It isn't said whether the statement is true."))
    return TruthKey(value=question.truth)


def _blank(question: DraftQuestion) -> Key:
    if not any(one.text.strip() for one in question.accepted):
        raise _Missing(_("There is no accepted answer."))
    return BlankKey(accepted=tuple(_accepted(one) for one in question.accepted if one.text.strip()))


def _accepted(one: DraftAccepted) -> Accepted:
    match one.kind:
        case "number":
            tolerance = _number(one.tolerance or "0", _("The tolerance"))
            if tolerance < 0:
                raise _Missing(_("A tolerance is below 0."))
            return AcceptedNumber(value=_number(one.text, _("An accepted answer")), tolerance=tolerance)
        case "pattern":
            return AcceptedPattern(pattern=one.text, case_sensitive=one.case_sensitive)
        case _:
            return AcceptedText(text=one.text.strip(), case_sensitive=one.case_sensitive)


def _program(question: DraftQuestion) -> Key:
    if not question.tests:
        raise _Missing(_("There is no test, so no program can be right."))
    for place, one in enumerate(question.tests, 1):
        if not one.title.strip():
            raise _Missing(_("Test {place} has no title.", place=place))
        if not (one.expected.strip() or one.raises.strip()):
            raise _Missing(_("Test {place} (“{title}”) expects nothing.", place=place, title=one.title.strip()))
    tests = tuple(
        CodeTest(
            **one.model_dump(exclude={"tolerance", "title", "raises"}),
            title=one.title.strip(),
            raises=one.raises.strip(),
            tolerance=_number(one.tolerance or "0", _("The tolerance")),
        )
        for one in question.tests
    )
    return CodeKey(starter=question.starter, solution=question.solution, tests=tests)


def _rubric(question: DraftQuestion) -> Key:
    for place, one in enumerate(question.rubric, 1):
        if not one.title.strip():
            raise _Missing(_("Criterion {place} of the rubric has no title.", place=place))
        if len(one.levels) < 2:
            raise _Missing(_("“{title}” has fewer than two levels.", title=one.title.strip()))
        if any(not level.title.strip() for level in one.levels):
            raise _Missing(_("A level of “{title}” has no title.", title=one.title.strip()))
    return RubricKey(
        rubric=tuple(_criteria(question.rubric)), upload=_upload(question.upload), sample=question.sample.strip()
    )


def _criteria(criteria: Sequence[DraftCriterion]) -> list[RubricCriterion]:
    return [
        RubricCriterion(
            id=one.id,
            title=one.title.strip(),
            description=one.description.strip(),
            levels=tuple(
                RubricLevel(
                    id=level.id,
                    title=level.title.strip(),
                    points=_number(level.points, _("A level of “{title}”", title=one.title)),
                )
                for level in one.levels
            ),
        )
        for one in criteria
    ]


def _upload(rule: DraftUpload | None) -> UploadRule | None:
    if rule is None:
        return None
    types = tuple(one.strip().removeprefix(".").lower() for one in rule.types.split(",") if one.strip())
    if not types:
        raise _Missing(_("No type of file is named."))
    return UploadRule(max_files=rule.max_files, max_megabytes=rule.max_megabytes, types=types)


_KEYS: dict[QuestionType, Callable[[DraftQuestion], Key]] = {
    QuestionType.MULTIPLE_CHOICE: _choice,
    QuestionType.MULTI_SELECT: _choices,
    QuestionType.TRUE_FALSE: _truth,
    QuestionType.FILL_BLANK: _blank,
    QuestionType.CODE: _program,
    QuestionType.SHORT_ANSWER: _rubric,
}
