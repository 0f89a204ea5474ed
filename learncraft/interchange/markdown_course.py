"""Reads a course kept as a folder of Markdown: `course.yaml`, and one file per lesson beside it.

A lesson is YAML front matter and a body. In the body, a line `<!-- part: Title -->` starts a part, a block
quote that begins with `[!NOTE]`, `[!TIP]` or `[!WARNING]` is a callout, and a fence with the info string
`quiz` holds an assessment in YAML. All else stays Markdown. `asset:NAME` points at a file of the folder.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import unquote

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from learncraft.assessments.code_shapes import CodeKey
from learncraft.assessments.shapes import BlankKey, ChoiceKey, ChoicesKey, Key, Option, TruthKey
from learncraft.courses.blocks import CalloutBlock, MarkdownBlock, SectionBlock
from learncraft.courses.prose import from_markdown
from learncraft.errors import InvalidInputError
from learncraft.interchange.document import (
    AssessmentDocument,
    CardDocument,
    CourseDocument,
    FileDocument,
    LessonDocument,
    LessonItem,
    ModuleDocument,
    QuestionDocument,
)
from learncraft.language import _

COURSE_FILE = "course.yaml"

_FRONT_MATTER = re.compile(r"---\n(?P<front>.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_PART = re.compile(r"<!--\s*part:(?P<title>.*?)-->\s*\Z")
_QUOTE_MARK = re.compile(r"^ {0,3}> ?", re.MULTILINE)
_CALLOUT = re.compile(r"\s*\[!(?P<kind>\w+)\][ \t]*(?:\n|\Z)")
_STEM_IN_BLOCK_ID = 56  # leaves room for the ordinal in the 64 characters of a block's id

_markdown = MarkdownIt("commonmark").enable("table")

Model = TypeVar("Model", bound=BaseModel)


class _Written(BaseModel):
    """What an author writes; a misspelt name is an error, not a silent loss."""

    model_config = ConfigDict(extra="forbid")


class _Module(_Written):
    key: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str = Field(min_length=1)
    description: str = ""
    lessons: list[str] = Field(min_length=1)


class _Course(_Written):
    title: str = Field(min_length=1)
    slug: str = Field(pattern=r"^[a-z0-9-]+$")
    modules: list[_Module] = Field(min_length=1)
    short_description: str = ""
    description: str = ""
    category: Literal[
        "web_development", "mobile_development", "devops", "cloud", "data_science",
        "machine_learning", "security", "databases", "programming_languages",
    ]  # fmt: skip
    skill_level: Literal["beginner", "intermediate", "advanced", "expert"] = "beginner"
    language: str = "en"
    learning_objectives: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image: str | None = None


class _Card(_Written):
    front: str = Field(min_length=1)
    back: str = Field(min_length=1)


class _Lesson(_Written):
    title: str = Field(min_length=1)
    description: str = ""
    minutes: int = Field(default=0, ge=0)
    objectives: tuple[str, ...] = ()
    free: bool = False
    type: Literal["video", "lab", "quiz", "reading", "mixed"] = "mixed"
    cards: tuple[_Card, ...] = ()  # flashcards; one with the same front stays the same card


class _Question(_Written):
    key: str = ""  # keeps the question the same one when others are put before it
    type: Literal["multiple_choice", "multi_select", "true_false", "fill_blank", "code"]
    text: str = Field(min_length=1)
    options: dict[str, str] = {}
    answer: Any = None
    starter: str = ""  # this and the next two are for code
    solution: str = ""
    tests: tuple[dict[str, Any], ...] = ()
    explanation: str = ""
    points: int = Field(default=1, ge=1)


class _Quiz(_Written):
    title: str = Field(min_length=1)
    description: str = ""
    passing_score: int = Field(default=70, ge=0, le=100)
    max_attempts: int | None = Field(default=None, ge=1)
    shuffle_options: bool = False
    questions: list[_Question] = Field(min_length=1)


_Piece = SectionBlock | MarkdownBlock | CalloutBlock | _Quiz  # a block's id is given when it is numbered


@dataclass(slots=True)
class _Reading:
    """One folder while it is read: the files that lessons asked for so far."""

    folder: Path
    course_key: str
    files: dict[str, FileDocument] = field(default_factory=dict)

    def add_file(self, name: str, asked_in: str) -> None:
        path = _inside(self.folder, name, asked_in)
        mime_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.files[name] = FileDocument(name=name, path=path, mime_type=mime_type)

    def add_assets(self, text: str, asked_in: str) -> None:
        for name in _asset_names(_markdown.parse(text)):
            self.add_file(name, asked_in)


def read(folder: Path) -> CourseDocument:
    """Read the course in `folder`.

    Raises:
        InvalidInputError: a file is missing or malformed; the message names it and says what to do.
    """
    written = _checked(_Course, _yaml(_text(folder / COURSE_FILE), COURSE_FILE), COURSE_FILE)
    reading = _Reading(folder, f"markdown:{written.slug}")
    modules = _modules(reading, written.modules)
    reading.add_assets(written.description, COURSE_FILE)
    if written.image is not None:
        reading.add_file(written.image, COURSE_FILE)
    rest = written.model_dump(exclude={"modules", "description"})
    return CourseDocument(
        source_key=reading.course_key,
        modules=modules,
        description=from_markdown(written.description),
        files=reading.files,
        **rest,
    )


def _modules(reading: _Reading, modules: list[_Module]) -> tuple[ModuleDocument, ...]:
    _refuse_repeats((module.key for module in modules), "module key")
    _refuse_repeats((name for module in modules for name in module.lessons), "lesson file")
    return tuple(
        ModuleDocument(
            source_key=f"{reading.course_key}/module/{module.key}",
            title=module.title,
            description=module.description,
            lessons=tuple(_lesson(reading, name) for name in module.lessons),
        )
        for module in modules
    )


def _lesson(reading: _Reading, name: str) -> LessonDocument:
    text = _text(_inside(reading.folder, name, COURSE_FILE))
    match = _FRONT_MATTER.match(text)
    if match is None:
        raise InvalidInputError(
            "{name}: begin the file with front matter between two lines of three hyphens (---).", name=name
        )
    front = _checked(_Lesson, _yaml(match["front"], name), name)
    body, first_line = text[match.end() :], text.count("\n", 0, match.end()) + 1
    reading.add_assets(body, name)
    source_key = f"{reading.course_key}/lesson/{name.removesuffix('.md')}"
    return LessonDocument(
        source_key=source_key,
        title=front.title,
        description=front.description,
        lesson_type=front.type,
        duration_minutes=front.minutes,
        is_free=front.free,
        learning_objectives=front.objectives,
        items=tuple(_items(reading, name, _pieces(name, body, first_line), source_key)),
        cards=tuple(CardDocument(card.front, card.back) for card in front.cards),
    )


def _items(reading: _Reading, name: str, pieces: Iterable[_Piece], source_key: str) -> Iterator[LessonItem]:
    """Number the pieces: blocks and quizzes are each counted from 1."""
    stem = Path(name).stem[:_STEM_IN_BLOCK_ID]
    blocks = quizzes = 0
    for piece in pieces:
        if isinstance(piece, _Quiz):
            quizzes += 1
            where = f"{name}, quiz {quizzes}"
            for question in piece.questions:
                reading.add_assets(f"{question.text}\n\n{question.explanation}", where)
            yield _assessment(piece, f"{source_key}/quiz-{quizzes}", where)
        else:
            blocks += 1
            yield piece.model_copy(update={"id": f"{stem}-{blocks}"})


def _pieces(name: str, body: str, first_line: int) -> Iterator[_Piece]:
    """Cut the body at its parts, callouts and quizzes; the lines between them are prose."""
    lines, read_to = body.split("\n"), 0
    for token in _markdown.parse(body):
        if token.level or token.map is None:
            continue
        start, end = token.map
        special = _special(token, "\n".join(lines[start:end]), f"{name}, line {first_line + start}")
        if special is not None:
            yield from _prose(lines[read_to:start])
            yield special
            read_to = end
    yield from _prose(lines[read_to:])


def _prose(lines: list[str]) -> Iterator[MarkdownBlock]:
    text = "\n".join(lines).strip("\n")
    if text.strip():
        yield MarkdownBlock(id="-", text=text)


def _special(token: Token, source: str, where: str) -> SectionBlock | CalloutBlock | _Quiz | None:
    """The part, callout or quiz that the token begins, if it begins one."""
    if token.type == "html_block" and (part := _PART.match(token.content)):
        if not (title := part["title"].strip()):
            raise InvalidInputError("{where}: give the part a title, as in <!-- part: First steps -->.", where=where)
        return SectionBlock(id="-", title=title)
    if token.type == "blockquote_open":
        quoted = _QUOTE_MARK.sub("", source)
        if callout := _CALLOUT.match(quoted):
            kind, text = callout["kind"].lower(), quoted[callout.end() :].strip()
            if kind not in ("note", "tip", "warning") or not text:
                raise InvalidInputError(
                    "{where}: write a callout as [!NOTE], [!TIP] or [!WARNING], then its text.", where=where
                )
            return CalloutBlock.model_validate({"id": "-", "kind": kind, "text": text})
    if token.type == "fence" and token.info.strip() == "quiz":
        return _checked(_Quiz, _yaml(token.content, where), where)
    return None


def _assessment(quiz: _Quiz, source_key: str, where: str) -> AssessmentDocument:
    keys = [question.key or f"question-{number}" for number, question in enumerate(quiz.questions, 1)]
    _refuse_repeats(keys, f"question key in {where}")
    questions = tuple(
        QuestionDocument(
            source_key=f"{source_key}/{key}",
            question_type=question.type,
            text=question.text,
            key=_key(question, f"{where}, question {number}"),
            options=_options(question, f"{where}, question {number}"),
            explanation=question.explanation,
            points=question.points,
        )
        for number, (key, question) in enumerate(zip(keys, quiz.questions, strict=True), 1)
    )
    return AssessmentDocument(source_key=source_key, questions=questions, **quiz.model_dump(exclude={"questions"}))


def _options(question: _Question, where: str) -> tuple[Option, ...]:
    return tuple(_checked(Option, {"id": letter, "text": text}, where) for letter, text in question.options.items())


def _key(question: _Question, where: str) -> Key:
    """The key in the shape of the question's type, checked against the options."""
    answer, options = question.answer, question.options
    if question.type in ("multiple_choice", "multi_select"):
        chosen = answer if isinstance(answer, list) else [answer]
        if len(options) < 2 or not chosen or any(not isinstance(one, str) or one not in options for one in chosen):
            raise InvalidInputError(
                "{where}: give at least two options, and as `answer` the letters of right ones.", where=where
            )
        if question.type == "multi_select":
            return ChoicesKey(options=frozenset(chosen))
        if len(chosen) == 1:
            return ChoiceKey(option=chosen[0])
        raise InvalidInputError(
            "{where}: a multiple_choice question has one answer; else write multi_select.", where=where
        )
    if options:
        raise InvalidInputError(
            "{where}: leave out `options`; only multiple_choice and multi_select have them.", where=where
        )
    if question.type == "code":
        tests = [{**test, "expected": str(test.get("expected", ""))} for test in question.tests]
        return _checked(CodeKey, {"starter": question.starter, "solution": question.solution, "tests": tests}, where)
    if answer is None:
        raise InvalidInputError("{where}: write what is right as `answer`.", where=where)
    if question.type == "true_false":
        if isinstance(answer, bool):
            return TruthKey(value=answer)
        raise InvalidInputError("{where}: write `answer: true` or `answer: false`.", where=where)
    accepted = [_accepted(one) for one in (answer if isinstance(answer, list) else [answer])]
    return _checked(BlankKey, {"accepted": accepted}, where)


