"""What the models say of themselves: areas, tables, and what a column means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Column, DateTime, Enum, Numeric, Table
from sqlalchemy.dialects import postgresql

from learncraft import schema
from learncraft.db import Base
from learncraft.json_shapes import Json

# In the order of their layers: foreign keys point to the area itself or to one before it.
AREAS = {
    "accounts": "People, their sign-ins and subscriptions, and what was done by whom.",
    "courses": "What is taught: courses, their modules and lessons, videos and files.",
    "enrollment": "Who takes part in what, how far each has come, and what proves it.",
    "payments": "What was bought, and how it was paid.",
    "assessments": "What is asked, and what was answered.",
    "authoring": "Courses as they are worked on, and what is said of them in reviews.",
    "labs": "Exercises in an environment of their own.",
    "community": "What learners write beside the lessons.",
    "study": "Materials that people bring, and when to review what is made of them.",
    "tutor": "What the tutor finds answers in, and what was asked and answered.",
    "analytics": "What those who read the charts keep.",
    "platform": "The way of learning events to the event store.",
}
_UNITS = {
    "_seconds": "seconds",
    "_minutes": "minutes",
    "_duration": "minutes",
    "_ms": "milliseconds",
    "_bytes": "bytes",
    "file_size": "bytes",
    "price": "currency",
    "price_paid": "currency",
    "rating": "stars",
    "rating_average": "stars",
    "points": "points",
    "points_earned": "points",
    "total_points": "points",
    "max_score": "points",
    "quiz_score": "percent",
}


@dataclass(frozen=True, slots=True)
class TableText:
    """A table and what its model says that a row means."""

    table: Table
    meaning: str


@dataclass(frozen=True, slots=True)
class Area:
    """The tables of one folder, in the order of their models."""

    name: str
    meaning: str
    tables: tuple[TableText, ...]


@cache
def areas() -> tuple[Area, ...]:
    """All areas with all tables."""
    found: dict[str, list[TableText]] = {name: [] for name in AREAS}
    models = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    for table in schema.tables().values():  # in the order that the models are written in
        folder = models[table].__module__.split(".")[1]
        text = TableText(table, paragraphs(models[table].__doc__))
        found[folder if folder in found else "platform"].append(text)
    return tuple(Area(name, AREAS[name], tuple(tables)) for name, tables in found.items())


def paragraphs(docstring: str | None) -> str:
    """A docstring as flowing text."""
    blocks = re.split(r"\n\s*\n", (docstring or "").strip())
    return "\n\n".join(" ".join(block.split()) for block in blocks)


def meaning(column: Column[object]) -> str:
    """What a column's value means: the model's words, else what its enum or its foreign key says."""
    if column.doc:
        return column.doc
    if isinstance(column.type, Enum) and column.type.enum_class is not None:
        return paragraphs(column.type.enum_class.__doc__).split("\n\n")[0]
    if targets := parents(column):
        return f"The row of `{targets[0]}` that it belongs to."
    return ""


def parents(column: Column[object]) -> list[str]:
    """The tables that a column refers to, those that it names alone first."""
    keys = sorted(column.foreign_keys, key=lambda key: len(key.constraint.columns) if key.constraint else 0)
    return list(dict.fromkeys(key.column.table.name for key in keys))


def unit(column: Column[object]) -> str:
    """What a value is counted in; empty where there is nothing to count."""
    if "unit" in column.info:
        return str(column.info["unit"])
    for ending, name in _UNITS.items():
        if column.name == ending.removeprefix("_") or (ending.startswith("_") and column.name.endswith(ending)):
            return name
    if isinstance(column.type, Numeric) and column.type.precision == 5:
        return "percent"
    if isinstance(column.type, Numeric) and column.type.precision == 10:
        return "points"
    if isinstance(column.type, postgresql.DOUBLE_PRECISION) or str(column.type) == "DOUBLE":
        return "0 to 1"
    return "UTC" if isinstance(column.type, DateTime) else ""


def type_text(column: Column[object]) -> str:
    """A column's type as PostgreSQL writes it; a JSONB column's with its shape, a foreign key's with its rule."""
    if isinstance(column.type, Json):
        text = f"jsonb, {column.type.shape.__name__}"
    else:
        text = column.type.compile(dialect=postgresql.dialect()).lower()  # type: ignore[no-untyped-call]
        text = text.replace("timestamp with time zone", "timestamptz").replace("double precision", "double")
    for key in sorted(column.foreign_keys, key=lambda key: key.target_fullname):
        if key.constraint is not None and len(key.constraint.columns) == 1:
            text += f" → {key.column.table.name} ({(key.ondelete or 'NO ACTION').lower()})"
    return text
