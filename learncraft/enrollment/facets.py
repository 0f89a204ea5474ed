"""By what the catalogue can be narrowed, and how many courses each choice would leave."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, ColumnElement, Integer, Select, Text, cast, func, literal, select, true, union_all
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from learncraft.courses.models import Course, CourseCategory, SkillLevel
from learncraft.enrollment.catalogue_models import CatalogueCell, CatalogueTag, CourseListing
from learncraft.enrollment.spelling import storable

MOST_TAGS = 12


class Length(StrEnum):
    """How long a course takes; the function course_length of the database says from when to when."""

    SHORT = "short"  # under two hours
    MEDIUM = "medium"
    LONG = "long"  # ten hours and more


class Price(StrEnum):
    """What a course costs; by the function course_price of the database."""

    FREE = "free"
    LOW = "low"  # under 50
    HIGH = "high"


class Facet(StrEnum):
    """What can be chosen by; the names stand in the address of the page."""

    SUBJECT = "subject"
    LEVEL = "level"
    LENGTH = "length"
    PRICE = "price"
    TAG = "tag"


VALUES: dict[Facet, type[StrEnum]] = {
    Facet.SUBJECT: CourseCategory,
    Facet.LEVEL: SkillLevel,
    Facet.LENGTH: Length,
    Facet.PRICE: Price,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What was chosen. Within a facet any of the values will do; of tags, a course must have all."""

    chosen: dict[Facet, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(self.chosen.values())

    def of(self, facet: Facet) -> tuple[str, ...]:
        """The values chosen of one facet."""
        return self.chosen.get(facet, ())

    def toggled(self, facet: Facet, value: str) -> Filters:
        """The same, with one value chosen or given up."""
        kept = tuple(one for one in self.of(facet) if one != value)
        values = kept if value in self.of(facet) else (*kept, value)
        return replace(self, chosen={**self.chosen, facet: values})


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet, and how many courses there are with it under all other facets' choices."""

    value: str
    courses: int
    is_chosen: bool


def read(facet: Facet, text: str) -> tuple[str, ...]:
    """The values of one facet as an address has them, separated by commas; what can't be one is left out."""
    given = [word.strip()[:100] for word in storable(text[:2_000]).split(",")]
    known = VALUES.get(facet)
    kept = (word for word in given if word and (known is None or word in {value.value for value in known}))
    return tuple(dict.fromkeys(kept))[:20]


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """What was chosen, asked of a listing."""
    columns: dict[Facet, ColumnElement[str]] = {
        Facet.SUBJECT: cast(CourseListing.category, Text),
        Facet.LEVEL: cast(CourseListing.skill_level, Text),
        Facet.LENGTH: _column(CourseListing.length),
        Facet.PRICE: _column(CourseListing.price),
    }
    asked = [column.in_(filters.of(facet)) for facet, column in columns.items() if filters.of(facet)]
    return [*asked, *_tagged(filters)]


def count(
    session: Session, filters: Filters, matches: ColumnElement[bool] | None = None
) -> tuple[int, dict[Facet, tuple[Choice, ...]]]:
    """How many courses all choices leave, and the values of each facet with their numbers. One query.

    `matches` is what a search asks of a course. Without one, and without a tag, the courses are counted already.
    """
    found = None if matches is None and not filters.of(Facet.TAG) else _found(filters, matches)
    cells = _cells(found)
    courses = cast(func.coalesce(func.sum(cells.c.courses), 0), Integer)
    parts: list[Select[*tuple[Any, ...]]] = [
        select(literal("total"), literal(""), courses).where(*_fits(cells, filters)),
        *(
            select(literal(facet.value), cells.c[facet], courses)
            .where(*_fits(cells, filters, but=facet))
            .group_by(cells.c[facet])
            for facet in VALUES
        ),
    ]
    numbers: dict[str, dict[str, int]] = {}
    tags = _tags(found, filters).subquery("tags")
    for facet, value, number in session.execute(union_all(*parts, tags.select())):
        numbers.setdefault(facet, {})[value] = number
    total = numbers.get("total", {}).get("", 0)
    return total, {facet: _choices(facet, numbers.get(facet, {}), filters) for facet in Facet}


def _column(column: Any) -> ColumnElement[str]:
    return column  # type: ignore[no-any-return]


def _tagged(filters: Filters) -> list[ColumnElement[bool]]:
    tags = list(filters.of(Facet.TAG))
    return [CourseListing.tags.contains(cast(literal(tags, JSONB), JSONB))] if tags else []


def _found(filters: Filters, matches: ColumnElement[bool] | None) -> CTE:
    """The courses that a search found and that have the tags, whatever else was chosen."""
    found = select(
        cast(CourseListing.category, Text).label(Facet.SUBJECT),
        cast(CourseListing.skill_level, Text).label(Facet.LEVEL),
        CourseListing.length.label(Facet.LENGTH),
        CourseListing.price.label(Facet.PRICE),
        CourseListing.tags.label("tags"),
    ).where(*_tagged(filters))
    if matches is not None:
        found = found.join(Course, Course.id == CourseListing.course_id).where(matches)
    return found.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")


def _cells(found: CTE | None) -> CTE:
    """How many courses there are of each subject, level, length and price."""
    if found is not None:
        columns = [found.c[facet] for facet in VALUES]
        return select(*columns, func.count().label("courses")).group_by(*columns).cte("cells")
    return (
        select(
            cast(CatalogueCell.category, Text).label(Facet.SUBJECT),
            cast(CatalogueCell.skill_level, Text).label(Facet.LEVEL),
            CatalogueCell.length.label(Facet.LENGTH),
            CatalogueCell.price.label(Facet.PRICE),
            CatalogueCell.courses,
        )
        .where(CatalogueCell.courses > 0)
        .cte("cells")
    )


def _fits(source: CTE, filters: Filters, *, but: Facet | None = None) -> list[ColumnElement[bool]]:
    return [source.c[facet].in_(filters.of(facet)) for facet in VALUES if facet != but and filters.of(facet)]


def _tags(found: CTE | None, filters: Filters) -> Select[*tuple[Any, ...]]:
    """The most frequent tags of what is left."""
    name = literal(Facet.TAG.value)
    if found is None and not filters:
        counted = select(name.label("facet"), CatalogueTag.tag, CatalogueTag.courses)
        return counted.order_by(CatalogueTag.courses.desc(), CatalogueTag.tag).limit(MOST_TAGS)
    tags = CourseListing.tags if found is None else found.c.tags
    tag = func.jsonb_array_elements_text(tags).table_valued("value").lateral("tag")
    return (
        select(name.label("facet"), tag.c.value, func.count().label("courses"))
        .select_from(CourseListing if found is None else found)
        .join(tag, true())
        .where(*(conditions(filters) if found is None else _fits(found, filters)))
        .group_by(tag.c.value)
        .order_by(func.count().desc(), tag.c.value)
        .limit(MOST_TAGS)
    )


def _choices(facet: Facet, numbers: dict[str, int], filters: Filters) -> tuple[Choice, ...]:
    """In the order of their meaning; tags by number. What is chosen stays in the list, so that it can be given up."""
    known = VALUES.get(facet)
    values = [value.value for value in known] if known else [*numbers]
    chosen = filters.of(facet)
    values += [value for value in chosen if value not in values]
    shown = [value for value in values if numbers.get(value) or value in chosen]
    return tuple(Choice(value, numbers.get(value, 0), value in chosen) for value in shown)
