"""Sign-ins that last: opened, presented, rotated, listed and revoked. `rotation` has the rules."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from learncraft.accounts.devices import cut_agent, device_in_words, valid_address
from learncraft.accounts.models import User, UserPreferences, UserSession
from learncraft.accounts.rotation import LIFETIME, Outcome, Token, is_due, is_untouched, judge
from learncraft.accounts.viewer import Viewer
from learncraft.db import new_id
from learncraft.language import _

_KEEP_EXPIRED = timedelta(days=1)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Presented:
    """The answer to a token: who it is, and the token to hand out when it changed."""

    outcome: Outcome
    viewer: Viewer | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in as "my sessions" lists it."""

    family_id: UUID
    device: str
    place: str
    signed_in_at: datetime
    last_used_at: datetime
    is_current: bool


def open_session(
    session: Session,
    user: User,
    *,
    user_agent: str | None = None,
    ip: str | None = None,
    lifetime: timedelta = LIFETIME,
    now: datetime | None = None,
) -> str:
    """Begin a new family for the person and return its first token. Their long expired rows go."""
    moment = now or datetime.now(UTC)
    session.execute(
        delete(UserSession).where(UserSession.user_id == user.id, UserSession.expires_at < moment - _KEEP_EXPIRED)
    )
    token = Token.new()
    session.add(
        UserSession(
            id=new_id(),
            user_id=user.id,
            family_id=new_id(),
            token_jti=token.jti,
            refresh_token_hash=token.hash,
            signed_in_at=moment,
            created_at=moment,
            last_used_at=moment,
            expires_at=moment + lifetime,
            user_agent=cut_agent(user_agent),
            ip_address=valid_address(ip),
        )
    )
    session.flush()
    return str(token)


def use(
    session: Session,
    token: str | None,
    *,
    now: datetime | None = None,
    rotate: bool = True,
    ip: str | None = None,
    lifetime: timedelta = LIFETIME,
) -> Presented:
    """Take a token that a browser presents: accept it, rotate it when due, or notice that it was copied.

    `rotate` is for answers that can carry a cookie. A websocket passes False: it counts as use, nothing more.
    The caller commits, also when the answer is a refusal, for a copied token revokes its family.
    """
    moment = now or datetime.now(UTC)
    given = Token.parse(token)
    row, successor = _find(session, given)
    if row is not None and (is_untouched(row, moment) or is_due(row, successor, moment)):
        # The row is locked and looked at again, so that requests at the same moment rotate once.
        row, successor = _find(session, given, lock=True)
    if row is None or given is None:
        return Presented(Outcome.REFUSED)
    verdict = judge(row, successor, moment)
    if verdict is Outcome.REUSED:
        _log.warning("A copied sign-in token of user %s came back; family %s is revoked.", row.user_id, row.family_id)
        revoke_family(session, row.family_id, reason="reused", now=moment)
    if verdict is not Outcome.ACCEPTED:
        return Presented(verdict)
    viewer = viewer_for_family(session, row.family_id, now=moment)
    if viewer is None:
        return Presented(Outcome.REFUSED)
    _touch(row, moment, lifetime, ip)
    if not rotate or not is_due(row, successor, moment):
        return Presented(Outcome.ACCEPTED, viewer)
    if successor is not None:
        return Presented(Outcome.ROTATED, viewer, str(given.next(successor.token_jti)))
    return Presented(Outcome.ROTATED, viewer, str(_rotate(session, row, given.next(), moment)))


def viewer_for_token(session: Session, token: str | None, *, now: datetime | None = None) -> Viewer | None:
    """Who presents this token, if it is good. Reads only: for the start of a page's websocket and for files."""
    moment = now or datetime.now(UTC)
    row, successor = _find(session, Token.parse(token))
    if row is None or judge(row, successor, moment) is not Outcome.ACCEPTED:
        return None
    return viewer_for_family(session, row.family_id, now=moment)


def viewer_for_family(session: Session, family_id: UUID, *, now: datetime | None = None) -> Viewer | None:
    """Who came by this sign-in, as they are now: role and all. None once it ended or the account was closed.

    One query, asked at each rerun of a page.
    """
    row = session.execute(_viewer_rows(), {"family": family_id, "now": now or datetime.now(UTC)}).one_or_none()
    if row is None:
        return None
    return Viewer(
        id=row.id,
        email=row.email,
        first_name=row.first_name,
        full_name=f"{row.first_name} {row.last_name}".strip(),
        role=row.role,
        language=row.language,
        theme=row.theme,
        time_zone=row.time_zone,
        family_id=family_id,
    )


