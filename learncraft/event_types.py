"""Which learning events there are, what each must carry, and what each of its keys may hold.

docs/events.md shows this as a table: `python -m learncraft.event_types` writes it, a test compares.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any
from uuid import UUID

from learncraft.errors import InvalidInputError
from learncraft.paths import root

MAX_DATA_BYTES = 16_000
MAX_TEXT = 2_000  # of one key

IDENTIFIERS = ("course_id", "module_id", "lesson_id", "object_id", "attempt_id", "cohort_id")
COLUMN_NAMES = (*IDENTIFIERS, "score", "max_score", "duration_ms", "position_start", "position_end", "is_correct")
_LARGEST_INTEGER = 2**31 - 1
_LARGEST_SCORE = 99_999_999


class InvalidEventError(InvalidInputError):
    """An event of an unknown type, or one that lacks or has what its type doesn't allow."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an event's data: its kind and what it tells."""

    kind: str  # text, whole, number, yes, any
    meaning: str
    low: float | None = None
    high: float | None = None

    def fault(self, value: Any) -> str | None:
        """Why a value isn't of this kind; None when it is."""
        if self.kind == "any":
            return None
        if self.kind == "text":
            return (
                None
                if isinstance(value, str) and len(value) <= MAX_TEXT and is_storable(value)
                else f"a text of at most {MAX_TEXT} signs"
            )
        if self.kind == "yes":
            return None if isinstance(value, bool) else "true or false"
        if isinstance(value, bool) or not _is_finite(value) or (self.kind == "whole" and value != int(value)):
            return "a whole number" if self.kind == "whole" else "a number"
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            return f"between {self.low:g} and {self.high:g}"
        return None


@dataclass(frozen=True, slots=True)
class EventType:
    """What an event must carry. `needs` are columns, `data` are the keys allowed in event_data."""

    verb: str  # xAPI's
    meaning: str
    needs: tuple[str, ...] = ()
    data: tuple[tuple[str, Key], ...] = ()
    from_browser: bool = False  # whether a page's script may report it

    @property
    def keys(self) -> dict[str, Key]:
        """The keys of its data by name."""
        return dict(self.data)


def _type(verb: str, meaning: str, needs: str = "", *, from_browser: bool = False, **data: Key) -> EventType:
    return EventType(verb, meaning, tuple(needs.split()), tuple(data.items()), from_browser)


def _text(meaning: str) -> Key:
    return Key("text", meaning)


def _whole(meaning: str, low: float | None = None, high: float | None = None) -> Key:
    return Key("whole", meaning, low, high)


_LESSON = "course_id lesson_id"
_VIDEO = "course_id lesson_id object_id"
_ATTEMPT = "course_id object_id attempt_id"
_SCORED = f"{_ATTEMPT} score max_score"
_ANSWERED = Key("yes", "whether the course's material had an answer")

EVENT_TYPES: dict[str, EventType] = {
    "signed_in": _type("logged-in", "Somebody signed in.", method=_text("password, link or the organisation")),
    "course_viewed": _type("viewed", "A course's page was opened.", "course_id"),
    "search_made": _type(
        "searched",
        "The catalogue was searched.",
        query=_text("what was typed"),
        results=_whole("how many courses were found", 0, _LARGEST_INTEGER),
    ),
    "enrolled": _type("registered", "A learner took a place in a course.", "course_id", price=_text("what it cost")),
    "unenrolled": _type("unregistered", "A learner gave the place back.", "course_id", reason=_text("why")),
    "lesson_opened": _type("initialized", "A lesson was opened.", _LESSON),
    "lesson_completed": _type("completed", "A lesson was finished.", _LESSON),
    "course_completed": _type("completed", "The last lesson that counts was finished.", "course_id"),
    "video_played": _type(
        "played", "A video began to play at `position_start`.", f"{_VIDEO} position_start", from_browser=True
    ),
    "video_paused": _type(
        "paused", "A video was stopped at `position_end`.", f"{_VIDEO} position_end", from_browser=True
    ),
    "video_seeked": _type(
        "seeked",
        "Somebody jumped from `position_start` to `position_end`.",
        f"{_VIDEO} position_start position_end",
        from_browser=True,
    ),
    "video_watched": _type(
        "watched",
        "The seconds from `position_start` to `position_end` were seen: one row per interval.",
        f"{_VIDEO} position_start position_end",
        from_browser=True,
        speed=Key("number", "how fast, 1 is normal", 0.05, 16),
    ),
    "reading_scrolled": _type(
        "read", "A text was read to `position_end`, from 0 to 1.", f"{_LESSON} position_end", from_browser=True
    ),
    "assessment_started": _type("initialized", "An attempt began.", _ATTEMPT),
    "answer_saved": _type("answered", "An answer was saved; `object_id` is the question.", _ATTEMPT),
    "answer_graded": _type(
        "scored",
        "An answer got its points; `object_id` is the question.",
        f"{_SCORED} is_correct",
        response=Key("any", "what was answered, as in the attempt"),
    ),
    "assessment_submitted": _type("submitted", "An attempt was handed in.", _ATTEMPT),
    "assessment_graded": _type("scored", "An attempt got its result.", _SCORED),
    "assessment_regraded": _type("scored", "A key was corrected, and an attempt got another result.", _SCORED),
    "assessment_passed": _type("passed", "A graded attempt reached the passing score.", _SCORED),
    "assessment_failed": _type("failed", "A graded attempt did not.", _SCORED),
    "hint_requested": _type(
        "requested", "A hint was asked for.", "course_id object_id", level=_whole("how much it gives away", 1, 10)
    ),
    "tutor_asked": _type("asked", "The tutor was asked.", kind=_text("query, hint, explanation"), answered=_ANSWERED),
    "tutor_rated": _type(
        "rated", "An answer of the tutor was rated.", rating=_whole("stars", 1, 5), reason=_text("in words")
    ),
    "lab_started": _type("launched", "A lab was started.", _VIDEO),
    "lab_checked": _type(
        "evaluated",
        "A lab's checks ran; `is_correct` when all passed.",
        f"{_VIDEO} is_correct",
        checks=Key("any", "each check, or how many there were"),
    ),
    "lab_passed": _type("passed", "A lab was passed.", _VIDEO),
    "lab_expired": _type("terminated", "A lab's time was over.", _VIDEO),
    "flashcard_reviewed": _type(
        "reviewed", "A flashcard was turned.", "object_id is_correct", grade=Key("any", "how well it was known")
    ),
    "note_written": _type("annotated", "A note was written.", _LESSON),
    "discussion_posted": _type("posted", "Somebody wrote in a discussion.", "course_id object_id"),
    "discussion_voted": _type(
        "voted", "Somebody voted on a post.", "course_id object_id", direction=_whole("up or down", -1, 1)
    ),
    "bookmark_added": _type("bookmarked", "A place was bookmarked.", f"{_VIDEO} position_start"),
    "certificate_issued": _type("earned", "A certificate was given.", "course_id object_id"),
}


