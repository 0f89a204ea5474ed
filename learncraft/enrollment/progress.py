"""How far somebody has come: pure rules, explained in words.

A lesson has parts: its text, each of its videos that can be watched here, each of its assessments that count, its lab.
A text is read when most of it was in view, or when its learner says so; a video is watched when most of its seconds
were seen; the others have to be passed. Practice never holds anybody up. A course's progress is the share of its
published lessons that are finished; it never goes back, also when lessons are added.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from learncraft.language import _, _n

ENOUGH = Decimal("0.9")  # of a text or a video: nobody reads the last line, or watches the credits
_CENT = Decimal("0.01")


class PartKind(StrEnum):
    """What a part of a lesson asks of its learner."""

    TEXT = "text"
    VIDEO = "video"
    QUIZ = "quiz"
    LAB = "lab"


@dataclass(frozen=True, slots=True)
class LessonPart:
    """A part of a lesson, and how much of it is done, from 0 to 1."""

    kind: PartKind
    title: str
    share: Decimal

    @property
    def is_done(self) -> bool:
        """Whether it counts as done."""
        enough = ENOUGH if self.kind in {PartKind.TEXT, PartKind.VIDEO} else Decimal(1)
        return self.share >= enough


@dataclass(frozen=True, slots=True)
class LessonState:
    """A lesson's parts that are done. `percent` is 0 to 100, and 100 only when the lesson is finished."""

    done: int
    total: int
    percent: Decimal
    left: tuple[LessonPart, ...]

    @property
    def summary(self) -> str:
        """In words, such as “2 of 3 parts done: the lab is open”."""
        counted = _n("{done} of {count} part done", "{done} of {count} parts done", self.total, done=self.done)
        return f"{counted}: {_listed([_open(one) for one in self.left])}" if self.left else counted


@dataclass(frozen=True, slots=True)
class CourseState:
    """Finished and published lessons. `percent` is 0 to 100, and 100 only when all were finished once."""

    completed: int
    total: int
    percent: Decimal

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left; a course without lessons is never finished."""
        return 0 < self.total == self.completed

    @property
    def fraction(self) -> float:
        """The same between 0 and 1, for progress bars."""
        return float(self.percent) / 100

    @property
    def summary(self) -> str:
        """In words, such as '3 of 12 lessons'."""
        return f"{self.completed} of {self.total} {'lesson' if self.total == 1 else 'lessons'}"


def course_state(finished: Iterable[bool], *, reached: Decimal = Decimal(0)) -> CourseState:
    """The state of a course from whether each of its published lessons is finished, and the percentage so far.

    The percentage is rounded down, so that 100 % never stands beside a lesson that was always there and is unfinished.
    """
    flags = list(finished)
    completed, total = sum(flags), len(flags)
    share = Decimal(100 * completed) / total if total else Decimal(0)
    percent = max(share.quantize(_CENT, rounding=ROUND_DOWN), min(reached, Decimal(100)))
    return CourseState(completed, total, percent)


def lesson_state(parts: Iterable[LessonPart], *, is_finished: bool, reached: Decimal = Decimal(0)) -> LessonState:
    """The state of a lesson from its parts, whether it was finished once, and the percentage so far."""
    known = list(parts)
    if is_finished:
        return LessonState(len(known), len(known), Decimal(100), ())
    left = tuple(one for one in known if not one.is_done)
    shares = [Decimal(1) if one.is_done else min(max(one.share, Decimal(0)), ENOUGH) for one in known]
    share = 100 * sum(shares, Decimal(0)) / len(known) if known else Decimal(0)
    most = Decimal("99.99")  # it takes the finish to be all of it
    percent = min(most, max(share.quantize(_CENT, rounding=ROUND_DOWN), reached))
    return LessonState(len(known) - len(left), len(known), percent, left)


def what_is_left(parts: Iterable[LessonPart]) -> str | None:
    """What keeps a lesson from being finished, as a sentence; None when nothing does.

    A text keeps nobody: whoever finishes the lesson says that it is read.
    """
    required = [one for one in parts if one.kind != PartKind.TEXT]
    left = [one for one in required if not one.is_done]
    if not left:
        return None
    if len(required) == 1:
        asked = _to_do(left[0])
        return _("{Task} to finish this lesson.", Task=asked[0].upper() + asked[1:])
    to_do = ", ".join(_to_do(one) for one in left)
    return _(
        "{done} of {all} parts done. Still to do: {tasks}.",
        done=len(required) - len(left),
        all=len(required),
        tasks=to_do,
    )


def _open(part: LessonPart) -> str:
    match part.kind:
        case PartKind.TEXT:
            return _("the text is read to {percent} %", percent=_percent(part))
        case PartKind.VIDEO:
            return _("“{title}” is watched to {percent} %", title=part.title, percent=_percent(part))
        case PartKind.QUIZ:
            return _("“{title}” is open", title=part.title)
        case PartKind.LAB:
            return _("the lab is open")


def _to_do(part: LessonPart) -> str:
    match part.kind:
        case PartKind.VIDEO:
            return _("watch “{title}” ({percent} % seen)", title=part.title, percent=_percent(part))
        case PartKind.LAB:
            return _("do the lab “{title}”", title=part.title)
        case _:
            return _("pass “{title}”", title=part.title)


def _percent(part: LessonPart) -> int:
    return int(100 * part.share)


def _listed(sentences: list[str]) -> str:
    return sentences[0] if len(sentences) == 1 else f"{', '.join(sentences[:-1])}{_(' and ')}{sentences[-1]}"
