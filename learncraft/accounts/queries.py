"""Reads about people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, cast, func, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from learncraft.accounts.errors import UserNotFoundError
from learncraft.accounts.letters import LetterKind, stopped
from learncraft.accounts.models import User, UserPreferences, UserRole

PAGE_SIZE = 50
MOST_COUNTED = 1_000
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class UserRow:
    """A person as the list of users shows them."""

    id: UUID
    email: str
    full_name: str
    role: UserRole
    is_active: bool
    created_at: datetime
    last_login_at: datetime | None


@dataclass(frozen=True, slots=True)
class UserPage:
    """One page of the list, and how many people match in all; MOST_COUNTED stands for that many or more."""

    users: list[UserRow]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person may change about themselves."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    bio: str
    picture: str | None
    has_password: bool
    oidc_issuer: str | None
    language: str
    theme: str
    time_zone: str
    letters_stopped: frozenset[LetterKind]


def by_email(session: Session, email: str, *, lock: bool = False) -> User | None:
    """The person with this address who may sign in: living and active."""
    found = select(User).where(User.email == email.strip().lower(), User.deleted_at.is_(None), User.is_active)
    return session.scalar(found.with_for_update() if lock else found)


def by_id(session: Session, user_id: UUID, *, lock: bool = False) -> User:
    """The living person, active or not.

    Raises:
        UserNotFoundError: there is none.
    """
    found = select(User).where(User.id == user_id, User.deleted_at.is_(None))
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    user = session.scalar(found)
    if user is None:
        raise UserNotFoundError
    return user


def lock(session: Session, user_id: UUID) -> User | None:
    """The person as they are after everybody who is changing them now."""
    found = select(User).where(User.id == user_id).with_for_update()
    return session.scalar(found.execution_options(populate_existing=True))


def address_is_taken(session: Session, email: str) -> bool:
    """Whether a living account, active or not, has the address."""
    return session.scalar(select(User.id).where(User.email == email, User.deleted_at.is_(None))) is not None


def language_of(session: Session, email: str) -> str | None:
    """The language of the person with this address; None when nobody has it."""
    return session.scalar(
        select(UserPreferences.language)
        .join(User, User.id == UserPreferences.user_id)
        .where(User.email == email, User.deleted_at.is_(None))
    )


def time_zone_of(session: Session, user_id: UUID) -> str:
    """By whose clocks a person reads times; UTC until they have said."""
    found = session.scalar(select(UserPreferences.time_zone).where(UserPreferences.user_id == user_id))
    return found or "UTC"


def profile(session: Session, user_id: UUID) -> Profile:
    """The person's own profile and preferences.

    Raises:
        UserNotFoundError: the account was closed.
    """
    row = session.execute(
        select(User, UserPreferences)
        .outerjoin(UserPreferences, UserPreferences.user_id == User.id)
        .where(User.id == user_id, User.deleted_at.is_(None))
    ).one_or_none()
    if row is None:
        raise UserNotFoundError
    user, likes = row
    return Profile(
        id=user.id,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        bio=user.bio or "",
        picture=user.avatar_url,
        has_password=user.password_hash is not None,
        oidc_issuer=user.oidc_issuer,
        language=likes.language if likes else "en",
        theme=likes.theme if likes else "system",
        time_zone=likes.time_zone if likes else "UTC",
        letters_stopped=stopped(likes),
    )


def list_users(session: Session, *, search: str = "", role: UserRole | None = None, page: int = 1) -> UserPage:
    """Living accounts in whose name or address each word of `search` begins a word, the newest first. Two queries.

    Up to MOST_COUNTED are counted and can be paged through: further down a narrower search finds more.
    """
    conditions: list[ColumnElement[bool]] = [User.deleted_at.is_(None)]
    if role is not None:
        conditions.append(User.role == role)
    if search.strip():
        words = _WORD.findall(search[:500].encode("utf-8", "ignore").decode("utf-8").lower())[:5]
        if not words:
            return UserPage([], 0, 1)
        beginnings = " & ".join(f"'{word}':*" for word in words)
        conditions.append(User.search_vector.bool_op("@@")(cast(beginnings, TSQUERY)))
    counted = select(User.id).where(*conditions).limit(MOST_COUNTED).subquery()
    total = session.scalar(select(func.count()).select_from(counted)) or 0
    shown = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    users = session.scalars(
        select(User)
        .where(*conditions)
        .order_by(User.created_at.desc(), User.id.desc())
        .limit(PAGE_SIZE)
        .offset((shown - 1) * PAGE_SIZE)
    )
    rows = [
        UserRow(user.id, user.email, user.full_name, user.role, user.is_active, user.created_at, user.last_login_at)
        for user in users
    ]
    return UserPage(rows, total, shown)


def lock_active_admins(session: Session) -> list[UUID]:
    """The system admins who can sign in, locked in one order so that two can't remove each other."""
    return list(
        session.scalars(
            select(User.id)
            .where(User.role == UserRole.SYSTEM_ADMIN, User.is_active, User.deleted_at.is_(None))
            .order_by(User.id)
            .with_for_update()
        )
    )
