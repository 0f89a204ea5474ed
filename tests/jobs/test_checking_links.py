"""The links of a course, checked by the worker against a real site: told twice before they are called broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from procrastinate.exceptions import JobAborted
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.acting import SYSTEM
from learncraft.authoring import checklist, queries, reviewing, saving
from learncraft.authoring.links import rounds, service, telling
from learncraft.authoring.links.asking import Manners
from learncraft.authoring.links.models import CheckedLink, LinkCheck
from learncraft.authoring.links.service import AskedJustNowError
from learncraft.authoring.saving import Save
from learncraft.courses.errors import CourseNotFoundError
from learncraft.courses.models import Course, CourseStatus
from learncraft.db import Database, new_id
from learncraft.jobs import checking_links
from learncraft.jobs.checking_links import check_links, check_old_links
from learncraft.jobs.work import Job
from learncraft.settings import Settings
from tests.authoring import Built, build, make_teacher
from tests.authoring import text as lesson_text
from tests.authoring.links.site import Site, site
from tests.conftest import TEMPLATE
from tests.jobs.conftest import until, working
from tests.postgres import SharedServer
from tests.races import at_once


@pytest.fixture(scope="module")
def there() -> Iterator[Site]:
    with site() as server:
        yield server


@pytest.fixture(scope="module")
def lasting(postgres: SharedServer) -> Iterator[Database]:
    with postgres.clone(TEMPLATE, f"links_{uuid4().hex[:12]}") as database:
        yield database


@pytest.fixture
def database(lasting: Database) -> Database:
    """A database in which nothing was asked yet, and nothing waits."""
    with lasting.transaction(SYSTEM) as session:
        for table in ("checked_links", "link_checks", "procrastinate_jobs"):
            session.execute(text(f"DELETE FROM {table}"))
    return lasting


@pytest.fixture
def on(there: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Links are checked, and this site may be asked; without pauses."""
    there.asked.clear()
    there.works = True
    settled = service.manners
    monkeypatch.setattr(service, "manners", lambda settings: _hurried(settled(settings)))
    return Settings(home=tmp_path, link_check=True, link_check_private_hosts=there.host)


def _hurried(manners: Manners) -> Manners:
    return replace(manners, pause=0.0, seconds=8.0)


def course_with(session: Session, *addresses: str) -> Built:
    built = build(session, lessons=1)
    found = queries.lesson(session, built.teacher, built.lesson())
    assert found is not None
    said = lesson_text("Joins", *(f"[a]({one})" for one in addresses))
    saving.save(session, built.teacher, built.lesson(), Save(found.version, new_id(), 1, said))
    return built


def begin(database: Database, settings: Settings, course_id: UUID) -> Job:
    """A round as a worker has it in its hand; whatever waits is put aside."""
    with database.transaction(SYSTEM) as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
        number = background.defer(session, "check_links", course_id=str(course_id))
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    return Job(number, database, settings)


def check(database: Database, settings: Settings, course_id: UUID, number: int = 1) -> None:
    check_links(begin(database, settings, course_id), str(course_id), number)


def told(database: Database, course_id: UUID) -> telling.OuterLinks:
    with database.reading(SYSTEM) as session:
        looked = checklist.look(session, course_id, own_host="")
        return telling.of_course(session, course_id, looked.links)


def ended(database: Database) -> datetime | None:
    with database.reading(SYSTEM) as session:
        return session.scalars(select(LinkCheck.ended_at)).one()


def later(database: Database, minutes: int) -> None:
    """Let time pass: what was done is so much longer ago."""
    with database.transaction(SYSTEM) as session:
        span = {"span": f"{minutes} minutes"}
        session.execute(text("UPDATE checked_links SET checked_at = checked_at - CAST(:span AS interval)"), span)
        session.execute(
            text(
                "UPDATE link_checks SET asked_at = asked_at - CAST(:span AS interval), "
                "ended_at = ended_at - CAST(:span AS interval)"
            ),
            span,
        )


