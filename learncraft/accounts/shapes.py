"""The documented shapes of the JSONB columns about people."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, JsonValue, RootModel


class AuditValues(RootModel[dict[str, JsonValue]]):
    """Column names with their values, only those that an action changed."""


class Preferences(BaseModel):
    """What a person set beyond the columns; a feature adds its key here."""

    model_config = ConfigDict(extra="allow")

    language_is_chosen: bool | None = None  # by the person; else it is what their browser asked for last
    letters_off: list[str] | None = None  # kinds of letters that aren't wanted
    weekly_letter: bool | None = None  # about the courses that one teaches; none is yes


class Availability(BaseModel):
    """When a person who teaches can be met: lines such as 'Mondays 14:00 to 16:00'."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hours: tuple[str, ...] = ()
    note: str = Field(default="", max_length=500)
