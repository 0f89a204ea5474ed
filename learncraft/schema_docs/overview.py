"""docs/schema/overview.svg: all tables in their areas, and what refers to what.

An area's column follows from its layer, so that every line between areas runs from right to left: what stands to the
left knows nothing of what stands to the right. Lines to `users` would be half of all; a dot marks those tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Table

from learncraft.schema_docs.areas import Area

# Areas of one column stand below each other.
COLUMNS = (
    ("accounts", "platform"),
    ("courses",),
    ("enrollment",),
    ("assessments", "labs", "community", "payments"),
    ("study", "authoring"),
    ("tutor", "analytics"),
)
WIDTH, HEIGHT, GAP = 190, 26, 8
LEFT, TOP, BETWEEN, HEADING = 24, 64, 76, 34
COLOURS = {
    "accounts": "#4c6ef5",
    "courses": "#0b7285",
    "enrollment": "#2b8a3e",
    "assessments": "#e67700",
    "labs": "#a61e4d",
    "authoring": "#5c940d",
    "community": "#862e9c",
    "payments": "#087f5b",
    "study": "#5c940d",
    "tutor": "#c92a2a",
    "analytics": "#0072B2",
    "platform": "#495057",
}
EVERYBODYS = "users"


@dataclass(frozen=True, slots=True)
class Box:
    """Where a table stands."""

    table: Table
    area: str
    column: int
    x: int
    y: int


def drawing(areas: Sequence[Area]) -> str:
    """The SVG."""
    boxes, bottom = _placed(areas)
    width = LEFT * 2 + len(COLUMNS) * WIDTH + (len(COLUMNS) - 1) * BETWEEN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{bottom}" viewBox="0 0 {width} {bottom}" '
        'font-family="system-ui, sans-serif" role="img" aria-label="All tables and what refers to what">',
        f'<rect width="{width}" height="{bottom}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="30" font-size="18" font-weight="600" fill="#212529">The schema</text>',
        f'<text x="{LEFT + 140}" y="30" font-size="12" fill="#495057">Lines run from a table to the ones it refers to. '
        "A dot: it refers to users.</text>",
    ]
    lines += [line for box in boxes.values() for line in _references(box, boxes)]
    lines += _headings(areas, boxes)
    lines += [line for box in boxes.values() for line in _shown(box)]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _placed(areas: Sequence[Area]) -> tuple[dict[str, Box], int]:
    named = {area.name: area for area in areas}
    boxes: dict[str, Box] = {}
    bottom = 0
    for column, names in enumerate(COLUMNS):
        x, y = LEFT + column * (WIDTH + BETWEEN), TOP
        for name in names:
            y += HEADING
            for text in named[name].tables:
                boxes[text.table.name] = Box(text.table, name, column, x, y)
                y += HEIGHT + GAP
            y += GAP
        bottom = max(bottom, y)
    return boxes, bottom + LEFT


def _headings(areas: Sequence[Area], boxes: dict[str, Box]) -> list[str]:
    found = []
    for area in areas:
        first = boxes[area.tables[0].table.name]
        found.append(
            f'<text x="{first.x}" y="{first.y - 10}" font-size="13" font-weight="600" '
            f'fill="{COLOURS[area.name]}">{area.name}</text>'
        )
    return found


def _shown(box: Box) -> list[str]:
    colour = COLOURS[box.area]
    lines = [
        f'<rect x="{box.x}" y="{box.y}" width="{WIDTH}" height="{HEIGHT}" rx="5" fill="#ffffff" stroke="{colour}"/>',
        f'<text x="{box.x + 10}" y="{box.y + 17}" font-size="12" fill="#212529">{box.table.name}</text>',
    ]
    if EVERYBODYS in _parents(box.table):
        lines.append(
            f'<circle cx="{box.x + WIDTH - 12}" cy="{box.y + HEIGHT // 2}" r="3.5" fill="{COLOURS["accounts"]}"/>'
        )
    return lines


def _parents(table: Table) -> list[str]:
    return sorted({key.column.table.name for key in table.foreign_keys} - {table.name})


def _references(box: Box, boxes: dict[str, Box]) -> list[str]:
    return [_line(box, boxes[name]) for name in _parents(box.table) if name in boxes and name != EVERYBODYS]


def _line(child: Box, parent: Box) -> str:
    start, end = child.y + HEIGHT // 2, parent.y + HEIGHT // 2
    if child.column == parent.column:  # a bow on the left side of the column
        out = child.x - 14 - min(abs(start - end) // 12, 24)
        path = f"M{child.x} {start} C{out} {start} {out} {end} {parent.x} {end}"
    else:
        right, middle = parent.x + WIDTH, BETWEEN // 2 + 20
        path = f"M{child.x} {start} C{child.x - middle} {start} {right + middle} {end} {right} {end}"
    return f'<path d="{path}" fill="none" stroke="{COLOURS[parent.area]}" stroke-opacity="0.45"/>'
