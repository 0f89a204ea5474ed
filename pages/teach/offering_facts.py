"""What an offering is, when one can register and what it costs: changed, and not over somebody else's unseen."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

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
from pages.shared import meanwhile, words
from pages.shared.meanwhile import Opened

PROGRAMS = Spoken(
    {
        ProgramType.COHORT: "A cohort",
        ProgramType.WORKSHOP: "A workshop",
        ProgramType.SELF_PACED: "At one's own pace",
    }
)


def _moment(label: str, value: datetime | None, key: str, zone: ZoneInfo) -> datetime | None:
    """A moment in the viewer's time zone, or none."""
    given = st.datetime_input(label, value.astimezone(zone).replace(tzinfo=None) if value else None, key=key)
    return given.replace(tzinfo=zone).astimezone(UTC) if given else None


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
    found = meanwhile.opened(f"offering-{offering.id}", there, field="title")

    def write(session: Session, meant: OfferingDraft, seen: OfferingDraft) -> None:
        offerings.save(session, viewer, meant, course_id=offering.course_id, offering_id=offering.id, seen=seen)

    draft = _ask(found, viewer.time_zone, decides=decides_on(viewer, offering.instructor_id))
    if draft is not None:
        meanwhile.save(found, draft, write, _("Saved"))
    meanwhile.settle(found, there, lambda theirs, mine: _compare(theirs, mine, viewer.time_zone), write, _("Saved"))


def _compare(theirs: OfferingDraft, mine: OfferingDraft, time_zone: str) -> tuple[str, ...]:
    """Where two people's offerings differ."""

    def said(one: OfferingDraft) -> list[str]:
        yes = {True: _("Yes"), False: _("No")}
        when = [_("always") if at is None else words.moment(at, time_zone) for at in (one.opens_at, one.closes_at)]
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


def _ask(found: Opened[OfferingDraft], time_zone: str, *, decides: bool) -> OfferingDraft | None:
    """The fields of an offering, and what is meant once it is pressed."""
    one, zone = found.seen, ZoneInfo(time_zone)
    with st.form("offering"):
        title = st.text_input(_("Title"), one.title, max_chars=255, key=found.key("title"))
        description = st.text_area(
            _("What people should know"),
            one.description,
            max_chars=offerings.LONGEST_DESCRIPTION,
            key=found.key("description"),
            help=_("Markdown. It stands on the public page."),
        )
        left, right = st.columns(2)
        with left:
            program = st.selectbox(
                _("Kind"),
                list(PROGRAMS),
                index=list(PROGRAMS).index(one.program_type),
                format_func=PROGRAMS.__getitem__,
                key=found.key("program"),
            )
            opens = _moment(_("Registration opens"), one.opens_at, found.key("opens"), zone)
        with right:
            price = st.number_input(
                _("Price"), 0.0, 99_999_999.0, float(one.price), 1.0, key=found.key("price"), disabled=not decides
            )
            closes = _moment(_("Registration closes"), one.closes_at, found.key("closes"), zone)
        st.caption(_("Times are those of {zone}. Empty: open at once, and always.", zone=time_zone))
        needs_review = st.toggle(
            _("Somebody decides on each registration"),
            one.needs_review,
            key=found.key("review"),
            help=_("Off: who comes first gets a place, the others wait. Whoever was invited needs no decision."),
        )
        is_active = st.toggle(_("It is offered"), one.is_active, key=found.key("active"))
        only_way = st.toggle(
            _("The course can be joined by registration only"),
            one.is_only_way,
            key=found.key("only-way"),
            help=_("Holds for the course, whatever else is offered of it. Off: it can also be joined on its page."),
            disabled=not decides,
        )
        if not decides:
            st.caption(_("What the course costs, and how it is joined, its instructor decides."))
        if not st.form_submit_button(_("Save"), type="primary", icon=":material/check:"):
            return None
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
