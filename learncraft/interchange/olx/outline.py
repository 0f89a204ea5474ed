"""The modules and lessons of a course, from its chapters and sequentials."""

from __future__ import annotations

import math

from learncraft.courses.blocks import HtmlBlock, SectionBlock
from learncraft.interchange.document import (
    AssessmentDocument,
    LessonDocument,
    LessonItem,
    ModuleDocument,
    VideoDocument,
)
from learncraft.interchange.html import text_of
from learncraft.interchange.olx import names, refusals
from learncraft.interchange.olx.reading import CONTAINERS, Reading, content_notes, leave_out, title_of, usable
from learncraft.interchange.olx.source import Node
from learncraft.interchange.olx.units import read_unit
from learncraft.language import _

_WORDS_PER_MINUTE = 200
_MINUTES_PER_QUESTION = 1
_COMPONENTS = frozenset({"html", "video", "problem"})


def read_modules(reading: Reading, course: Node) -> tuple[ModuleDocument, ...]:
    """Each chapter as a module. What stands beside the chapters becomes a module of its own, if it is content."""
    modules = []
    for node in reading.source.children(course):
        if node.tag not in CONTAINERS and node.tag not in _COMPONENTS:
            leave_out(reading, node, refusals.of_component(node.tag))
        elif usable(reading, node) and (module := _module(reading, node)):
            modules.append(module)
    return tuple(modules)


def _module(reading: Reading, node: Node) -> ModuleDocument | None:
    source_key = reading.source.keys.take(names.key("module", node.url_name))
    title = title_of(node)
    is_chapter = node.tag == "chapter"
    lessons = []
    for part in reading.source.children(node) if is_chapter else [node]:
        # A module of one part has seen that part already.
        if (not is_chapter or usable(reading, part)) and (lesson := _lesson(reading, part)):
            lessons.append(lesson)
    if is_chapter and lessons:
        reading.report.taken(node.path, node.tag, title, content_notes(node))
    elif is_chapter:
        reading.report.skipped(
            node.path, node.tag, title, _("No lesson of it could be taken over, so it was left out.")
        )
    return ModuleDocument(source_key, title, tuple(lessons)) if lessons else None


def _lesson(reading: Reading, node: Node) -> LessonDocument | None:
    source_key = reading.source.keys.take(names.key("lesson", node.url_name))
    title = title_of(node)
    items: list[LessonItem] = []
    seconds = 0
    is_sequential = node.tag == "sequential"
    for part in reading.source.children(node) if is_sequential else [node]:
        if is_sequential and not usable(reading, part):
            continue
        unit = read_unit(reading, part, part.title or title)
        items += unit.items
        seconds += unit.video_seconds
    if is_sequential:
        _report_lesson(reading, node, title, bool(items))
    if not items:
        return None
    return LessonDocument(
        source_key=source_key,
        title=title,
        items=tuple(items),
        lesson_type=_lesson_type(items),
        duration_minutes=_minutes(items, seconds),
    )


def _report_lesson(reading: Reading, node: Node, title: str, filled: bool) -> None:
    if not filled:
        reading.report.skipped(node.path, node.tag, title, _("Nothing in it could be taken over, so it was left out."))
        return
    notes = content_notes(node)
    if node.settings.get("due"):
        notes.append(_("Its due date isn't imported."))
    if node.settings.get("default_time_limit_minutes"):
        notes.append(_("Its time limit isn't imported; set one on its assessments."))
    if node.settings.get("prereq"):
        notes.append(_("It opened only after another part was passed; here it is always open."))
    reading.report.taken(node.path, node.tag, title, notes)


def _lesson_type(items: list[LessonItem]) -> str:
    videos = sum(isinstance(item, VideoDocument) for item in items)
    quizzes = sum(isinstance(item, AssessmentDocument) for item in items)
    texts = sum(not isinstance(item, VideoDocument | AssessmentDocument | SectionBlock) for item in items)
    if quizzes:
        return "mixed" if videos or texts else "quiz"
    if videos:
        return "video" if videos >= texts else "mixed"
    return "reading"


def _minutes(items: list[LessonItem], video_seconds: int) -> int:
    words = sum(len(text_of(item.html).split()) for item in items if isinstance(item, HtmlBlock))
    questions = sum(len(item.questions) for item in items if isinstance(item, AssessmentDocument))
    minutes = words / _WORDS_PER_MINUTE + video_seconds / 60 + questions * _MINUTES_PER_QUESTION
    return max(1, math.ceil(minutes))