def rounds_waiting(database: Database) -> list[tuple[int, bool]]:
    """The rounds that wait, and whether each waits for its time."""
    with database.reading(SYSTEM) as session:
        rows = session.execute(
            text(
                "SELECT coalesce((args ->> 'number')::int, 1), scheduled_at > now() + interval '5 minutes' "
                "FROM procrastinate_jobs WHERE task_name = 'check_links' AND status = 'todo' ORDER BY 1"
            )
        )
        return [(row[0], bool(row[1])) for row in rows]


def test_a_link_is_called_broken_when_it_failed_twice(database: Database, on: Settings, there: Site) -> None:
    with database.transaction(SYSTEM) as session:
        course_id = course_with(
            session,
            there.at("404/a"),
            there.at("200/a"),
            there.at("500/a"),
            "http://10.0.0.1/",
            "http://a..b/",
        ).id
    check(database, on, course_id)
    first = told(database, course_id)
    assert (first.count, first.well, first.not_yet, len(first.broken)) == (5, 1, 0, 1)
    assert "“Joins”: the link to http://a..b/ is broken: it is no address" in first.broken[0].sentence
    assert [one.found.sentence for one in first.unreached] == [
        f"“Joins”: {there.at('404/a')} failed once: there is no such page any more (404). "
        "It is asked again before it is called broken.",
        f"“Joins”: {there.at('500/a')} could not be reached: the site says that it can't answer now (500).",
    ]
    assert "was not checked: it leads to a private address" in first.unchecked[0].found.sentence
    assert rounds_waiting(database) == [(2, True)]
    later(database, 11)
    there.asked.clear()
    check(database, on, course_id, 2)
    assert {path for _, path in there.asked} == {"/404/a", "/500/a"}  # what answered is left alone
    second = told(database, course_id)
    broken = next(one for one in second.broken if "404/a" in one.sentence)
    assert (broken.block_id, broken.is_blocking) == ("p0", False)
    assert len(second.unreached) == 1
    assert rounds_waiting(database) == []


def test_a_link_that_works_again_is_well_and_its_failures_forgotten(
    database: Database, on: Settings, there: Site
) -> None:
    with database.transaction(SYSTEM) as session:
        course_id = course_with(session, there.at("200/a")).id
    there.works = False
    for _ in range(2):
        check(database, on, course_id)
        later(database, 11)
    assert len(told(database, course_id).broken) == 1
    there.works = True
    check(database, on, course_id)
    assert told(database, course_id).well == 1
    with database.reading(SYSTEM) as session:
        row = session.scalars(select(CheckedLink)).one()
        assert (row.failures, row.failing_since, row.http_status) == (0, None, 200)


def test_what_one_course_asked_serves_the_next(database: Database, on: Settings, there: Site) -> None:
    with database.transaction(SYSTEM) as session:
        one, other = (course_with(session, there.at("200/a")).id for _ in range(2))
    check(database, on, one)
    check(database, on, other)
    assert there.asked == [("HEAD", "/200/a")]
    assert told(database, other).well == 1
    later(database, 8 * 24 * 60)
    check(database, on, other)
    assert len(there.asked) == 2


def test_a_round_that_was_cut_off_keeps_what_it_had_and_the_next_try_asks_the_rest(
    database: Database, on: Settings, there: Site
) -> None:
    with database.transaction(SYSTEM) as session:
        course_id = course_with(session, there.at("200/a"), there.at("slow/1")).id
    job = begin(database, on, course_id)
    with pytest.raises(JobAborted):
        check_links(replace(job, asked_to_end=lambda: len(there.asked) > 1), str(course_id))
    assert told(database, course_id).well == 1
    check_links(job, str(course_id))
    assert [path for _, path in there.asked] == ["/200/a", "/slow/1", "/slow/1"]
    assert told(database, course_id).well == 2


