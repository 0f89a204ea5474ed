"""A cohort of an offering: made or changed in a dialog, kept while it is typed, and not over somebody else's unseen."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from learncraft import differing
from learncraft.accounts.viewer import Viewer
from learncraft.enrollment.registration import offerings, queries
from learncraft.enrollment.registration.offerings import CohortDraft
from learncraft.enrollment.registration.queries import CohortView
from learncraft.language import _, dates
from pages.shared import frame, meanwhile
from pages.shared.meanwhile import Opened


def change(viewer: Viewer, offering_id: UUID, cohort_id: UUID | None) -> None:
    """Ask for all that a cohort is; without an identifier it is a new one."""
    st.dialog(_("A cohort"))(_change)(viewer, offering_id, cohort_id)


def place(offering_id: UUID, cohort_id: UUID | None) -> str:
    """Where what is typed of a cohort is kept."""
    return f"{meanwhile.PLACE}{_name(offering_id, cohort_id)}"


def _name(offering_id: UUID, cohort_id: UUID | None) -> str:
    return f"cohort-{cohort_id or f'of {offering_id}'}"


def _change(viewer: Viewer, offering_id: UUID, cohort_id: UUID | None) -> None:
    with frame.reading() as session:  # anew with each run of the dialog: somebody else may be faster
        offering = frame.require(queries.taught_offering(session, viewer, offering_id), what="offering")
    there = next((_drafted(one) for one in offering.cohorts if one.id == cohort_id), None)
    name = _name(offering_id, cohort_id)
    usual = CohortDraft("", date.today(), capacity=20)  # noqa: DTZ011 - a day of the author's calendar
    began = _as_typed(there or usual)
    found = meanwhile.opened(viewer, name, there, began, field="cohort-name", in_dialog=True)
    given = _ask(found)

    def write(session: Session, meant: CohortDraft | None, seen: CohortDraft | None) -> None:
        assert meant is not None
        offerings.save_cohort(session, viewer, meant, offering_id=offering_id, cohort_id=cohort_id, seen=seen)

    done = _("Saved. Whoever waits moves up where places are free")
    saves = st.button(_("Save"), type="primary", icon=":material/check:", key="cohort-save")
    meanwhile.keep(found, given)
    if saves:
        meanwhile.save(found, _meant(given), write, done)
    meanwhile.settle(found, there, _compare, write, done)


def _drafted(one: CohortView) -> CohortDraft:
    return CohortDraft(one.name, one.start_date, one.end_date, one.capacity, one.batch_size, one.is_active)


def _as_typed(draft: CohortDraft) -> dict[str, Any]:
    """A cohort as its fields give it, in plain JSON."""
    return {
        "name": draft.name,
        "start": draft.start_date.isoformat(),
        "end": draft.end_date.isoformat() if draft.end_date else None,
        "capacity": draft.capacity,
        "batch": draft.batch_size,
        "active": draft.is_active,
    }


def _ask(found: Opened[CohortDraft | None]) -> dict[str, Any]:
    one: dict[str, Any] = found.typed
    with st.container(key=f"writing-{found.name}"):
        name = st.text_input(_("Name"), one["name"], max_chars=255, key=found.key("cohort-name"), live=True)
    left, right = st.columns(2)
    start = left.date_input(_("Begins"), date.fromisoformat(one["start"]), key=found.key("start"))
    last = date.fromisoformat(one["end"]) if one["end"] else None
    end = right.date_input(_("Ends"), last, key=found.key("end"))
    capacity = left.number_input(_("Places"), 1, 1_000_000, one["capacity"], key=found.key("places"))
    batch = right.number_input(_("Size of a batch"), 1, 10_000, one["batch"], key=found.key("batch"))
    st.caption(_("Empty places: no limit. Batches are groups within the cohort, numbered as people come."))
    is_active = st.toggle(_("It takes place"), one["active"], key=found.key("active"))
    return {
        "name": name,
        "start": start.isoformat(),
        "end": end.isoformat() if end else None,
        "capacity": int(capacity) if capacity else None,
        "batch": int(batch) if batch else None,
        "active": is_active,
    }


def _meant(given: dict[str, Any]) -> CohortDraft:
    return CohortDraft(
        given["name"],
        date.fromisoformat(given["start"]),
        date.fromisoformat(given["end"]) if given["end"] else None,
        given["capacity"],
        given["batch"],
        given["active"],
    )


def _compare(theirs: CohortDraft | None, mine: CohortDraft | None) -> tuple[str, ...]:
    """Where two people's cohorts differ."""

    def said(one: CohortDraft | None) -> list[str]:
        if one is None:
            return []
        return [
            f"{_('Name')}: {one.name}",
            f"{_('Begins')}: {dates.day(one.start_date)}",
            f"{_('Ends')}: {dates.day(one.end_date) if one.end_date else ''}",
            f"{_('Places')}: {one.capacity or ''}",
            f"{_('Size of a batch')}: {one.batch_size or ''}",
            f"{_('It takes place')}: {_('Yes') if one.is_active else _('No')}",
        ]

    return differing.lines(said(theirs), said(mine))
