"""From an archive on disk to a course document and a report that speaks of every file in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from learncraft.interchange.archive import DEFAULT_LIMITS, Limits, unpacked
from learncraft.interchange.document import CourseDocument, ReportItem
from learncraft.interchange.errors import CourseArchiveError
from learncraft.interchange.html import clean, text_of
from learncraft.interchange.olx import names
from learncraft.interchange.olx.leftovers import report_leftovers
from learncraft.interchange.olx.outline import read_modules
from learncraft.interchange.olx.reading import Reading
from learncraft.interchange.olx.report import Report
from learncraft.interchange.olx.source import Node, PartError, Source, as_settings
from learncraft.language import _

_DEFAULT_PASSING_SCORE = 70
_DEFAULT_IMAGE = "images_course_image.jpg"
_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,4})?")


@dataclass(frozen=True, slots=True)
class OlxCourse:
    """A course as read, with what became of each item of its archive."""

    document: CourseDocument
    report: tuple[ReportItem, ...]


@contextmanager
def read(path: Path, *, limits: Limits = DEFAULT_LIMITS, workspace: Path | None = None) -> Iterator[OlxCourse]:
    """Read an OLX archive. The files' bytes are there only within the context.

    Raises:
        CourseArchiveError: the archive as a whole can't be read, or holds no course.
    """
    with unpacked(path, limits, workspace=workspace) as files:
        yield _course(files)


def _course(files: dict[str, Path]) -> OlxCourse:
    prefix = _course_folder(files)
    source, report = Source(files, prefix), Report()
    pointer = _pointer(source)
    run = pointer.get("url_name", "").strip() or "course"
    source.policy = as_settings(_json(source, _first(source, f"policies/{run}/policy.json", f"policies/{run}.json")))
    course = source.root("course.xml", pointer)
    if course.error:
        raise CourseArchiveError(f"The course can't be read: {course.error}")
    reading = Reading(source, report, _language(course), _passing_score(source, run))
    identity = _identity(course, run)
    document = _document(reading, course, identity)
    _report_course(reading, course, run, document)
    document = replace(document, modules=read_modules(reading, course), files=source.assets.documents())
    report_leftovers(reading, sorted(name for name in files if not name.startswith(prefix)))
    return OlxCourse(document, report.items())


def _course_folder(files: dict[str, Path]) -> str:
    """What leads to the topmost course.xml: exports wrap everything in one folder, hand-made archives may not."""
    found = sorted(
        (name for name in files if name.split("/")[-1] == "course.xml"), key=lambda name: (name.count("/"), name)
    )
    found = [name for name in found if not name.startswith("__MACOSX/")]
    if found:
        return found[0][: -len("course.xml")]
    if any(name.split("/")[-1] == "library.xml" for name in files):
        raise CourseArchiveError("This is a content library and no course. Export the course itself in Studio.")
    raise CourseArchiveError(
        "There is no course.xml in the archive, so it is no Open edX course. In Studio, choose Tools, Export Course, "
        "and take the .tar.gz that it gives."
    )


def _pointer(source: Source) -> Any:
    try:
        element = source.xml("course.xml")
    except PartError as error:
        raise CourseArchiveError(f"The course can't be read: {error}") from error
    if element.tag != "course":
        raise CourseArchiveError(
            f"course.xml holds <{element.tag}> and no <course>. Export the course again in Studio."
        )
    return element


def _identity(course: Node, run: str) -> tuple[str, str, str]:
    """Organisation, course number and run: together they name the same course in every export."""
    return course.settings.get("org", "unknown"), course.settings.get("course", "unknown"), run


def _document(reading: Reading, course: Node, identity: tuple[str, str, str]) -> CourseDocument:
    source = reading.source
    key = "olx:" + "/".join(identity)
    title = names.short(course.settings.get("display_name", ""), 500) or " ".join(identity[1:])
    overview = _first(source, "about/overview.html", "about/description.html")
    image = source.assets.use(course.settings.get("course_image", _DEFAULT_IMAGE))
    return CourseDocument(
        source_key=key if len(key) <= 200 else f"olx:{names.digest(key)}",
        title=names.short(title, 500),
        slug=names.slug(title, "-".join(identity)),
        modules=(),
        short_description=names.short(text_of(source.text("about/short_description.html")), 500),
        description=clean(source.text(overview), source.assets).html,
        language=reading.language,
        image=image,
    )


def _report_course(reading: Reading, course: Node, run: str, document: CourseDocument) -> None:
    source, report = reading.source, reading.report
    report.imported(course.path, "course", document.title)
    if course.path != source.path_of("course.xml"):
        report.imported(
            source.path_of("course.xml"),
            "settings",
            document.title,
            _("It names the run of the course, {run}.", run=run),
        )
    if document.short_description:
        report.imported(
            source.path_of("about/short_description.html"),
            "about",
            "Short description",
            _("It is the course's short description."),
        )
    overview = _first(source, "about/overview.html", "about/description.html")
    if document.description:
        notes = list(clean(source.text(overview), source.assets).notes)
        report.taken(source.path_of(overview), "about", "Description", notes, _("It is the course's description."))
    policy = _first(source, f"policies/{run}/policy.json", f"policies/{run}.json")
    if source.policy:
        detail = _("Title, language, picture and settings of parts were taken; dates, tabs and add-ons weren't.")
        report.converted(source.path_of(policy), "policy", "Course settings", detail)
    grading = f"policies/{run}/grading_policy.json"
    if _cutoffs(source, run):
        detail = _(
            "Its pass mark, {passing_score} %, is that of each assessment; weights weren't taken.",
            passing_score=reading.passing_score,
        )
        report.converted(source.path_of(grading), "policy", "Grading", detail)


def _language(course: Node) -> str:
    language = course.settings.get("language", "en").strip().lower()
    return language if _LANGUAGE.fullmatch(language) else "en"


def _passing_score(source: Source, run: str) -> int:
    cutoffs = _cutoffs(source, run)
    return max(0, min(100, round(min(cutoffs) * 100))) if cutoffs else _DEFAULT_PASSING_SCORE


def _cutoffs(source: Source, run: str) -> list[float]:
    """The shares of points at which grades begin; the lowest is a pass."""
    policy = _json(source, f"policies/{run}/grading_policy.json")
    cutoffs = policy.get("GRADE_CUTOFFS") if isinstance(policy, dict) else None
    values = cutoffs.values() if isinstance(cutoffs, dict) else []
    return [float(value) for value in values if isinstance(value, int | float) and 0 <= value <= 1]


def _first(source: Source, *candidates: str) -> str:
    """The first of the files that is there and holds something; the last candidate when none is."""
    return next((name for name in candidates if name in source and source.text(name).strip()), candidates[-1])


def _json(source: Source, name: str) -> Any:
    try:
        return json.loads(source.text(name) or "null")
    except (ValueError, RecursionError):
        return None