def check(event_type: str, columns: dict[str, Any], data: dict[str, Any]) -> None:
    """Refuse what `EVENT_TYPES` doesn't allow.

    Raises:
        InvalidEventError: with the reason in words.
    """
    rule = EVENT_TYPES.get(event_type)
    if rule is None:
        raise InvalidEventError(f"{event_type!r:.60} is not a type of learning event.")
    if missing := sorted(name for name in rule.needs if columns.get(name) is None):
        raise InvalidEventError(f"A {event_type} event needs {', '.join(missing)}.")
    if unknown := sorted(set(columns) - set(COLUMN_NAMES)) + sorted(set(data) - set(rule.keys)):
        raise InvalidEventError(f"A {event_type} event has no {', '.join(unknown):.200}.")
    for name, value in columns.items():
        if value is not None and (fault := _fault(name, value)):
            raise InvalidEventError(f"The {name} of a {event_type} event must be {fault}.")
    for name, value in data.items():
        if fault := rule.keys[name].fault(value):
            raise InvalidEventError(f"The {name} of a {event_type} event must be {fault}.")
    if not is_storable(data):
        raise InvalidEventError(f"The data of a {event_type} event holds signs that can't be stored.")
    if len(str(data)) > MAX_DATA_BYTES:
        raise InvalidEventError(f"The data of a {event_type} event is longer than {MAX_DATA_BYTES} characters.")


def _fault(name: str, value: Any) -> str | None:
    """Why a value doesn't fit its column; None when it does."""
    if name in IDENTIFIERS:
        return None if isinstance(value, UUID) or _is_uuid(value) else "an identifier (UUID)"
    if name == "is_correct":
        return None if isinstance(value, bool) else "true or false"
    if isinstance(value, bool) or not _is_finite(value):
        return "a number"
    if name in {"score", "max_score"}:
        return None if abs(float(value)) <= _LARGEST_SCORE else f"at most {_LARGEST_SCORE}"
    if name == "duration_ms":
        fits = value == int(value) and 0 <= value <= _LARGEST_INTEGER
        return None if fits else f"a whole number from 0 to {_LARGEST_INTEGER}"
    return None


def _is_uuid(value: Any) -> bool:
    try:
        UUID(value)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def _is_finite(value: Any) -> bool:
    try:
        return isinstance(value, int | float | Decimal) and isfinite(value)
    except OverflowError:  # an integer of hundreds of digits
        return False


def is_storable(value: Any) -> bool:
    """Whether PostgreSQL can keep a JSON value: it knows no zero byte, and no half of a surrogate pair."""
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
        written.encode()
    except (ValueError, TypeError, RecursionError):
        return False
    return "\\u0000" not in written


FILE = Path("docs") / "events.md"
_INTRODUCTION = """# Learning events

Each is recorded in the transaction of what it tells of (`events.record`), and checked when it is written: an event that
lacks what its type needs, or brings what its type doesn't know, is refused in words. What a browser sent goes to the
quarantine then, with the reason; nothing else of the same message is lost. Columns that every event may carry:
`course_id`, `module_id`, `lesson_id`, `object_id`, `attempt_id`, `cohort_id` (identifiers), `score`, `max_score`,
`duration_ms`, `position_start`, `position_end` (numbers), `is_correct`. `occurred_at` is when it happened,
`received_at` when it came.

This table is made by `python -m learncraft.event_types` from `learncraft/event_types.py`. How browsers report the types
marked with `*`: [analytics.md](analytics.md#what-browsers-report).

| Type | Verb (xAPI) | What happened | Needs | Keys of its data |
| --- | --- | --- | --- | --- |
"""


def render() -> str:
    """The page as it should be."""
    return _INTRODUCTION + "".join(_row(name, one) for name, one in EVENT_TYPES.items())


def _row(name: str, one: EventType) -> str:
    needs = ", ".join(f"`{column}`" for column in one.needs)
    keys = "; ".join(f"`{key}` ({_KINDS[rule.kind]}): {rule.meaning}" for key, rule in one.data)
    return f"| `{name}`{'*' if one.from_browser else ''} | {one.verb} | {one.meaning} | {needs} | {keys} |\n"


_KINDS = {"text": "text", "whole": "whole number", "number": "number", "yes": "true or false", "any": "JSON"}


if __name__ == "__main__":
    (root() / FILE).write_text(render(), encoding="utf-8")
