"""A course as plain data: what every reader makes and the writer stores.

Places that point at a file of the archive use the address `asset:NAME` (percent-encoded), in HTML and
Markdown alike; the writer puts the file into the file store and the real address in its place.
A `source_key` names the same part in every import of the same course, so that a second import updates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from learncraft.assessments.shapes import Key, Option
from learncraft.courses.blocks import CalloutBlock, CodeBlock, HtmlBlock, MarkdownBlock, SectionBlock


@dataclass(frozen=True, slots=True)
class QuestionDocument:
    """One question. `question_type` is a value of the enum question_type; `text` is in `text_format`."""

    source_key: str
    question_type: str
    text: str
    key: Key
    text_format: str = "markdown"  # or "html"
    options: tuple[Option, ...] = ()
    explanation: str = ""
    points: int = 1


@dataclass(frozen=True, slots=True)
class AssessmentDocument:
    """Questions taken together at one place of a lesson. `passing_score` is a percentage; no limit is None."""

    source_key: str
    title: str
    questions: tuple[QuestionDocument, ...]
    description: str = ""
    assessment_type: str = "quiz"
    passing_score: int = 70
    max_attempts: int | None = None
    time_limit_minutes: int | None = None
    shuffle_questions: bool = False
    shuffle_options: bool = False


@dataclass(frozen=True, slots=True)
class VideoDocument:
    """A video by address: a web address, or `asset:NAME` for a file of the archive."""

    source_key: str
    title: str
    url: str
    duration_seconds: int | None = None
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class CardDocument:
    """A flashcard, both sides in Markdown."""

    front: str
    back: str


LessonItem = SectionBlock | MarkdownBlock | HtmlBlock | CodeBlock | CalloutBlock | VideoDocument | AssessmentDocument


@dataclass(frozen=True, slots=True)
class LessonDocument:
    """One lesson; `items` in reading order. `lesson_type` is a value of the enum lesson_type.

    Without `cards` those that the lesson has already stay.
    """

    source_key: str
    title: str
    items: tuple[LessonItem, ...]
    lesson_type: str = "mixed"
    description: str = ""
    duration_minutes: int = 0
    is_free: bool = False
    learning_objectives: tuple[str, ...] = ()
    cards: tuple[CardDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleDocument:
    """One module with its lessons in order."""

    source_key: str
    title: str
    lessons: tuple[LessonDocument, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class FileDocument:
    """A file that the course brings: where its bytes are now, and what kind of file it is."""

    name: str
    path: Path
    mime_type: str


@dataclass(frozen=True, slots=True)
class CourseDocument:
    """A whole course as read, before it is stored."""

    source_key: str
    title: str
    slug: str
    modules: tuple[ModuleDocument, ...]
    short_description: str = ""
    description: str = ""  # HTML
    category: str = "programming_languages"
    skill_level: str = "beginner"
    language: str = "en"
    learning_objectives: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image: str | None = None  # name of one of `files`
    files: dict[str, FileDocument] = field(default_factory=dict)


class Outcome(StrEnum):
    """What became of one item of the archive."""

    IMPORTED = "imported"
    CONVERTED = "converted"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class ReportItem:
    """One item of the archive: where it stood, what it is, what became of it, and how or why."""

    path: str
    kind: str
    title: str
    outcome: Outcome
    detail: str = ""