def test_what_the_time_does_not_suffice_for_is_asked_in_a_round_of_its_own(
    database: Database, on: Settings, there: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_all = rounds.ask_all
    monkeypatch.setattr(checking_links.rounds, "ask_all", lambda *given: ask_all(*given, whole=0.4))
    with database.transaction(SYSTEM) as session:
        built = course_with(session, there.at("200/a"), there.at("slow/1.5"))
        service.ask(session, built.id)
    check(database, on, built.id)
    assert rounds_waiting(database) == [(2, False)]
    assert told(database, built.id).is_running


def test_a_course_that_was_asked_for_once_is_asked_for_each_week(
    database: Database, on: Settings, there: Site, tmp_path: Path
) -> None:
    with database.transaction(SYSTEM) as session:
        old, archived, never = (course_with(session, there.at("200/a")) for _ in range(3))
        for built in (old, archived):
            service.ask(session, built.id)
        session.get_one(Course, archived.id).status = CourseStatus.ARCHIVED
    later(database, 7 * 24 * 60)
    job = begin(database, on, never.id)
    check_old_links(job)
    assert rounds_waiting(database) == []
    later(database, 24 * 60 + 1)
    check_old_links(replace(job, settings=Settings(home=tmp_path)))
    assert rounds_waiting(database) == []
    check_old_links(job)
    check_old_links(job)
    with database.reading(SYSTEM) as session:
        asked = session.scalars(
            text(
                "SELECT args ->> 'course_id' FROM procrastinate_jobs "
                "WHERE task_name = 'check_links' AND status = 'todo'"
            )
        )
        assert list(asked) == [str(old.id)]


def test_two_clicks_make_one_check(database: Database) -> None:
    with database.transaction(SYSTEM) as session:
        built = build(session, lessons=1)
    click = lambda session: service.ask_again(session, built.teacher, built.id)  # noqa: E731
    results = at_once(database, *[click] * 4)
    assert [type(one) for one in results if one is not None] == [AskedJustNowError] * 3
    assert rounds_waiting(database) == [(1, False)]
    later(database, 6)
    with database.transaction(SYSTEM) as session:
        service.ask_again(session, built.teacher, built.id)
    assert rounds_waiting(database) == [(1, False)]  # the first one hasn't begun yet, and does for both


def test_only_those_who_build_or_review_a_course_ask(session: Session) -> None:
    built = build(session, lessons=1)
    with pytest.raises(CourseNotFoundError):
        service.ask_again(session, make_teacher(session), built.id)
    assert session.get(LinkCheck, built.id) is None


def test_sending_a_course_to_review_asks_and_where_links_are_not_checked_nothing_goes_out(
    database: Database, there: Site, tmp_path: Path
) -> None:
    there.asked.clear()
    with database.transaction(SYSTEM) as session:
        built = course_with(session, there.at("200/a"))
        reviewing.submit(session, built.teacher, built.id)
    assert rounds_waiting(database) == [(1, False)]
    with working(database, Settings(home=tmp_path, link_check_private_hosts=there.host), queues=["default"]):
        until(lambda: rounds_waiting(database) == [])
        until(lambda: ended(database) is not None)
    assert there.asked == []
    with database.reading(SYSTEM) as session:
        assert session.scalars(select(CheckedLink)).all() == []


def test_a_worker_does_it_and_a_round_that_waits_for_its_time_holds_up_no_other_course(
    database: Database, on: Settings, there: Site
) -> None:
    with database.transaction(SYSTEM) as session:
        other, built = course_with(session, there.at("404/a")), course_with(session, there.at("200/a"))
    check(database, on, other.id)
    assert rounds_waiting(database) == [(2, True)]
    with database.transaction(SYSTEM) as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE status = 'doing'"))
        service.ask_again(session, built.teacher, built.id)
    with working(database, on, queues=["default"]):
        until(lambda: ended(database) is not None)
    assert told(database, built.id).well == 1 and not told(database, built.id).is_running
