"""Files and video of a course: bring them in, see how their streams stand, caption, replace, delete."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

import streamlit as st

from learncraft import runtime
from learncraft.courses import captions, library, publication, queries, uploading, videos
from learncraft.courses.film_failures import FAILURES
from learncraft.courses.library import CourseFile, CourseVideo, Library, OpenUpload, Place
from learncraft.courses.media_models import CaptionOrigin, VideoStatus
from learncraft.language import _, numbers
from pages.shared import addresses, frame, navigation, people, scripts, words
from pages.shared.render import plain

viewer = people.viewer(*navigation.TEACHERS)
upload = scripts.component("upload", "upload.js")

T = TypeVar("T")
PAGE_SIZE = 25
WAIT_SECONDS = 2.0  # between two looks at streams that are being made
ICONS = {"image": "image", "audio": "graphic_eq", "text": "description", "application": "draft"}

course_id = addresses.uuid_of(st.query_params.get("course"))
with frame.reading() as session:
    courses = {one.id: one.title for one in queries.taught_names(session, viewer)}
if not courses:
    frame.head(_("Files and video"))
    frame.empty(_("No course yet"), _("Files belong to a course. Make or import one first."), "perm_media")
    st.stop()
wanted = course_id or next(iter(courses))
chosen: UUID = frame.require(wanted if wanted in courses else None, what="course")


def bring_in() -> None:
    """The place to drop files, and which lesson films are for."""
    with frame.reading() as session:
        lessons = {one.id: one.title for one in queries.lesson_names(session, chosen)}
    asked = addresses.uuid_of(st.query_params.get("lesson"))
    options: list[UUID | None] = [None, *lessons]
    lesson = st.selectbox(
        _("Films are for the lesson"),
        options,
        index=options.index(asked) if asked in lessons else min(1, len(options) - 1),
        format_func=lambda one: lessons[one] if one else _("None: keep it as a file"),
        key=f"lesson-{chosen}",
    )
    most = runtime.current().settings.upload_megabytes
    limit = f"{most / 1024:g} GB" if most >= 1024 else f"{most} MB"
    upload(
        key=f"upload-{chosen}",
        data={
            "course": str(chosen),
            "lesson": str(lesson) if lesson else None,
            "hint": _(
                "Up to {limit} each. Keep this page open until they are done; a lost line does no harm.", limit=limit
            ),
        },
        on_finished_change=lambda: None,
    )


def in_lessons(places: tuple[Place, ...], *, on_page: bool = False) -> str:
    """Where something is shown, in words."""
    if on_page:
        return _("on the course's page")
    if not places:
        return _("in no lesson")
    first = plain(places[0].title)
    if len(places) == 1:
        return _("in {lesson}", lesson=first)
    return _("in {lesson} and {count} more", lesson=first, count=len(places) - 1)


def size(count: int) -> str:
    """A size as people say it."""
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2)):
        if count >= factor:
            return f"{numbers.number(count / factor, 1)} {unit}"
    return f"{max(1, round(count / 1024))} KB"


def state(video: CourseVideo) -> None:
    """How the stream of a video stands."""
    match video.status:
        case VideoStatus.PROCESSING if video.is_stalled:
            st.warning(_("An administrator has stopped the making of its stream."), icon=":material/pause_circle:")
        case VideoStatus.PROCESSING:
            st.badge(_("Its stream is being made"), icon=":material/hourglass:", color="blue")
        case VideoStatus.FAILED:
            st.error(FAILURES.said(video.failure or "No stream could be made of this video."), icon=":material/error:")
        case VideoStatus.UPLOADING if not video.is_by_address:
            st.badge(_("Not uploaded yet"), icon=":material/hourglass:", color="gray")
        case _:
            if video.is_by_address:
                st.badge(_("By its address on another site"), icon=":material/link:", color="gray")
            elif video.captions:
                st.badge(_("Ready"), icon=":material/check_circle:", color="green")
            else:
                st.badge(_("Ready, without captions"), icon=":material/closed_caption_disabled:", color="orange")


def video_card(video: CourseVideo) -> None:
    """One video: its picture, where it is, how it stands, and what can be done."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"video-{video.id}"):
        if video.thumbnail_url:
            st.html(f'<img class="lc-thumb" src="{video.thumbnail_url}" alt="">', width="content")
        with st.container(gap="small"):
            st.markdown(f"**{plain(video.title)}**")
            facts = [words.minutes(max(1, round(video.seconds / 60)))] if video.seconds else []
            facts += [size(video.size)] if video.size else []
            facts.append(
                in_lessons(video.places)
                if video.places
                else _("for {lesson}, not shown in it yet", lesson=plain(video.lesson))
            )
            if video.captions:
                facts.append(_("captions: {languages}", languages=", ".join(one for one, _origin in video.captions)))
            st.caption(" · ".join(facts))
            state(video)
            video_actions(video)


