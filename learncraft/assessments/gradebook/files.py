"""Grades as files: CSV and Excel out, in pieces, and back in as rows of text."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from learncraft.assessments.gradebook.errors import ImportRefusedError
from learncraft.assessments.gradebook.queries import Book, Cell, Row
from learncraft.language import _, numbers

NAME, EMAIL, COHORT, TOTAL = "Name", "E-mail", "Cohort", "Total"
EXCUSED = "excused"
FIXED = (NAME, EMAIL, COHORT)
COMPUTED = frozenset({NAME, COHORT, TOTAL})

MOST_BYTES = 10 * 1024**2
MOST_UNPACKED = 100 * 1024**2
MOST_ROWS = 50_000
MOST_COLUMNS = 1_000
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CHUNK = 256


def headings(book: Book) -> list[str]:
    """The first row: what names the learner, each assessment, the total."""
    return [*FIXED, *(column.heading for column in book.columns), TOTAL]


def values(book: Book, row: Row) -> list[str | Decimal | None]:
    """One learner's row; a grade is a number, and nothing where there is none."""
    cells = (row.cells.get(column.id) or Cell() for column in book.columns)
    grades = [EXCUSED if cell.grade.is_excused else cell.grade.percent for cell in cells]
    return [row.name, row.email, row.cohort, *grades, row.total.percent]


def csv_chunks(book: Book, rows: Iterable[Row]) -> Iterator[bytes]:
    """The file as it grows: a byte order mark, so that Excel reads it as UTF-8, then some learners at a time."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow([_harmless(heading) for heading in headings(book)])
    for number, row in enumerate(rows, 1):
        writer.writerow([_harmless(value) if isinstance(value, str) else value for value in values(book, row)])
        if number % _CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def write_excel(book: Book, rows: Iterable[Row], target: Path | io.BytesIO) -> None:
    """The same as an Excel file, written row by row."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Grades")
    sheet.freeze_panes = "B2"
    sheet.column_dimensions["A"].width = sheet.column_dimensions["B"].width = 28
    sheet.append([_cell(sheet, heading) for heading in headings(book)])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in values(book, row)])
    workbook.save(target)


def read(name: str, data: bytes) -> list[list[str]]:
    """The rows of a CSV or Excel file as text, without empty ones at the end.

    Raises:
        ImportRefusedError: it is neither, or too big.
    """
    if len(data) > MOST_BYTES:
        raise ImportRefusedError([_("The file is larger than {most} MB.", most=MOST_BYTES // 1024**2)])
    rows = _excel_rows(data) if name.lower().endswith(".xlsx") else _csv_rows(data)
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data


def _harmless(text: str) -> str:
    """A program that opens the file must not take a name for a formula."""
    return f"'{text}" if text.startswith(_BEGINS_FORMULA) else text


def _plain(text: str) -> str:
    """The text without what `_harmless` put before it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_BEGINS_FORMULA) else text


def _cell(sheet: Any, value: str | Decimal | None) -> Any:
    cell = WriteOnlyCell(sheet, value=None)
    if isinstance(value, str):
        cell.value = "".join(character for character in value if character >= " ")
        cell.data_type = "s"  # a name that begins like a formula stays a name
    elif value is not None:
        cell.value = float(value)
        cell.number_format = "0.00" if value != value.to_integral_value() else "0"
    return cell


def _csv_rows(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ImportRefusedError([_("The file is no UTF-8 text and no Excel file. Save it as one of them.")]) from None
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([_plain(value.strip()) for value in row])
            _check_size(rows)
    except csv.Error as error:
        said = _("Line {number} can't be read: {error}.", number=len(rows) + 1, error=error)
        raise ImportRefusedError([said]) from None
    return rows


def _excel_rows(data: bytes) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise ImportRefusedError([_("The Excel file is too large when it is unpacked.")])
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for row in workbook.worksheets[0].iter_rows(values_only=True):
            rows.append([_text(value) for value in row])
            _check_size(rows)
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, IndexError) as error:
        raise ImportRefusedError(
            [_("The file is no Excel file that can be read. Save it as .xlsx or .csv.")]
        ) from error
    return rows


def _check_size(rows: list[list[str]]) -> None:
    if len(rows) > MOST_ROWS or len(rows[-1]) > MOST_COLUMNS:
        raise ImportRefusedError(
            [
                _(
                    "The file has more than {rows} rows or {columns} columns.",
                    rows=numbers.number(MOST_ROWS),
                    columns=numbers.number(MOST_COLUMNS),
                )
            ]
        )


def _text(value: object) -> str:
    """What a cell shows: a number without the dust of binary fractions."""
    if value is None:
        return ""
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return str(value).strip()
