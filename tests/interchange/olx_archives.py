"""Builds OLX archives for tests from what a course's author would write."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from learncraft.interchange.document import (
    AssessmentDocument,
    LessonItem,
    Outcome,
    QuestionDocument,
    ReportItem,
    VideoDocument,
)
from learncraft.interchange.olx import OlxCourse, read

COURSE = '<course url_name="run" org="Org" course="C1" display_name="A Course">{}</course>'
UNIT = COURSE.format(
    '<chapter url_name="ch" display_name="Module">'
    '<sequential url_name="se" display_name="Lesson" {}>'
    '<vertical url_name="ve" display_name="Unit">{}</vertical></sequential></chapter>'
)

Files = dict[str, str | bytes]


def tar(path: Path, files: Files, mode: str = "w:gz") -> Path:
    """A tar file of these members."""
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def unit(components: str, sequential: str = "", more: Files | None = None) -> Files:
    """An archive in one file: one unit that holds these components."""
    return {"course/course.xml": UNIT.format(sequential, components), **(more or {})}


@contextmanager
def course(folder: Path, files: Files) -> Iterator[OlxCourse]:
    """The course that an archive of these files gives."""
    with read(tar(folder / "course.tar.gz", files)) as result:
        yield result


def items(result: OlxCourse) -> list[LessonItem]:
    """Everything in all lessons, in order."""
    return [item for module in result.document.modules for lesson in module.lessons for item in lesson.items]


def assessments(result: OlxCourse) -> list[AssessmentDocument]:
    return [item for item in items(result) if isinstance(item, AssessmentDocument)]


def videos(result: OlxCourse) -> list[VideoDocument]:
    return [item for item in items(result) if isinstance(item, VideoDocument)]


def questions(result: OlxCourse) -> list[QuestionDocument]:
    return [question for assessment in assessments(result) for question in assessment.questions]


def reported(result: OlxCourse, kind: str) -> ReportItem:
    """The one report line of a kind."""
    [item] = [item for item in result.report if item.kind == kind]
    return item


def skipped(result: OlxCourse, kind: str) -> str:
    """Why the one item of a kind was skipped."""
    item = reported(result, kind)
    assert item.outcome is Outcome.SKIPPED, item
    return item.detail
