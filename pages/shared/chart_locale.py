"""What the library of charts says by itself, in the reader's language: dates on axes, and the buttons above a chart."""

from __future__ import annotations

from babel import Locale
from babel.dates import get_day_names, get_month_names

from learncraft import language
from learncraft.language import Spoken, numbers

# By the library's own words.
_BUTTONS = Spoken(
    {
        "Download plot as a PNG": "Download the picture (PNG)",
        "Download plot as a SVG": "Download the picture (SVG)",
        "Download plot": "Download the picture",
        "Taking snapshot - this may take a few seconds": "The picture is being made",
        "Snapshot succeeded": "The picture is made",
        "Sorry, there was a problem downloading your snapshot!": "The picture could not be made.",
        "Reset axes": "Whole chart",
        "Reset": "Whole chart",
        "Autoscale": "Whole chart",
        "Zoom in": "Closer",
        "Zoom out": "Further away",
        "Toggle Spike Lines": "Lines to the axes",
        "Show closest data on hover": "Say the nearest point",
        "Compare data on hover": "Say all points",
        "Double-click to zoom back out": "Click twice for the whole chart",
    }
)


def config() -> dict[str, object]:
    """The part of a chart's settings that names the language. English is the library's own."""
    spoken = language.current()
    if spoken == language.SOURCE:
        return {}
    separators = numbers.separators()
    own = {
        "name": spoken,
        "moduleType": "locale",
        "dictionary": dict(_BUTTONS),
        "format": {
            "days": _days("wide", spoken),
            "shortDays": _days("abbreviated", spoken),
            "months": [get_month_names("wide", locale=spoken)[number] for number in range(1, 13)],
            "shortMonths": [get_month_names("abbreviated", locale=spoken)[number] for number in range(1, 13)],
            "date": "%x",
            "decimal": separators[0],
            "thousands": separators[1],
            **_dates(spoken),
        },
    }
    return {"locale": spoken, "locales": {spoken: own}}


def _days(width: str, spoken: str) -> list[str]:
    """The days of the week, Sunday first."""
    names = get_day_names(width, locale=spoken)  # type: ignore[arg-type]  # the widths are literals there
    return [names[(number + 6) % 7] for number in range(7)]


def _dates(spoken: str) -> dict[str, str]:
    """How days are written on axes, from the year down: the day goes first where the language has it first."""
    day_first = Locale(spoken).datetime_skeletons["MMMd"].pattern.startswith("d")
    dot = "." if "." in Locale(spoken).datetime_skeletons["MMMd"].pattern else ""
    day = f"%-d{dot} %b" if day_first else "%b %-d"
    return {"year": "%Y", "month": "%b %Y", "dayMonth": day, "dayMonthYear": f"{day} %Y"}
