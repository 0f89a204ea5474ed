"""When a card comes again: never in the past, never sooner for a better answer, and always the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from learncraft.study.kinds import CardState
from learncraft.study.scheduling import LEAST_REST, LONGEST, Grade, Memory, Scheduled, interval, recalled, schedule

ZONES = ("UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe")
MOMENTS = st.integers(1_700_000_000, 2_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
GRADES = st.sampled_from(Grade)
# A card's past: how well it was known, and how long it then rested.
PASTS = st.lists(st.tuples(GRADES, st.timedeltas(timedelta(0), timedelta(days=900))), max_size=8)


def lived(past: list[tuple[Grade, timedelta]], now: datetime, zone: str) -> tuple[Memory, datetime]:
    """The memory of a card after its past, and the moment of its next answer."""
    memory = Memory()
    for grade, rest in past:
        memory = schedule(memory, grade, now=now, time_zone=zone).memory
        now += rest
    return memory, now


@given(past=PASTS, now=MOMENTS, zone=st.sampled_from(ZONES))
@settings(max_examples=150, deadline=None)
def test_a_better_answer_is_never_asked_again_earlier_and_none_in_the_past(
    past: list[tuple[Grade, timedelta]], now: datetime, zone: str
) -> None:
    memory, now = lived(past, now, zone)
    asked = [schedule(memory, grade, now=now, time_zone=zone) for grade in Grade]
    dues = [one.due_at for one in asked]
    assert dues == sorted(dues)
    assert all(now < due <= now + timedelta(days=LONGEST + 1) for due in dues)
    stabilities = [one.memory.stability or 0 for one in asked]
    assert stabilities == sorted(stabilities)
    difficulties = [one.memory.difficulty or 0 for one in asked]
    assert difficulties == sorted(difficulties, reverse=True)
    assert asked == [schedule(memory, grade, now=now, time_zone=zone) for grade in Grade]


@given(past=PASTS, grade=GRADES, now=MOMENTS, zone=st.sampled_from(ZONES))
@settings(max_examples=100, deadline=None)
def test_what_is_stored_keeps_the_rules_of_the_table(
    past: list[tuple[Grade, timedelta]], grade: Grade, now: datetime, zone: str
) -> None:
    memory, now = lived(past, now, zone)
    made = schedule(memory, grade, now=now, time_zone=zone)
    assert made.memory.stability is not None
    assert 0 < made.memory.stability <= LONGEST
    assert made.memory.difficulty is not None
    assert 1 <= made.memory.difficulty <= 10
    assert made.memory.last_reviewed_at == now
    assert made.memory.state != CardState.NEW
    assert (made.memory.step is None) == (made.memory.state == CardState.REVIEW)
    if made.memory.state == CardState.REVIEW:
        begins = made.due_at.astimezone(ZoneInfo(zone))
        assert made.due_at >= now + LEAST_REST
        assert begins.date() > now.astimezone(ZoneInfo(zone)).date() or made.due_at == now + LEAST_REST


@given(stability=st.floats(0.001, 30_000), days=st.floats(0, 30_000), more=st.floats(0, 1_000))
def test_memory_only_fades_and_is_at_ninety_percent_after_its_stability(
    stability: float, days: float, more: float
) -> None:
    assert 1 >= recalled(stability, days) >= recalled(stability, days + more) > 0
    assert recalled(stability, stability) == pytest.approx(0.9)
    assert 1 <= interval(stability) <= LONGEST


def test_a_clock_that_went_back_breaks_nothing() -> None:
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    memory = Memory(CardState.REVIEW, None, 5.0, 5.0, now + timedelta(days=3))
    assert schedule(memory, Grade.GOOD, now=now, time_zone="UTC").due_at > now


def answered(*grades: Grade, zone: str = "UTC", at: datetime = datetime(2026, 11, 26, 12, tzinfo=UTC)) -> Scheduled:
    made = Scheduled(Memory(), at)
    for grade in grades:
        made = schedule(made.memory, grade, now=max(made.due_at, at), time_zone=zone)
    return made


def test_a_card_that_is_known_rests_longer_each_time_and_one_that_is_forgotten_comes_back() -> None:
    rests = []
    for count in range(2, 7):
        made = answered(*[Grade.GOOD] * count)
        assert made.memory.last_reviewed_at is not None
        rests.append((made.due_at - made.memory.last_reviewed_at).days)
    assert rests == sorted(rests)
    assert rests[0] < rests[-1]
    lapsed = answered(*[Grade.GOOD] * 6, Grade.AGAIN)
    assert lapsed.memory.state == CardState.RELEARNING
    assert lapsed.memory.last_reviewed_at is not None
    assert lapsed.due_at - lapsed.memory.last_reviewed_at == timedelta(minutes=10)


def test_a_day_begins_where_the_learner_lives() -> None:
    at = datetime(2026, 11, 26, 15, tzinfo=UTC)  # the 27th in Auckland, half past four in the morning
    easy = schedule(Memory(), Grade.EASY, now=at, time_zone="Pacific/Auckland")
    assert easy.due_at.astimezone(ZoneInfo("Pacific/Auckland")) == datetime(
        2026, 12, 5, tzinfo=ZoneInfo("Pacific/Auckland")
    )
    late = datetime(2026, 11, 26, 23, 50, tzinfo=UTC)
    memory = Memory(CardState.LEARNING, 1, 0.5, 5.0, late - timedelta(minutes=10))
    assert schedule(memory, Grade.GOOD, now=late, time_zone="UTC").due_at == late + LEAST_REST
