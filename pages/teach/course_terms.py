"""On which terms people join a course: for who decides on it, and not over somebody else's unseen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from learncraft import differing, runtime
from learncraft.accounts.viewer import Viewer
from learncraft.authoring import details as service
from learncraft.authoring.queries import BuiltCourse
from learncraft.authoring.shapes import Offer
from learncraft.errors import LearnCraftError
from learncraft.language import _
from pages.shared import meanwhile
from pages.teach.course_fields import ask_offer


def change(viewer: Viewer, course: BuiltCourse, offer: Offer, choices: dict[UUID, str]) -> None:
    """The fields of the terms, and what becomes of them."""
    began = as_typed(offer.model_dump(), choices)
    found = meanwhile.opened(viewer, f"terms-{course.id}", offer, began, field="price")
    with st.container(border=True):
        st.subheader(_("Price, seats and certificate"), anchor=False)
        st.caption(_("Holds at once for those who join from now on."))
        terms = ask_offer(known(found.typed), choices, found.loading)
        sets = st.button(_("Save the terms"), type="primary", key="save-terms")
        meanwhile.keep(found, as_typed(terms, choices))

    def write(session: Session, meant: Offer, seen: Offer) -> None:
        service.change_offer(session, viewer, course.id, meant, seen=seen)

    def compare(theirs: Offer, mine: Offer) -> tuple[str, ...]:
        return differing.lines(_said(theirs, choices), _said(mine, choices))

    if sets:
        try:
            meant = service.read_offer(terms)
        except LearnCraftError as error:
            st.error(str(error), icon=":material/error:")
        else:
            meanwhile.save(found, meant, write, _("The terms are saved"))
    meanwhile.settle(found, offer, compare, write, _("The terms are saved"))


def as_typed(terms: dict[str, Any], choices: dict[UUID, str]) -> dict[str, Any]:
    """Terms as their fields give them, in plain JSON."""
    average = terms["least_average"]
    return terms | {
        "price": float(terms["price"]),
        "required_courses": [str(one) for one in terms["required_courses"] if one in choices],
        "least_average": None if average is None else float(average),
    }


def known(typed: dict[str, Any]) -> Offer:
    """What the fields begin with, checked or not."""
    return Offer.model_construct(**typed | {"required_courses": tuple(map(UUID, typed["required_courses"]))})


def _said(offer: Offer, choices: dict[UUID, str]) -> Iterator[str]:
    currency = runtime.current().settings.currency
    yield f"{_('Price in {currency}', currency=currency)}: {offer.price}"
    yield f"{_('Opened by a subscription')}: {offer.tier or _('No, sold by itself only')}"
    yield f"{_('Seats, empty for any number')}: {offer.max_students or ''}"
    yield from (f"{_('Courses to finish before')}: {choices.get(one, one)}" for one in offer.required_courses)
    yield f"{_('Finishing it gives a certificate')}: {_('Yes') if offer.gives_certificate else _('No')}"
    average = "" if offer.least_average is None else offer.least_average
    yield f"{_('Least average of graded work in %, empty for none')}: {average}"
