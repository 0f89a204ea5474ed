"""What there is to review: the queue of today, and what comes later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session

from learncraft import sql
from learncraft.study.kinds import CardState
from learncraft.study.scheduling import Memory

NEW_A_DAY = 20  # cards that one meets for the first time
AHEAD = timedelta(minutes=20)  # a card that is being learned needn't be waited for
FORECAST = 7  # days
_COMING = 5  # cards shown of what is next


@dataclass(frozen=True, slots=True)
class Card:
    """One card as its learner meets it."""

    asset_id: UUID
    card_id: str
    front: str
    back: str
    deck: str
    is_own: bool
    lesson_id: UUID | None
    lesson: str | None
    course_id: UUID | None
    course: str | None
    review_count: int
    memory: Memory

    @property
    def is_new(self) -> bool:
        """Whether it was never answered."""
        return self.memory.state == CardState.NEW


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cards wait: to be seen again, to be met, and for later today or on the next days."""

    due: int
    new: int
    later_today: int
    next_at: datetime | None
    ahead: tuple[int, ...]  # tomorrow, the day after, ...
    done_today: int
    cards: int

    @property
    def ready(self) -> int:
        """What can be answered now."""
        return self.due + self.new


@dataclass(frozen=True, slots=True)
class Queue:
    """The card to answer now, those after it, and the counts."""

    card: Card | None
    coming: tuple[Card, ...]
    counts: Counts


def queue(session: Session, learner_id: UUID, *, time_zone: str, now: datetime) -> Queue:
    """What to review now. Two queries."""
    found = counts(session, learner_id, time_zone=time_zone, now=now)
    rows = session.execute(
        _asked("next"),
        _moments(learner_id, time_zone, now) | {"may_meet": found.new > 0, "most": min(found.ready, _COMING + 1)},
    )
    cards = [_card(row) for row in rows]
    return Queue(cards[0] if cards else None, tuple(cards[1:]), found)


def counts(session: Session, learner_id: UUID, *, time_zone: str, now: datetime) -> Counts:
    """How many cards wait. One query."""
    days = [_begin_of_day(now, time_zone, ahead) for ahead in range(1, FORECAST + 2)]
    row = session.execute(
        _asked("counts"),
        _moments(learner_id, time_zone, now) | {"begins": days[:-1], "ends": days[1:]},
    ).one()
    may_meet = max(NEW_A_DAY - row.met_today, 0)
    return Counts(
        due=row.due,
        new=min(row.unmet, may_meet),
        later_today=row.later_today,
        next_at=row.next_at,
        ahead=tuple(row.ahead),
        done_today=row.done_today,
        cards=row.cards,
    )


def card(session: Session, learner_id: UUID, asset_id: UUID, card_id: str) -> Card | None:
    """One card that the learner may see."""
    row = session.execute(
        _asked("one"),
        _moments(learner_id, "UTC", datetime.now(UTC)) | {"asset": asset_id, "card": card_id},
    ).one_or_none()
    return _card(row) if row is not None else None


def _asked(what: str) -> TextClause:
    """A question about the learner's cards."""
    return text(f"{sql.text('study/cards')} {sql.text(f'study/{what}')}")


def _begin_of_day(now: datetime, time_zone: str, ahead: int = 0) -> datetime:
    zone = ZoneInfo(time_zone)
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=ahead), time(), zone)


def _moments(learner_id: UUID, time_zone: str, now: datetime) -> dict[str, object]:
    return {
        "learner": learner_id,
        "now": now,
        "soon": now + AHEAD,
        "today": _begin_of_day(now, time_zone),
        "tomorrow": _begin_of_day(now, time_zone, 1),
    }


def _card(row: Row[*tuple[object, ...]]) -> Card:
    one = row._mapping
    return Card(
        asset_id=one["asset_id"],
        card_id=one["card_id"],
        front=one["front"],
        back=one["back"],
        deck=one["deck"],
        is_own=not one["is_shared"],
        lesson_id=one["lesson_id"],
        lesson=one["lesson"],
        course_id=one["course_id"],
        course=one["course"],
        review_count=one["review_count"],
        memory=Memory(
            CardState(one["state"]), one["step"], one["stability"], one["difficulty"], one["last_reviewed_at"]
        ),
    )
