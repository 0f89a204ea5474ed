"""Captions: WebVTT and SubRip read with care, kept as plain WebVTT, and told as a transcript."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from learncraft.errors import InvalidInputError

LARGEST_BYTES = 2 * 1024 * 1024
MOST_CUES = 20_000
_LONGEST_CUE = 2_000
_DAY = 24 * 3600

_TIMING = re.compile(
    r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})\s*-->\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
)
_TAG = re.compile(r"</?[^<>]*>|\{\\[^{}]*\}")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>")


class CaptionsError(InvalidInputError):
    """A file that holds no captions."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said from one second to another."""

    start: float
    end: float
    text: str


def parse(source: bytes | str) -> list[Cue]:
    """The cues of a WebVTT or SubRip file, in order of time.

    Raises:
        CaptionsError: it is too large, no text, or holds no cue.
    """
    words = source if isinstance(source, str) else _decoded(source)
    blocks = re.split(r"\n[ \t]*\n", words.replace("\r\n", "\n").replace("\r", "\n"))
    cues = list[Cue]()
    for block in blocks:
        if (cue := _cue(block)) is not None:
            cues.append(cue)
        if len(cues) > MOST_CUES:
            raise CaptionsError("These are more than {most} captions. Cut the video into parts.", most=MOST_CUES)
    if not cues:
        raise CaptionsError(
            "No captions were found in this file. A caption needs a line such as 00:00:01.000 --> 00:00:04.000 "
            "and its words below."
        )
    return sorted(cues, key=lambda cue: (cue.start, cue.end))


def to_vtt(cues: list[Cue]) -> str:
    """Cues as WebVTT, with nothing in them but words."""
    lines = ["WEBVTT", ""]
    for cue in cues:
        lines += [f"{_clock(cue.start)} --> {_clock(cue.end)}", html.escape(cue.text, quote=False), ""]
    return "\n".join(lines)


def to_transcript(cues: list[Cue]) -> str:
    """What is said, in lines of "[mm:ss] text", as the tutor reads it."""
    lines = []
    for cue in cues:
        minutes, seconds = divmod(int(cue.start), 60)
        lines.append(f"[{minutes:02d}:{seconds:02d}] {' '.join(cue.text.split())}")
    return "\n".join(lines)


def from_transcript(transcript: str) -> list[Cue]:
    """The lines of such a transcript as cues: each lasts until the next one begins."""
    found = [
        (60 * int(match[1]) + int(match[2]), match[3].strip())
        for match in re.finditer(r"^\[(\d{1,4}):(\d{2})\]\s*(.+)$", transcript, re.M)
    ]
    ends = [start for start, _ in found[1:]] + [start + 10 for start, _ in found[-1:]]
    return [Cue(start, max(end, start + 1), words) for (start, words), end in zip(found, ends, strict=True)]


def _decoded(source: bytes) -> str:
    if len(source) > LARGEST_BYTES:
        raise CaptionsError("The file is larger than {most} MB; captions are not.", most=LARGEST_BYTES // 1024**2)
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        if encoding == "utf-16" and not source.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            return source.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CaptionsError("The file is not text. Captions are files that end in .vtt or .srt.")


def _cue(block: str) -> Cue | None:
    timing = _TIMING.search(block)
    if timing is None:
        return None
    start, end = _seconds(*timing.groups()[:4]), _seconds(*timing.groups()[4:])
    below = block[timing.end() :].partition("\n")[2]  # the rest of the line places the caption on the picture
    spoken = _VOICE.sub(lambda found: f"{found[1].strip()}: ", below)
    text = html.unescape(_TAG.sub("", spoken)).replace("\0", "").strip()[:_LONGEST_CUE]
    # A blank line would end the cue, and an arrow begin the next one.
    text = re.sub(r"\n\s*\n", "\n", text).replace("-->", "→")
    if not text or not start < end <= _DAY:
        return None
    return Cue(start, end, text)


def _seconds(hours: str | None, minutes: str, seconds: str, rest: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(rest.ljust(3, "0")) / 1000


def _clock(moment: float) -> str:
    whole = round(moment * 1000)
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d}.{whole % 1000:03d}"
