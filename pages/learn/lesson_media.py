"""What acts in the browser by itself beside a lesson: players of its videos, the reader of its text, its notes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.courses import captions, embeds
from learncraft.courses.blocks import Block, VideoBlock
from learncraft.courses.media_models import VideoStatus
from learncraft.enrollment.bookmarks import Bookmark
from learncraft.enrollment.queries import LessonView, VideoView
from learncraft.language import _
from learncraft.web import hls
from pages.shared import flashcards, foreign, scripts
from pages.shared.render import plain

_player = scripts.component("player", "player.js")
_reading = scripts.component("player", "reading.js")
_notes = scripts.component("player", "notes.js")

LANGUAGES = {
    "ar": "العربية",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "hi": "हिन्दी",
    "it": "Italiano",
    "ja": "日本語",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
    "ru": "Русский",
    "tr": "Türkçe",
    "uk": "Українська",
    "zh": "中文",
}


def video(one: VideoBlock, lesson: LessonView, viewer: Viewer, bookmarks: list[Bookmark], *, start: int) -> None:
    """A video with all that belongs to it; one of another site in that site's player."""
    found = lesson.videos.get(one.video_id)
    if found is None:
        return
    if found.stream is None and not found.url:
        waiting(found)
        return
    if found.stream is None and (address := embeds.youtube(found.url)) is not None:
        _of_youtube(one.id, found, f"{address}?start={start}" if start else address)
        return
    if found.title:
        st.markdown(f"**{plain(found.title)}**")
    cues = captions.from_transcript(found.transcript)
    _player(
        key=f"player-{found.id}",
        data={
            "id": str(found.id),
            "block": one.id,
            "lesson": str(lesson.id),
            "viewer": str(viewer.id),
            "follows": lesson.is_enrolled,
            "title": found.title or _("Video"),
            "stream": found.stream,
            "url": found.url,
            "hls": hls.address(),
            "qualities": list(found.qualities),
            "poster": found.poster,
            "captions": [_captions(found, language) for language in found.captions],
            "cues": [[cue.start, cue.end, cue.text] for cue in cues],
            "position": found.position,
            "at": _at(lesson),
            "start": start,
            "bookmarks": [
                {"id": str(mark.id), "seconds": mark.seconds, "note": mark.note}
                for mark in bookmarks
                if mark.video_id == found.id
            ],
        },
    )
    if found.transcript and not cues:
        with st.expander(_("Transcript"), icon=":material/subtitles:"):
            st.text(found.transcript)


def _of_youtube(key: str, found: VideoView, address: str) -> None:
    if found.title:
        st.markdown(f"**{plain(found.title)}**")
    foreign.show(address, found.title or _("Video"), key, label=_("Play it from YouTube"))
    if page := embeds.elsewhere(found.url):
        st.caption(_("The video plays from youtube.com. [Open it there]({url})", url=page[1]))
    if found.transcript:
        with st.expander(_("Transcript"), icon=":material/subtitles:"):
            st.text(found.transcript)


def waiting(found: VideoView) -> None:
    """Why a video can't be watched yet."""
    if found.title:
        st.markdown(f"**{plain(found.title)}**")
    if found.status == VideoStatus.FAILED:
        st.warning(_("This video could not be prepared. Its instructor sees why."), icon=":material/error:")
    else:
        st.info(_("This video is being prepared. Look again in a few minutes."), icon=":material/hourglass:")


def reading(lesson: LessonView, viewer: Viewer, part: int, parts: int, blocks: list[Block], *, resumes: bool) -> None:
    """Follow how far the text of a part is read, and go back to the paragraph where the learner was."""
    place = lesson.position
    is_here = place.block is not None and (place.part or 1) == part
    _reading(
        key="reading",
        height=1,
        data={
            "lesson": str(lesson.id),
            "viewer": str(viewer.id),
            "follows": lesson.is_enrolled,
            "part": part,
            "parts": parts,
            "blocks": [one.id for one in blocks if not isinstance(one, VideoBlock)],
            "resumes": resumes,
            "position": {"block": place.block, "paragraph": place.paragraph, "at": _at(lesson)} if is_here else None,
        },
    )


def notes(lesson: LessonView, viewer: Viewer) -> None:
    """The viewer's notes at the lesson, and those that others share."""
    with st.expander(_("Notes"), icon=":material/edit_note:"):
        _notes(key="notes", data={"lesson": str(lesson.id), "viewer": str(viewer.id)})
        st.page_link("pages/learn/notes.py", label=_("All my notes"), icon=":material/arrow_forward:")
    flashcards.maker(viewer, lesson.id)


def _captions(found: VideoView, language: str) -> dict[str, Any]:
    name = LANGUAGES.get(language.partition("-")[0], language)
    label = name if "-" not in language else f"{name} ({language})"
    return {"language": language, "label": label, "url": f"/videos/{found.id}/captions-{language}.vtt"}


def _at(lesson: LessonView) -> str | None:
    at = lesson.position.at
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if at is not None else None
