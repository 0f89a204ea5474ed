"""Limits that hold across server processes."""

from __future__ import annotations

import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from sqlalchemy import text

from learncraft.accounts.errors import TooManyAttemptsError
from learncraft.accounts.rate_limits import PostgresStorage, RateLimits
from learncraft.db import Database


def allowed(limits: RateLimits, email: str = "ana@example.org", ip: str | None = None) -> bool:
    try:
        limits.sign_in(email, ip)
    except TooManyAttemptsError:
        return False
    return True


def attempts_of_a_process(url: str) -> int:
    database = Database(url, pool_size=2)
    try:
        return sum(allowed(RateLimits(database)) for _ in range(5))
    finally:
        database.close()


def test_processes_that_try_at_once_are_allowed_five_together(fresh_database: Database) -> None:
    url = fresh_database.url.replace("postgresql+psycopg", "postgresql")
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert sum(pool.map(attempts_of_a_process, [url, url])) == 5


def test_threads_that_try_at_once_are_allowed_five_together(fresh_database: Database) -> None:
    limits = RateLimits(fresh_database)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: allowed(limits), range(24))) == 5


def test_the_sentence_says_how_long_to_wait(fresh_database: Database) -> None:
    limits = RateLimits(fresh_database)
    for _ in range(5):
        limits.sign_in("ana@example.org", None)
    with pytest.raises(TooManyAttemptsError) as refused:
        limits.sign_in(" ANA@example.org", None)  # the same mailbox
    assert re.fullmatch(r"Too many attempts\. Wait .+, then try again\.", str(refused.value))
    assert 50 < refused.value.seconds <= 61


def test_a_window_that_is_over_begins_anew_and_old_counts_go(fresh_database: Database) -> None:
    storage = PostgresStorage(fresh_database)
    assert [storage.incr("a", 60), storage.incr("a", 60)] == [1, 2]
    storage.incr("b", 60)
    with fresh_database.transaction() as session:
        session.execute(text("UPDATE rate_limits SET expires_at = now() - interval '1 second'"))
    assert (storage.get("a"), storage.incr("a", 60)) == (0, 1)
    with fresh_database.reading() as session:
        assert session.scalars(text("SELECT key FROM rate_limits")).all() == ["a"]


def test_no_address_is_readable_in_the_table(fresh_database: Database) -> None:
    allowed(RateLimits(fresh_database))
    with fresh_database.reading() as session:
        assert not any("ana" in key for key in session.scalars(text("SELECT key FROM rate_limits")))


def test_one_home_counts_as_one_place(fresh_database: Database) -> None:
    """An IPv6 line has 2^64 addresses to choose from."""
    limits = RateLimits(fresh_database)
    for number in range(60):
        assert allowed(limits, f"p{number}@example.org", f"2001:db8::{number:x}")
    assert not allowed(limits, "another@example.org", "2001:db8::ffff")
    assert allowed(limits, "another@example.org", "2001:db8:0:1::1")
