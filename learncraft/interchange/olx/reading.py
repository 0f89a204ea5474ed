"""What every part of the reader has at hand, and what it does with parts that are left out."""

from __future__ import annotations

from dataclasses import dataclass

from learncraft.interchange.olx import names
from learncraft.interchange.olx.report import Report
from learncraft.interchange.olx.source import Node, Source
from learncraft.language import _

# Parts that hold parts. Whatever else stands in a course is a component.
_CONTAINERS = (
    "course chapter sequential vertical library_content itembank randomize conditional split_test wrapper problemset "
    "videosequence unit"
)
CONTAINERS = frozenset(_CONTAINERS.split())
UNTITLED = {
    "chapter": "Module",
    "sequential": "Lesson",
    "vertical": "Unit",
    "html": "Text",
    "video": "Video",
    "problem": "Problem",
    "library_content": "Problems from a library",
    "itembank": "Problems from a library",
    "annotatable": "Annotated text",
    "done": "“Done” button",
    "drag-and-drop-v2": "Drag and drop",
    "edx_sga": "Uploaded assignment",
    "openassessment": "Open response",
    "staffgradedxblock": "Points given by staff",
    "survey": "Survey",
    "poll": "Poll",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One archive being read."""

    source: Source
    report: Report
    language: str
    passing_score: int


def title_of(node: Node) -> str:
    """The part's title, or the word for its kind."""
    own = names.short(node.element.findtext("title") or "", 255) if node.tag == "openassessment" else ""
    return node.title or own or UNTITLED.get(node.tag, node.tag)


def usable(reading: Reading, node: Node) -> bool:
    """Whether learners may see the part and it could be read; reports it with all within when not."""
    if node.error:
        reading.report.skipped(node.path, node.tag, title_of(node), node.error)
        return False
    if node.flag("visible_to_staff_only"):
        leave_out(reading, node, _("Only staff may see it in the course. Show it to learners there to import it."))
        return False
    if node.flag("hide_from_toc"):
        leave_out(reading, node, _("It is hidden from learners in the course. Show it there to import it."))
        return False
    return True


def html_file(reading: Reading, node: Node) -> str:
    """The file of a text, or nothing when the text stands in the XML."""
    if len(node.element) or (node.element.text or "").strip():
        return ""
    for stem in (node.settings.get("filename", ""), node.url_name):
        candidate = f"html/{stem.replace(':', '/')}.html"
        if stem and candidate in reading.source:
            return candidate
    return ""


def content_notes(node: Node) -> list[str]:
    """What the part's settings asked for that nothing here does."""
    notes = []
    if node.settings.get("group_access", "{}") not in ("{}", "null"):
        notes.append(_("It was shown to some groups of learners only; here everyone sees it."))
    return notes


def leave_out(reading: Reading, node: Node, why: str) -> None:
    """Report a part and everything within it as skipped."""
    reading.report.skipped(node.path, node.tag, title_of(node), why)
    if node.tag == "html" and (name := html_file(reading, node)):
        reading.report.skipped(reading.source.path_of(name), "html", title_of(node), why)
    if node.tag in CONTAINERS:
        within = _("It is part of “{title_of}”, which was left out.", title_of=title_of(node))
        for child in reading.source.children(node):
            leave_out(reading, child, within)
