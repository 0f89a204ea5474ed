"""By what the catalogue can be narrowed, and how many courses each choice would leave."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, ColumnElement, Text, and_, case, cast, func, literal, select, true, union_all
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from learncraft.courses.models import Course, CourseCategory, SkillLevel
from learncraft.enrollment.spelling import storable

MOST_TAGS = 12


class Length(StrEnum):
    """How long a course takes."""

    SHORT = "short"  # under two hours
    MEDIUM = "medium"
    LONG = "long"  # ten hours and more


class Price(StrEnum):
    """What a course costs."""

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


def length() -> ColumnElement[str]:
    """The length of a course in words of `Length`."""
    minutes = func.coalesce(func.nullif(Course.duration_minutes, 0), Course.estimated_duration, 0)
    return case((minutes < 120, Length.SHORT.value), (minutes < 600, Length.MEDIUM.value), else_=Length.LONG.value)


def price() -> ColumnElement[str]:
    """The price of a course in words of `Price`."""
    return case((Course.price == 0, Price.FREE.value), (Course.price < 50, Price.LOW.value), else_=Price.HIGH.value)


def conditions(filters: Filters) -> dict[Facet, ColumnElement[bool]]:
    """What each facet asks of a course."""
    columns: dict[Facet, ColumnElement[Any]] = {
        Facet.SUBJECT: cast(Course.category, Text),
        Facet.LEVEL: cast(Course.skill_level, Text),
        Facet.LENGTH: length(),
        Facet.PRICE: price(),
    }
    asked: dict[Facet, ColumnElement[bool]] = {
        facet: column.in_(filters.of(facet)) if filters.of(facet) else true() for facet, column in columns.items()
    }
    tags = list(filters.of(Facet.TAG))
    asked[Facet.TAG] = Course.tags.contains(cast(literal(tags, JSONB), JSONB)) if tags else true()
    return asked


def count(
    session: Session, open_courses: list[ColumnElement[bool]], filters: Filters
) -> tuple[int, dict[Facet, tuple[Choice, ...]]]:
    """How many courses all choices leave, and the values of each facet with their numbers. One query."""
    asked = conditions(filters)
    found = (
        select(
            cast(Course.category, Text).label(Facet.SUBJECT),
            cast(Course.skill_level, Text).label(Facet.LEVEL),
            length().label(Facet.LENGTH),
            price().label(Facet.PRICE),
            Course.tags.label("tags"),
            *(condition.label(f"fits_{facet}") for facet, condition in asked.items()),
        )
        .where(*open_courses)
        .cte("found")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    parts = [
        select(literal("total"), literal(""), func.count()).select_from(found).where(_fits(found)),
        *(
            select(literal(facet.value), found.c[facet], func.count())
            .where(_fits(found, but=facet))
            .group_by(found.c[facet])
            for facet in VALUES
        ),
    ]
    tag = func.jsonb_array_elements_text(found.c.tags).table_valued("value").lateral("tag")
    tags = (
        select(literal(Facet.TAG.value), tag.c.value, func.count())
        .select_from(found)
        .join(tag, true())
        .where(_fits(found))
        .group_by(tag.c.value)
        .order_by(func.count().desc(), tag.c.value)
        .limit(MOST_TAGS)
    )
    numbers: dict[str, dict[str, int]] = {}
    for facet, value, courses in session.execute(union_all(*parts, tags.subquery("tags").select())):
        numbers.setdefault(facet, {})[value] = courses
    total = numbers.get("total", {}).get("", 0)
    return total, {facet: _choices(facet, numbers.get(facet, {}), filters) for facet in Facet}


def _fits(found: CTE, *, but: Facet | None = None) -> ColumnElement[bool]:
    return and_(*(found.c[f"fits_{facet}"] for facet in Facet if facet != but))


def _choices(facet: Facet, numbers: dict[str, int], filters: Filters) -> tuple[Choice, ...]:
    """In the order of their meaning; tags by number. What is chosen stays in the list, so that it can be given up."""
    known = VALUES.get(facet)
    values = [value.value for value in known] if known else [*numbers]
    chosen = filters.of(facet)
    values += [value for value in chosen if value not in values]
    shown = [value for value in values if numbers.get(value) or value in chosen]
    return tuple(Choice(value, numbers.get(value, 0), value in chosen) for value in shown)
