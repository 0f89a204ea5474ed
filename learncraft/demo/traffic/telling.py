"""The events that visits leave behind, as columns: what happened in a lesson, in which order, with which results."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from learncraft.demo.traffic.visits import DAY_MS, Visits
from learncraft.demo.traffic.world import CARDS, Floats, Ids, Ints, World

Mask = NDArray[np.bool_]

PASSING = 0.6
_NOTHING = "{}"


@dataclass(frozen=True, slots=True)
class Told:
    """Events as columns. An identifier of zeros and a number that isn't one (NaN) mean: none."""

    event_type: NDArray[np.object_]
    data: NDArray[np.object_]  # JSON
    occurred_at: Ints  # milliseconds since 1970
    actor: Ids
    course: Ids
    module: Ids
    lesson: Ids
    object: Ids
    attempt: Ids
    cohort: Ids
    score: Floats
    max_score: Floats
    duration_ms: Floats
    position_start: Floats
    position_end: Floats
    is_correct: Floats  # 0, 1 or NaN

    def __len__(self) -> int:
        return len(self.occurred_at)


def tell(random: np.random.Generator, world: World, visits: Visits) -> Told:
    """All events of the visits, in no particular order."""
    teller = _Teller(random, world, visits)
    teller.arriving()
    teller.lessons()
    teller.videos()
    teller.asking()
    teller.labs()
    teller.habits()
    teller.quizzes()
    return teller.told()


