"""Reads the names of tables, columns, enum values and indexes out of the five documents that the schema merges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FILES = {"L": "000", "S": "001", "P": "002", "Q": "003", "A": "004"}

NOT_COLUMNS = {"unique", "primary", "foreign", "constraint", "check"}
PRISMA_TYPES = {"String", "Int", "Boolean", "Json", "Decimal", "DateTime", "DifficultyLevel", "AssessmentType"}


class IndexName(NamedTuple):
    """An index that a document asks for."""

    table: str
    columns: tuple[str, ...]


def texts(folder: Path) -> dict[str, str]:
    """Each document's text by its letter."""
    return {
        letter: next(folder.glob(f"{start}_*")).read_text(encoding="utf-8", errors="replace")
        for letter, start in FILES.items()
    }


def names(text: str) -> set[str]:
    """All `table` and `table.column` that a document names, in snake_case."""
    found: set[str] = set()
    for table, column in (
        *_sql(text),
        *_mermaid(text),
        *_markdown(text),
        *_summary(text),
        *_python(text),
        *_prisma(text),
    ):
        found |= {_snake(table), f"{_snake(table)}.{_snake(column)}"} if column else {_snake(table)}
    return found


def _snake(name: str) -> str:
    """USERS, userId and user_id are all written user_id's way."""
    return name.lower() if name.isupper() else re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def enums(text: str) -> dict[str, list[str]]:
    """PostgreSQL's enums with their values."""
    pattern = r"CREATE TYPE (\w+) AS ENUM \((.*?)\);"
    return {name: re.findall(r"'(\w+)'", values) for name, values in re.findall(pattern, text, re.S)}


def indexes(text: str) -> set[IndexName]:
    """What a document wants an index on; expressions of full-text search are left out."""
    found = set()
    for table, columns in re.findall(r"CREATE (?:UNIQUE )?INDEX \w+ ON (\w+)(?: USING \w+ )?\(([\w, ]+)\)", text):
        found.add(IndexName(table, _columns(columns.removesuffix(" vector_cosine_ops"))))
    for table, part in _sections(text):
        found |= {
            IndexName(table, _columns(columns)) for columns in re.findall(r"^- `idx_\w+` \(([\w, ]+)\)", part, re.M)
        }
    for table, column in re.findall(r"^\| `(\w+)` \| `(\w+)` \| (?:Unique|BTree) \|", text, re.M):
        found.add(IndexName(table, (column,)))
    return found


def full_text_tables(text: str) -> list[str]:
    """The tables that a document wants searched by their words."""
    return re.findall(r"INDEX \w+ ON (\w+) USING gin\(to_tsvector", text)


def _columns(text: str) -> tuple[str, ...]:
    return tuple(re.split(r",\s*", text.strip()))


def _sql(text: str) -> Iterator[tuple[str, str]]:
    for table, body in re.findall(r"^CREATE TABLE (\w+) \((.*?)^\);", text, re.S | re.M):
        yield table, ""
        for column in re.findall(r"^    (\w+) ", body, re.M):
            if column.lower() not in NOT_COLUMNS:
                yield table, column


def _mermaid(text: str) -> Iterator[tuple[str, str]]:
    for block in re.findall(r"```mermaid\n(.*?)```", text, re.S):
        for left, right in re.findall(r"^\s+(\w+) [|}][|o]--[|o][|{] (\w+) :", block, re.M):
            yield left, ""
            yield right, ""
        for table, body in re.findall(r"^    (\w+) \{(.*?)^    \}", block, re.S | re.M):
            yield table, ""
            for column in re.findall(r"^\s+[\w\[\]]+ (\w+)", body, re.M):
                yield table, column


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """The parts below headings that are one lower-case word."""
    parts = re.split(r"^#{2,3} (.*)$", text, flags=re.M)
    for heading, part in zip(parts[1::2], parts[2::2], strict=True):
        if re.fullmatch(r"[a-z_]+", heading.strip()):
            yield heading.strip(), part


def _markdown(text: str) -> Iterator[tuple[str, str]]:
    for table, part in _sections(text):
        for column in re.findall(r"^\| (\w+) \| [a-z]", part, re.M):
            yield table, column


def _summary(text: str) -> Iterator[tuple[str, str]]:
    """Lines such as: | `cohorts` | Time-bound groups. | `cohort_id`, `start_date` |"""
    for table, cells in re.findall(r"^\| `(\w+)` \| [^|`]*?\| (`[^|]+) \|$", text, re.M):
        for column in re.findall(r"`(\w+)`", cells):
            yield table, column


def _python(text: str) -> Iterator[tuple[str, str]]:
    for block in re.split(r"^class ", text, flags=re.M)[1:]:
        named = re.search(r'__tablename__ = "(\w+)"', block)
        if named:
            yield named[1], ""
            for column in re.findall(r"^    (\w+) = Column\(", block.split("```")[0], re.M):
                yield named[1], column


def _prisma(text: str) -> Iterator[tuple[str, str]]:
    for block in re.findall(r"^model \w+ \{(.*?)^\}", text, re.S | re.M):
        table = re.search(r'@@map\("(\w+)"\)', block)
        assert table is not None
        for line in block.splitlines():
            field = re.match(r"\s+(\w+)\s+(\w+)\??\s", line + " ")
            if field and field[2] in PRISMA_TYPES:
                mapped = re.search(r' @map\("(\w+)"\)', line)
                yield table[1], mapped[1] if mapped else field[1]
