"""Tutor: what do my courses say about this?"""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft.language import _
from learncraft.tutor import chats, suggesting
from learncraft.tutor.chats import Chat, Message
from pages.shared import conversation, frame, people, words
from pages.shared.addresses import uuid_of
from pages.shared.conversation import Wanted
from pages.shared.render import plain

viewer = people.viewer()
chat_id: UUID | None = uuid_of(st.query_params.get("chat"))
with frame.reading() as session:
    mine = chats.mine(session, viewer.id)
    chat = chats.one(session, viewer.id, chat_id) if chat_id else None
    said = chats.messages(session, viewer.id, chat.id) if chat else []
    questions = [] if said else suggesting.about_mine(session, viewer.id)
if st.query_params.get("chat"):
    chat = frame.require(chat, what="chat")


def chat_list() -> None:
    """The viewer's chats, the latest first."""
    with st.sidebar:
        st.page_link("pages/learn/tutor.py", label=_("**New chat**"), icon=":material/add_comment:", query_params={})
        for one in mine:
            is_open = chat is not None and one.id == chat.id
            st.page_link(
                "pages/learn/tutor.py",
                label=f"**{plain(one.title)}**" if is_open else plain(one.title),
                icon=":material/chat_bubble:" if is_open else ":material/chat_bubble_outline:",
                query_params={"chat": str(one.id)},
                help=words.when(one.last_message_at, viewer.time_zone),
            )


def tools(chat: Chat, said: list[Message]) -> None:
    """Rename a chat, take it along, delete it."""
    with st.popover(_("This chat"), icon=":material/more_horiz:"):
        title = st.text_input(_("Title"), chat.title, key=f"title-{chat.id}", max_chars=chats.LONGEST_TITLE)
        if st.button(_("Rename"), key="rename", icon=":material/edit:"):
            with frame.action(_("Renamed")) as session:
                chats.rename(session, viewer_id=viewer.id, chat_id=chat.id, title=title)
            st.rerun()
        st.download_button(
            _("Download as Markdown"),
            lambda: chats.as_markdown(chat, said),
            file_name="chat.md",
            mime="text/markdown",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            _("Download as JSON"),
            lambda: chats.as_json(chat, said),
            file_name="chat.json",
            mime="application/json",
            icon=":material/data_object:",
            on_click="ignore",
        )
        st.divider()
        is_sure = st.checkbox(_("Delete all that was said in it"), key=f"sure-{chat.id}")
        if st.button(_("Delete this chat"), key="delete", icon=":material/delete:", disabled=not is_sure):
            with frame.action(_("Chat deleted")) as session:
                chats.remove(session, viewer_id=viewer.id, chat_id=chat.id)
            st.switch_page("pages/learn/tutor.py", query_params={})


chat_list()
frame.show_kept_error()
frame.head(
    plain(chat.title) if chat else _("Tutor"), _("Answers come from your courses, each with the place it stands at.")
)
if chat is not None:
    tools(chat, said)
conversation.show(said, viewer)
picked = conversation.suggested(questions, "suggested")
way = conversation.ways(said, "way", has_lesson=any(one.lesson_id for message in said for one in message.sources))
question = conversation.entered("question") or picked
if wanted := (Wanted(question) if question else way):
    conversation.ask(
        viewer,
        wanted,
        chat_id=chat.id if chat else None,
        on_stored=lambda key: st.query_params.from_dict({"chat": str(key)}),
    )
    st.rerun()