def _accepted(answer: object) -> object:
    """A bare text or number, or a mapping such as {number: 2.5, tolerance: 0.1} or {pattern: "colou?r"}."""
    if isinstance(answer, str):
        return {"kind": "text", "text": answer}
    if isinstance(answer, (int, float)) and not isinstance(answer, bool):
        return {"kind": "number", "value": Decimal(str(answer))}
    if isinstance(answer, dict):
        rest = {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in answer.items()}
        for kind, place in (("number", "value"), ("pattern", "pattern"), ("text", "text")):
            if kind in rest:
                return {"kind": kind, place: rest.pop(kind), **rest}
    return answer


def _asset_names(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        address = str(token.attrGet("src") or token.attrGet("href") or "")
        if address.startswith("asset:"):
            yield unquote(address.removeprefix("asset:"))
        yield from _asset_names(token.children or ())


def _inside(folder: Path, name: str, asked_in: str) -> Path:
    """The path of a file of the folder; no name leads out of it."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise InvalidInputError(
            "{asked_in} names {name}, which isn't in the course's folder: add it or mend the name.",
            asked_in=asked_in,
            name=name,
        )
    return path


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InvalidInputError("{name} is missing: put it into the course's folder.", name=path.name) from None
    except UnicodeDecodeError:
        raise InvalidInputError("{name} isn't UTF-8 text: save it again in that encoding.", name=path.name) from None


def _yaml(text: str, where: str) -> object:
    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = f" at its line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InvalidInputError(
            "{where}: this YAML can't be read{line}: {problem}. Check the indent; quote text with colons.",
            where=where,
            line=line,
            problem=error.problem,
        ) from None
    except yaml.YAMLError:
        raise InvalidInputError(
            "{where}: this YAML holds characters that aren't allowed. Remove them.", where=where
        ) from None


def _checked(model: type[Model], written: object, where: str) -> Model:
    try:
        return model.model_validate(written)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise InvalidInputError(
            "{where}: mend {words}: {first}.", where=where, words=place or _("the YAML"), first=first["msg"]
        ) from None


def _refuse_repeats(names: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InvalidInputError("The {what} {name} stands twice: give each its own.", what=what, name=name)
        seen.add(name)
