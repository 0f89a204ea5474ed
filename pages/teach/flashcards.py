"""Flashcards of a course: what shall learners still know weeks later?"""

from __future__ import annotations

from uuid import UUID

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from learncraft import differing
from learncraft.language import _
from learncraft.study import decks
from learncraft.study.decks import WrittenCard
from pages.shared import frame, meanwhile, navigation, people, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

viewer = people.viewer(*navigation.TEACHERS)
course_id: UUID = frame.require(uuid_of(st.query_params.get("course")), what="course")
with frame.reading() as session:
    title = frame.require(decks.taught_title(session, viewer, course_id), what="course")
    lessons = decks.lessons_of(session, viewer, course_id)

COLUMNS = ["front", "back", "id"]
by_id = {str(one.lesson_id): one for one in lessons}


def label(lesson_id: str) -> str:
    """A lesson with its number of cards."""
    one = by_id[lesson_id]
    return f"{one.lesson} · {words.counted(one.cards, 'card')}"


def as_typed(cards: list[WrittenCard]) -> list[list[str]]:
    """Cards as the rows of a table give them."""
    return [[one.front, one.back, one.id] for one in cards]


def written(table: pd.DataFrame) -> list[WrittenCard]:
    """The rows of the table that hold anything."""
    rows = table.to_dict("records")
    cells = [tuple("" if pd.isna(row.get(name)) else str(row[name]) for name in COLUMNS) for row in rows]
    return [WrittenCard(front, back, key) for front, back, key in cells if front.strip() or back.strip()]


def editor(lesson_id: UUID) -> None:
    """The cards of one lesson as a table."""
    with frame.reading() as session:
        there = decks.of_lesson(session, lesson_id)
    found = meanwhile.opened(viewer, f"cards-{lesson_id}", there, as_typed(there), field="cards")
    table = pd.DataFrame(found.typed, columns=COLUMNS, dtype="object")
    changed = st.data_editor(
        table,
        key=found.key("cards"),
        num_rows="dynamic",
        width="stretch",
        hide_index=True,
        column_order=("front", "back"),
        column_config={
            "front": st.column_config.TextColumn(
                _("Front"), max_chars=decks.LONGEST, help=_("What is asked; Markdown.")
            ),
            "back": st.column_config.TextColumn(_("Back"), max_chars=decks.LONGEST, help=_("The answer; Markdown.")),
        },
    )
    st.caption(
        _(
            "A card that you word anew stays the same card: learners see it when it was due anyway. A row that you "
            "delete is gone for all of them."
        )
    )

    def write(session: Session, meant: list[WrittenCard], seen: list[WrittenCard]) -> None:
        decks.save_for_lesson(session, viewer, lesson_id=lesson_id, cards=meant, seen=seen)

    meant = written(changed)
    saves = st.button(_("Save the cards"), key="save", type="primary", icon=":material/check:")
    meanwhile.keep(found, as_typed(meant))
    if saves:
        meanwhile.save(found, meant, write, _("{cards} of this lesson saved", cards=words.counted(len(meant), "card")))
    meanwhile.settle(found, there, compare, write, _("The cards are saved"))


def compare(theirs: list[WrittenCard], mine: list[WrittenCard]) -> tuple[str, ...]:
    """Where two decks differ, side by side of each card."""
    sides = [[line for one in deck for line in f"{one.front}\n  {one.back}".splitlines()] for deck in (theirs, mine)]
    return differing.lines(*sides)


frame.head(
    _("Flashcards"),
    f"{plain(title)} · " + _("learners meet a lesson's cards after they open it, and again before they forget."),
)
if not lessons:
    frame.empty(_("No lessons yet"), _("Cards belong to lessons. Write a lesson first."), "style")
    st.stop()
chosen = st.selectbox(_("Lesson"), list(by_id), format_func=label, key="lesson", bind="query-params")
editor(UUID(chosen))
