"""docs/data-dictionary.md: every table and column, what it means, and who would look for it by which name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import BaseModel
from sqlalchemy import Column, Enum, Table

from learncraft.json_shapes import Json
from learncraft.schema_docs.areas import Area, TableText, meaning, paragraphs, type_text, unit
from learncraft.schema_docs.source_names import (
    DOCUMENTS,
    NOTHING,
    also_known_as,
    decisions,
    source_names,
    sources_of,
)

INTRODUCTION = """# Data dictionary

Made from the models by `python -m learncraft.schema_docs`; a test says when it is out of date.

The schema merges five documents, each of which describes a learning platform. The column "Source" says which of them
asks for a table or column, "Also known as" by which other name. Nothing there: LearnCraft itself needs it.

{documents}

Times are `timestamptz` in UTC. Identifiers are UUIDv7 made by `new_id()`. Money is DECIMAL in the platform's currency.
How tables refer to each other: [overview](schema/overview.svg), and one diagram per area:
{diagrams}.
"""

HEADINGS = """| Column | Type | Null | Meaning | Unit | Source | Also known as |
| --- | --- | --- | --- | --- | --- | --- |"""


def page(areas: Sequence[Area]) -> str:
    """The whole page."""
    documents = "\n".join(f"- **{letter}** {title}" for letter, title in DOCUMENTS.items())
    diagrams = ",\n".join(f"[{area.name}](schema/erd-{area.name}.md)" for area in areas)
    parts = [INTRODUCTION.format(documents=documents, diagrams=diagrams)]
    for area in areas:
        parts.append(f"## {area.name.capitalize()}\n\n{area.meaning}\n")
        parts += [_table(text) for text in area.tables]
    tables = [text.table for area in areas for text in area.tables]
    parts += [_enums(tables), _shapes(tables), _elsewhere(), _decisions()]
    return "\n".join(parts)


def _table(text: TableText) -> str:
    lines = [f"### {text.table.name}\n", f"{text.meaning}\n"]
    if sources := sources_of(text.table.name):
        lines.append(f"Source: {sources}.{_others(text.table.name)}\n")
    if partition := text.table.dialect_options["postgresql"]["partition_by"]:
        lines.append(f"Partitioned by month: `{partition}`.\n")
    lines.append(HEADINGS)
    lines += [_column(column) for column in text.table.columns]
    return "\n".join(lines) + "\n"


def _others(target: str) -> str:
    names = also_known_as(target)
    return f" Also known as {', '.join(f'`{name}`' for name in names)}." if names else ""


def _column(column: Column[object]) -> str:
    target = f"{column.table.name}.{column.name}"
    cells = [
        f"`{column.name}`",
        type_text(column),
        "yes" if column.nullable else "",
        meaning(column),
        unit(column),
        sources_of(target),
        ", ".join(f"`{name}`" for name in also_known_as(target)),
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _enums(tables: Sequence[Table]) -> str:
    found = {}
    for table in tables:
        for column in table.columns:
            if isinstance(column.type, Enum) and column.type.enum_class is not None:
                found[column.type.name] = (column.type.enums, paragraphs(column.type.enum_class.__doc__))
    lines = ["## Enums\n", "| Enum | Values | Meaning |\n| --- | --- | --- |"]
    lines += [
        f"| `{name}` | {', '.join(f'`{value}`' for value in values)} | {doc} |"
        for name, (values, doc) in sorted(found.items())
    ]
    return "\n".join(lines) + "\n"


def _shapes(tables: Sequence[Table]) -> str:
    columns: dict[type[BaseModel], list[str]] = {}
    for table in tables:
        for column in table.columns:
            if isinstance(column.type, Json):
                columns.setdefault(column.type.shape, []).append(f"`{table.name}.{column.name}`")
    introduction = (
        "Each JSONB column has a shape that is checked when it is written; plain SQL meets a CHECK of its kind."
    )
    lines = [f"## Shapes of JSONB columns\n\n{introduction}\n", "| Shape | Columns | Meaning |\n| --- | --- | --- |"]
    for shape, names in sorted(columns.items(), key=lambda item: item[0].__name__):
        lines.append(f"| `{shape.__module__}.{shape.__name__}` | {', '.join(names)} | {paragraphs(shape.__doc__)} |")
    return "\n".join(lines) + "\n"


def _elsewhere() -> str:
    lines = [
        "## Served by another name\n\nWhat the documents name, and what serves it here.\n",
        "| Name | Source | Served by | Why |\n| --- | --- | --- | --- |",
    ]
    return "\n".join([*lines, *_elsewhere_lines()]) + "\n"


def _decisions() -> str:
    lines = [
        "## Decided differently\n\nRules, indexes and types that a document names and that another one serves here.\n",
        "| What is asked | Source | What serves it | Why |\n| --- | --- | --- | --- |",
    ]
    lines += [f"| {one.asked} | {one.sources} | {one.served_by} | {one.why} |" for one in decisions()]
    return "\n".join(lines) + "\n"


def _elsewhere_lines() -> Iterator[str]:
    for name in source_names():
        if name.served_by != (name.name,):
            served = "" if NOTHING in name.served_by else ", ".join(f"`{target}`" for target in name.served_by)
            why = name.why or "the same under the name that the merged schema has for it"
            yield f"| `{name.name}` | {' '.join(name.sources)} | {served} | {why} |"
