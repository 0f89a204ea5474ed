"""What stands in the address of a page, read with care."""

from __future__ import annotations

from uuid import UUID


def uuid_of(text: str | None) -> UUID | None:
    """The identifier that an address holds, or None when it holds none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
