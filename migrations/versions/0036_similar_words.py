"""Words alike by their three-letter pieces, where the server has pg_trgm."""

from __future__ import annotations

from alembic import op

from learncraft import sql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(sql.text("postgres/0036_similar_words").replace("%", "%%"))


def downgrade() -> None:
    # The extension stays: others may have come to use it.
    op.execute("DROP INDEX IF EXISTS ix_search_words_trigrams")
    op.execute("DROP FUNCTION similar_word(text)")
