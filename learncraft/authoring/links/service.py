"""Asking for a check of a course's links, and what the job that does it needs to know."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.accounts.viewer import Viewer
from learncraft.authoring.links import kept
from learncraft.authoring.links.allowed import Inside
from learncraft.authoring.links.answers import FRESH
from learncraft.authoring.links.asking import Manners, name_of
from learncraft.authoring.links.collecting import OuterLink
from learncraft.authoring.links.models import LinkCheck
from learncraft.courses.errors import CourseNotFoundError
from learncraft.courses.models import Course, CourseStatus
from learncraft.courses.teaching import is_taught_by
from learncraft.errors import InvalidInputError
from learncraft.settings import Settings

MOST = 1_000  # addresses of one course
MOST_A_NIGHT = 200  # courses that are asked for by themselves
PAUSE = timedelta(minutes=5)  # between two checks of one course

# The row is locked by who comes first, and says no to who comes second.
_ASK = text(
    """
    INSERT INTO link_checks (course_id) VALUES (:course_id)
    ON CONFLICT (course_id) DO UPDATE SET asked_at = now(), ended_at = NULL
    WHERE link_checks.asked_at <= now() - CAST(:pause AS interval)
    RETURNING course_id
    """
)


class AskedJustNowError(InvalidInputError):
    """The links were asked for a moment ago."""

    def __init__(self) -> None:
        super().__init__(
            "The links of this course were asked for in the last {minutes} minutes. Look again in a while.",
            minutes=int(PAUSE.total_seconds() / 60),
        )


def ask_again(session: Session, viewer: Viewer, course_id: UUID) -> None:
    """Ask for a check of a course's links.

    Raises:
        CourseNotFoundError: the course isn't the viewer's to build or review.
        AskedJustNowError: somebody did so a moment ago.
    """
    found = session.scalar(
        select(Course.id).where(Course.id == course_id, Course.deleted_at.is_(None), is_taught_by(viewer))
    )
    if found is None:
        raise CourseNotFoundError
    if not ask(session, course_id):
        raise AskedJustNowError


def ask(session: Session, course_id: UUID) -> bool:
    """Ask for a check, unless that was done a moment ago; says whether. Where none are made, the job ends at once."""
    if session.execute(_ASK, {"course_id": course_id, "pause": PAUSE}).first() is None:
        return False
    background.defer(session, "check_links", unless_waiting=True, course_id=str(course_id))
    return True


def grown_old(session: Session) -> list[UUID]:
    """The courses that somebody may still join, and whose links were asked for so long ago that answers are due."""
    return list(
        session.scalars(
            select(LinkCheck.course_id)
            .join(Course, Course.id == LinkCheck.course_id)
            .where(
                LinkCheck.asked_at < func.now() - FRESH - timedelta(days=1),  # the answers came a little later
                Course.deleted_at.is_(None),
                Course.status != CourseStatus.ARCHIVED,
            )
            .order_by(LinkCheck.asked_at)
            .limit(MOST_A_NIGHT)
        )
    )


def due(session: Session, course_id: UUID, links: list[OuterLink]) -> list[str]:
    """Which addresses of a course are to be asked now: new ones, failed ones, and those whose answer is old."""
    addresses = asked_of(links)
    known = kept.read(session, course_id, addresses)
    return [one for one in addresses if one not in known.links or known.links[one].is_due(known.now)]


def asked_of(links: list[OuterLink]) -> list[str]:
    """The addresses of a course that are asked at all, each once."""
    return list(dict.fromkeys(link.address for link in links))[:MOST]


def end(session: Session, course_id: UUID) -> None:
    """Note that a check is through."""
    session.execute(update(LinkCheck).where(LinkCheck.course_id == course_id).values(ended_at=func.now()))


def own_host(settings: Settings) -> str:
    """Where this platform is reached."""
    return urlsplit(settings.base_url or "").hostname or ""


def manners(settings: Settings) -> Manners:
    """How the check behaves here."""
    return Manners(name_of(settings.base_url), Inside.of(settings.link_check_private_hosts or ""))
