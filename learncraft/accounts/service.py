"""Actions on accounts. `entering` has the ways in; `sessions` has what follows a sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from learncraft.accounts import passwords, queries, sessions
from learncraft.accounts.entering import authenticate, from_oidc, make_sign_in_link, sign_in_by_link
from learncraft.accounts.errors import (
    AddressTakenError,
    InvalidProfileError,
    LastAdminError,
    LinkExpiredError,
    WrongPasswordError,
)
from learncraft.accounts.models import User, UserPreferences, UserRole
from learncraft.accounts.profiles import check_preferences, clean_email, clean_name
from learncraft.accounts.queries import list_users
from learncraft.accounts.tokens import Newcomer, OneTimeLinks, password_fingerprint
from learncraft.db import new_id

__all__ = [
    "activate",
    "authenticate",
    "change_password",
    "confirm_sign_up",
    "create_user",
    "deactivate",
    "from_oidc",
    "has_account",
    "list_users",
    "make_sign_in_link",
    "note_language",
    "read_reset",
    "read_sign_up",
    "request_reset",
    "request_sign_up",
    "reset_password",
    "set_role",
    "sign_in_by_link",
    "update_preferences",
    "update_profile",
]


@dataclass(frozen=True, slots=True)
class Message:
    """What to tell an address by mail: a link to go on, or that there is an account already."""

    to: str
    first_name: str
    token: str | None
    language: str | None = None  # of the account; where there is none yet, whoever asks reads the answer


def create_user(
    session: Session,
    *,
    email: str,
    first_name: str,
    last_name: str = "",
    password: str | None = None,
    role: UserRole = UserRole.LEARNER,
    is_email_verified: bool = False,
) -> User:
    """Make an account with its preferences. Without a password the person comes in by link or organisation.

    Raises:
        InvalidProfileError: the name or the address can't be kept.
        WeakPasswordError: the password breaks the rule.
        AddressTakenError: somebody has the address.
    """
    address = clean_email(email)
    if password is not None:
        passwords.check_new(password, email=address)
    user = User(
        id=new_id(),
        email=address,
        first_name=clean_name(first_name, "first_name"),
        last_name=clean_name(last_name, "last_name", required=False),
        password_hash=None if password is None else passwords.hash_password(password),
        role=role,
        is_email_verified=is_email_verified,
    )
    try:
        with session.begin_nested():
            session.add(user)
            session.flush()
            session.add(UserPreferences(user_id=user.id, theme="system"))
    except IntegrityError as error:
        raise AddressTakenError(address) from error
    return user


def has_account(session: Session, email: str) -> bool:
    """Whether somebody has an account with the address."""
    return queries.address_is_taken(session, email)


def request_sign_up(session: Session, links: OneTimeLinks, newcomer: Newcomer) -> Message:
    """What to send to somebody who asks for an account: the link, or word that they have one."""
    if queries.address_is_taken(session, newcomer.email):
        return Message(newcomer.email, newcomer.first_name, None, queries.language_of(session, newcomer.email))
    return Message(newcomer.email, newcomer.first_name, links.sign_up(newcomer))


def read_sign_up(session: Session, links: OneTimeLinks, token: str) -> Newcomer:
    """Whose sign-up link this is, as long as it can be used.

    Raises:
        LinkExpiredError: it is too old or not ours, or the account was made.
    """
    newcomer = links.read_sign_up(token)
    if queries.address_is_taken(session, newcomer.email):
        raise LinkExpiredError
    return newcomer


def confirm_sign_up(session: Session, links: OneTimeLinks, token: str, *, password: str) -> User:
    """Make the account of a sign-up link. The password comes now, so nobody can choose it for another's mailbox.

    Raises:
        LinkExpiredError: it is too old or not ours, or the account was made.
        WeakPasswordError: the password breaks the rule.
    """
    newcomer = read_sign_up(session, links, token)
    try:
        return create_user(
            session,
            email=newcomer.email,
            first_name=newcomer.first_name,
            last_name=newcomer.last_name,
            password=password,
            is_email_verified=True,
        )
    except AddressTakenError:
        raise LinkExpiredError from None


def request_reset(session: Session, links: OneTimeLinks, email: str) -> Message | None:
    """What to send to somebody who forgot the password; nothing when no living account has the address."""
    user = queries.by_email(session, email)
    if user is None:
        return None
    return Message(user.email, user.first_name, links.reset(user), queries.language_of(session, user.email))


def read_reset(session: Session, links: OneTimeLinks, token: str) -> str:
    """The address of the person whose reset link this is, as long as it can be used.

    Raises:
        LinkExpiredError: it is too old, was used, or is not ours.
    """
    bound = links.read_reset(token)
    user = session.get(User, bound.user_id)
    if user is None or not _may_enter(user) or password_fingerprint(user) != bound.fingerprint:
        raise LinkExpiredError
    return user.email


def reset_password(session: Session, links: OneTimeLinks, token: str, *, password: str) -> User:
    """Set the password of a reset link's person and end all their sign-ins.

    Raises:
        LinkExpiredError: it is too old, was used, or is not ours.
        WeakPasswordError: the password breaks the rule; the link stays good.
    """
    bound = links.read_reset(token)
    # Locked, so that of two clicks at once the second sees the first one's password, and with it a used link.
    user = queries.lock(session, bound.user_id)
    if user is None or not _may_enter(user) or password_fingerprint(user) != bound.fingerprint:
        raise LinkExpiredError
    passwords.check_new(password, email=user.email)
    user.password_hash = passwords.hash_password(password)
    user.is_email_verified = True
    sessions.revoke_all(session, user.id, reason="password_changed")
    session.flush()
    return user


def change_password(
    session: Session, user_id: UUID, *, current: str, new: str, keep_family: UUID | None = None
) -> None:
    """Set a new password for somebody who knows the old one, and end their other sign-ins.

    Raises:
        WrongPasswordError: the current password is not right.
        WeakPasswordError: the new one breaks the rule.
    """
    user = queries.by_id(session, user_id, lock=True)
    right, _ = passwords.verify(current, user.password_hash)
    if not right:
        raise WrongPasswordError
    passwords.check_new(new, email=user.email)
    user.password_hash = passwords.hash_password(new)
    sessions.revoke_all(session, user.id, except_family=keep_family, reason="password_changed")
    session.flush()


def update_profile(session: Session, user_id: UUID, *, first_name: str, last_name: str, bio: str | None = None) -> None:
    """Change how a person is shown to others.

    Raises:
        InvalidProfileError: a name can't be kept.
    """
    user = queries.by_id(session, user_id, lock=True)
    user.first_name = clean_name(first_name, "first_name")
    user.last_name = clean_name(last_name, "last_name", required=False)
    if bio is not None:
        if len(bio) > 2000:
            raise InvalidProfileError("bio", "The text about you has room for 2,000 characters.")
        user.bio = bio.replace("\0", "").strip() or None
    session.flush()


def update_preferences(
    session: Session,
    user_id: UUID,
    *,
    language: str | None = None,
    theme: str | None = None,
    time_zone: str | None = None,
    email_notifications: bool | None = None,
    weekly_letter: bool | None = None,
) -> None:
    """Change what is given; None leaves it.

    Raises:
        InvalidProfileError: an unknown language, theme or time zone.
    """
    check_preferences(language=language, theme=theme, time_zone=time_zone)
    user = queries.by_id(session, user_id, lock=True)
    likes = session.scalar(select(UserPreferences).where(UserPreferences.user_id == user.id))
    if likes is None:
        likes = UserPreferences(user_id=user.id)
        session.add(likes)
    given = {
        "language": language,
        "theme": theme,
        "time_zone": time_zone,
        "email_notifications": email_notifications,
    }
    for name, value in given.items():
        if value is not None:
            setattr(likes, name, value)
    kept = {"weekly_letter": weekly_letter, "language_is_chosen": None if language is None else True}
    if any(value is not None for value in kept.values()):
        likes.extra = (likes.extra or {}) | {name: value for name, value in kept.items() if value is not None}
    session.flush()


def note_language(session: Session, user_id: UUID, language: str) -> None:
    """Remember the language that a person came in with, for pages and letters, unless they have chosen one."""
    likes = session.scalar(select(UserPreferences).where(UserPreferences.user_id == user_id))
    if likes is not None and not (likes.extra or {}).get("language_is_chosen"):
        likes.language = language
        session.flush()


def set_role(session: Session, user_id: UUID, role: UserRole) -> None:
    """Change what a person may do. It counts from their next click.

    Raises:
        LastAdminError: nobody would be left who can.
    """
    admins = queries.lock_active_admins(session)
    user = queries.by_id(session, user_id, lock=True)
    if role is not UserRole.SYSTEM_ADMIN and admins == [user.id]:
        raise LastAdminError
    user.role = role
    session.flush()


def deactivate(session: Session, user_id: UUID) -> None:
    """Close the door to a person and end their sign-ins; what they did stays.

    Raises:
        LastAdminError: nobody would be left who can open it again.
    """
    admins = queries.lock_active_admins(session)
    user = queries.by_id(session, user_id, lock=True)
    if admins == [user.id]:
        raise LastAdminError
    user.is_active = False
    sessions.revoke_all(session, user.id)
    session.flush()


def activate(session: Session, user_id: UUID) -> None:
    """Let a person in again."""
    queries.by_id(session, user_id, lock=True).is_active = True
    session.flush()


def _may_enter(user: User) -> bool:
    return user.is_active and user.deleted_at is None
