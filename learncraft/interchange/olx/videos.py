"""A video component: its address, its length, and what is said in it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from urllib.parse import quote

from lxml import etree

from learncraft.interchange.assets import address
from learncraft.interchange.document import VideoDocument
from learncraft.interchange.html import clean
from learncraft.interchange.olx import names
from learncraft.interchange.olx.source import Node, PartError, Source
from learncraft.interchange.olx.transcripts import from_sjson, from_subtitles
from learncraft.language import _

_YOUTUBE_ID = re.compile(r"[\w-]{6,20}")
_WEB = re.compile(r"https?://[^\s<>\"']{3,950}")
_TIME = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2})(?:\.\d+)?|(\d{1,6})(?:\.\d+)?s?")


@dataclass(slots=True)
class Video:
    """What a video component gave. `transcripts` are the files that were looked at: used ones and others."""

    document: VideoDocument
    seconds: int  # as far as known, for the lesson's length
    handouts: str = ""  # HTML of links to files that go with it
    notes: list[str] = field(default_factory=list)
    used_transcript: str = ""
    other_transcripts: list[str] = field(default_factory=list)


def read_video(source: Source, node: Node, language: str) -> Video:
    """The video with its transcript in the language of the course.

    Raises:
        PartError: it names no address that a browser could play.
    """
    notes: list[str] = []
    url = _address(source, node)
    start, end = _time(node, "start_time", "from"), _time(node, "end_time", "to")
    duration = end - start if end > start else _stated_duration(node.element)
    if start or end:
        until = _clock(end) if end else _("the end")
        notes.append(
            _(
                "It showed only the part from {clock} to {until}; here all of it plays.",
                clock=_clock(start),
                until=until,
            )
        )
    text, last, used, others = _transcript(source, node, language)
    if not text and (used or others):
        notes.append(_("Its transcript file has no text that could be read."))
    document = VideoDocument(
        source_key=source.keys.take(names.key("video", node.url_name)),
        title=node.title or "Video",
        url=url,
        duration_seconds=duration or None,
        transcript=text,
    )
    handouts = _handouts(source, node, notes)
    return Video(document, duration or last, handouts, notes, used, others)


def _address(source: Source, node: Node) -> str:
    youtube = node.settings.get("youtube_id_1_0", "").strip() or _from_speeds(node.settings.get("youtube", ""))
    if _YOUTUBE_ID.fullmatch(youtube):
        return f"https://www.youtube.com/watch?v={youtube}"
    missing = ""
    for candidate in _sources(node):
        if _WEB.fullmatch(candidate) and "+block@" not in candidate:
            return candidate
        name = source.assets.use(_file_name(candidate))
        if name:
            return address(name)
        missing = missing or _file_name(candidate)
    if missing:
        raise PartError(
            _(
                "The archive has no file {missing}, which this video plays. Upload the video to the lesson.",
                missing=missing,
            )
        )
    raise PartError(
        _(
            "It names no address: the video is in the old platform's own store, which exports leave out. "
            "Download it there and upload it to the lesson."
        )
    )


def _from_speeds(speeds: str) -> str:
    """The id at normal speed in "0.75:abc,1.0:def"."""
    pairs = dict(part.strip().split(":", 1) for part in speeds.split(",") if ":" in part)
    return next((pairs[speed] for speed in ("1.00", "1.0", "1") if speed in pairs), "")


def _sources(node: Node) -> list[str]:
    listed = _json(node.settings.get("html5_sources", ""))
    found = [str(item) for item in listed if isinstance(item, str)] if isinstance(listed, list) else []
    found += [child.get("src", "") for child in node.element.iter("source")]
    found.append(node.settings.get("source", ""))
    encoded = list(node.element.iter("encoded_video"))
    for child in encoded:
        url = child.get("url", "")
        found.append(f"https://www.youtube.com/watch?v={quote(url)}" if child.get("profile") == "youtube" else url)
    return [names.printable(candidate).strip() for candidate in found if candidate.strip()]


def _stated_duration(element: etree._Element) -> int:
    for asset in element.iter("video_asset"):
        try:
            return max(0, min(round(float(asset.get("duration", "0"))), 360_000))
        except (ValueError, OverflowError):
            return 0
    return 0


def _time(node: Node, *settings: str) -> int:
    for setting in settings:
        found = _TIME.fullmatch(node.settings.get(setting, "").strip())
        if found:
            hours, minutes, seconds, only = (int(part or 0) for part in found.groups())
            return hours * 3600 + minutes * 60 + seconds + only
    return 0


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"


def _transcript(source: Source, node: Node, language: str) -> tuple[str, int, str, list[str]]:
    """The text, the second of its last line, the file it is from, and the files in other languages."""
    files = _transcript_files(source, node)
    if not files:
        return "", 0, "", []
    chosen = next((key for key in (language, language[:2], "en") if key in files), next(iter(files)))
    name = files.pop(chosen)
    text = source.text(f"static/{name}")
    read = from_sjson if name.endswith(".sjson") else from_subtitles
    lines, last = read(text)
    return lines, last, name, list(files.values())


def _transcript_files(source: Source, node: Node) -> dict[str, str]:
    """Names of the subtitle files that are in the archive, by language."""
    wanted: dict[str, str] = {}
    sub = node.settings.get("sub", "").strip()
    if sub:
        wanted["en"] = f"subs_{sub}.srt.sjson"
    listed = _json(node.settings.get("transcripts", ""))
    if isinstance(listed, dict):
        wanted.update({str(code): str(name) for code, name in listed.items()})
    for child in node.element.iter("transcript"):
        if child.get("src"):
            wanted[child.get("language", "en")] = child.get("src", "")
    found = {code: source.assets.find(_file_name(name)) for code, name in wanted.items()}
    return {code: name for code, name in found.items() if name}


def _handouts(source: Source, node: Node, notes: list[str]) -> str:
    links = []
    elements = {child.tag: child.get("src", "") for child in node.element if child.tag in ("handout", "track")}
    for kind, title in (("handout", "Handout"), ("track", "Transcript")):
        target = elements.get(kind) or node.settings.get(kind, "")
        if target.strip():
            href = target if _WEB.fullmatch(target) else f"/static/{_file_name(target)}"
            links.append(f'<p><a href="{html.escape(href)}">{title}: {html.escape(_file_name(target))}</a></p>')
    cleaned = clean("".join(links), source.assets)
    notes += cleaned.notes
    if "href" not in cleaned.html:
        return ""
    notes.append(_("Files that go with it are links below it."))
    return cleaned.html


def _file_name(target: str) -> str:
    return re.split(r"\+block@|/asset/|^/?static/", target.strip())[-1].partition("?")[0]


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
