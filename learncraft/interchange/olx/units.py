"""A unit of a lesson: its title, then its texts, videos and problems in reading order."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from html import escape

from learncraft.courses.blocks import HtmlBlock, SectionBlock
from learncraft.interchange.document import AssessmentDocument, LessonItem, QuestionDocument
from learncraft.interchange.html import clean
from learncraft.interchange.olx import names, prose, refusals
from learncraft.interchange.olx.problems import read_problem
from learncraft.interchange.olx.reading import (
    CONTAINERS,
    Reading,
    content_notes,
    html_file,
    leave_out,
    title_of,
    usable,
)
from learncraft.interchange.olx.source import Node, PartError
from learncraft.interchange.olx.videos import read_video
from learncraft.language import _, noted

_FEW_WORDS = 15
_ASKED_AS = {
    "multiple_choice": noted("multiple choice"),
    "multi_select": noted("multiple choice with checkboxes"),
    "true_false": noted("true or false"),
    "fill_blank": noted("a blank to fill in"),
}
_ALL_SHOWN = {
    "library_content": noted("Each learner got a random draw from its problems; here all of them are shown."),
    "itembank": noted("Each learner got a random draw from its problems; here all of them are shown."),
    "randomize": noted("Each learner got one of its parts at random; here all of them are shown."),
    "conditional": noted("Its parts appeared only after another part was solved; here they are always shown."),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """The items of one unit, and how many seconds of video are among them."""

    items: tuple[LessonItem, ...]
    video_seconds: int = 0


@dataclass(slots=True)
class _Problems:
    """The problems of one unit, which become one assessment where the first of them stands."""

    questions: list[QuestionDocument]
    attempts: list[int | None]
    place: int = 0
    shuffle: bool = False


def read_unit(reading: Reading, node: Node, title: str) -> Unit:
    """The unit's section and everything in it that could be taken over; nothing at all when that is nothing."""
    items: list[LessonItem] = []
    problems = _Problems([], [])
    seconds = 0
    parts = reading.source.children(node) if node.tag in CONTAINERS else [node]
    for part in _leaves(reading, parts):
        if part.tag == "html":
            items += _text(reading, part)
        elif part.tag == "video":
            added, length = _video(reading, part)
            items += added
            seconds += length
        elif part.tag == "annotatable":
            items += _annotated(reading, part)
        elif part.tag == "problem":
            if not problems.questions:
                problems.place = len(items)
            _problem(reading, part, problems)
        else:
            leave_out(reading, part, refusals.of_component(part.tag))
    if problems.questions:
        items.insert(problems.place, _assessment(reading, node, title, problems))
    if node.tag in CONTAINERS:
        _report_unit(reading, node, title, bool(items))
    if not items:
        return Unit(())
    section = SectionBlock(id=reading.source.keys.take(names.key("section", node.url_name)), title=title)
    return Unit((section, *items), seconds)


def _leaves(reading: Reading, parts: list[Node]) -> list[Node]:
    """The components among parts, looking into whatever only groups them."""
    leaves: list[Node] = []
    for part in parts:
        if not usable(reading, part):
            continue
        if part.tag not in CONTAINERS or part.tag == "split_test":
            leaves.append(part)
            continue
        inner = _leaves(reading, [child for child in reading.source.children(part) if child.tag != "show"])
        shown = _ALL_SHOWN.get(part.tag)
        if not inner:
            reading.report.skipped(part.path, part.tag, title_of(part), _("The archive has nothing that stands in it."))
        elif shown:
            reading.report.converted(part.path, part.tag, title_of(part), _(shown))
        else:
            reading.report.converted(part.path, part.tag, title_of(part), _("Its parts stand in the unit around it."))
        leaves += inner
    return leaves


def _report_unit(reading: Reading, node: Node, title: str, filled: bool) -> None:
    if filled:
        reading.report.taken(node.path, node.tag, title, content_notes(node))
    elif len(node.element):
        reading.report.skipped(node.path, node.tag, title, _("Nothing in it could be taken over, so it was left out."))
    else:
        reading.report.skipped(node.path, node.tag, title, _("It is empty."))


def _text(reading: Reading, node: Node) -> list[LessonItem]:
    name, title = html_file(reading, node), title_of(node)
    blocks = _text_block(reading, node, name)
    # The words are in a file of their own; the one that names it has the same fate.
    if name and node.path == reading.source.path_of(node.file):
        if blocks:
            reading.report.imported(
                node.path, "settings", title, _("Title and settings of the text in {name}.", name=name)
            )
        else:
            reading.report.skipped(
                node.path, "settings", title, _("It belongs to the text in {name}, which was left out.", name=name)
            )
    return blocks


