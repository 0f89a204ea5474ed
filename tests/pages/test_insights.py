"""What insight pages show, to whom, and what they say when the event store is away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from learncraft import runtime
from learncraft.accounts.models import User, UserRole
from learncraft.accounts.names import person_names
from learncraft.analytics import asking, engagement, funnel
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore
from learncraft.courses.models import Course
from learncraft.runtime import Runtime
from tests.factories import make_course
from tests.pages.conftest import World


def said(app: object) -> str:
    kinds = ("title", "markdown", "caption", "error", "warning", "info", "subheader")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind))


def test_nobody_sees_the_charts_of_somebody_elses_course(world: World) -> None:
    """One page asks as all do: through insight.of_course."""
    with world.database.transaction() as session:
        others = make_course(session, title="Somebody else's course")
    world.queries["pages/insights/engagement.py"] = f"course={others.id}"
    app = world.open("pages/insights/engagement.py", UserRole.INSTRUCTOR)
    assert not app.exception
    assert "Somebody else's course" not in said(app)
    assert "Somebody else's course" not in app.selectbox[0].options
    assert "Somebody else's course" in said(world.open("pages/insights/engagement.py", UserRole.SYSTEM_ADMIN))


def test_a_store_that_is_away_costs_the_charts_and_not_the_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here = runtime.current()
    away = EventStore.connect("http://learncraft:none@127.0.0.1:9/away")
    monkeypatch.setattr(asking, "of_this_process", asking.Asking)
    runtime.use(Runtime(here.settings, here.database, away))
    for file, role in (
        ("pages/insights/course.py", UserRole.INSTRUCTOR),
        ("pages/insights/items.py", UserRole.INSTRUCTOR),
        ("pages/insights/at_risk.py", UserRole.INSTRUCTOR),
        ("pages/insights/overview.py", UserRole.SYSTEM_ADMIN),
    ):
        app = world.open(file, role)
        assert not app.exception, (file, app.exception)
        assert "The event store does not answer. No event was lost" in said(app)
        assert "As of" in said(app)


def test_filters_stand_in_the_address_and_can_be_reset(world: World) -> None:
    world.queries["pages/insights/course.py"] += "&period=4 weeks&who=Finished"
    app = world.open("pages/insights/course.py", UserRole.INSTRUCTOR)
    assert ", finished, " in said(app)
    assert app.segmented_control[0].value == "4 weeks"
    app.button(key="reset_filters").click().run()
    assert ", all learners, " in said(app)
    assert app.segmented_control[0].value == "12 weeks"


def test_a_course_in_which_all_is_well_says_so(world: World) -> None:
    app = world.open("pages/insights/at_risk.py", UserRole.INSTRUCTOR)
    assert "Nobody is at risk by these thresholds." in said(app)
    assert "Nobody yet" in said(app)


def test_a_page_begins_with_the_course_in_which_most_people_learn(world: World) -> None:
    with world.database.transaction() as session:
        teacher = session.get_one(User, world.people[UserRole.INSTRUCTOR])
        make_course(session, title="A new course without anybody", instructor=teacher)
    asked = world.queries.pop("pages/insights/engagement.py")
    app = world.open("pages/insights/engagement.py", UserRole.INSTRUCTOR)
    assert f"course={app.query_params['course']}" == asked
    assert "A new course without anybody" in app.selectbox[0].options


def test_a_closed_account_is_counted_and_not_named_and_a_renamed_course_keeps_its_past(world: World) -> None:
    course_id = UUID(world.queries["pages/insights/course.py"].removeprefix("course="))
    today, learner = datetime.now(UTC).date(), world.people[UserRole.LEARNER]
    scope = Scope((course_id,), today - timedelta(days=1), today + timedelta(days=1))

    def counted() -> list[object]:
        store = runtime.current().store
        return [
            *engagement.active_learners_by_day(store, scope),
            *engagement.period_totals(store, scope),
            *funnel.completion_funnel(store, scope),
        ]

    before = counted()
    assert [one.actor_id for one in funnel.people_behind(runtime.current().store, scope, most=99)].count(learner) == 1
    with world.database.transaction() as session:
        session.get_one(User, learner).deleted_at = datetime.now(UTC)
        session.get_one(Course, course_id).title = "Under another name"
    assert counted() == before
    with world.database.reading() as session:
        assert learner not in person_names(session, [learner])
    app = world.open("pages/insights/course.py", UserRole.INSTRUCTOR)
    assert "Under another name, all learners" in said(app)
    assert "Under another name" in app.selectbox[0].options
