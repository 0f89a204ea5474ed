"""What a page's script reports from a lesson: several events at once, each counted once however often it is sent.

The script names each event; the name, together with the person, becomes the event's identifier. Events older than a
month are refused, so only a month of identifiers has to be searched for one that was sent before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft import events
from learncraft.accounts.viewer import Viewer
from learncraft.enrollment import following, queries
from learncraft.enrollment.intervals import Stretch
from learncraft.enrollment.queries import LessonView
from learncraft.errors import InvalidInputError, NotFoundError
from learncraft.event_types import EVENT_TYPES, InvalidEventError
from learncraft.events import LearningEvent

MAX_EVENTS = 200  # of one message
CLOCKS_DIFFER_BY = timedelta(minutes=5)
OLDEST = timedelta(days=30)
LONGEST_VIDEO_SECONDS = 24 * 3600

_COLUMNS = ("object_id", "position_start", "position_end", "duration_ms")
_KNOWN = frozenset({"id", "type", "occurred_at", "data", *_COLUMNS})


@dataclass(slots=True)
class Receipt:
    """What became of a message: events taken, events that were there already, and why others were refused."""

    taken: int = 0
    known: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Reported:
    id: UUID
    event_type: str
    occurred_at: datetime
    columns: dict[str, Any]
    data: dict[str, Any]


def take(session: Session, viewer: Viewer, message: Any, *, now: datetime | None = None) -> Receipt:
    """Record the events of one message; what can't be taken goes to the quarantine with the reason, the rest goes on.

    What is new moves the learner's progress, and `position` says where they are now.

    Raises:
        InvalidInputError: the message as a whole isn't one.
        NotFoundError: the viewer may not see that lesson, or there is none.
    """
    moment = now or datetime.now(UTC)
    lesson_id, reported = _parts(message)
    position = following.place_in(message.get("position"), now=moment)
    lesson = queries.lesson_for(session, viewer, lesson_id)
    if lesson is None:
        raise NotFoundError("There is no such lesson, or you have no place in its course.")
    skew = _skew(message.get("sent_at"), moment)
    receipt, sound = Receipt(), dict[UUID, _Reported]()
    for place, one in enumerate(reported):
        try:
            found = _read(one, viewer, lesson, skew=skew, now=moment)
            if found.id in sound:
                receipt.known += 1
            sound.setdefault(found.id, found)
        except InvalidEventError as error:
            receipt.refused.append({"place": place, "reason": str(error)})
            event_type = str(one.get("type")) if isinstance(one, dict) else ""
            payload = one if isinstance(one, dict) else {"value": one}
            events.quarantine(
                session, user_id=viewer.id, event_type=event_type[:200], payload=payload, reason=str(error)
            )
    known = _known(session, viewer, set(sound), since=moment - OLDEST - timedelta(days=1))
    where = {"course_id": lesson.course_id, "lesson_id": lesson.id}
    for event_id in sound.keys() - known:
        one = sound[event_id]
        events.record(
            session,
            one.event_type,
            viewer.id,
            occurred_at=one.occurred_at,
            event_id=event_id,
            data=one.data,
            **where,
            **one.columns,
        )
    if lesson.is_enrolled:
        new = [sound[event_id] for event_id in sound.keys() - known]
        following.follow(session, viewer.id, lesson, _watched(new), _read_to(new), position)
    receipt.taken, receipt.known = len(sound) - len(known), receipt.known + len(known)
    return receipt


def _watched(events: list[_Reported]) -> dict[UUID, list[Stretch]]:
    """The stretches of each video that were seen."""
    found: dict[UUID, list[Stretch]] = {}
    for one in events:
        if one.event_type == "video_watched":
            stretch = (float(one.columns["position_start"]), float(one.columns["position_end"]))
            found.setdefault(one.columns["object_id"], []).append(stretch)
    return found


def _read_to(events: list[_Reported]) -> float:
    """How far the text was read, from 0 to 1."""
    return max(
        (float(one.columns["position_end"]) for one in events if one.event_type == "reading_scrolled"), default=0
    )


def _parts(message: Any) -> tuple[UUID, list[Any]]:
    reported = message.get("events") if isinstance(message, dict) else None
    if not isinstance(reported, list):
        raise InvalidInputError("A message is an object with lesson_id and a list named events.")
    if len(reported) > MAX_EVENTS:
        raise InvalidInputError("A message may hold {most} events; send the others in the next one.", most=MAX_EVENTS)
    try:
        return UUID(message.get("lesson_id")), reported
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidInputError("The lesson_id of a message is an identifier (UUID).") from error


def _skew(sent_at: Any, now: datetime) -> timedelta:
    """How much the browser's clock is behind ours; a message without `sent_at` is believed."""
    if sent_at is None:
        return timedelta(0)
    try:
        return now - _moment(sent_at)
    except InvalidEventError as error:
        raise InvalidInputError(str(error)) from error