def _text_block(reading: Reading, node: Node, name: str) -> list[LessonItem]:
    wanted, title = node.settings.get("filename", ""), title_of(node)
    path = reading.source.path_of(name) if name else node.path
    if not name and wanted and not prose.plain_text(node.element) and not len(node.element):
        why = _("The archive has no file html/{wanted}.html, so this text is missing from the export.", wanted=wanted)
        reading.report.skipped(node.path, "html", title, why)
        return []
    cleaned = clean(reading.source.text(name) if name else prose.inline_source(node.element), reading.source.assets)
    if cleaned.controls and cleaned.words < _FEW_WORDS:
        why = _("It is a small form that works by scripts, which aren't run here; no text of use is left without them.")
        reading.report.skipped(path, "html", title, why)
        return []
    if cleaned.is_empty:
        scripted = _("It holds only scripts and styles, which lessons don't use; there is nothing to read in it.")
        why = scripted if cleaned.scripts or not cleaned.notes else " ".join(cleaned.notes)
        reading.report.skipped(path, "html", title, why)
        return []
    reading.report.taken(path, "html", title, [*content_notes(node), *cleaned.notes])
    return [HtmlBlock(id=reading.source.keys.take(names.key("html", node.url_name)), html=cleaned.html)]


def _annotated(reading: Reading, node: Node) -> list[LessonItem]:
    """A text with pop-up remarks, the remarks listed below it."""
    words = copy.deepcopy(node.element)
    remarks = [(prose.plain_text(mark), mark.get("body", "")) for mark in words.iter("annotation") if mark.get("body")]
    listed = "".join(f"<li>“{escape(marked)}”: {escape(body)}</li>" for marked, body in remarks)
    cleaned = clean(prose.inner_html(words) + (f"<ul>{listed}</ul>" if listed else ""), reading.source.assets)
    if cleaned.is_empty:
        reading.report.skipped(node.path, node.tag, title_of(node), _("It has no text."))
        return []
    note = _("Its pop-up annotations are listed below the text.")
    reading.report.taken(node.path, node.tag, title_of(node), [*content_notes(node), note, *cleaned.notes])
    return [HtmlBlock(id=reading.source.keys.take(names.key("html", node.url_name)), html=cleaned.html)]


def _video(reading: Reading, node: Node) -> tuple[list[LessonItem], int]:
    report, title = reading.report, title_of(node)
    try:
        video = read_video(reading.source, node, reading.language)
    except PartError as error:
        report.skipped(node.path, "video", title, str(error))
        return [], 0
    lines = video.document.transcript.count("\n") + 1
    detail = (
        _("With its transcript ({lines} lines).", lines=lines)
        if video.document.transcript
        else _("It has no transcript.")
    )
    report.taken(node.path, "video", title, [*content_notes(node), *video.notes], detail)
    used = reading.source.path_of(f"static/{video.used_transcript}")
    if video.used_transcript and not report.speaks_of(used):
        report.imported(
            used, "transcript", video.used_transcript, _("It is the transcript of the video “{title}”.", title=title)
        )
    for other in video.other_transcripts:
        path = reading.source.path_of(f"static/{other}")
        if not report.speaks_of(path):
            why = _(
                "A video here has one transcript; “{used_transcript}” was taken.", used_transcript=video.used_transcript
            )
            report.skipped(path, "transcript", other, why)
    items: list[LessonItem] = [video.document]
    if video.handouts:
        block_id = reading.source.keys.take(names.key("files", node.url_name))
        items.append(HtmlBlock(id=block_id, html=video.handouts))
    return items, video.seconds


def _problem(reading: Reading, node: Node, problems: _Problems) -> None:
    problem = read_problem(reading.source, node)
    reasons = list(dict.fromkeys(problem.refused))
    title = node.title or problem.opening or title_of(node)
    if not problem.questions:
        reading.report.skipped(node.path, "problem", title, " ".join(reasons))
        return
    notes = [*content_notes(node), *problem.notes]
    if reasons:
        notes.append(f"{len(problem.refused)} of its fields couldn't be taken over: {' '.join(reasons)}")
    kinds = ", ".join(dict.fromkeys(_(_ASKED_AS[question.question_type]) for question in problem.questions))
    reading.report.taken(node.path, "problem", title, notes, _("Asked as: {kinds}.", kinds=kinds))
    problems.questions += problem.questions
    problems.attempts.append(_attempts(node))
    problems.shuffle |= any(group.get("shuffle") == "true" for group in node.element.iter("choicegroup"))


def _attempts(node: Node) -> int | None:
    value = node.settings.get("max_attempts", "")
    return int(value) if re.fullmatch("[1-9][0-9]{0,4}", value) else None


def _assessment(reading: Reading, node: Node, title: str, problems: _Problems) -> AssessmentDocument:
    limits = [attempts for attempts in problems.attempts if attempts is not None]
    return AssessmentDocument(
        source_key=reading.source.keys.take(names.key("quiz", node.url_name)),
        title=title,
        questions=tuple(problems.questions),
        assessment_type=_assessment_type(node),
        passing_score=reading.passing_score,
        # One assessment has one limit: the loosest, so that no problem allows less than it did.
        max_attempts=max(limits) if len(limits) == len(problems.attempts) else None,
        shuffle_options=problems.shuffle,
    )


def _assessment_type(node: Node) -> str:
    if not node.flag("graded"):
        return "practice"
    form = node.settings.get("format", "").lower()
    return "exam" if any(word in form for word in ("exam", "midterm")) else "quiz"
