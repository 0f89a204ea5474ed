"""The schema as a whole."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from learncraft import schema
from learncraft.db import Database
from tests.factories import make_course, make_enrollment, make_user


def test_the_migrated_schema_is_the_models(fresh_database: Database) -> None:
    assert schema.current(fresh_database.engine) == schema.newest()
    assert schema.differences(fresh_database.engine) == []


def test_every_migration_goes_down_and_up_on_a_filled_database(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        made = make_course(session, modules=2, lessons=2)
        make_enrollment(session, made.course)
    schema.downgrade(fresh_database.engine, "base")
    schema.upgrade(fresh_database.engine)
    assert schema.differences(fresh_database.engine) == []


def test_two_people_can_not_hold_one_address_but_a_deleted_one_can_be_used_again(session: Session) -> None:
    first = make_user(session, email="ada@example.org")
    with pytest.raises(IntegrityError), session.begin_nested():
        make_user(session, email="ada@example.org")
    session.execute(text("UPDATE users SET deleted_at = now() WHERE id = :id"), {"id": first.id})
    make_user(session, email="ada@example.org")


def test_a_drag_of_modules_is_one_transaction(session: Session) -> None:
    made = make_course(session, modules=2)
    session.execute(text("UPDATE modules SET order_index = 1 - order_index WHERE course_id = :id"), {"id": made.id})
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_a_nested_lesson_stays_in_its_parents_module(session: Session) -> None:
    made = make_course(session, modules=2)
    first, second = made.lessons
    with pytest.raises(IntegrityError, match="fk_lessons_parent_same_module"), session.begin_nested():
        session.execute(
            text("UPDATE lessons SET parent_lesson_id = :parent WHERE id = :id"), {"parent": second.id, "id": first.id}
        )


def test_updated_at_is_kept_by_the_database(session: Session) -> None:
    user = make_user(session)
    session.execute(text("UPDATE users SET first_name = 'Kim' WHERE id = :id"), {"id": user.id})
    touched = text("SELECT updated_at > created_at FROM users WHERE id = :id")
    assert session.scalar(touched, {"id": user.id})


def test_every_foreign_key_has_an_index(session: Session) -> None:
    missing = session.execute(
        text(
            """
            SELECT c.conrelid::regclass::text || '.' || a.attname
            FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[array_length(c.conkey, 1)]
            WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
              AND NOT EXISTS (
                SELECT 1 FROM pg_index i
                WHERE i.indrelid = c.conrelid AND i.indpred IS NULL
                  AND (i.indkey::int2[])[0:array_length(c.conkey, 1) - 1] @> c.conkey
              )
            """
        )
    ).scalars()
    partly_indexed = {"uploaded_files.course_id"}  # null for files of no course; the partial index serves the rest
    assert set(missing) <= partly_indexed


def test_each_migration_is_one_transaction_so_that_what_is_done_stays_done(fresh_database: Database) -> None:
    engine = fresh_database.engine
    schema.downgrade(engine, "0004")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE interactions (id int)"))  # in the way of 0009
    with pytest.raises(ProgrammingError, match="interactions"):
        schema.upgrade(engine)
    assert schema.current(engine) == "0008"
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE interactions"))
    schema.upgrade(engine)
    assert schema.differences(engine) == []


def test_the_timeouts_of_migrations_are_not_left_to_pages(fresh_database: Database) -> None:
    database = Database(str(fresh_database.engine.url.render_as_string(hide_password=False)), pool_size=1)
    schema.downgrade(database.engine, "-1")
    schema.upgrade(database.engine)
    with database.engine.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "15s"
        assert connection.scalar(text("SHOW lock_timeout")) == "0"
    database.close()
