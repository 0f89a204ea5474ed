"""Search: weighted vectors of courses and lessons, the words that are in them, people by parts of their names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from learncraft import sql

revision = "0030"
down_revision = "0020"
branch_labels = None
depends_on = None

BATCH = 500
FUNCTIONS = (
    "keep_lessons_language()",
    "keep_lesson_vector()",
    "keep_course_vector()",
    "keep_people_vector()",
    "people_words(text, text, text, text)",
    "lesson_vector(text, text, text, jsonb, jsonb)",
    "course_vector(text, text, text, jsonb, jsonb, text)",
    "lesson_plain(jsonb)",
    "search_sentences(jsonb)",
    "search_plain(text)",
    "search_config(text)",
)


def upgrade() -> None:
    op.get_bind().exec_driver_sql(sql.text("postgres/0030_search").replace("%", "%%"))
    op.add_column("users", sa.Column("search_vector", postgresql.TSVECTOR()))
    op.add_column("courses", sa.Column("search_vector", postgresql.TSVECTOR()))
    # Ranking reads the vectors of all courses that fit; beside the row they cost a look into another table each.
    op.execute("ALTER TABLE courses ALTER COLUMN search_vector SET STORAGE MAIN")
    op.add_column("lessons", sa.Column("search_vector", postgresql.TSVECTOR()))
    fill("users", "people_words(first_name, last_name, email, username)")
    fill("courses", "course_vector(language, title, short_description, tags, learning_objectives, description)")
    fill(
        "lessons",
        "lesson_vector((SELECT c.language FROM courses c JOIN modules m ON m.course_id = c.id "
        "WHERE m.id = lessons.module_id), title, description, learning_objectives, content)",
    )
    op.execute(
        "CREATE TRIGGER keep_vector BEFORE INSERT OR UPDATE OF first_name, last_name, email, username ON users "
        "FOR EACH ROW EXECUTE FUNCTION keep_people_vector()"
    )
    op.execute(
        "CREATE TRIGGER keep_vector BEFORE INSERT OR UPDATE OF language, title, short_description, tags, "
        "learning_objectives, description ON courses FOR EACH ROW EXECUTE FUNCTION keep_course_vector()"
    )
    op.execute(
        "CREATE TRIGGER keep_vector BEFORE INSERT OR UPDATE OF module_id, title, description, learning_objectives, "
        "content ON lessons FOR EACH ROW EXECUTE FUNCTION keep_lesson_vector()"
    )
    op.execute(
        "CREATE TRIGGER keep_lessons_language AFTER UPDATE OF language ON courses FOR EACH ROW "
        "WHEN (OLD.language IS DISTINCT FROM NEW.language) EXECUTE FUNCTION keep_lessons_language()"
    )
    op.execute(
        "CREATE TRIGGER keep_lessons_language AFTER UPDATE OF course_id ON modules FOR EACH ROW "
        "WHEN (OLD.course_id IS DISTINCT FROM NEW.course_id) EXECUTE FUNCTION keep_lessons_language()"
    )
    op.create_table(
        "search_words",
        sa.Column("word", sa.String(length=40, collation="C"), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("variants", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),
    )
    op.create_table(
        "search_refreshes",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_search_refreshes_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_refreshes")),
    )
    op.execute("INSERT INTO search_refreshes (id, refreshed_at) VALUES (1, 'epoch')")
    op.create_index("ix_courses_search_vector", "courses", ["search_vector"], postgresql_using="gin")
    op.create_index("ix_lessons_search_vector", "lessons", ["search_vector"], postgresql_using="gin")
    op.create_index("ix_search_words_variants", "search_words", ["variants"], postgresql_using="gin")
    op.create_index("ix_users_search_vector", "users", ["search_vector"], postgresql_using="gin")
    op.create_index(
        "ix_courses_language",
        "courses",
        ["language"],
        postgresql_where=sa.text("status = 'published' AND deleted_at IS NULL"),
    )


def fill(table: str, vector: str) -> None:
    """Give the rows that are there their vectors, some hundreds at a time; this is no change of a course."""
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER touch_updated_at")
    connection = op.get_bind()
    statement = sa.text(
        f"UPDATE {table} SET search_vector = {vector} "
        f"WHERE id IN (SELECT id FROM {table} WHERE id > CAST(:after AS uuid) ORDER BY id LIMIT {BATCH}) RETURNING id"
    )
    after = "00000000-0000-0000-0000-000000000000"
    while done := connection.execute(statement, {"after": after}).scalars().all():
        after = str(max(done))
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER touch_updated_at")


def downgrade() -> None:
    op.drop_index("ix_courses_language", table_name="courses")
    op.drop_table("search_refreshes")
    op.drop_table("search_words")
    op.execute("DROP TRIGGER keep_lessons_language ON modules")
    op.execute("DROP TRIGGER keep_lessons_language ON courses")
    op.execute("DROP TRIGGER keep_vector ON lessons")
    op.execute("DROP TRIGGER keep_vector ON courses")
    op.execute("DROP TRIGGER keep_vector ON users")
    op.drop_column("lessons", "search_vector")
    op.drop_column("courses", "search_vector")
    op.drop_column("users", "search_vector")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