@dataclass(slots=True)
class _Teller:
    random: np.random.Generator
    world: World
    visits: Visits
    _parts: list[dict[str, Any]] = field(default_factory=list)

    def told(self) -> Told:
        """What was said so far, as one table."""
        counts = [len(part["row"]) for part in self._parts]
        row = np.concatenate([part["row"] for part in self._parts])
        inside = np.repeat([not part.get("outside", False) for part in self._parts], counts)
        world, visits = self.world, self.visits
        course, lesson = visits.course[row], visits.lesson[row]
        in_lesson = np.repeat([part.get("in_lesson", True) for part in self._parts], counts) & inside
        cohort = visits.cohort[row]
        return Told(
            event_type=np.repeat(np.array([part["type"] for part in self._parts], dtype=object), counts),
            data=self._together("data", counts, _NOTHING, object),
            occurred_at=visits.at[row] + self._together("after", counts, 0, np.int64),
            actor=world.learners[visits.learner[row]],
            course=_only(world.courses[course], inside),
            module=_only(world.modules[lesson], in_lesson),
            lesson=_only(world.lessons[lesson], in_lesson),
            object=self._identifiers("object", counts),
            attempt=self._identifiers("attempt", counts),
            cohort=_only(world.cohorts[np.maximum(cohort, 0)], (cohort >= 0) & inside),
            **{
                name: self._together(name, counts, np.nan, np.float64)
                for name in ("score", "max_score", "duration_ms", "position_start", "position_end", "is_correct")
            },
        )

    def _together(self, name: str, counts: list[int], absent: Any, kind: Any) -> Any:
        return np.concatenate(
            [
                np.full(count, part.get(name, absent), dtype=kind)
                if np.ndim(part.get(name, absent)) == 0
                else np.asarray(part[name], dtype=kind)
                for part, count in zip(self._parts, counts, strict=True)
            ]
        )

    def _identifiers(self, name: str, counts: list[int]) -> Ids:
        none = np.zeros((1, 16), dtype=np.uint8)
        return np.concatenate(
            [
                part[name] if name in part else np.repeat(none, count, axis=0)
                for part, count in zip(self._parts, counts, strict=True)
            ]
        )

    def say(self, event_type: str, row: Any, **columns: Any) -> None:
        """Events of one type: `row` are their visits, `after` the milliseconds since the visit began."""
        self._parts.append({"type": event_type, "row": row, **columns})

    def chance(self, share: float, among: Mask | None = None) -> Any:
        """The visits to which something happens."""
        drawn = self.random.random(len(self.visits.at)) < share
        return np.flatnonzero(drawn if among is None else drawn & among)

    def within(self, count: int, longest: int) -> Any:
        """Moments after the visit began, in milliseconds."""
        return self.random.integers(2_000, longest, count)

    def arriving(self) -> None:
        """Signing in, searching, joining, looking at the course."""
        visits, first = self.visits, self.visits.is_first
        rows = self.chance(0.55)
        self.say("signed_in", rows, after=-90_000, outside=True, data='{"method": "password"}')
        rows = self.chance(0.3, first)
        queries = _QUERIES[self.random.integers(0, len(_QUERIES), len(rows))]
        self.say("search_made", rows, after=-60_000, outside=True, data=queries)
        rows = np.flatnonzero(first)
        self.say("enrolled", rows, after=-20_000, in_lesson=False, data=_PRICES[visits.course[rows] % len(_PRICES)])
        rows = self.chance(0.5)
        self.say("course_viewed", rows, after=-10_000, in_lesson=False)
        rows = self.chance(0.05, visits.is_last & ~visits.finishes)
        reasons = _REASONS[self.random.integers(0, len(_REASONS), len(rows))]
        self.say("unenrolled", rows, after=DAY_MS, in_lesson=False, data=reasons)

    def lessons(self) -> None:
        """Opening, reading and completing."""
        visits, world = self.visits, self.world
        everyone = np.arange(len(visits.at))
        self.say("lesson_opened", everyone)
        reads = world.video_seconds[visits.lesson] == 0
        rows = self.chance(0.9, reads)
        depth = np.round(self.random.beta(4, 1.2, len(rows)), 2)
        self.say("reading_scrolled", rows, after=self.within(len(rows), 600_000), position_end=depth)
        stops = visits.is_last & ~visits.finishes & (self.random.random(len(everyone)) < 0.7)
        rows = np.flatnonzero(~stops)
        self.say("lesson_completed", rows, after=900_000 + self.within(len(rows), 200_000))
        rows = np.flatnonzero(visits.finishes)
        ends = 1_200_000
        self.say("course_completed", rows, after=ends, in_lesson=False)
        issued = self.world.courses[visits.course[rows]]
        self.say("certificate_issued", rows, after=ends + 1_000, in_lesson=False, object=issued)

    def videos(self) -> None:
        """One row per watched interval; some people jump, and what is hard is watched again."""
        visits, random = self.visits, self.random
        rows = self.chance(0.92, self.world.video_seconds[visits.lesson] > 0)
        long = self.world.video_seconds[visits.lesson[rows]]
        videos = self.world.videos[visits.lesson[rows]]
        self.say("video_played", rows, after=5_000, object=videos, position_start=0.0)
        pieces = np.minimum(random.geometric(0.35, len(rows)), 12)
        reach = np.where(random.random(len(rows)) < 0.6, 1.0, random.beta(1.5, 1.5, len(rows)))
        of_row = np.repeat(np.arange(len(rows)), pieces)
        number = np.arange(len(of_row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        step = (long * reach / pieces)[of_row]
        again = np.where((number > 0) & (random.random(len(of_row)) < 0.15), step * 0.5, 0)  # looked at once more
        begin = np.round(number * step - again, 1)
        end = np.round((number + 1) * step, 1)
        speed = _SPEEDS[random.choice(len(_SPEEDS), len(rows), p=[0.7, 0.12, 0.12, 0.06])][of_row]
        watched = {"object": videos[of_row], "position_start": begin, "position_end": end}
        at = 5_000 + (end * 1000).astype(np.int64)
        self.say(
            "video_watched", rows[of_row], after=at, duration_ms=np.round((end - begin) * 1000), data=speed, **watched
        )
        paused = number < pieces[of_row] - 1
        jumped = paused & (random.random(len(of_row)) < 0.2)
        self.say("video_paused", rows[of_row][paused], after=at[paused], object=videos[of_row][paused],
                 position_end=end[paused])  # fmt: skip
        self.say("video_seeked", rows[of_row][jumped], after=at[jumped] + 500, object=videos[of_row][jumped],
                 position_start=end[jumped], position_end=np.maximum(end[jumped] - 15, 0))  # fmt: skip

    def asking(self) -> None:
        """Questions to the tutor, and what people thought of the answers."""
        rows = self.chance(0.06)
        at = self.within(len(rows), 800_000)
        kinds = _ASKED[self.random.choice(len(_ASKED), len(rows), p=[0.75, 0.15, 0.1])]
        self.say("tutor_asked", rows, after=at, data=kinds)
        rated = self.random.random(len(rows)) < 0.35
        ratings = _RATINGS[self.random.choice(5, int(rated.sum()), p=[0.06, 0.06, 0.13, 0.3, 0.45])]
        self.say("tutor_rated", rows[rated], after=at[rated] + 45_000, data=ratings)

    def labs(self) -> None:
        """Started, checked once or more, passed or left until the time was over."""
        visits, random = self.visits, self.random
        rows = self.chance(0.8, self.world.has_lab[visits.lesson])
        labs = self.world.labs[visits.lesson[rows]]
        self.say("lab_started", rows, after=60_000, object=labs)
        checks = np.minimum(random.geometric(0.45, len(rows)), 8)
        passes = random.random(len(rows)) < 0.75
        of_row = np.repeat(np.arange(len(rows)), checks)
        number = np.arange(len(of_row)) - np.repeat(np.cumsum(checks) - checks, checks)
        right = (number == checks[of_row] - 1) & passes[of_row]
        self.say("lab_checked", rows[of_row], after=60_000 + (number + 1) * 240_000, object=labs[of_row],
                 is_correct=right, data='{"checks": 4}')  # fmt: skip
        done = 60_000 + checks * 240_000 + 1_000
        self.say("lab_passed", rows[passes], after=done[passes], object=labs[passes])
        self.say("lab_expired", rows[~passes], after=7_200_000, object=labs[~passes])

    def habits(self) -> None:
        """Flashcards on later days, notes, bookmarks, posts, votes."""
        random, visits = self.random, self.visits
        rows = np.repeat(np.arange(len(visits.at)), random.poisson(0.7, len(visits.at)))
        cards = self.world.cards[visits.lesson[rows] * CARDS + random.integers(0, CARDS, len(rows))]
        days = random.geometric(0.25, len(rows)) * DAY_MS
        right = random.random(len(rows)) < 0.8
        self.say("flashcard_reviewed", rows, after=days + self.within(len(rows), 3_600_000), object=cards,
                 is_correct=right, data=np.where(right, _GRADES[1], _GRADES[0]))  # fmt: skip
        for event_type, share in (("note_written", 0.04), ("discussion_posted", 0.015)):
            rows = self.chance(share)
            columns = {"object": self._lesson(rows)} if event_type == "discussion_posted" else {}
            self.say(event_type, rows, after=self.within(len(rows), 900_000), **columns)
        rows = self.chance(0.02)
        self.say("discussion_voted", rows, after=self.within(len(rows), 900_000), object=self._lesson(rows),
                 data='{"direction": 1}')  # fmt: skip
        rows = self.chance(0.02, self.world.video_seconds[visits.lesson] > 0)
        self.say("bookmark_added", rows, after=self.within(len(rows), 900_000),
                 object=self.world.videos[visits.lesson[rows]],
                 position_start=np.round(random.random(len(rows)) * 60, 1))  # fmt: skip

    def _lesson(self, rows: Any) -> Ids:
        found: Ids = self.world.lessons[self.visits.lesson[rows]]
        return found

    def quizzes(self) -> None:
        """One attempt, and a second one for half of those who failed."""
        rows = self.chance(0.9, self.world.quiz_of[self.visits.lesson] >= 0)
        failed = self._attempt(rows, begin=1_000_000, luck=0.0)
        again = rows[failed & (self.random.random(len(rows)) < 0.5)]
        self._attempt(again, begin=1_900_000, luck=0.5)

    def _attempt(self, rows: Any, *, begin: int, luck: float) -> Any:
        """Returns who failed. The chance of a right answer follows Rasch's model: knowledge against difficulty."""
        world, visits, random = self.world, self.visits, self.random
        quiz = world.quiz_of[visits.lesson[rows]]
        each = world.question_counts[quiz]
        quizzes, attempts = world.quizzes[quiz], random.integers(0, 256, (len(rows), 16), dtype=np.uint8)
        attempts[:, 6], attempts[:, 8] = 0x40 | (attempts[:, 6] & 0x0F), 0x80 | (attempts[:, 8] & 0x3F)
        of_row = np.repeat(np.arange(len(rows)), each)
        number = np.arange(len(of_row)) - np.repeat(np.cumsum(each) - each, each)
        question = world.first_question[quiz][of_row] + number
        gap = world.difficulty[question] - world.knowledge[visits.learner[rows]][of_row] - 0.6 - luck
        right = random.random(len(of_row)) < 1 / (1 + np.exp(gap))
        share = np.bincount(of_row, right, len(rows)) / np.maximum(each, 1)
        failed = share < PASSING
        score, most = np.round(share * each), each.astype(np.float64)
        ends = begin + (each + 1) * 50_000
        common = {"object": quizzes, "attempt": attempts}
        self.say("assessment_started", rows, after=begin, **common)
        hint = random.random(len(of_row)) < 0.05
        at = begin + (number + 1) * 45_000
        self.say("hint_requested", rows[of_row][hint], after=at[hint] - 9_000, object=world.questions[question[hint]],
                 data='{"level": 1}')  # fmt: skip
        answers = {"object": world.questions[question], "attempt": attempts[of_row]}
        self.say("answer_saved", rows[of_row], after=at, **answers)
        self.say("assessment_submitted", rows, after=ends, duration_ms=(ends - begin).astype(np.float64), **common)
        wrong = 1 + random.choice(3, len(of_row), p=[0.55, 0.3, 0.15])
        self.say("answer_graded", rows[of_row], after=ends[of_row] + 200, score=right, max_score=1.0, is_correct=right,
                 data=_RESPONSES[np.where(right, 0, wrong)], **answers)  # fmt: skip
        results = {"score": score, "max_score": most}
        self.say("assessment_graded", rows, after=ends + 300, **results, **common)
        corrected = random.random(len(rows)) < 0.01
        self.say(
            "assessment_regraded",
            rows[corrected],
            after=ends[corrected] + DAY_MS,
            object=quizzes[corrected],
            attempt=attempts[corrected],
            score=score[corrected],
            max_score=most[corrected],
        )
        for event_type, these in (("assessment_passed", ~failed), ("assessment_failed", failed)):
            self.say(event_type, rows[these], after=ends[these] + 400, object=quizzes[these], attempt=attempts[these],
                     score=score[these], max_score=most[these])  # fmt: skip
        return failed


def _only(ids: Ids, these: Mask) -> Ids:
    return np.where(these[:, None], ids, 0).astype(np.uint8)


def _texts(*values: dict[str, Any]) -> NDArray[np.object_]:
    return np.array([json.dumps(value) for value in values], dtype=object)


_QUERIES = _texts(
    *({"query": words, "results": results} for words, results in [
        ("python", 12), ("statistics", 7), ("data", 25), ("sql", 4), ("kubernetes", 0), ("statistik", 3), ("rust", 0),
        ("linear algebra", 2), ("project management", 1), ("pyhton", 9), ("blender", 0), ("writing", 6),
    ])
)  # fmt: skip
_PRICES = _texts({"price": "0"}, {"price": "0"}, {"price": "29.00"}, {"price": "0"}, {"price": "79.00"})
_REASONS = _texts({"reason": "no time"}, {"reason": "not what I expected"}, {"reason": "too hard"})
_SPEEDS = _texts({}, {"speed": 1.25}, {"speed": 1.5}, {"speed": 2})
_ASKED = _texts(
    {"kind": "query", "answered": True}, {"kind": "query", "answered": False}, {"kind": "hint", "answered": True}
)
_RATINGS = _texts(*({"rating": stars} for stars in range(1, 6)))
_GRADES = _texts({"grade": "again"}, {"grade": "good"})
_RESPONSES = _texts(*({"response": {"option": key}} for key in "abcd"))
