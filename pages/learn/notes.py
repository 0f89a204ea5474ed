"""My notes: everything that I wrote at lessons, found again and taken along."""

from __future__ import annotations

import streamlit as st

from learncraft.community import notes
from learncraft.community.notes import FiledNote
from learncraft.courses.prose import without_pictures
from learncraft.language import _
from learncraft.study import decks
from pages.shared import addresses, flashcards, frame, people, words
from pages.shared.render import plain

viewer = people.viewer()
SHOWN = 100


def shown(note: FiledNote) -> None:
    """One note, and the way to its place."""
    with st.container(border=True, key=f"note-{note.id}"):
        st.html(f'<div class="lc-prose">{without_pictures(note.content)}</div>')
        with st.container(horizontal=True, vertical_alignment="center"):
            at = notes.where(note.position)
            st.page_link(
                "pages/learn/lesson.py",
                label=f"{plain(note.lesson)}{f' · {plain(at)}' if at else ''}",
                icon=":material/article:",
                query_params=addresses.place_in_lesson(
                    note.lesson_id, block=note.position.block_id, seconds=note.position.seconds
                ),
            )
            shared = _("shared with the course") if note.is_public else _("only for you")
            st.caption(f"{words.when(note.written_at, viewer.time_zone)} · {shared}")
            flashcards.maker(viewer, note.lesson_id, back=note.content[: decks.LONGEST], key=f"card-of-{note.id}")


frame.head(_("My notes"), _("What you wrote at lessons. You see all of it; others see only what you share."))
typed = st.text_input(
    _("Search"),
    key="notes_search",
    placeholder=_("A word of a note"),
    icon=":material/search:",
    max_chars=200,
    width=360,
)
with frame.reading() as session:
    found = notes.mine(session, viewer, search=typed)
if not found and typed:
    frame.empty(_("No note has this word"), _("Try the beginning of a word."), "search_off")
elif not found:
    frame.empty(
        _("No note yet"), _("Open a lesson and write one: it remembers the moment or the paragraph."), "edit_note"
    )
else:
    st.download_button(
        _("Download as Markdown"),
        data=notes.as_markdown(found),
        file_name="my-notes.md",
        mime="text/markdown",
        icon=":material/download:",
        on_click="ignore",
    )
course = None
for note in found[:SHOWN]:
    if note.course_id != course:
        course = note.course_id
        st.subheader(plain(note.course), anchor=False)
    shown(note)
if len(found) > SHOWN:
    st.caption(_("{shown} of {found} notes. Search, or download them all.", shown=SHOWN, found=len(found)))
