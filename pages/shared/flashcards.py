"""Cards that a learner makes: a button where they are made, and the list where they are changed."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.language import _
from learncraft.study import decks
from learncraft.study.decks import LONGEST, OwnCard
from pages.shared import frame, words
from pages.shared.render import plain

SHOWN = 100
_CUT = 90  # characters of a side in a list


def maker(viewer: Viewer, lesson_id: UUID, *, back: str = "", key: str = "make-card") -> None:
    """A button that opens an empty card, or one whose back is a note."""
    if st.button(_("Make a flashcard"), key=key, icon=":material/style:", type="tertiary"):
        st.dialog(_("Make a flashcard"))(_make)(viewer, lesson_id, back)


def own(viewer: Viewer, cards: list[OwnCard]) -> None:
    """The cards that the viewer made, each with the way to change it."""
    with st.expander(_("My own cards · {cards}", cards=len(cards)), icon=":material/style:"):
        for card in cards[:SHOWN]:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(
                    f"{plain(_cut(card.front))}  \n:small[{plain(card.lesson or '')}]",
                    width="stretch",
                )
                if st.button(_("Change"), key=f"card-{card.card_id}", icon=":material/edit:", type="tertiary"):
                    st.dialog(_("Change a flashcard"))(_change)(viewer, card)
        if len(cards) > SHOWN:
            st.caption(_("{shown} of {cards}.", shown=SHOWN, cards=words.counted(len(cards), "card")))


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CUT else f"{line[:_CUT]}…"


def _make(viewer: Viewer, lesson_id: UUID, back: str) -> None:
    front, back = _sides("", back)
    if st.button(_("Keep the card"), key="card-keep", type="primary", icon=":material/check:"):
        with frame.action(_("The card is in your review")) as session:
            decks.add_own(session, viewer, lesson_id=lesson_id, front=front, back=back)
        st.rerun()


def _change(viewer: Viewer, card: OwnCard) -> None:
    front, back = _sides(card.front, card.back)
    with st.container(horizontal=True):
        if st.button(_("Save"), key="card-save", type="primary", icon=":material/check:"):
            with frame.action(_("The card is saved")) as session:
                decks.change_own(session, viewer, asset_id=card.asset_id, card_id=card.card_id, front=front, back=back)
            st.rerun()
        if st.button(_("Throw it away"), key="card-remove", icon=":material/delete:"):
            with frame.action(_("The card is gone")) as session:
                decks.remove_own(session, viewer, asset_id=card.asset_id, card_id=card.card_id)
            st.rerun()


def _sides(front: str, back: str) -> tuple[str, str]:
    return (
        st.text_area(
            _("Front"), front, max_chars=LONGEST, key="card-front", placeholder=_("What you want to be asked")
        ),
        st.text_area(_("Back"), back, max_chars=LONGEST, key="card-back", placeholder=_("The answer")),
    )
