"""Review: which cards do I still know?"""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic

import streamlit as st

from learncraft.courses.prose import without_pictures
from learncraft.language import _, _n, noted
from learncraft.study import decks, queries, service
from learncraft.study.queries import Card, Counts
from learncraft.study.scheduling import Grade, schedule
from pages.shared import flashcards, frame, people, words
from pages.shared.render import plain

viewer = people.viewer()
now = datetime.now(UTC)
with frame.reading() as session:
    queue = queries.queue(session, viewer.id, time_zone=viewer.time_zone, now=now)
    own = decks.own(session, viewer)

GRADES = {
    Grade.AGAIN: (noted("Again"), "replay"),
    Grade.HARD: (noted("Hard"), "trending_down"),
    Grade.GOOD: (noted("Good"), "check"),
    Grade.EASY: (noted("Easy"), "done_all"),
}
_TURNED = "_turned"  # the card whose answer is shown
_SEEN = "_seen"  # the card that is looked at, and since when


def name_of(card: Card) -> tuple[object, ...]:
    """A card as it is met this time: the same card later is another one to turn."""
    return card.asset_id, card.card_id, card.review_count


def turn(card: Card) -> None:
    """Show the answer."""
    st.session_state[_TURNED] = name_of(card)


def answer(card: Card, grade: Grade) -> None:
    """Note how well the card was known."""
    seen, since = st.session_state.get(_SEEN, (None, 0.0))
    with frame.saving() as session:
        if session is not None:
            counted = service.review(
                session,
                learner_id=viewer.id,
                asset_id=card.asset_id,
                card_id=card.card_id,
                grade=grade,
                seen=card.review_count,
                time_zone=viewer.time_zone,
                took_ms=int((monotonic() - since) * 1000) if seen == name_of(card) else None,
            )
            if not counted:
                frame.notify(_("This card was answered already"))


def side(text: str) -> None:
    """One side of a card; pictures from elsewhere are left out."""
    st.html(f'<div class="lc-prose lc-card">{without_pictures(text)}</div>')


def ask(card: Card) -> None:
    """One card: its front, and then its back with the four grades."""
    if st.session_state.get(_SEEN, (None,))[0] != name_of(card):
        st.session_state[_SEEN] = (name_of(card), monotonic())
    is_turned = st.session_state.get(_TURNED) == name_of(card)
    with st.container(border=True, key="flashcard"):
        origin = plain(card.lesson or card.deck) + (" · " + _("your own card") if card.is_own else "")
        st.caption(f":material/fiber_new: {origin}" if card.is_new else origin)
        side(card.front)
        if is_turned:
            st.divider()
            side(card.back)
    if not is_turned:
        st.button(
            _("Show the answer"),
            key="turn",
            type="primary",
            icon=":material/flip:",
            shortcut="Space",
            width="stretch",
            on_click=turn,
            args=(card,),
        )
        return
    with st.container(horizontal=True, key="grades"):
        for grade, (label, icon) in GRADES.items():
            due_at = schedule(card.memory, grade, now=now, time_zone=viewer.time_zone).due_at
            st.button(
                f"{_(label)} · {words.ahead(due_at, viewer.time_zone, now=now)}",
                key=f"grade-{grade}",
                icon=f":material/{icon}:",
                type="primary" if grade == Grade.GOOD else "secondary",
                shortcut=str(int(grade)),
                width="stretch",
                wrap=True,
                on_click=answer,
                args=(card, grade),
            )
    if card.lesson_id is not None:
        st.page_link(
            "pages/learn/lesson.py",
            label=_("Look it up in the lesson"),
            icon=":material/article:",
            query_params={"id": str(card.lesson_id)},
        )


def progress(counts: Counts) -> None:
    """How much of today is done."""
    whole = counts.done_today + counts.ready
    left = [_n("{count} card due", "{count} cards due", counts.due)] if counts.due else []
    if counts.new:
        left.append(_("{count} new", count=counts.new))
    st.progress(
        counts.done_today / whole if whole else 1.0,
        text=_(
            "{done_today} answered today · {list} left",
            done_today=counts.done_today,
            list=_(" and ").join(left) or _("nothing"),
        ),
    )


def nothing_left(counts: Counts) -> None:
    """Why there is no card now, and when there is one again."""
    if not counts.cards:
        frame.empty(
            _("No cards yet"),
            _(
                "When you open a lesson, its cards come here. You can make your own under any lesson, "
                "and from your notes."
            ),
            "style",
        )
        st.page_link("pages/learn/home.py", label=_("Go to my learning"), icon=":material/school:")
        return
    if counts.next_at is None:
        frame.empty(_("Done for today"), _("New cards come tomorrow."), "task_alt")
    else:
        when = words.ahead(counts.next_at, viewer.time_zone, now=now)
        at = f" ({words.moment(counts.next_at, viewer.time_zone)})" if counts.later_today else ""
        frame.empty(
            _("Done for now") if counts.later_today else _("Done for today"),
            _("The next card comes {when}{at}.", when=when, at=at),
            "task_alt",
        )
    st.page_link("pages/learn/home.py", label=_("Back to my learning"), icon=":material/school:")


def comes_next(counts: Counts, coming: tuple[Card, ...]) -> None:
    """The cards after this one, and how many come on the next days."""
    if coming:
        st.subheader(_("Next"), anchor=False)
        for card in coming:
            st.caption(f":material/style: {plain(card.lesson or card.deck)}{' · ' + _('new') if card.is_new else ''}")
    days = [
        (words.day_ahead(ahead, viewer.time_zone, now=now), count)
        for ahead, count in enumerate(counts.ahead, 1)
        if count
    ]
    if counts.later_today:
        days.insert(0, (_("Later today"), counts.later_today))
    if days:
        st.subheader(_("The next days"), anchor=False)
        with st.container(horizontal=True, gap="large", key="forecast"):
            for name, count in days:
                st.metric(name, count, width="content")


frame.show_kept_error()
frame.head(
    _("Review"),
    _("Cards come back just before you would forget them. Space shows the answer, 1 to 4 say how well you knew it."),
)
if queue.counts.cards:
    progress(queue.counts)
if queue.card is not None:
    ask(queue.card)
else:
    nothing_left(queue.counts)
comes_next(queue.counts, queue.coming)
if own:
    flashcards.own(viewer, own)
