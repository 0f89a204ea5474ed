"""On which terms people join a course: for who decides on it, and not over somebody else's unseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from learncraft import differing, runtime
from learncraft.accounts.viewer import Viewer
from learncraft.authoring import details as service
from learncraft.authoring.errors import TermsChangedError
from learncraft.authoring.queries import BuiltCourse
from learncraft.authoring.shapes import Offer
from learncraft.db import new_id
from learncraft.errors import LearnCraftError
from learncraft.language import _
from pages.shared import frame, meanwhile, people
from pages.teach.course_fields import ask_offer


@dataclass(frozen=True, slots=True)
class Held:
    """The terms that the fields began with, and those that were meant when somebody else was faster."""

    seen: Offer
    loading: UUID
    meant: Offer | None = None


def change(viewer: Viewer, course: BuiltCourse, offer: Offer, choices: dict[UUID, str]) -> None:
    """The fields of the terms, and what becomes of them."""
    memory = f"terms-{course.id}"
    held: Held | None = st.session_state.get(memory)
    if held is None or f"price-{held.loading}" not in st.session_state:  # the page was just opened
        held = st.session_state[memory] = Held(offer, new_id())
    with st.form("offer", enter_to_submit=False):
        st.subheader(_("Price, seats and certificate"), anchor=False)
        st.caption(_("Holds at once for those who join from now on."))
        terms = ask_offer(held.seen, choices, str(held.loading))
        sets = st.form_submit_button(_("Save the terms"), type="primary")
    if sets:
        try:
            meant = service.read_offer(terms)
        except LearnCraftError as error:
            st.error(str(error), icon=":material/error:")
            return
        _save(viewer, course, memory, held, meant, seen=held.seen)
    elif held.meant is not None:
        lines = differing.lines(_said(offer, choices), _said(held.meant, choices))
        choice = meanwhile.choose(str(TermsChangedError()), lines, name="terms")
        if choice == "mine":
            _save(viewer, course, memory, held, held.meant, seen=offer)
        elif choice == "theirs":
            st.session_state[memory] = Held(offer, new_id())
            st.rerun()


def _save(viewer: Viewer, course: BuiltCourse, memory: str, held: Held, offer: Offer, *, seen: Offer) -> None:
    try:
        with runtime.current().database.transaction(people.acting()) as session:
            service.change_offer(session, viewer, course.id, offer, seen=seen)
    except TermsChangedError:
        st.session_state[memory] = Held(held.seen, held.loading, offer)
    except LearnCraftError as error:
        st.error(str(error), icon=":material/error:")
        return
    else:
        st.session_state[memory] = Held(offer, new_id())
        frame.notify(_("The terms are saved"))
    st.rerun()


def _said(offer: Offer, choices: dict[UUID, str]) -> Iterator[str]:
    currency = runtime.current().settings.currency
    yield f"{_('Price in {currency}', currency=currency)}: {offer.price}"
    yield f"{_('Opened by a subscription')}: {offer.tier or _('No, sold by itself only')}"
    yield f"{_('Seats, empty for any number')}: {offer.max_students or ''}"
    yield from (f"{_('Courses to finish before')}: {choices.get(one, one)}" for one in offer.required_courses)
    yield f"{_('Finishing it gives a certificate')}: {_('Yes') if offer.gives_certificate else _('No')}"
    average = "" if offer.least_average is None else offer.least_average
    yield f"{_('Least average of graded work in %, empty for none')}: {average}"
