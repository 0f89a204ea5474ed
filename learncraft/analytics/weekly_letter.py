"""The weekly letter to those who teach: how their courses went, and who may need a word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.accounts.letters import LetterKind
from learncraft.accounts.models import User, UserPreferences, UserRole
from learncraft.analytics import at_risk, engagement
from learncraft.analytics.engagement import Totals
from learncraft.analytics.models import WeeklyLetter
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore
from learncraft.courses.models import Course, CourseStatus
from learncraft.courses.teaching import is_taught_by_person, is_taught_by_row
from learncraft.language import SOURCE, _, _n, dates, numbers

MOST_COURSES = 20  # of one letter
_TEACHING = (UserRole.INSTRUCTOR, UserRole.CONTENT_ADMIN, UserRole.SYSTEM_ADMIN)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who teaches and wants the letter."""

    id: UUID
    email: str
    first_name: str
    time_zone: str
    language: str


@dataclass(frozen=True, slots=True)
class CourseWeek:
    """One course in the week, and in the one before."""

    id: UUID
    title: str
    now: Totals
    before: Totals
    at_risk: int


def last_week(today: date) -> date:
    """The Monday of the last week that is over."""
    return today - timedelta(days=today.weekday() + 7)


def readers(session: Session, week: date) -> list[Reader]:
    """Those who teach a published course or help with one, want mail, and have no letter about the week yet.

    Whoever set nothing gets it; `weekly_letter: false` among the preferences, or no mail at all, is a no.
    """
    teaches = select(Course.id).where(
        is_taught_by_row(User.id), Course.status == CourseStatus.PUBLISHED, Course.deleted_at.is_(None)
    )
    written = select(WeeklyLetter.id).where(WeeklyLetter.user_id == User.id, WeeklyLetter.week == week)
    rows = session.execute(
        select(
            User.id,
            User.email,
            User.first_name,
            func.coalesce(UserPreferences.time_zone, "UTC"),
            func.coalesce(UserPreferences.language, SOURCE),
        )
        .join(UserPreferences, UserPreferences.user_id == User.id, isouter=True)
        .where(
            User.role.in_(_TEACHING),
            User.is_active,
            User.deleted_at.is_(None),
            teaches.exists(),
            ~written.exists(),
            or_(
                UserPreferences.id.is_(None),
                UserPreferences.email_notifications
                & ~func.coalesce(UserPreferences.extra["letters_off"].contains([LetterKind.WEEKLY.value]), False)
                & (func.coalesce(UserPreferences.extra["weekly_letter"].astext, "true") != "false"),
            ),
        )
        .order_by(User.id)
    )
    return [Reader(*row) for row in rows]


def note_letter(session: Session, reader_id: UUID, week: date) -> bool:
    """Note that somebody gets the letter; False when it was noted before, by whoever was faster."""
    made = insert(WeeklyLetter).values(user_id=reader_id, week=week)
    return session.scalar(made.on_conflict_do_nothing().returning(WeeklyLetter.id)) is not None


def courses_of(session: Session, store: EventStore, reader: Reader, week: date) -> list[CourseWeek]:
    """The reader's courses in the week, those with learners in it or in the one before."""
    rows = session.execute(
        select(Course.id, Course.title)
        .where(is_taught_by_person(reader.id), Course.status == CourseStatus.PUBLISHED, Course.deleted_at.is_(None))
        .order_by(Course.enrollment_count.desc(), Course.id)
        .limit(MOST_COURSES)
    ).all()
    found = []
    for course_id, title in rows:
        scope = Scope((course_id,), week, week + timedelta(days=6), time_zone=reader.time_zone)
        [now] = engagement.period_totals(store, scope)
        [before] = engagement.period_totals(store, scope.previous())
        risky = at_risk.learners_at_risk(store, scope, most=1)
        if now.events or before.events:
            found.append(CourseWeek(course_id, title, now, before, risky[0].in_all if risky else 0))
    return found


def text(reader: Reader, week: date, courses: Sequence[CourseWeek], link: Callable[[str], str], *, stop: str) -> str:
    """The letter in plain text; `stop` is where such letters end."""
    last = week + timedelta(days=6)
    lines = [
        _("Hello {name},", name=reader.first_name),
        "",
        _(
            "your courses from {first} to {last}, with the week before in brackets:",
            first=dates.day(week, fields="MMMMd"),
            last=dates.day(last, fields="yMMMMd"),
        ),
    ]
    for one in courses:
        lines += [
            "",
            one.title,
            _counted(_("Active learners"), one.now.learners, one.before.learners),
            _counted(_("Enrolled"), one.now.enrolled, one.before.enrolled),
            _counted(_("Lessons finished"), one.now.lessons_completed, one.before.lessons_completed),
            _counted(_("Finished the course"), one.now.courses_completed, one.before.courses_completed),
            f"  {link(f'/insights-course?course={one.id}')}",
        ]
        if one.at_risk:
            need = _n(
                "{count} learner may need a word from you:", "{count} learners may need a word from you:", one.at_risk
            )
            lines += [f"  {need} {link(f'/insights-at_risk?course={one.id}')}"]
    lines += ["", _("You don't want this letter? Stop it here: {link}", link=stop), ""]
    return "\n".join(lines)


def _counted(what: str, now: int, before: int) -> str:
    return f"  {what}: {numbers.number(now)} ({numbers.number(before)})"
