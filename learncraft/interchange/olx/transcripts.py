"""Subtitles as lines of text with their times."""

from __future__ import annotations

import html
import json
import re

from learncraft.interchange.olx.names import short

_LINE_LENGTH = 2000
_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[,.](\d{1,3})"
_CUE = re.compile(_TIME + r"\s*-->\s*" + _TIME)
_TAG = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,80}\}")


def from_subtitles(text: str) -> tuple[str, int]:
    """The lines "[mm:ss] text" of an .srt or .vtt file, and the second at which the last one ends."""
    lines: list[str] = []
    start: int | None = None
    end = 0
    words: list[str] = []
    for line in [*text.splitlines(), ""]:
        cue = _CUE.search(line)
        if cue:
            _say(lines, start, words)
            start, end = _seconds(cue.groups()[:3]), max(end, _seconds(cue.groups()[4:7]))
            words = []
        elif line.strip():
            words.append(line)
        else:
            _say(lines, start, words)
            start, words = None, []
    _say(lines, start, words)
    return "\n".join(lines), end


def from_sjson(text: str) -> tuple[str, int]:
    """The same from the .sjson files that older courses keep."""
    try:
        values = json.loads(text)
        cues = list(zip(values["start"], values["text"], strict=True))
        end = max((int(value) // 1000 for value in values["end"]), default=0)
        lines: list[str] = []
        for start, words in cues:
            _say(lines, int(start) // 1000, [str(words or "")])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return "", 0
    return "\n".join(lines), end


def _say(lines: list[str], start: int | None, words: list[str]) -> None:
    said = short(html.unescape(_TAG.sub("", " ".join(words))), _LINE_LENGTH)
    if start is not None and said:
        lines.append(f"[{start // 60:02d}:{start % 60:02d}] {said}")


def _seconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds
