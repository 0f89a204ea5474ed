"""Where a passage is in the product: the lesson at the block, the video at the second."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from learncraft.tutor.retrieval import Passage


def address(passage: Passage) -> str | None:
    """The address of the lesson page that shows the passage, such as `/lesson?id=...&block=p1`; None when none does.

    The page opens the part that has the block and shows it; `t` is the second of its video.
    """
    return address_at(passage.lesson_id, passage.block_id, passage.start_seconds)


def address_at(lesson_id: UUID | None, block_id: str | None, start_seconds: float | None) -> str | None:
    """The same for a place that was kept."""
    if lesson_id is None:
        return None
    query = {"id": str(lesson_id)}
    if block_id is not None:
        query["block"] = block_id
    if start_seconds is not None:
        query["t"] = str(int(start_seconds))
    return f"/lesson?{urlencode(query)}"


def place(passage: Passage) -> str:
    """Where it is, in words: "Joins › Outer joins", "Joins › at 2:05"."""
    steps = list(dict.fromkeys(filter(None, (passage.lesson_title, *passage.headings))))
    if passage.start_seconds is not None:
        minutes, seconds = divmod(int(passage.start_seconds), 60)
        steps.append(f"at {minutes}:{seconds:02d}")
    return " › ".join(steps)
