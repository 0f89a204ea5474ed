"""A small world in which every page has something to show, and a way to open pages in it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from learncraft import runtime
from learncraft.accounts import sessions
from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.analytics.store import EventStore
from learncraft.assessments import service as attempts
from learncraft.authoring import drafting, sharing
from learncraft.db import Database, new_id
from learncraft.enrollment import service as enrollment
from learncraft.enrollment.registration import offerings
from learncraft.enrollment.registration.offerings import OfferingDraft
from learncraft.runtime import Runtime
from learncraft.settings import Settings
from pages.shared import navigation
from tests.conftest import TEMPLATE
from tests.event_store import SharedEventStore, ship
from tests.factories import make_assessment, make_course, make_user
from tests.postgres import SharedServer

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session", autouse=True)
def components_looked_for_once() -> Iterator[None]:
    """Streamlit reads what each installed package says of itself whenever an application is opened for a test.

    That takes longer than most pages, and nothing is installed while tests run.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@dataclass
class World:
    """What the pages are about, and who may look at them.

    Pages open by the name, too: of the `helper` with the course, and of a `stranger` who teaches another one.
    """

    database: Database
    families: dict[str, UUID] = field(default_factory=dict)
    people: dict[UserRole, UUID] = field(default_factory=dict)
    queries: dict[str, str] = field(default_factory=dict)
    statements: list[str] = field(default_factory=list)

    def open(self, file: str, role: UserRole | str) -> AppTest:
        """Open a page as somebody of that role, or by name; what it asks of the database is in `statements`."""
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        app.session_state["_family"] = self.families[role]
        app.run()
        for pair in filter(None, self.queries.get(file, "").split("&")):
            name, value = pair.split("=")
            app.query_params[name] = value
        app.switch_page(file)
        self.statements.clear()
        return app.run()

    def open_bare(self, role: UserRole = UserRole.LEARNER) -> AppTest:
        """Open the application without naming a page."""
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        app.session_state["_family"] = self.families[role]
        return app.run()


@contextmanager
def filled(database: Database, event_store: EventStore) -> Iterator[World]:
    """A world in an empty database, with its events in the store."""
    world = World(database)
    fill(world)
    ship(database.engine, event_store)
    for engine in (database.engine, database.confined().engine):
        event.listen(engine, "before_cursor_execute", lambda *said: world.statements.append(str(said[2])))
    yield world


@contextmanager
def served(world: World, event_store: EventStore, home: Path) -> Iterator[World]:
    """The world as what pages of this process find."""
    runtime.use(Runtime(Settings(home=home), world.database, event_store))
    yield world
    runtime.use(None)


@pytest.fixture
def world(fresh_database: Database, event_store: EventStore, tmp_path: Path) -> Iterator[World]:
    """A world for one test, which may change it."""
    with filled(fresh_database, event_store) as world, served(world, event_store, tmp_path):
        yield world


@pytest.fixture(scope="module")
def lasting(postgres: SharedServer, shared_event_store: SharedEventStore) -> Iterator[tuple[World, EventStore]]:
    with (
        postgres.clone(TEMPLATE, f"lasting_{uuid4().hex[:12]}") as database,
        shared_event_store.database(f"test_{uuid4().hex[:12]}") as store,
        filled(database, store) as world,
    ):
        yield world, store


@pytest.fixture
def looked_at(lasting: tuple[World, EventStore], tmp_path: Path) -> Iterator[World]:
    """A world that outlives the test, for tests that only open pages: to fill one takes longer than to look."""
    world, store = lasting
    with served(replace(world, queries=dict(world.queries)), store, tmp_path) as seen:
        yield seen


_ROW = re.compile(r'<div class="lc-(?:gone|came|stays)"><span class="lc-sign">(.)</span><span>(.*?)</span></div>')


def differences(app: AppTest) -> list[str]:
    """The differences that a page shows, as plain lines: a sign, and what it says."""
    shown = [str(one.proto.body) for one in app.get("html") if "lc-diff" in str(one.proto.body)[:24]]
    rows = [[(sign, re.sub("<[^>]+>", "", said)) for sign, said in _ROW.findall(one)] for one in shown]
    return ["\n".join(sign.replace("−", "-") + html.unescape(said) for sign, said in one) for one in rows]


