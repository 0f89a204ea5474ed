"""Courses and lessons are found by their words."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_courses_words ON courses USING gin "
        "(to_tsvector(text_search_config(language), title || ' ' || coalesce(description, '')))"
    )
    op.execute("CREATE INDEX ix_lessons_words ON lessons USING gin (to_tsvector('simple', title))")


def downgrade() -> None:
    op.drop_index("ix_lessons_words", table_name="lessons")
    op.drop_index("ix_courses_words", table_name="courses")
