"""What an offering is, when one can register and what it costs: changed, and not over somebody else's unseen."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import streamlit as st
from sqlalchemy.orm import Session

from learncraft import differing
from learncraft.accounts.viewer import Viewer
from learncraft.courses.teaching import decides_on
from learncraft.enrollment.registration import offerings
from learncraft.enrollment.registration.models import ProgramType
from learncraft.enrollment.registration.offerings import OfferingDraft
from learncraft.enrollment.registration.queries import OfferingView
from learncraft.language import Spoken, _
from pages.shared import meanwhile, moments, words
from pages.shared.meanwhile import Opened

PROGRAMS = Spoken(
    {
        ProgramType.COHORT: "A cohort",
        ProgramType.WORKSHOP: "A workshop",
        ProgramType.SELF_PACED: "At one's own pace",
    }
)


def drafted(one: OfferingView) -> OfferingDraft:
    """An offering to be changed; its form is changed apart."""
    return OfferingDraft(
        title=one.title,
        description=one.description,
        program_type=one.program_type,
        price=one.price,
        opens_at=one.opens_at,
        closes_at=one.closes_at,
        needs_review=one.needs_review,
        is_active=one.is_active,
        is_only_way=one.is_only_way,
    )


def change(viewer: Viewer, offering: OfferingView) -> None:
    """What it is, when one can register, what it costs."""
    there = drafted(offering)
    found = meanwhile.opened(viewer, f"offering-{offering.id}", there, _as_typed(there), field="title")

    def write(session: Session, meant: OfferingDraft, seen: OfferingDraft) -> None:
        offerings.save(session, viewer, meant, course_id=offering.course_id, offering_id=offering.id, seen=seen)

    with st.container(border=True, key="writing-offering"):
        draft = _ask(found, viewer.time_zone, decides=decides_on(viewer, offering.instructor_id))
        saves = st.button(_("Save"), type="primary", icon=":material/check:", key="save-offering")
        meanwhile.keep(found, _as_typed(draft))
    if saves:
        meanwhile.save(found, draft, write, _("Saved"))
    meanwhile.settle(found, there, lambda theirs, mine: _compare(theirs, mine, viewer.time_zone), write, _("Saved"))


def _compare(theirs: OfferingDraft, mine: OfferingDraft, time_zone: str) -> tuple[str, ...]:
    """Where two people's offerings differ."""

    def said(one: OfferingDraft) -> list[str]:
        yes = {True: _("Yes"), False: _("No")}
        when = [_("always") if at is None else words.exact(at, time_zone) for at in (one.opens_at, one.closes_at)]
        return [
            f"{_('Title')}: {one.title}",
            *(f"{_('What people should know')}: {line}" for line in one.description.splitlines()),
            f"{_('Kind')}: {PROGRAMS[one.program_type]}",
            f"{_('Registration opens')}: {when[0]}",
            f"{_('Registration closes')}: {when[1]}",
            f"{_('Price')}: {one.price}",
            f"{_('Somebody decides on each registration')}: {yes[one.needs_review]}",
            f"{_('It is offered')}: {yes[one.is_active]}",
            f"{_('The course can be joined by registration only')}: {yes[one.is_only_way]}",
        ]

    return differing.lines(said(theirs), said(mine))


def _as_typed(draft: OfferingDraft) -> dict[str, Any]:
    """An offering as its fields give it, in plain JSON."""
    opens, closes = (None if at is None else moments.shown(at).isoformat() for at in (draft.opens_at, draft.closes_at))
    return {
        "title": draft.title,
        "description": draft.description,
        "program_type": draft.program_type.value,
        "price": float(draft.price),
        "opens_at": opens,
        "closes_at": closes,
        "needs_review": draft.needs_review,
        "is_active": draft.is_active,
        "is_only_way": draft.is_only_way,
    }


def _ask(found: Opened[OfferingDraft], time_zone: str, *, decides: bool) -> OfferingDraft:
    """The fields of an offering, and what they mean."""
    one: dict[str, Any] = found.typed
    title = st.text_input(_("Title"), one["title"], max_chars=255, key=found.key("title"), live=True)
    description = st.text_area(
        _("What people should know"),
        one["description"],
        max_chars=offerings.LONGEST_DESCRIPTION,
        key=found.key("description"),
        help=_("Markdown. It stands on the public page."),
    )
    left, right = st.columns(2)
    opens, closes = (datetime.fromisoformat(one[name]) if one[name] else None for name in ("opens_at", "closes_at"))
    with left:
        program = st.selectbox(
            _("Kind"),
            list(PROGRAMS),
            index=list(PROGRAMS).index(ProgramType(one["program_type"])),
            format_func=PROGRAMS.__getitem__,
            key=found.key("program"),
        )
        opens = moments.field(_("Registration opens"), opens, found.key("opens"), time_zone)
    with right:
        price = st.number_input(
            _("Price"), 0.0, 99_999_999.0, one["price"], 1.0, key=found.key("price"), disabled=not decides
        )
        closes = moments.field(_("Registration closes"), closes, found.key("closes"), time_zone)
    st.caption(_("Times are those of {zone}. Empty: open at once, and always.", zone=time_zone))
    needs_review = st.toggle(
        _("Somebody decides on each registration"),
        one["needs_review"],
        key=found.key("review"),
        help=_("Off: who comes first gets a place, the others wait. Whoever was invited needs no decision."),
    )
    is_active = st.toggle(_("It is offered"), one["is_active"], key=found.key("active"))
    only_way = st.toggle(
        _("The course can be joined by registration only"),
        one["is_only_way"],
        key=found.key("only-way"),
        help=_("Holds for the course, whatever else is offered of it. Off: it can also be joined on its page."),
        disabled=not decides,
    )
    if not decides:
        st.caption(_("What the course costs, and how it is joined, its instructor decides."))
    return OfferingDraft(
        title=title,
        description=description,
        program_type=program,
        price=Decimal(str(price)).quantize(Decimal("0.01")),
        opens_at=opens,
        closes_at=closes,
        needs_review=needs_review,
        is_active=is_active,
        is_only_way=only_way,
    )