def video_actions(video: CourseVideo) -> None:
    """Show it, caption it, replace it, delete it."""
    with st.container(horizontal=True):
        if not video.places and is_in_builder:
            st.page_link(
                "pages/teach/builder.py",
                label=_("Show it: open the lesson"),
                icon=":material/edit:",
                query_params={"course": str(chosen), "lesson": str(video.lesson_id)},
            )
        elif not video.places and st.button(_("Show in the lesson"), key=f"show-{video.id}", icon=":material/add:"):
            with frame.action(_("The video stands at the end of its lesson")) as session:
                library.show_in_lesson(session, viewer, chosen, video.id)
            st.rerun()
        if st.button(_("Captions"), key=f"captions-{video.id}", icon=":material/closed_caption:", type="tertiary"):
            captions_of(video)
        is_failed = (video.status == VideoStatus.FAILED or video.is_stalled) and video.file_id is not None
        if is_failed and st.button(_("Try again"), key=f"again-{video.id}", icon=":material/replay:", type="tertiary"):
            with frame.action(_("The stream is made once more")) as session:
                videos.try_again(session, viewer, video.id)
            st.rerun()
        if st.button(_("Rename"), key=f"rename-{video.id}", icon=":material/edit:", type="tertiary"):
            rename(video)
        if video.file_id is not None and st.button(
            _("Replace"), key=f"replace-{video.id}", icon=":material/sync:", type="tertiary"
        ):
            replace(video.file_id, video.title)
        if st.button(_("Delete"), key=f"delete-{video.id}", icon=":material/delete:", type="tertiary"):
            confirm_video(video)


