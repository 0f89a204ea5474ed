"""A window that is typed by one's own clocks is the same moment for everybody: editor, review, learner and the gate."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from learncraft.accounts.models import UserRole
from learncraft.assessments import drafting, publishing, service
from learncraft.assessments.draft_shapes import DraftSettings
from learncraft.assessments.errors import NotAvailableError
from learncraft.language import dates
from pages.shared import moments
from pages.teach.assessment_editor.settings import said as settings_said
from tests.pages.conftest import World, session_viewer
from tests.pages.test_every_page import said

EDITOR, LESSON = "pages/teach/assessment.py", "pages/learn/lesson.py"
NEW_YORK, BERLIN, TOKYO = (ZoneInfo(name) for name in ("America/New_York", "Europe/Berlin", "Asia/Tokyo"))


def sunday(month: int, number: int) -> datetime:
    """A Sunday of next year, at midnight. Fields take moments of ten years."""
    first = datetime(datetime.now(UTC).year + 1, month, 1)  # noqa: DTZ001 - as it is typed
    return first + timedelta(days=6 - first.weekday() + 7 * (number - 1))


# In New York clocks go forward in the first of these nights and back in the second; in Berlin weeks from there.
SPRING, FALL = sunday(3, 2), sunday(11, 1)
OPENS, CLOSES = SPRING - timedelta(hours=12), SPRING + timedelta(hours=36)
TWICE = (FALL + timedelta(hours=6, minutes=30)).replace(tzinfo=UTC)  # 1:30 in New York, for the second time


def clocks(typed: datetime, **later: int) -> str:
    return dates.moment((typed + timedelta(**later)).replace(tzinfo=UTC), "UTC")


def live_in(world: World, **zones: ZoneInfo) -> None:
    with world.database.transaction() as session:
        for who, zone in zones.items():
            session.execute(
                text(
                    "INSERT INTO user_preferences (user_id, time_zone) "
                    "SELECT user_id, :zone FROM user_sessions WHERE family_id = :family LIMIT 1 "
                    "ON CONFLICT (user_id) DO UPDATE SET time_zone = :zone"
                ),
                {"zone": zone.key, "family": world.families[who]},
            )


@pytest.fixture
def placed(world: World) -> World:
    """Three people in their zones, and a lesson that shows the assessment."""
    live_in(world, instructor=NEW_YORK, helper=BERLIN, learner=TOKYO)
    block = {"id": "quiz", "type": "quiz", "assessment_id": world.queries[EDITOR].removeprefix("id=")}
    with world.database.transaction() as session:
        session.execute(
            text("UPDATE lessons SET content = jsonb_set(content, '{blocks}', :blocks) WHERE id = :id"),
            {"blocks": json.dumps([block]), "id": world.queries[LESSON].removeprefix("id=")},
        )
    return world


def editor(world: World, who: UserRole | str) -> AppTest:
    app = world.open(EDITOR, who)
    app.segmented_control(key="part").set_value("settings").run()
    assert not app.exception
    return app


def shown(app: AppTest) -> list[tuple[str, datetime]]:
    return [(one.label, one.value) for one in app.datetime_input if isinstance(one.value, datetime)]


def type_window(app: AppTest, opens: datetime, closes: datetime) -> None:
    for label in ("Opens at a time", "Closes at a time"):
        next(one for one in app.toggle if one.label == label).set_value(True).run()
    for field, moment in zip(app.datetime_input, (opens, closes), strict=True):
        field.set_value(moment)
    app.run()
    assert not app.exception


def written(world: World) -> DraftSettings:
    assessment = UUID(world.queries[EDITOR].removeprefix("id="))
    with world.database.reading() as session:
        found = drafting.open_draft(session, session_viewer(world, UserRole.INSTRUCTOR), assessment)
    assert found is not None
    return found.document.settings


def publish(world: World) -> UUID:
    assessment = UUID(world.queries[EDITOR].removeprefix("id="))
    with world.database.transaction() as session:
        publishing.publish(session, session_viewer(world, UserRole.INSTRUCTOR), assessment)
    return assessment


def test_a_window_over_a_change_of_clocks_is_the_same_for_three_people_in_three_zones(placed: World) -> None:
    type_window(editor(placed, UserRole.INSTRUCTOR), OPENS, CLOSES)
    moments_meant = tuple(
        (typed + timedelta(hours=off)).replace(tzinfo=UTC) for typed, off in ((OPENS, 5), (CLOSES, 4))
    )
    assert (written(placed).available_from, written(placed).available_until) == moments_meant
    assert shown(editor(placed, "helper")) == [
        ("Day and time (Europe/Berlin)", OPENS + timedelta(hours=6)),
        ("Day and time (Europe/Berlin)", CLOSES + timedelta(hours=5)),
    ]
    assert shown(editor(placed, UserRole.INSTRUCTOR)) == [
        ("Day and time (America/New_York)", OPENS),
        ("Day and time (America/New_York)", CLOSES),
    ]
    # In the differences that a reviewer and those who write read.
    lines = {zone.key: list(settings_said(written(placed), zone.key)) for zone in (NEW_YORK, BERLIN)}
    assert f"Opens at a time: {clocks(OPENS)} (UTC−5)" in lines["America/New_York"]
    assert f"Closes at a time: {clocks(CLOSES)} (UTC−4)" in lines["America/New_York"]
    assert f"Closes at a time: {clocks(CLOSES, hours=5)} (UTC+1)" in lines["Europe/Berlin"]
    # For learners, and at the gate.
    assessment = publish(placed)
    announced = f"It opens on {clocks(OPENS, hours=14)} (UTC+9). It closes on {clocks(CLOSES, hours=13)} (UTC+9)."
    assert announced in said(placed.open(LESSON, UserRole.LEARNER))
    with placed.database.transaction() as session, pytest.raises(NotAvailableError) as refused:
        service.start_attempt(session, learner_id=placed.people[UserRole.LEARNER], assessment_id=assessment)
    assert f"opens on {clocks(OPENS, hours=14)} (UTC+9)" in str(refused.value)


def test_the_gate_opens_by_the_clocks_of_who_typed_and_of_nobody_else(placed: World) -> None:
    """Each hour would be shut, or past, if the clocks of another of the three were read."""
    here = datetime.now(NEW_YORK).replace(tzinfo=None, second=0, microsecond=0)
    learner = placed.people[UserRole.LEARNER]
    type_window(editor(placed, UserRole.INSTRUCTOR), here - timedelta(minutes=30), here + timedelta(minutes=30))
    assessment = publish(placed)
    with placed.database.transaction() as session:
        attempt = service.start_attempt(session, learner_id=learner, assessment_id=assessment)
        service.submit_attempt(session, learner_id=learner, attempt_id=attempt)
    type_window(editor(placed, UserRole.INSTRUCTOR), here - timedelta(minutes=30), here - timedelta(minutes=1))
    publish(placed)
    with placed.database.transaction() as session, pytest.raises(NotAvailableError, match=r"closed on .*\(UTC\+9\)"):
        service.start_attempt(session, learner_id=learner, assessment_id=assessment)


def test_who_only_looks_at_an_hour_that_comes_twice_does_not_move_it(placed: World) -> None:
    type_window(editor(placed, "helper"), OPENS, TWICE.astimezone(BERLIN).replace(tzinfo=None))
    assert written(placed).available_until == TWICE
    app = editor(placed, UserRole.INSTRUCTOR)
    assert shown(app)[1][1] == FALL + timedelta(hours=1, minutes=30)
    app.run()
    assert written(placed).available_until == TWICE
    first = written(placed).model_copy(update={"available_until": TWICE - timedelta(hours=1)})
    both = [list(settings_said(one, NEW_YORK.key)) for one in (first, written(placed))]
    assert both[0] != both[1]  # a reviewer sees that it moved
    # Typed by who sees it twice, it is the first, and that is said; of an hour that is skipped, the one after.
    app.datetime_input[1].set_value(FALL + timedelta(hours=1)).run()
    assert written(placed).available_until == TWICE - timedelta(minutes=90)
    assert "Clocks show this hour twice. The first is meant." in said(app)
    app.datetime_input[0].set_value(SPRING + timedelta(hours=2, minutes=30)).run()
    assert written(placed).available_from == (SPRING + timedelta(hours=7, minutes=30)).replace(tzinfo=UTC)
    assert f"It means {clocks(SPRING, hours=3, minutes=30)} (UTC−4)." in said(app)


@given(
    some.datetimes(datetime(2026, 1, 1), datetime(2045, 1, 1)),  # noqa: DTZ001
    some.sampled_from([NEW_YORK, BERLIN, TOKYO, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu")]),
)
@settings(max_examples=100, deadline=None)
def test_what_a_field_shows_of_a_moment_is_read_as_that_moment(naive: datetime, zone: ZoneInfo) -> None:
    at = moments.shown(naive.replace(tzinfo=UTC))
    typed = at.astimezone(zone).replace(tzinfo=None, fold=0)
    meant = moments.meant(typed, zone)
    comes_twice = at.astimezone(zone).fold == 1
    assert (meant < at) if comes_twice else (meant == at)
    assert not moments.remark(typed, meant, zone) or "twice" in moments.remark(typed, meant, zone)
