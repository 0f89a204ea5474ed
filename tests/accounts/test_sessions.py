"""Sign-in tokens: rotation, lost answers, parallel tabs, copies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from learncraft.accounts import service, sessions
from learncraft.accounts.models import UserRole, UserSession
from learncraft.accounts.rotation import GRACE, ROTATE_AFTER, Outcome, Token
from learncraft.db import Database
from tests.factories import make_user

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOW + ROTATE_AFTER
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


def opened(session: Session, now: datetime = NOW) -> str:
    return sessions.open_session(session, make_user(session), user_agent=AGENT, ip="192.0.2.1", now=now)


def test_the_database_keeps_only_a_hash_of_the_secret(session: Session) -> None:
    token = opened(session)
    row = session.scalars(select(UserSession)).one()
    assert token.partition(".")[2] not in f"{row.__dict__}"


def test_a_token_stays_for_15_minutes_and_then_changes(session: Session) -> None:
    token = opened(session)
    assert sessions.use(session, token, now=LATER - timedelta(seconds=1)).outcome is Outcome.ACCEPTED
    rotated = sessions.use(session, token, now=LATER)
    assert rotated.outcome is Outcome.ROTATED
    assert rotated.token not in {None, token}
    assert sessions.use(session, rotated.token, now=LATER).outcome is Outcome.ACCEPTED


def test_a_lost_answer_signs_nobody_out(session: Session) -> None:
    """The browser keeps presenting the old token, hours later too, and is given the same successor again."""
    token = opened(session)
    lost = sessions.use(session, token, now=LATER).token
    again = sessions.use(session, token, now=LATER + timedelta(hours=5))
    assert (again.outcome, again.token) == (Outcome.ROTATED, lost)


def test_parallel_tabs_have_a_minute_after_the_successor_was_used(session: Session) -> None:
    token = opened(session)
    successor = sessions.use(session, token, now=LATER).token
    sessions.use(session, successor, now=LATER)
    under_way = sessions.use(session, token, now=LATER + GRACE)
    assert (under_way.outcome, under_way.token) == (Outcome.ACCEPTED, None)  # no cookie that would lead back


def test_a_copied_token_ends_the_whole_family(session: Session) -> None:
    token = opened(session)
    successor = sessions.use(session, token, now=LATER).token
    sessions.use(session, successor, now=LATER)
    stolen = sessions.use(session, token, now=LATER + GRACE + timedelta(seconds=1))
    assert (stolen.outcome, stolen.viewer) == (Outcome.REUSED, None)
    assert sessions.use(session, successor, now=LATER + timedelta(minutes=2)).outcome is Outcome.REFUSED
    assert {row.revoke_reason for row in session.scalars(select(UserSession))} == {"reused"}


def test_a_websocket_counts_as_use_but_never_rotates(session: Session) -> None:
    token = opened(session)
    assert sessions.use(session, token, now=LATER, rotate=False).outcome is Outcome.ACCEPTED
    successor = sessions.use(session, token, now=LATER).token
    sessions.use(session, successor, now=LATER, rotate=False)
    assert sessions.use(session, token, now=LATER + GRACE * 2).outcome is Outcome.REUSED


def test_reading_who_it_is_neither_rotates_nor_revokes(session: Session) -> None:
    token = opened(session)
    successor = sessions.use(session, token, now=LATER).token
    assert sessions.viewer_for_token(session, token, now=LATER) is not None
    sessions.use(session, successor, now=LATER)
    assert sessions.viewer_for_token(session, token, now=LATER + GRACE * 2) is None
    assert sessions.viewer_for_token(session, successor, now=LATER + GRACE * 2) is not None


@pytest.mark.parametrize("token", [None, "", ".", "a.b", "a" * 65 + ".b", "ä.ö", "x\0.y", "a.b.c", "." * 5000])
def test_what_is_no_token_of_ours_is_refused(session: Session, token: str | None) -> None:
    assert sessions.use(session, token, now=NOW).outcome is Outcome.REFUSED
    assert sessions.viewer_for_token(session, token, now=NOW) is None


def test_a_wrong_secret_is_refused_and_ends_nothing(session: Session) -> None:
    token = opened(session)
    assert sessions.use(session, token[:-1] + "!", now=NOW).outcome is Outcome.REFUSED
    assert sessions.use(session, token, now=NOW).outcome is Outcome.ACCEPTED


def test_each_visit_moves_the_end(session: Session) -> None:
    token = opened(session)
    lifetime = timedelta(days=3)
    row = session.scalars(select(UserSession)).one()
    row.expires_at = NOW + lifetime
    assert sessions.use(session, token, now=NOW + timedelta(days=2), rotate=False, lifetime=lifetime).viewer
    assert sessions.use(session, token, now=NOW + timedelta(days=4), rotate=False, lifetime=lifetime).viewer
    assert sessions.use(session, token, now=NOW + timedelta(days=8), lifetime=lifetime).viewer is None


def test_a_changed_role_or_a_closed_account_holds_at_once(session: Session) -> None:
    person = make_user(session)
    make_user(session, role=UserRole.SYSTEM_ADMIN)
    token = sessions.open_session(session, person, now=NOW)
    viewer = sessions.viewer_for_token(session, token, now=NOW)
    assert viewer is not None and not viewer.teaches
    service.set_role(session, person.id, UserRole.INSTRUCTOR)
    changed = sessions.viewer_for_family(session, viewer.family_id, now=NOW)
    assert changed is not None and changed.teaches and not changed.reviews_content
    person.is_active = False
    session.flush()
    assert sessions.viewer_for_family(session, viewer.family_id, now=NOW) is None
    assert sessions.use(session, token, now=NOW).outcome is Outcome.REFUSED


def test_the_check_at_each_rerun_is_one_query(session: Session) -> None:
    viewer = sessions.viewer_for_token(session, opened(session), now=NOW)
    assert viewer is not None
    asked: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *call: asked.append(call[2]))
    sessions.viewer_for_family(session, viewer.family_id, now=NOW)
    assert len(asked) == 1


def test_my_sign_ins_are_listed_by_device_and_ended_one_by_one(session: Session) -> None:
    person, other = make_user(session), make_user(session)
    here = sessions.open_session(session, person, user_agent=AGENT, ip="192.0.2.1", now=NOW)
    there = sessions.open_session(session, person, user_agent="curl/8", ip="not an address", now=NOW)
    rotated = sessions.use(session, there, now=LATER).token
    current = sessions.viewer_for_token(session, here, now=LATER)
    assert current is not None
    listed = sessions.list_families(session, person.id, current=current.family_id, now=LATER)
    assert [(one.device, one.place, one.is_current) for one in listed] == [
        ("Firefox on Linux", "192.0.2.1", True),
        ("Unknown device", "unknown address", False),
    ]
    assert not sessions.revoke_family(session, listed[1].family_id, owner_id=other.id)
    assert sessions.revoke_family(session, listed[1].family_id, owner_id=person.id)
    assert sessions.use(session, rotated, now=LATER).outcome is Outcome.REFUSED
    assert sessions.use(session, here, now=LATER).viewer is not None


def test_all_sign_ins_but_one_end_together(session: Session) -> None:
    person = make_user(session)
    keep, *others = [sessions.open_session(session, person, now=NOW) for _ in range(3)]
    viewer = sessions.viewer_for_token(session, keep, now=NOW)
    assert viewer is not None
    assert sessions.revoke_all(session, person.id, except_family=viewer.family_id, now=NOW) == 2
    assert sessions.use(session, keep, now=NOW).viewer is not None
    assert all(sessions.use(session, token, now=NOW).viewer is None for token in others)


def test_signing_out_with_a_superseded_token_ends_the_family(session: Session) -> None:
    token = opened(session)
    successor = sessions.use(session, token, now=LATER).token
    assert sessions.close_session(session, token)
    assert sessions.use(session, successor, now=LATER).outcome is Outcome.REFUSED


def test_requests_at_the_same_moment_rotate_once(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        token = opened(session)

    def present(_: int) -> str | None:
        with fresh_database.transaction() as session:
            return sessions.use(session, token, now=LATER).token

    with ThreadPoolExecutor(8) as pool:
        given_out = set(pool.map(present, range(16)))
    assert len(given_out) == 1
    with fresh_database.reading() as session:
        assert len(session.scalars(select(UserSession)).all()) == 2


def test_rows_that_expired_long_ago_go_when_the_person_comes_again(session: Session) -> None:
    person = make_user(session)
    sessions.open_session(session, person, now=NOW - timedelta(days=60))
    sessions.open_session(session, person, now=NOW)
    assert len(session.scalars(select(UserSession)).all()) == 1


@given(st.text(max_size=80))
def test_parsing_a_token_never_fails(text: str) -> None:
    parsed = Token.parse(text)
    assert parsed is None or str(parsed) == text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(["load", "lost", "socket"]), st.integers(1, 4000)), max_size=12))
def test_an_honest_browser_is_never_signed_out(database: Database, steps: list[tuple[str, int]]) -> None:
    """Whatever answers get lost and however long it pauses, as long as it presents what it was last given."""
    with database.engine.connect() as connection, Session(connection) as session:
        now, jar = NOW, opened(session)
        for kind, seconds in steps:
            now += timedelta(seconds=seconds)
            presented = sessions.use(session, jar, now=now, rotate=kind != "socket")
            assert presented.viewer is not None
            if kind == "load" and presented.token:
                jar = presented.token
        session.rollback()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rotations=st.integers(1, 4), stolen=st.integers(0, 3), pause=st.integers(61, 100_000))
def test_any_superseded_token_betrays_its_copy(database: Database, rotations: int, stolen: int, pause: int) -> None:
    with database.engine.connect() as connection, Session(connection) as session:
        now, chain = NOW, [opened(session)]
        for _ in range(rotations):
            now += ROTATE_AFTER
            following = sessions.use(session, chain[-1], now=now).token
            assert following is not None
            chain.append(following)
        sessions.use(session, chain[-1], now=now)
        late = now + timedelta(seconds=pause)
        copy = chain[min(stolen, rotations - 1)]
        assert sessions.use(session, copy, now=late).outcome is Outcome.REUSED
        assert sessions.use(session, chain[-1], now=late).viewer is None
        session.rollback()
