"""Which words each course has, so that a change of one course counts the words of that course alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_course_words",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("words", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("documents", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.CheckConstraint(
            "cardinality(words) = cardinality(documents)", name=op.f("ck_search_course_words_a_number_for_each_word")
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_search_course_words")),
    )
    # What was counted of all courses at once can't be told apart: the next job counts anew.
    op.execute("DELETE FROM search_words")


def downgrade() -> None:
    op.drop_table("search_course_words")
    op.execute("UPDATE search_refreshes SET refreshed_at = 'epoch'")
