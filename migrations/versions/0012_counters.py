"""Votes and ratings are counted by the database."""

from __future__ import annotations

from alembic import op

from learncraft import sql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(sql.text("postgres/0012_counters").replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP TRIGGER count_ratings_of_leavers ON enrollments")
    op.execute("DROP TRIGGER count_ratings ON enrollments")
    op.execute("DROP TRIGGER count_ratings_of_newcomers ON enrollments")
    op.execute("DROP FUNCTION count_ratings()")
    op.execute("DROP FUNCTION average_ratings(uuid)")
    op.execute("DROP TRIGGER count_votes ON discussion_votes")
    op.execute("DROP FUNCTION count_votes()")
