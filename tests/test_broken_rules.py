"""What the database refuses is a sentence for people, and nothing of the action stays."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.broken_rules import SENTENCES, BrokenRuleError
from learncraft.db import Database
from learncraft.errors import LearnCraftError
from tests.factories import make_user
from tests.factories.one_of_each import one_of_each

COPY = "INSERT INTO enrollments (user_id, course_id) SELECT user_id, course_id FROM enrollments LIMIT 1"
CASES = (
    (COPY, "This person is in the course already."),
    ("UPDATE users SET email = 'ada@example.org'", "There is an account with this address already."),
    ("UPDATE lessons SET parent_lesson_id = id", "Nothing can stand below itself."),
    ("UPDATE courses SET price = -1", "A value isn't possible in courses: price not negative."),
    ("UPDATE courses SET title = NULL", "Title is missing."),
    ("UPDATE courses SET title = repeat('x', 501)", "A text is longer than there is room for."),
    ("UPDATE courses SET price = 1e9", "A number is larger than there is room for."),
    ("UPDATE modules SET course_id = new_id()", "What this belongs to is gone, or something still belongs to it."),
    ("UPDATE users SET role = 'emperor'", "A value is not one that can be kept."),
)


@pytest.mark.parametrize(("statement", "words"), CASES, ids=[statement for statement, _ in CASES])
def test_a_broken_rule_is_a_sentence_and_undoes_the_whole_action(
    database: Database, statement: str, words: str
) -> None:
    with pytest.raises(BrokenRuleError) as refusal, database.transaction() as session:
        one_of_each(session)
        make_user(session, email="somebody@example.org")
        session.execute(text(statement))
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    said = str(refusal.value)
    assert words in said
    assert said.endswith("Nothing was changed.")
    assert not re.search(r"psycopg|sqlalchemy|violat|ck_|uq_|fk_|\bSQL\b", said)
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM users")) == 0


def test_an_action_that_may_be_tried_again_says_the_same(database: Database) -> None:
    def action(session: Session) -> None:
        make_user(session)
        session.execute(text("UPDATE users SET first_name = NULL"))

    with pytest.raises(LearnCraftError, match="First name is missing"):
        database.run(action)


def test_each_rule_that_has_a_sentence_exists(session: Session) -> None:
    names = set(session.scalars(text("SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class")))
    raised = set(session.scalars(text("SELECT (regexp_matches(prosrc, 'CONSTRAINT = ''(\\w+)', 'g'))[1] FROM pg_proc")))
    assert set(SENTENCES) <= names | raised
