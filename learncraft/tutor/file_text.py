"""What is to be read in a PDF, Word, PowerPoint, HTML or text file, in parts: pages, slides, or the whole.

A file comes from anybody, and may be broken, huge, or made to harm. So it is read by a process of its own, which may
take only so much memory and time (`learncraft.tutor.file_reader`); what goes wrong becomes one sentence on the file.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from learncraft.errors import InvalidInputError
from learncraft.language import noted
from learncraft.language.kept import Kept
from learncraft.language.numbers import number

SECONDS = 90.0
MOST_BYTES = 200_000_000

_KINDS = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "text/html": "html",
    "text/markdown": "text",
    "text/plain": "text",
}
_ENDINGS = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".pptx": "pptx",
    ".html": "html",
    ".htm": "html",
    ".txt": "text",
    ".md": "text",
}
# What the process that reads a file says of it.
_PROBLEMS = Kept(
    noted("This PDF asks for a password. Save it without one, then upload it again."),
    noted("This PDF is damaged. Save it anew from the program that made it."),
    noted("This PDF has {pages} pages. Split it into files of at most {most}."),
    noted("This PDF has no text in it, only pictures of pages. Have its text recognised (OCR), then upload it again."),
    noted("This isn't a text file, though its name says so."),
    noted("This file asks for a password, or is of an old format. Save it as .docx or .pptx without a password."),
    noted("This file is damaged. Save it anew from the program that made it."),
    noted("This file unpacks to more than {most} MB. Take pictures out of it."),
    noted("This file has more than {most} characters. Split it."),
    noted("There is no text in this file."),
)


class UnreadableFileError(InvalidInputError):
    """Nothing can be found in a file; the message says why, and what would help."""


@dataclass(frozen=True, slots=True)
class Part:
    """A page, a slide, or the whole of a file. `title` is what it is called, such as "Page 3"."""

    title: str
    text: str


def kind_of(name: str, mime_type: str | None) -> str | None:
    """What sort of file it is, by its type or its name's ending; None when there is nothing to read in such files."""
    by_type = _KINDS.get((mime_type or "").partition(";")[0].strip().lower())
    return by_type or _ENDINGS.get(PurePosixPath(name.lower()).suffix)


def read(path: Path, kind: str, *, seconds: float = SECONDS) -> list[Part]:
    """The parts of a file that have words.

    Raises:
        UnreadableFileError: there is nothing to read, or it can't be read.
    """
    if not path.is_file():
        raise UnreadableFileError("The file isn't in the file store any more. Upload it again.")
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableFileError("The file is larger than {most} MB. Split it.", most=MOST_BYTES // 1_000_000)
    command = [sys.executable, "-m", "learncraft.tutor.file_reader", kind, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)  # noqa: S603  # ours
    except subprocess.TimeoutExpired:
        raise UnreadableFileError(
            "Reading the file took longer than {seconds} seconds. Split it.", seconds=number(seconds)
        ) from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise UnreadableFileError("Reading the file took too much memory, or it is damaged. Save it anew.") from None
    if "problem" in answer:
        raise UnreadableFileError(_PROBLEMS.said(answer["problem"]))
    return [Part(title, text) for title, text in answer["parts"]]