def file_row(one: CourseFile) -> None:
    """One file, and what can be done with it."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"file-{one.id}"):
        icon = ICONS.get(one.mime_type.partition("/")[0], "draft")
        with st.container(gap=None):
            st.markdown(f":material/{icon}: [{plain(one.name)}]({one.url})")
            added = words.when(one.added_at, viewer.time_zone)
            places = in_lessons(one.places, on_page=one.is_on_page)
            st.caption(_("{size} · {places} · added {added}", size=size(one.size), places=places, added=added))
        with st.container(horizontal=True, width="content"):
            if st.button(_("Replace"), key=f"replace-{one.id}", icon=":material/sync:", type="tertiary"):
                replace(one.id, one.name)
            if st.button(_("Delete"), key=f"delete-{one.id}", icon=":material/delete:", type="tertiary"):
                confirm_file(one)


def waiting(one: OpenUpload) -> None:
    """An upload that was left: what is there already, and how to go on."""
    share = one.received / one.size
    here = _("{received} of {size} are here", received=size(one.received), size=size(one.size))
    st.progress(share, text=f"**{plain(one.filename)}**: {here}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Choose the same file again, and it goes on from there."))
        if st.button(_("Give up"), key=f"give-up-{one.id}", icon=":material/close:", type="tertiary"):
            with frame.action(_("The upload is given up")) as session:
                uploading.give_up(session, viewer, one.id)
            st.rerun()


@st.dialog(_("Captions"))
def captions_of(video: CourseVideo) -> None:
    """The languages that a video has captions in, and a file for another."""
    for language, origin in video.captions:
        with st.container(horizontal=True, vertical_alignment="center"):
            said = _("written by a machine") if origin == CaptionOrigin.TRANSCRIBED else _("uploaded")
            st.markdown(f"**{language}** · {said}")
            if st.button(_("Remove"), key=f"remove-{video.id}-{language}", icon=":material/delete:", type="tertiary"):
                with frame.action(_("The captions in {language} are removed", language=language)) as session:
                    videos.remove_captions(session, viewer, video.id, language)
                st.rerun()
    language = st.text_input(
        _("Language"), value=everything.language, max_chars=20, help=_("A short tag, such as en, de or pt-BR.")
    )
    given = st.file_uploader(
        _("File (.vtt or .srt)"), type=["vtt", "srt"], key=f"captions-file-{video.id}", max_upload_size=2
    )
    if st.button(_("Save captions"), type="primary", icon=":material/check:", disabled=given is None) and given:
        if given.size > captions.LARGEST_BYTES:
            st.error(_("The file is larger than 2 MB; captions are not."), icon=":material/error:")
            st.stop()
        with frame.action(_("The captions are there, and the transcript beside the video")) as session:
            videos.add_captions(session, viewer, video.id, language=language.strip(), source=given.getvalue())
        st.rerun()


@st.dialog(_("Rename"))
def rename(video: CourseVideo) -> None:
    """Another title for a video."""
    title = st.text_input(_("Title"), value=video.title, max_chars=255)
    if st.button(_("Rename the video"), type="primary", icon=":material/check:"):
        with frame.action(_("The video has its new title")) as session:
            videos.rename(session, viewer, video.id, title)
        st.rerun()


@st.dialog(_("Replace"))
def replace(file_id: UUID, name: str) -> None:
    """A new file in the place of another one."""
    st.markdown(_("The new file takes the place of **{name}** wherever it is shown.", name=plain(name)))
    done = upload(
        key=f"upload-{file_id}",
        data={"course": str(chosen), "replaces": str(file_id), "hint": _("A film by a film, a picture by a picture.")},
        on_finished_change=lambda: None,
    )
    if done.finished:
        frame.notify(_("The new file is in its place"))
        st.rerun()


@st.dialog(_("Delete the video?"))
def confirm_video(video: CourseVideo) -> None:
    """Ask once."""
    st.markdown(
        _(
            "**{title}**, its stream, its captions and learners' bookmarks in it are deleted for good.",
            title=plain(video.title),
        )
    )
    if st.button(_("Delete the video"), type="primary", icon=":material/delete:"):
        with frame.action(_("The video is deleted")) as session:
            library.delete_video(session, viewer, chosen, video.id)
        st.rerun()


@st.dialog(_("Delete the file?"))
def confirm_file(one: CourseFile) -> None:
    """Ask once."""
    st.markdown(_("**{name}** is deleted for good.", name=plain(one.name)))
    if st.button(_("Delete the file"), type="primary", icon=":material/delete:"):
        with frame.action(_("The file is deleted")) as session:
            library.delete_file(session, viewer, chosen, one.id)
        st.rerun()


def is_being_made(video: CourseVideo) -> bool:
    """Whether its stream comes by itself."""
    return video.status == VideoStatus.PROCESSING and not video.is_stalled


def page_of(everything: tuple[T, ...], key: str) -> tuple[T, ...]:
    """One page of a long list, with the way to the others."""
    pages = -(-len(everything) // PAGE_SIZE)
    if pages < 2:
        return everything
    number = st.pagination(pages, key=f"{key}_page")
    return everything[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]


def listed(found: Library) -> None:
    """All of it."""
    if found.uploads:
        with st.expander(
            _("{uploads} under way", uploads=words.counted(len(found.uploads), "upload")), icon=":material/upload:"
        ):
            for arriving in found.uploads:
                waiting(arriving)
    st.subheader(_("Videos · {count}", count=len(found.videos)), anchor=False)
    if not found.videos:
        st.caption(_("No video yet. Drop one above: it is made fit for phones and slow lines by itself."))
    for video in page_of(found.videos, "videos"):
        video_card(video)
    st.subheader(_("Files · {count}", count=len(found.files)), anchor=False)
    if not found.files:
        st.caption(_("No file yet. Pictures, PDF, slides and archives go here."))
    for one in page_of(found.files, "files"):
        file_row(one)


@st.fragment(run_every=WAIT_SECONDS)
def watched(titles: dict[UUID, str]) -> None:
    """How far the streams are that are being made; the whole page anew when one of them is."""
    with frame.reading() as session:
        making = library.making(session, list(titles))
    if making.keys() != titles.keys():
        st.rerun()
    for video_id, percent in making.items():
        made = _("{percent} % of its stream is made", percent=percent)
        st.progress(percent / 100, text=f"**{plain(titles[video_id])}**: {made}")


frame.head(_("Files and video"), plain(courses[chosen]))
bring_in()
with frame.reading() as session:
    everything = library.of_course(session, viewer, chosen)
    is_in_builder = publication.needs_review(viewer) or library.has_working_copy(session, chosen)
if busy := {one.id: one.title for one in everything.videos if is_being_made(one)}:
    watched(busy)
listed(everything)
