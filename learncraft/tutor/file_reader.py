"""Reads one file in a process of its own, prints its parts as JSON: `python -m learncraft.tutor.file_reader KIND PATH`.

Imports little, so that it starts fast; takes a limited amount of memory, so that a bomb hurts nobody.
"""
# ruff: noqa: PLC0415  # each format's library is imported for its files only

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MEMORY = 1_500_000_000  # bytes of address space
MOST_UNPACKED = 400_000_000  # bytes of an office file's members
MOST_CHARACTERS = 20_000_000
MOST_PAGES = 3_000

Part = tuple[str, str]


class Unreadable(Exception):  # a sentence for people
    """Why there is nothing to read."""


def pdf(path: Path) -> Iterator[Part]:
    """A part for each page."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("This PDF asks for a password. Save it without one, then upload it again.")
        pages = len(reader.pages)
    # pypdf raises these at bytes that break the format; the last for kinds of encryption that it cannot read.
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, NotImplementedError):
        raise Unreadable("This PDF is damaged. Save it anew from the program that made it.") from None
    if pages > MOST_PAGES:
        raise Unreadable(f"This PDF has {pages} pages. Split it into files of at most {MOST_PAGES}.")
    for number in range(pages):
        try:
            said = reader.pages[number].extract_text()
        except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
            continue  # one broken page hides no other
        yield f"Page {number + 1}", said


def docx(path: Path) -> Iterator[Part]:
    """The whole, with headings marked as Markdown marks them, and tables row by row."""
    from docx import Document
    from docx.table import Table

    _check_members(path)
    lines: list[str] = []
    for item in _opened(Document, path).iter_inner_content():
        if isinstance(item, Table):
            lines += [" | ".join(dict.fromkeys(cell.text.strip() for cell in row.cells)) for row in item.rows]
            continue
        style = (item.style.name or "") if item.style is not None else ""
        level = style.removeprefix("Heading ") if style.startswith("Heading ") else "1" if style == "Title" else ""
        mark = "#" * min(int(level), 6) + " " if level.isdigit() else "- " if style.startswith("List") else ""
        if item.text.strip():
            lines.append(("\n" if not mark.startswith("-") else "") + mark + item.text.strip())
    yield "", "\n".join(lines).strip()


def pptx(path: Path) -> Iterator[Part]:
    """A part for each slide, with its notes."""
    from pptx import Presentation

    _check_members(path)
    for number, slide in enumerate(_opened(Presentation, path).slides, 1):
        title = slide.shapes.title.text_frame.text.strip() if slide.shapes.title is not None else ""
        lines = [line for shape in slide.shapes if shape != slide.shapes.title for line in _shape_lines(shape)]
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            lines.append(slide.notes_slide.notes_text_frame.text)
        words = " ".join(title.split())
        yield f"Slide {number}: {words}" if words else f"Slide {number}", "\n".join([*filter(None, [title]), *lines])


def _shape_lines(shape: Any) -> Iterator[str]:
    if shape.shape_type is not None and hasattr(shape, "shapes"):
        for one in shape.shapes:
            yield from _shape_lines(one)
    elif getattr(shape, "has_table", False):
        for row in shape.table.rows:
            yield " | ".join(cell.text.strip() for cell in row.cells)
    elif shape.has_text_frame:
        for paragraph in shape.text_frame.paragraphs:
            if paragraph.text.strip():
                yield ("  " * paragraph.level) + "- " + " ".join(paragraph.text.split())


def html(path: Path) -> Iterator[Part]:
    """The whole, as it reads."""
    from learncraft.tutor import plain_text

    yield "", plain_text.of_html(_decoded(path))


def text(path: Path) -> Iterator[Part]:
    """The whole, as it stands."""
    yield "", _decoded(path).strip()


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "utf-16") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    if b"\x00" in content:
        raise Unreadable("This isn't a text file, though its name says so.")
    return content.decode("cp1252", "replace")


def _check_members(path: Path) -> None:
    """An office file is a zip archive, which may unpack to far more than it seems."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        encrypted = path.read_bytes()[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        raise Unreadable(
            "This file asks for a password, or is of an old format. Save it as .docx or .pptx without a password."
            if encrypted
            else "This file is damaged. Save it anew from the program that made it."
        ) from None
    if unpacked > MOST_UNPACKED:
        raise Unreadable(f"This file unpacks to more than {MOST_UNPACKED // 1_000_000} MB. Take pictures out of it.")


def _opened(library: Callable[[str], Any], path: Path) -> Any:
    try:
        return library(str(path))
    except Exception:
        raise Unreadable("This file is damaged. Save it anew from the program that made it.") from None


READERS: dict[str, Callable[[Path], Iterator[Part]]] = {
    "pdf": pdf,
    "docx": docx,
    "pptx": pptx,
    "html": html,
    "text": text,
}


def parts(kind: str, path: Path) -> list[Part]:
    """The parts that have words.

    Raises:
        Unreadable: there are none.
    """
    found: list[Part] = []
    length = seen = 0
    for title, said in READERS[kind](path):
        seen += 1
        words = said.replace("\x00", "").encode("utf-8", "ignore").decode()
        length += len(words)
        if length > MOST_CHARACTERS:
            raise Unreadable(f"This file has more than {MOST_CHARACTERS} characters. Split it.")
        if any(letter.isalnum() for letter in words):
            found.append((title, words))
    if not found:
        raise Unreadable(
            "This PDF has no text in it, only pictures of pages. Have its text recognised (OCR), then upload it again."
            if kind == "pdf" and seen
            else "There is no text in this file."
        )
    return found


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return  # Windows has no such limit; the time limit holds there too
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> None:
    """Print the parts, or the problem."""
    _limit_memory()
    try:
        answer: dict[str, Any] = {"parts": parts(sys.argv[1], Path(sys.argv[2]))}
    except Unreadable as reason:
        answer = {"problem": str(reason)}
    except MemoryError:
        answer = {"problem": "Reading this file takes too much memory. Split it, or take pictures out of it."}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
