"""A chat with the tutor, as its own page and the page of a lesson show it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from learncraft import runtime
from learncraft.accounts.viewer import Viewer
from learncraft.errors import LearnCraftError
from learncraft.language import _
from learncraft.tutor import asking, chats, personas
from learncraft.tutor.answering import Answer
from learncraft.tutor.asking import Asked
from learncraft.tutor.chats import Message, Source
from learncraft.tutor.models import InteractionType
from learncraft.tutor.retrieval import LONGEST_QUESTION
from pages.shared import frame
from pages.shared.render import plain

_YOU, _TUTOR = ":material/person:", ":material/school:"


def show(said: list[Message], viewer: Viewer) -> None:
    """What was said so far."""
    for message in said:
        with st.chat_message(
            "assistant" if message.is_answer else "user", avatar=_TUTOR if message.is_answer else _YOU
        ):
            if message.is_answer:
                st.markdown(with_links(message.content, message.sources))
                _sources(message.sources)
                _beneath(message, viewer)
            else:
                st.markdown(plain(asking.shown(message.content)).replace("\n", "  \n"))


def with_links(content: str, sources: tuple[Source, ...]) -> str:
    """An answer whose numbers lead to their sources. It has no other links (learncraft.tutor.inert)."""
    addresses = {one.number: one.address for one in sources if one.address}

    def link(match: re.Match[str]) -> str:
        address = addresses.get(int(match[1]))
        return f"[\\[{match[1]}\\]]({address})" if address else f"\\[{match[1]}\\]"

    return re.sub(r"\[(\d{1,2})\]", link, content)


def _sources(sources: tuple[Source, ...]) -> None:
    """Where the sentences stand: each opens the lesson at the paragraph, or the video at the second."""
    for one in sources:
        if one.address is None:
            st.caption(_("[{number}] is no longer there.", number=one.number))
            continue
        pairs = dict(pair.split("=", 1) for pair in one.address.partition("?")[2].split("&"))
        st.page_link(
            "pages/learn/lesson.py",
            label=f"{one.number} · {plain(one.title)}",
            icon=":material/format_quote:",
            query_params=pairs,
            help=plain(one.quote[:300]),
        )


def _beneath(message: Message, viewer: Viewer) -> None:
    """Copy an answer, and say how good it was."""
    if message.interaction_id is None:
        return
    key = f"rating-{message.interaction_id}"
    with st.container(horizontal=True, vertical_alignment="center"):
        if key not in st.session_state and message.rating is not None:
            st.session_state[key] = message.rating - 1
        st.feedback("stars", key=key, on_change=_rate, args=(viewer, message.interaction_id, key))
        with st.popover(_("Say why"), icon=":material/rate_review:", type="tertiary"):
            reason = f"reason-{message.interaction_id}"
            st.text_area(_("What was good or missing?"), key=reason, max_chars=1000)
            if st.button(_("Send"), key=f"send-{message.interaction_id}"):
                if st.session_state.get(key) is None:
                    st.warning(_("Give it stars first."), icon=":material/star:")
                else:
                    _rate(viewer, message.interaction_id, key, st.session_state[reason])
                    st.caption(_("Thank you."))
        with st.popover(_("Copy"), icon=":material/content_copy:", type="tertiary"):
            st.code(message.content, language=None, wrap_lines=True)


def _rate(viewer: Viewer, interaction_id: UUID, key: str, reason: str = "") -> None:
    stars = st.session_state.get(key)
    if stars is None:
        return
    with frame.saving() as session:
        if session is not None:
            chats.rate(
                session, viewer_id=viewer.id, interaction_id=interaction_id, rating=int(stars) + 1, reason=reason
            )


def suggested(questions: list[str], key: str) -> str | None:
    """Questions to begin with; the one that was picked."""
    picked = None
    with st.container(horizontal=True):
        for place, question in enumerate(questions):
            if st.button(question, key=f"{key}-{place}", icon=":material/lightbulb:"):
                picked = question
    return picked


def entered(key: str) -> str | None:
    """What is typed. Enter sends."""
    return st.chat_input(_("Ask about your courses"), key=key, max_chars=LONGEST_QUESTION)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants of the tutor: an answer to a question, or one of its other ways."""

    question: str = ""
    kind: InteractionType = InteractionType.QUERY
    persona: str | None = None
    again: bool = False


def ways(said: list[Message], key: str, *, has_lesson: bool, has_lab: bool = False) -> Wanted | None:
    """What the tutor does besides answering; the one that was picked."""
    picked = None
    if said and not said[-1].is_answer:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_("The answer was cut off before it came."))
            if st.button(_("Ask again"), key=f"{key}-lost", icon=":material/refresh:", type="primary"):
                picked = Wanted(again=True)
    with st.container(horizontal=True):
        if any(not one.is_answer for one in said):
            picked = _differently(key) or picked
        if has_lesson and st.button(_("Summarise"), key=f"{key}-summary", icon=":material/summarize:"):
            picked = Wanted(kind=InteractionType.SUMMARY)
        if has_lab and st.button(_("Hint for the lab"), key=f"{key}-hint", icon=":material/lightbulb:"):
            picked = Wanted(kind=InteractionType.HINT)
        if st.button(_("What next?"), key=f"{key}-next", icon=":material/signpost:"):
            picked = Wanted(kind=InteractionType.RECOMMENDATION)
    return picked


def _differently(key: str) -> Wanted | None:
    """The last question once more, in other words or for who likes to be told in one way."""
    picked = None
    with st.popover(_("Explain differently"), icon=":material/style:"), st.container(horizontal=True, gap="small"):
        if st.button(_("In other words"), key=f"{key}-again", icon=":material/refresh:"):
            picked = Wanted(kind=InteractionType.EXPLANATION)
        for one in personas.PERSONAS.values():
            if st.button(_(one.title), key=f"{key}-{one.key}"):
                picked = Wanted(kind=InteractionType.EXPLANATION, persona=one.key)
    return picked


def ask(
    viewer: Viewer,
    wanted: Wanted,
    *,
    chat_id: UUID | None,
    course_id: UUID | None = None,
    lesson_id: UUID | None = None,
    on_stored: Callable[[UUID], None] = lambda _: None,
) -> None:
    """Store the question and show the answer as it comes. `on_stored` hears the chat before: a reader may stop it."""
    settings = runtime.current().settings
    with frame.action() as session:
        asked = asking.ask(
            session,
            viewer,
            settings,
            wanted.question,
            kind=wanted.kind,
            persona=wanted.persona,
            again=wanted.again,
            chat_id=chat_id,
            course_id=course_id,
            lesson_id=lesson_id,
        )
    assert asked.chat_id is not None
    on_stored(asked.chat_id)
    if not wanted.again:
        with st.chat_message("user", avatar=_YOU):
            st.markdown(plain(asked.question).replace("\n", "  \n"))
    with st.chat_message("assistant", avatar=_TUTOR):
        stream(viewer, asked)


def stream(viewer: Viewer, asked: Asked) -> None:
    """Show an answer as it comes. "Stop" is heard by another run, which waits until what was read is stored."""
    running = runtime.current()
    answer = Answer(running.database, viewer, running.settings, asked)
    if running.settings.tutor_url is not None:
        st.button(_("Stop"), icon=":material/stop_circle:", key=f"stop-{asked.chat_id}", on_click=answer.stop)
    try:
        with closing(answer.pieces()) as pieces:
            st.write_stream(pieces)
    except LearnCraftError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()
