"""How videos are watched."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from learncraft.analytics.questions import question, rows
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore


@dataclass(frozen=True, slots=True)
class VideoUse:
    """How much a video was watched, and the furthest second that anybody reached."""

    video_id: UUID
    viewers: int
    seconds: float
    furthest: float


@dataclass(frozen=True, slots=True)
class Slice:
    """The part of a video that begins at a second: how many people saw it, and how often it was played."""

    second: int
    viewers: int
    views: int


@question(
    "Which videos are watched?",
    counted="Different viewers, and the playing time of all of them together, from the intervals that the player "
    "reports.",
)
def videos_watched(store: EventStore, scope: Scope) -> list[VideoUse]:
    """One row for each video that anybody watched."""
    return rows(store, VideoUse, "videos_watched", scope)


@question(
    "Where does the video hold attention, and what is watched again?",
    counted="Viewers who saw each part of the video as a share of all its viewers, and how often the part was played "
    "for each viewer who saw it: above 1 it was watched again.",
)
def video_attention(store: EventStore, scope: Scope, *, video_id: UUID, step: int = 1) -> list[Slice]:
    """One row for each slice of `step` seconds that anybody saw."""
    return rows(store, Slice, "video_attention", scope, video_id=video_id, step=step)


def step_of(length: float) -> int:
    """Seconds of a slice, so that a video has about 150 of them at most."""
    return next(step for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600) if length / step <= 150 or step == 600)