def _read(one: Any, viewer: Viewer, lesson: LessonView, *, skew: timedelta, now: datetime) -> _Reported:
    if not isinstance(one, dict):
        raise InvalidEventError("An event is an object.")
    event_type, data = one.get("type"), one.get("data") or {}
    if not isinstance(event_type, str) or event_type not in EVENT_TYPES:
        raise InvalidEventError("{event_type} is not a type of learning event.", event_type=str(event_type)[:60])
    if not EVENT_TYPES[event_type].from_browser:
        raise InvalidEventError(
            "A {event_type} event is recorded by the server; a browser may not report it.", event_type=event_type
        )
    if unknown := sorted(str(name) for name in one.keys() - _KNOWN):
        raise InvalidEventError("A reported event has no {list}.", list=f"{', '.join(unknown):.200}")
    if not isinstance(data, dict):
        raise InvalidEventError("The data of an event is an object.")
    try:
        event_id = uuid5(viewer.id, str(UUID(one.get("id"))))
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidEventError("An event needs an id (UUID) of its own, made by the page.") from error
    columns = {name: one[name] for name in _COLUMNS if one.get(name) is not None}
    events.check(event_type, columns | {"course_id": lesson.course_id, "lesson_id": lesson.id}, data)
    _check_place(event_type, columns, lesson)
    if "object_id" in columns:
        columns["object_id"] = UUID(columns["object_id"])
    return _Reported(event_id, event_type, _occurred(one.get("occurred_at"), skew=skew, now=now), columns, data)


def _check_place(event_type: str, columns: dict[str, Any], lesson: LessonView) -> None:
    if "object_id" in columns and UUID(columns["object_id"]) not in lesson.videos:
        raise InvalidEventError("The object_id is not a video of this lesson.")
    start, end = columns.get("position_start", 0), columns.get("position_end", 0)
    longest = 1 if event_type == "reading_scrolled" else LONGEST_VIDEO_SECONDS
    if not (0 <= start <= longest and 0 <= end <= longest):
        raise InvalidEventError("A position is between 0 and {longest}.", longest=longest)
    if event_type == "video_watched" and end <= start:
        raise InvalidEventError("A watched interval ends after it starts.")


def _occurred(value: Any, *, skew: timedelta, now: datetime) -> datetime:
    """When it happened by our clock. What can't have happened yet, or is too old to tell a resend by, is refused."""
    try:
        moment = _moment(value) + skew
    except OverflowError as error:
        raise InvalidEventError("The time of an event is not one of this age.") from error
    if moment > now + CLOCKS_DIFFER_BY:
        raise InvalidEventError(
            "The event is from the future: {moment} UTC. The clock may be wrong.", moment=f"{moment:%Y-%m-%d %H:%M}"
        )
    if moment < now - OLDEST:
        raise InvalidEventError("The event is older than {days} days.", days=OLDEST.days)
    return min(moment, now)


def _moment(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            raise ValueError
        return found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidEventError("A time is written with its zone, such as 2026-11-26T10:41:00Z.") from error


def _known(session: Session, viewer: Viewer, ids: set[UUID], *, since: datetime) -> set[UUID]:
    """Which of the events were sent before. One person's messages wait for each other, so none slips in between."""
    if not ids:
        return set()
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"beacon {viewer.id}"})
    found = select(LearningEvent.id).where(LearningEvent.id.in_(ids), LearningEvent.created_at >= since)
    return set(session.scalars(found))
