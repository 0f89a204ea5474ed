"""docs/schema/erd-<area>.md: one diagram per area, with the tables of other areas that it refers to by name only."""

from __future__ import annotations

import re

from sqlalchemy import Column, Enum, ForeignKeyConstraint, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql

from learncraft.json_shapes import Json
from learncraft.schema_docs.areas import Area


def page(area: Area) -> str:
    """The diagram with a heading."""
    lines = [
        f"# {area.name.capitalize()}\n\n{area.meaning}",
        "What each column means: [data dictionary](../data-dictionary.md).",
    ]
    lines += ["Made from the models by `python -m learncraft.schema_docs`.\n", "```mermaid", "erDiagram"]
    for text in area.tables:
        lines += _relations(text.table)
    for text in area.tables:
        lines += _entity(text.table)
    return "\n".join([*lines, "```"]) + "\n"


def _relations(table: Table) -> list[str]:
    keys = [one for one in table.constraints if isinstance(one, ForeignKeyConstraint)]
    lines = []
    for key in sorted(keys, key=lambda one: ([column.name for column in one.columns], one.referred_table.name)):
        columns = [column for column in key.columns if column.name not in _shared(key)] or list(key.columns)
        parent = "|o" if any(column.nullable for column in columns) else "||"
        child = "o|" if _is_unique(table, columns) else "o{"
        names = ", ".join(column.name for column in columns)
        lines.append(f'    {key.referred_table.name} {parent}--{child} {table.name} : "{names}"')
    return list(dict.fromkeys(lines))


def _shared(key: ForeignKeyConstraint) -> set[str]:
    """Columns of a composite key that only say that both rows belong to the same third one."""
    alone = {
        one.column_keys[0]
        for one in key.table.constraints
        if isinstance(one, ForeignKeyConstraint) and len(one.column_keys) == 1
    }
    return alone if len(key.column_keys) > 1 else set()


def _is_unique(table: Table, columns: list[Column[object]]) -> bool:
    names = {column.name for column in columns}
    uniques = [one.columns.keys() for one in table.constraints if isinstance(one, UniqueConstraint)]
    uniques += [index.columns.keys() for index in table.indexes if index.unique and _is_whole(index)]
    return any(set(unique) == names for unique in uniques)


def _is_whole(index: object) -> bool:
    return index.dialect_options["postgresql"]["where"] is None  # type: ignore[attr-defined]


def _entity(table: Table) -> list[str]:
    lines = [f"    {table.name} {{"]
    for column in table.columns:
        marks = []
        if column.primary_key:
            marks.append("PK")
        if column.foreign_keys:
            marks.append("FK")
        if _is_unique(table, [column]):
            marks.append("UK")
        lines.append(f"        {_type(column)} {column.name} {', '.join(marks)}".rstrip())
    return [*lines, "    }"]


def _type(column: Column[object]) -> str:
    if isinstance(column.type, Json):
        return "jsonb"
    if isinstance(column.type, Enum):
        return str(column.type.name)
    text = column.type.compile(dialect=postgresql.dialect()).lower()  # type: ignore[no-untyped-call]
    text = text.replace("timestamp with time zone", "timestamptz").replace("double precision", "double")
    return re.sub(r"[^a-z0-9_\[\]]+", "_", text).strip("_")
