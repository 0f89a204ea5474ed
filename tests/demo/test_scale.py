"""Databases filled for measuring are whole, skewed, repeatable, and never somebody's own."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from learncraft.db import Database
from learncraft.demo.scale import filling
from learncraft.demo.scale.filling import ScaleError, Size
from tests.factories import make_user

SMALL = Size(users=400, enrollments=3_000, courses=30, lessons_per_course=6, events=True)


def one(database: Database, statement: str) -> object:
    with database.reading() as session:
        return session.scalar(text(statement))


def test_a_filling_is_whole_and_skewed(fresh_database: Database) -> None:
    filled = filling.fill(fresh_database, SMALL)
    assert (filled.rows["users"], filled.rows["courses"], filled.rows["enrollments"]) == (400, 30, 3_000)
    assert filled.rows["answers"] == 3 * filled.rows["assessment_attempts"] > 0
    assert filled.rows["learning_events"] > filled.rows["lesson_progress"]
    # Its rows skip the check of foreign keys; each of them leads somewhere all the same.
    with fresh_database.reading() as session:
        keys = session.execute(
            text(
                "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, f.attname "
                "FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
                "JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1] "
                "WHERE c.contype = 'f' AND cardinality(c.conkey) = 1"
            )
        ).all()
        for table, column, target, key in keys:
            lost = session.scalar(
                text(
                    f"SELECT count(*) FROM {table} t WHERE t.{column} IS NOT NULL "
                    f"AND NOT EXISTS (SELECT FROM {target} r WHERE r.{key} = t.{column})"
                )
            )
            assert lost == 0, (table, column)
    top = one(
        fresh_database,
        "SELECT sum(n) FROM (SELECT count(*) AS n FROM enrollments GROUP BY course_id ORDER BY 1 DESC LIMIT 6) t",
    )
    assert int(str(top)) > 3_000 * 0.35  # a fifth of the courses
    wrong = (
        "SELECT count(*) FROM course_progress p JOIN enrollments e ON e.id = p.enrollment_id "
        "WHERE p.completed_lessons <> "
        "(SELECT count(*) FROM lesson_progress l JOIN lessons s ON s.id = l.lesson_id JOIN modules m "
        "ON m.id = s.module_id WHERE m.course_id = e.course_id AND l.user_id = e.user_id AND l.status = 'completed')"
    )
    assert one(fresh_database, wrong) == 0
    assert one(fresh_database, "SELECT count(*) FROM courses WHERE search_vector IS NULL") == 0
    assert int(str(one(fresh_database, "SELECT count(*) FROM search_words"))) > 100
    counted = "SELECT count(*) FROM enrollments WHERE status IN ('active', 'completed')"
    assert one(fresh_database, "SELECT sum(enrollment_count) FROM courses") == one(fresh_database, counted)
    with pytest.raises(ScaleError, match="filled before"):
        filling.fill(fresh_database, SMALL)


def test_other_peoples_data_is_noticed(fresh_database: Database) -> None:
    assert not filling.belongs_to_people(fresh_database)
    with fresh_database.transaction() as session:
        make_user(session)
    assert filling.belongs_to_people(fresh_database)


@pytest.mark.parametrize(
    "size",
    [Size(users=5), Size(users=20, courses=2, enrollments=1_000), Size(lessons_per_course=2), Size(enrollments=0)],
)
def test_a_size_that_can_not_be_is_refused_in_words(size: Size) -> None:
    with pytest.raises(ScaleError, match=r"\.$"):
        size.check()
