"""What serves people: a login of their own that owns nothing, and nobody's rows where nobody is named."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import fasteners
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from learncraft import acting, runtime
from learncraft.acting import APP_ROLE, NOBODY, SYSTEM, Acting
from learncraft.analytics.store import EventStore
from learncraft.db import Database
from learncraft.runtime import Runtime
from learncraft.settings import Settings
from learncraft.supervisor import servers
from learncraft.supervisor.errors import StartError
from learncraft.supervisor.postgres import EmbeddedPostgres
from tests.factories import make_user
from tests.postgres import SharedServer

WHO = text("SELECT session_user, current_user")


@pytest.fixture(scope="module")
def served(postgres: SharedServer) -> Iterator[Database]:
    with postgres.clone("learncraft_template", f"served_{uuid4().hex[:8]}") as database:
        with database.transaction() as session:
            for _ in range(2):
                user = make_user(session)
                session.execute(
                    text("INSERT INTO user_preferences (user_id) VALUES (:id) ON CONFLICT DO NOTHING"), {"id": user.id}
                )
        yield database


def rows(database: Database, who: Acting | None = None) -> int:
    with database.reading(who) as session:
        return int(session.scalar(text("SELECT count(*) FROM user_preferences")) or 0)


def test_people_are_served_by_a_login_of_their_own(served: Database) -> None:
    someone = Acting(uuid4(), "learner")
    for database in (served, served.confined()):
        with database.reading(someone) as session:
            assert session.execute(WHO).one() == (APP_ROLE, APP_ROLE)
        with database.reading(SYSTEM) as session:
            assert APP_ROLE not in session.execute(WHO).one()
    assert served.confined().run(lambda session: session.execute(WHO).one()) == (APP_ROLE, APP_ROLE)


def test_what_serves_people_and_names_nobody_sees_nobodys_rows(served: Database, tmp_path: Path) -> None:
    runtime.use(Runtime(Settings(home=tmp_path), served, EventStore.connect("http://127.0.0.1:9/nowhere")))
    try:
        page = runtime.current().database
    finally:
        runtime.use(None)
    assert rows(served) >= 2
    assert rows(page) == rows(page, NOBODY) == 0
    assert rows(page, SYSTEM) == rows(served)
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(rows(page)))  # a page's run has a thread of its own
    thread.start()
    thread.join()
    assert found == [0]
    with acting.acting_as(SYSTEM):
        assert rows(page) == rows(served)
    with page.engine.connect() as connection:  # past every rule of ours
        assert connection.scalar(text("SELECT count(*) FROM user_preferences")) == 0


@pytest.mark.parametrize("words", ["RESET ROLE", "SET SESSION AUTHORIZATION DEFAULT", "SET LOCAL ROLE NONE"])
def test_the_owners_rights_are_out_of_reach(served: Database, words: str) -> None:
    with served.transaction(Acting(uuid4(), "learner")) as session:
        session.execute(text(words))
        assert session.execute(WHO).one() == (APP_ROLE, APP_ROLE)
        assert session.scalar(text("SELECT count(*) FROM user_preferences")) == 0
    with (
        pytest.raises(DBAPIError, match="permission denied to set role"),
        served.transaction(Acting(uuid4(), "learner")) as session,
    ):
        session.execute(text("SET ROLE learncraft"))


def test_without_such_a_login_the_owners_rights_are_given_up(postgres: SharedServer, served: Database) -> None:
    with served.reading() as session:
        name = session.scalar(text("SELECT current_database()"))
    database = Database(postgres.named(str(name)), pool_size=1)
    try:
        with database.confined().reading() as session:
            assert session.execute(WHO).one()[1] == APP_ROLE
        assert (rows(database.confined()), rows(database)) == (0, rows(served))
    finally:
        database.close()


def test_the_embedded_server_lets_people_in_also_when_it_was_made_before_they_had_a_login(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "home")
    (tmp_path / "home").mkdir()
    try:
        server.start()
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(APP_ROLE)))
        server.start()
        with psycopg.connect(server.app_url) as connection:
            assert connection.execute("SELECT session_user").fetchone() == (APP_ROLE,)
    finally:
        server.stop()


@pytest.fixture
def logins(served: Database, shared_base: Path) -> Iterator[None]:
    made = ("lc_web", "lc_stranger", "lc_heir")
    with fasteners.InterProcessLock(shared_base / "logins.lock"):  # roles belong to the whole server
        with served.transaction() as session:
            session.execute(text("CREATE ROLE lc_web LOGIN IN ROLE learncraft_app"))
            session.execute(text("CREATE ROLE lc_stranger LOGIN"))
            session.execute(text("CREATE ROLE lc_heir LOGIN IN ROLE learncraft, learncraft_app"))
        yield
        with served.transaction() as session:
            for name in made:
                session.execute(text(f"DROP ROLE {name}"))


@pytest.mark.usefixtures("logins")
@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("lc_web", ""),
        (APP_ROLE, ""),
        ("learncraft", "Policies don't hold for learncraft"),
        ("lc_heir", "Policies don't hold for lc_heir"),
        ("lc_stranger", "GRANT learncraft_app TO lc_stranger;"),
        ("lc_nobody", "has no user 'lc_nobody'"),
    ],
)
def test_a_login_that_policies_do_not_hold_for_is_refused(
    postgres: SharedServer, served: Database, login: str, words: str
) -> None:
    name = urlsplit(served.url).path.lstrip("/")
    database = Database(postgres.named(name), app_url=postgres.named(name, login=login), pool_size=1)
    try:
        if not words:
            servers.check_app_login(database)
            assert rows(database.confined()) == 0
            return
        with pytest.raises(StartError, match=words):
            servers.check_app_login(database)
    finally:
        database.close()


def test_a_login_in_another_database_is_refused(postgres: SharedServer, served: Database) -> None:
    name = urlsplit(served.url).path.lstrip("/")
    database = Database(postgres.named(name), app_url=postgres.named("postgres", login=APP_ROLE), pool_size=1)
    try:
        with pytest.raises(StartError, match="different databases"):
            servers.check_app_login(database)
    finally:
        database.close()
