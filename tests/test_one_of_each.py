"""The database filled with one row of each, for what must hold for every table."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from learncraft import schema
from learncraft.accounts.models import User
from learncraft.db import Base, Database
from learncraft.json_shapes import Json
from tests.factories.one_of_each import one_of_each


def test_one_row_fits_into_every_table(session: Session) -> None:
    one_of_each(session)
    empty = [name for name in schema.tables() if session.scalar(text(f"SELECT count(*) FROM {name}")) == 0]
    assert empty == []


def test_every_migration_goes_down_step_by_step_and_up_again_with_rows_in_every_table(
    fresh_database: Database,
) -> None:
    engine = fresh_database.engine
    with fresh_database.transaction() as session:
        one_of_each(session)
    while schema.current(engine) is not None:
        schema.downgrade(engine, "-1")
    with engine.connect() as connection:
        left = connection.execute(text("SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace"))
        ours = {name for (name,) in left} - {"vector", "halfvec", "sparsevec"}
        assert {name for name in ours if not name.startswith("_")} <= {"alembic_version"}
        functions = connection.scalars(
            text(
                "SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS "
                "(SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
            )
        )
        assert list(functions) == []
    schema.upgrade(engine)
    assert schema.differences(engine) == []


def test_the_newest_migrations_keep_what_the_older_tables_hold(fresh_database: Database) -> None:
    engine = fresh_database.engine
    with fresh_database.transaction() as session:
        one_of_each(session)
        session.execute(text("UPDATE enrollments SET rating = 4"))
    schema.downgrade(engine, "0001")
    with engine.begin() as connection:
        before = connection.scalar(text("SELECT count(*) FROM enrollments"))
        connection.execute(text("UPDATE lesson_progress SET last_position = 'null'"))  # as older versions wrote it
        connection.execute(text("UPDATE courses SET rating_count = 0, rating_average = 0"))
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM enrollments")) == before
        assert connection.execute(text("SELECT rating_count, rating_average FROM courses")).all() == [(1, 4)]
        assert connection.scalar(text("SELECT last_position FROM lesson_progress")) is None


def test_every_check_and_exclusion_of_the_models_is_in_the_database(session: Session) -> None:
    """`schema.differences` compares tables, columns, keys and indexes, but not these."""
    found = set(
        session.execute(
            text(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype IN ('c', 'x') "
                "AND connamespace = 'public'::regnamespace AND convalidated AND coninhcount = 0 "
                "AND conrelid::regclass::text NOT LIKE 'procrastinate%'"
            )
        )
    )
    models = set()
    for table in schema.tables().values():
        for constraint in table.constraints:
            if constraint.__visit_name__ in {
                "check_constraint",
                "table_or_column_check_constraint",
                "exclude_constraint",
            }:
                name = session.get_bind().dialect.identifier_preparer.format_constraint(constraint)
                models.add((table.name, name))
    assert found == models


def test_every_json_column_has_a_documented_shape_and_a_check(session: Session) -> None:
    checks = "\n".join(
        session.scalars(text("SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"))
    )
    for table in schema.tables().values():
        for column in table.columns:
            assert not isinstance(column.type, JSONB), f"{column} has no shape"
            if isinstance(column.type, Json):
                assert column.type.shape.__doc__, column
                lines = [line for line in checks.splitlines() if line.startswith(f"{table.name} ")]
                assert any(f"({column.name}" in line for line in lines), f"{column} has no CHECK"


def test_every_relationship_is_loaded_only_where_it_is_said() -> None:
    for mapper in Base.registry.mappers:
        assert all(relation.lazy == "raise" for relation in inspect(mapper).relationships)


def test_who_leaves_for_good_takes_their_rows_along(session: Session) -> None:
    made = one_of_each(session)
    user = session.scalars(select(User).where(User.id == made.user_id)).one()
    session.execute(text("DELETE FROM users WHERE id = :id"), {"id": user.id})
    gone = "certificates enrollments study_materials interactions rag_chat_messages registrations lab_sessions"
    for table in gone.split():
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table
    assert session.scalar(text("SELECT count(*) FROM audit_logs WHERE new_values ->> 'bio' = 'new'")) == 1
    assert session.scalar(text("SELECT count(*) FROM course_reviews_log WHERE actor_id IS NULL")) == 1


def test_a_course_with_a_certificate_can_not_be_removed_from_under_it(session: Session) -> None:
    made = one_of_each(session)
    with pytest.raises(IntegrityError, match="certificates"), session.begin_nested():
        session.execute(text("DELETE FROM courses WHERE id = :id"), {"id": made.course.id})
