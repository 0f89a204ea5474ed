"""Captions of what is said in a video, by an OpenAI-compatible endpoint, where one is set."""
# ruff: noqa: PLC0415  # the client takes half a second to load: only where an endpoint is set

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from learncraft.courses.captions import Cue
from learncraft.errors import UnavailableError
from learncraft.settings import Settings

STRETCH_SECONDS = 20 * 60.0  # of one request: about 7 MB, where endpoints take 25
_LONGEST_LINE = 2_000


class TranscriptionError(UnavailableError):
    """The endpoint doesn't answer, or not in its protocol."""


def stretches(seconds: float) -> Iterator[tuple[float, float]]:
    """A film in stretches that fit into one request: where each begins, and how long it lasts."""
    start = 0.0
    while start < seconds:
        yield start, min(STRETCH_SECONDS, seconds - start)
        start += STRETCH_SECONDS


def transcribe(settings: Settings, sound: Path, *, language: str, start: float) -> list[Cue]:
    """What is said in one stretch, timed from the film's beginning.

    Raises:
        TranscriptionError: with a sentence for an administrator.
    """
    import openai

    client = openai.OpenAI(
        base_url=settings.transcription_url,
        api_key=settings.transcription_key.get_secret_value() if settings.transcription_key else "none",
        timeout=openai.Timeout(600, connect=10),
        max_retries=2,
    )
    try:
        with sound.open("rb") as stream:
            answer: Any = client.audio.transcriptions.create(
                model=settings.transcription_model,
                file=stream,
                language=language.partition("-")[0],
                response_format="verbose_json",
                timestamp_granularities=["segment"],
            )
    except openai.OpenAIError as error:
        raise TranscriptionError(
            "The transcription endpoint failed: {reason}. It is tried again.", reason=type(error).__name__
        ) from error
    try:
        found = [
            Cue(start + float(one.start), start + float(one.end), str(one.text).strip()[:_LONGEST_LINE])
            for one in answer.segments or []
        ]
    except (AttributeError, TypeError, ValueError) as error:
        raise TranscriptionError("The transcription endpoint answered without times of segments.") from error
    return [cue for cue in found if cue.text and cue.start < cue.end]
