"""The ways in: password, one-time link, the organisation's own sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from learncraft import events
from learncraft.accounts import passwords, queries
from learncraft.accounts.errors import (
    InvalidProfileError,
    LinkExpiredError,
    OrganisationSignInError,
    UserNotFoundError,
)
from learncraft.accounts.models import User, UserPreferences
from learncraft.accounts.profiles import clean_email, clean_name
from learncraft.accounts.tokens import OneTimeLinks, sign_in_fingerprint
from learncraft.db import new_id


def authenticate(session: Session, email: str, password: str) -> User | None:
    """The person, if the password is theirs. A closed or unknown account gets the same answer after the same work."""
    user = queries.by_email(session, email)
    right, better = passwords.verify(password, user.password_hash if user else None)
    if user is None or not right:
        return None
    if better is not None:
        user.password_hash = better
    welcome(session, user, method="password")
    return user


def make_sign_in_link(session: Session, links: OneTimeLinks, email: str) -> str:
    """The token of a link that signs a person in once, within 15 minutes.

    Raises:
        UserNotFoundError: no living, active account has the address.
    """
    user = queries.by_email(session, email)
    if user is None:
        raise UserNotFoundError
    return links.sign_in(user)


def sign_in_by_link(session: Session, links: OneTimeLinks, token: str) -> User:
    """Take a sign-in link.

    Raises:
        LinkExpiredError: it is too old, was used, or is not ours.
    """
    bound = links.read_sign_in(token)
    # Locked, so that of two clicks at once the second sees the first one's sign-in, and with it a used link.
    user = queries.lock(session, bound.user_id)
    if user is None or not user.is_active or user.deleted_at is not None:
        raise LinkExpiredError
    if sign_in_fingerprint(user) != bound.fingerprint:
        raise LinkExpiredError
    welcome(session, user, method="link")
    return user


def from_oidc(session: Session, *, issuer: str, subject: str, claims: Mapping[str, Any]) -> User:
    """The person whom the organisation vouches for: known, linked by a confirmed address, or new.

    Raises:
        OrganisationSignInError: the account is closed, or the organisation gave no address that it has confirmed.
    """
    user = _by_subject(session, issuer, subject) or _linked(session, issuer, subject, claims)
    if user is None:
        try:
            with session.begin_nested():
                user = _newcomer(session, issuer, subject, claims)
        except IntegrityError:  # the same person in two tabs; the other one was first
            user = _by_subject(session, issuer, subject)
    if user is None or not user.is_active:
        raise OrganisationSignInError("This account is closed. Ask the administrators here to open it again.")
    welcome(session, user, method="oidc")
    return user


def welcome(session: Session, user: User, *, method: str) -> None:
    """Note that a person came in."""
    user.last_login_at = datetime.now(UTC)
    events.record(session, "signed_in", user.id, data={"method": method})
    session.flush()


def _by_subject(session: Session, issuer: str, subject: str) -> User | None:
    return session.scalar(
        select(User).where(User.oidc_issuer == issuer, User.oidc_subject == subject, User.deleted_at.is_(None))
    )


def _linked(session: Session, issuer: str, subject: str, claims: Mapping[str, Any]) -> User | None:
    """Tie an account with the same address to the organisation's person."""
    user = session.scalar(
        select(User).where(User.email == _confirmed_address(claims), User.deleted_at.is_(None)).with_for_update()
    )
    if user is None:
        return None
    if user.oidc_subject is not None and user.oidc_issuer == issuer:
        # Another of the organisation's people had the address before: theirs is not for the next one to open.
        raise OrganisationSignInError("Another person of your organisation has an account with your address here.")
    user.oidc_issuer, user.oidc_subject, user.is_email_verified = issuer, subject, True
    session.flush()
    return user


def _newcomer(session: Session, issuer: str, subject: str, claims: Mapping[str, Any]) -> User:
    email = _confirmed_address(claims)
    first = str(claims.get("given_name") or claims.get("name") or email.partition("@")[0])
    try:
        names = (
            clean_name(first[:100], "first_name"),
            clean_name(str(claims.get("family_name") or "")[:100], "last_name", required=False),
        )
    except InvalidProfileError:
        names = email.partition("@")[0], ""
    user = User(
        id=new_id(),
        email=email,
        first_name=names[0],
        last_name=names[1],
        oidc_issuer=issuer,
        oidc_subject=subject,
        is_email_verified=True,
    )
    session.add(user)
    session.flush()
    session.add(UserPreferences(user_id=user.id, theme="system"))
    session.flush()
    return user


def _confirmed_address(claims: Mapping[str, Any]) -> str:
    """The address, if the organisation says that it belongs to the person. Otherwise anyone could claim an account."""
    if claims.get("email_verified") not in {True, "true"}:
        raise OrganisationSignInError(
            "Your organisation has not confirmed your e-mail address. Confirm it there, then sign in again."
        )
    try:
        return clean_email(str(claims.get("email") or ""))
    except InvalidProfileError as error:
        raise OrganisationSignInError("Your organisation gave no e-mail address for you. Ask its help desk.") from error
