"""What those who teach tell everybody of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.accounts.errors import InvalidProfileError
from learncraft.accounts.models import Tutor

MOST_SUBJECTS = 12


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """One line, subjects and an address. The text and the picture are those of the person."""

    headline: str = ""
    subjects: tuple[str, ...] = ()
    website: str = ""
    is_public: bool = True


def of(session: Session, user_id: UUID) -> PublicProfile:
    """What a person tells of themselves; nothing when they never did. One query."""
    row = session.execute(
        select(Tutor.headline, Tutor.specialization, Tutor.website_url, Tutor.is_public).where(Tutor.user_id == user_id)
    ).one_or_none()
    return PublicProfile() if row is None else PublicProfile(row[0] or "", tuple(row[1]), row[2] or "", row[3])


def save(
    session: Session, user_id: UUID, *, headline: str, subjects: Sequence[str], website: str, is_public: bool
) -> None:
    """Keep what a person tells of themselves.

    Raises:
        InvalidProfileError: a text is too long, or the address is none that a browser opens.
    """
    line = " ".join(headline.replace("\0", "").split())
    if len(line) > 200:
        raise InvalidProfileError("headline", "The line under your name has room for 200 characters.")
    named = list(dict.fromkeys(" ".join(one.split()) for one in subjects if one.strip()))
    if len(named) > MOST_SUBJECTS or any(len(one) > 60 for one in named):
        raise InvalidProfileError(
            "subjects",
            "Name at most {most} subjects, each with at most 60 characters.",
            most=MOST_SUBJECTS,
        )
    address = website.strip()
    if address and not _is_web_address(address):
        raise InvalidProfileError("website", "Type the whole address of your page, such as https://example.org.")
    values = {
        "headline": line or None,
        "specialization": named,
        "website_url": address or None,
        "is_public": is_public,
    }
    session.execute(
        insert(Tutor).values(user_id=user_id, **values).on_conflict_do_update(index_elements=["user_id"], set_=values)
    )


def _is_web_address(text: str) -> bool:
    try:
        parsed = urlsplit(text)
    except ValueError:
        return False
    return parsed.scheme in {"http", "https"} and bool(parsed.hostname) and text.isprintable() and len(text) <= 500
