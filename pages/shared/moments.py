"""Moments that people type: a day and a time in their own time zone, and what becomes of hours that clocks skip."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from learncraft.language import _
from pages.shared import words


def field(label: str, value: datetime | None, key: str, time_zone: str) -> datetime | None:
    """A day and a time as the clocks of a time zone show it, and the moment that it means; none when it is empty.

    What isn't touched stays the moment that it was: the field can't tell the two of an hour that comes twice.
    """
    zone = ZoneInfo(time_zone)
    begins = None if value is None else shown(value).astimezone(zone).replace(tzinfo=None, fold=0)
    typed = st.datetime_input(label, begins, key=key)
    if typed is None:
        return None
    if value is not None and typed == begins:
        return value
    at = meant(typed, zone)
    if sentence := remark(typed, at, zone):
        st.caption(f":material/schedule: {sentence}")
    return at


def shown(value: datetime) -> datetime:
    """A moment as fields show it: without seconds, the same for everybody."""
    return value.astimezone(UTC).replace(second=0, microsecond=0)


def meant(typed: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks of a time zone show what was typed: of two the first, of none the one after."""
    return typed.replace(tzinfo=zone, fold=0).astimezone(UTC)


def remark(typed: datetime, at: datetime, zone: ZoneInfo) -> str:
    """What to know of a time on a day when clocks change; nothing on any other."""
    local = at.astimezone(zone)
    if local.replace(tzinfo=None) != typed:
        return _("Clocks skip this hour. It means {moment}.", moment=words.exact(at, zone.key))
    again = typed.replace(tzinfo=zone, fold=1).utcoffset()
    if again != local.utcoffset():
        return _("Clocks show this hour twice. The first is meant.")
    return ""
