"""How long a lesson takes, as its content suggests: a pure rule, shown as a suggestion only."""

from __future__ import annotations

import math
import re

from learncraft.authoring.shapes import DraftBlock

WORDS_A_MINUTE = 180  # who learns reads slower than who reads for pleasure
LINES_A_MINUTE = 6  # of code, read with care
SECONDS_AN_IMAGE = 12
MINUTES_A_QUESTION = 1.0
MINUTES_AN_EMBED = 3.0
_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def minutes(
    blocks: tuple[DraftBlock, ...],
    *,
    video_seconds: dict[str, int] | None = None,
    questions: dict[str, int] | None = None,
    lab_minutes: dict[str, int] | None = None,
) -> int:
    """Whole minutes for all blocks, at least 1 as soon as there is anything. Lengths are by identifier."""
    taken = 0.0
    for block in blocks:
        match block.type:
            case "markdown" | "callout":
                taken += words_in(block.text) / WORDS_A_MINUTE
            case "html":
                taken += words_in(_TAG.sub(" ", block.html)) / WORDS_A_MINUTE
            case "code":
                taken += sum(bool(line.strip()) for line in block.code.splitlines()) / LINES_A_MINUTE
            case "image":
                taken += SECONDS_AN_IMAGE / 60
            case "video":
                taken += (video_seconds or {}).get(str(block.video_id), 0) / 60
            case "quiz":
                taken += MINUTES_A_QUESTION * (questions or {}).get(str(block.assessment_id), 0)
            case "lab":
                taken += (lab_minutes or {}).get(str(block.lab_id), 0)
            case "embed":
                taken += MINUTES_AN_EMBED
            case _:
                pass
    return max(1, math.ceil(taken - 0.25)) if taken else 0


def words_in(text: str) -> int:
    """How many words a text has."""
    return len(_WORD.findall(text))