def session_viewer(world: World, role: UserRole) -> Viewer:
    """The person of a role as services know them."""
    with world.database.reading() as session:
        user = session.get_one(User, world.people[role])
        return Viewer(user.id, user.email, user.first_name, user.full_name, role, "en", "system", "UTC", new_id())


def fill(world: World) -> None:
    """One person per role; a course of the instructor's that everybody is in; an open and a closed attempt."""
    with world.database.transaction() as session:
        for role in UserRole:
            person = make_user(session, role=role)
            world.people[role] = person.id
            if role == UserRole.INSTRUCTOR:
                course = make_course(session, modules=3, lessons=4, instructor=person)
    teacher = session_viewer(world, UserRole.INSTRUCTOR)
    with world.database.transaction() as session:
        offering = offerings.save(session, teacher, OfferingDraft(title="Spring"), course_id=course.id)
        drafting.begin(session, teacher, course.id)
    lesson = course.lessons[0]
    with world.database.transaction() as session:
        assessment, questions = make_assessment(session, lesson, questions=3)
        other, _ = make_assessment(session, lesson, questions=2, assessment_type="practice")
    for role, person_id in world.people.items():
        with world.database.transaction() as session:
            person = session.get_one(User, person_id)
            token = sessions.open_session(session, person)
            viewer = sessions.viewer_for_token(session, token)
            assert viewer is not None
            world.families[role] = viewer.family_id
            enrollment.enroll(session, learner_id=person_id, course_id=course.id)
            enrollment.open_lesson(session, learner_id=person_id, lesson_id=lesson.id)
    bring_others(world, teacher, course.id)
    with world.database.transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))  # nothing waits, as when a worker has been there
    learner = world.people[UserRole.LEARNER]
    with world.database.transaction() as session:
        closed = attempts.start_attempt(session, learner_id=learner, assessment_id=assessment.id)
        attempts.save_answer(
            session, learner_id=learner, attempt_id=closed, question_id=questions[0].id, response={"option": "a"}
        )
        attempts.submit_attempt(session, learner_id=learner, attempt_id=closed)
        opened = attempts.start_attempt(session, learner_id=learner, assessment_id=other.id)
    world.queries |= {
        "pages/learn/course.py": f"course={course.course.slug}",
        "pages/learn/lesson.py": f"id={lesson.id}",
        "pages/learn/assessment.py": f"attempt={opened}",
        **{screen.file: f"course={course.id}" for screen in navigation.SCREENS["Insights"]},
        "pages/teach/builder.py": f"course={course.id}&lesson={lesson.id}",
        "pages/teach/details.py": f"course={course.id}",
        "pages/teach/review.py": f"course={course.id}",
        "pages/teach/revisions.py": f"lesson={lesson.id}",
        "pages/teach/grid.py": f"course={course.id}",
        "pages/teach/preview.py": f"lesson={lesson.id}",
        "pages/teach/lab.py": f"lesson={lesson.id}",
        "pages/teach/certificates.py": f"course={course.id}",
        "pages/teach/gradebook.py": f"course={course.id}",
        "pages/teach/flashcards.py": f"course={course.id}",
        "pages/teach/assessment.py": f"id={assessment.id}",
        "pages/teach/fix_key.py": f"question={questions[0].id}",
        "pages/learn/instructor.py": f"id={world.people[UserRole.INSTRUCTOR]}",
        "pages/learn/grades.py": f"course={course.course.slug}",
        "pages/learn/discussion.py": f"course={course.id}",
        "pages/learn/registration.py": f"offering={offering}",
        "pages/teach/registrations.py": f"offering={offering}",
        "closed attempt": f"attempt={closed}",
    }


def bring_others(world: World, teacher: Viewer, course_id: UUID) -> None:
    """Who helps with the course, and a stranger who teaches nothing of it."""
    with world.database.transaction() as session:
        for name in ("helper", "stranger"):
            person = make_user(session, role=UserRole.INSTRUCTOR)
            viewer = sessions.viewer_for_token(session, sessions.open_session(session, person))
            assert viewer is not None
            world.families[name] = viewer.family_id
            if name == "helper":
                sharing.add_helper(session, teacher, course_id, person.email)
