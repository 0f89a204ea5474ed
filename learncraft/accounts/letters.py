"""Which letters a person gets, and the link in each that stops its kind. What is needed to come in always goes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.errors import LinkExpiredError
from learncraft.accounts.models import User, UserPreferences, UserRole
from learncraft.language import SOURCE, Spoken


class LetterKind(StrEnum):
    """What letters that nobody has to get are about."""

    MENTIONS = "mentions"
    REPLIES = "replies"
    CERTIFICATES = "certificates"
    COURSES = "courses"
    WEEKLY = "weekly"


KINDS = Spoken(
    {
        LetterKind.MENTIONS: "Somebody names me in a discussion",
        LetterKind.REPLIES: "Somebody replies to what I began",
        LetterKind.CERTIFICATES: "I have earned a certificate",
        LetterKind.COURSES: "Courses that I build or review: steps of a review, remarks, who helps",
        LetterKind.WEEKLY: "Every Monday: the courses that I teach",
    }
)
FOR_TEACHERS = frozenset({LetterKind.COURSES, LetterKind.WEEKLY})


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody whom a letter goes to, and the language that it is in."""

    id: UUID
    email: str
    first_name: str
    role: UserRole
    language: str


def stopped(likes: UserPreferences | None) -> frozenset[LetterKind]:
    """The kinds that a person doesn't want."""
    if likes is None:
        return frozenset()
    if not likes.email_notifications:
        return frozenset(LetterKind)
    extra = likes.extra or {}
    weekly = {LetterKind.WEEKLY} if extra.get("weekly_letter") is False else set()
    return frozenset(kind for kind in LetterKind if kind in extra.get("letters_off", ())) | weekly


def reader(session: Session, user_id: UUID, kind: LetterKind) -> Reader | None:
    """A person as letters of this kind need to know them; None for who wants none, or whose account is closed."""
    row = session.execute(
        select(User, UserPreferences)
        .outerjoin(UserPreferences, UserPreferences.user_id == User.id)
        .where(User.id == user_id, User.is_active, User.deleted_at.is_(None))
    ).one_or_none()
    if row is None or kind in stopped(row[1]):
        return None
    user, likes = row
    return Reader(user.id, user.email, user.first_name, user.role, likes.language if likes else SOURCE)


def choose(session: Session, user_id: UUID, wanted: set[LetterKind]) -> None:
    """Let a person have letters of these kinds, and no others."""
    likes = _likes(session, user_id)
    if likes is None:
        likes = UserPreferences(user_id=user_id)
        session.add(likes)
    off = sorted(kind.value for kind in LetterKind if kind not in wanted)
    likes.email_notifications = True
    likes.extra = (likes.extra or {}) | {"letters_off": off, "weekly_letter": LetterKind.WEEKLY in wanted}
    session.flush()


def stop(session: Session, user_id: UUID, kind: LetterKind) -> None:
    """Write a person no more letters of this kind. Doing it twice changes nothing."""
    choose(session, user_id, set(LetterKind) - stopped(_likes(session, user_id)) - {kind})


def _likes(session: Session, user_id: UUID) -> UserPreferences | None:
    return session.scalar(select(UserPreferences).where(UserPreferences.user_id == user_id))


class StopLinks:
    """Makes and reads the tokens of links that stop letters; they hold as long as the letter is kept."""

    def __init__(self, secret: str) -> None:
        digest = {"digest_method": hashlib.sha256}
        self._serializer = URLSafeSerializer(secret, salt="learncraft.letters", signer_kwargs=digest)

    def path(self, user_id: UUID, kind: LetterKind) -> str:
        """Where a person stops letters of a kind."""
        return f"/letters/stop/{self._serializer.dumps([user_id.hex, kind.value])!s}"

    def read(self, token: str) -> tuple[UUID, LetterKind]:
        """Raises: LinkExpiredError: it isn't one of ours."""
        try:
            content: Any = self._serializer.loads(token)
            user_id, kind = content
            return UUID(hex=user_id), LetterKind(kind)
        except (BadData, ValueError, TypeError, AttributeError):
            raise LinkExpiredError from None