def list_families(
    session: Session, user_id: UUID, *, current: UUID | None = None, now: datetime | None = None
) -> list[SignIn]:
    """The person's sign-ins that are good now: the current one first, then the last used."""
    rows = session.scalars(
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > (now or datetime.now(UTC)),
        )
        .order_by(UserSession.family_id, UserSession.created_at.desc(), UserSession.id.desc())
        .ext(distinct_on(UserSession.family_id))
    )
    found = [
        SignIn(
            family_id=row.family_id,
            device=device_in_words(row.user_agent),
            place=str(row.ip_address) if row.ip_address else _("unknown address"),
            signed_in_at=row.signed_in_at,
            last_used_at=row.last_used_at or row.created_at,
            is_current=row.family_id == current,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.is_current, one.last_used_at), reverse=True)


def close_session(session: Session, token: str | None, *, now: datetime | None = None) -> bool:
    """Sign out: end the family of a token that was once ours, even if a newer one exists."""
    row, _successor = _find(session, Token.parse(token))
    return row is not None and revoke_family(session, row.family_id, reason="signed_out", now=now)


def revoke_family(
    session: Session,
    family_id: UUID,
    *,
    reason: str = "revoked",
    owner_id: UUID | None = None,
    now: datetime | None = None,
) -> bool:
    """End one sign-in; only if it is `owner_id`'s, when given. Returns whether it was still good."""
    ended = update(UserSession).where(UserSession.family_id == family_id, UserSession.revoked_at.is_(None))
    if owner_id is not None:
        ended = ended.where(UserSession.user_id == owner_id)
    values = {"revoked_at": now or datetime.now(UTC), "revoke_reason": reason}
    return bool(session.scalars(ended.values(values).returning(UserSession.id)).all())


def revoke_all(
    session: Session,
    user_id: UUID,
    *,
    except_family: UUID | None = None,
    reason: str = "revoked",
    now: datetime | None = None,
) -> int:
    """End all sign-ins of a person but one. Returns how many ended."""
    ended = update(UserSession).where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    if except_family is not None:
        ended = ended.where(UserSession.family_id != except_family)
    values = {"revoked_at": now or datetime.now(UTC), "revoke_reason": reason}
    return len(set(session.scalars(ended.values(values).returning(UserSession.family_id))))


def _find(
    session: Session, token: Token | None, *, lock: bool = False
) -> tuple[UserSession | None, UserSession | None]:
    """The token's row and its successor's; neither when the secret is wrong."""
    if token is None:
        return None, None
    if lock:
        # First the lock, then the read: a successor that appears while waiting would not be seen otherwise.
        session.execute(select(UserSession.id).where(UserSession.token_jti == token.jti).with_for_update())
    found = session.execute(_token_rows(), {"jti": token.jti, "hash": token.hash}).one_or_none()
    return (found[0], found[1]) if found else (None, None)


@cache
def _token_rows() -> Select[*tuple[Any, ...]]:
    """Made once, as each request of each browser asks it: to put it together takes longer than to ask."""
    following = aliased(UserSession)
    return (
        select(UserSession, following)
        .outerjoin(following, following.id == UserSession.successor_id)
        .where(UserSession.token_jti == bindparam("jti"), UserSession.refresh_token_hash == bindparam("hash"))
        .execution_options(populate_existing=True)
    )


def _touch(row: UserSession, now: datetime, lifetime: timedelta, ip: str | None) -> None:
    if is_untouched(row, now):
        row.first_used_at = row.first_used_at or now
        row.last_used_at = now
        row.expires_at = max(row.expires_at, now + lifetime)
        row.ip_address = valid_address(ip) or row.ip_address


def _rotate(session: Session, row: UserSession, token: Token, now: datetime) -> Token:
    following = UserSession(
        id=new_id(),
        user_id=row.user_id,
        family_id=row.family_id,
        token_jti=token.jti,
        refresh_token_hash=token.hash,
        signed_in_at=row.signed_in_at,
        created_at=now,
        last_used_at=now,
        expires_at=row.expires_at,
        user_agent=row.user_agent,
        ip_address=row.ip_address,
    )
    session.add(following)
    session.flush()
    row.successor_id = following.id
    session.flush()
    return token


@cache
def _viewer_rows() -> Select[*tuple[Any, ...]]:
    """Made once, as each rerun of each page asks it."""
    owner = (
        select(UserSession.user_id)
        .where(
            UserSession.family_id == bindparam("family"),
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > bindparam("now"),
        )
        .limit(1)
    )
    return (
        select(
            User.id,
            User.email,
            User.first_name,
            User.last_name,
            User.role,
            func.coalesce(UserPreferences.language, "en").label("language"),
            func.coalesce(UserPreferences.theme, "system").label("theme"),
            func.coalesce(UserPreferences.time_zone, "UTC").label("time_zone"),
        )
        .outerjoin(UserPreferences, UserPreferences.user_id == User.id)
        .where(User.id == owner.scalar_subquery(), User.is_active, User.deleted_at.is_(None))
    )
