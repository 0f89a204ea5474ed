"""What the tutor may do in an open attempt, and what learners ask it, for those who teach."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from learncraft import sql

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

HELP = postgresql.ENUM("nothing", "hints", "answers", name="tutor_help", create_type=False)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_ai_interactions_course",
            "ai_interactions",
            [sa.text("(context ->> 'course_id')"), "created_at"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )
    HELP.create(op.get_bind())
    op.add_column("assessments", sa.Column("tutor_help", HELP, nullable=True))
    op.get_bind().exec_driver_sql(sql.text("postgres/0046_tutor_modes").replace("%", "%%"))
    # A chunk stays in its page, uncompressed: each search reads the words of every chunk that it may.
    op.execute("ALTER TABLE content_embeddings SET (toast_tuple_target = 4080)")


def downgrade() -> None:
    op.execute("ALTER TABLE content_embeddings RESET (toast_tuple_target)")
    op.execute("DROP FUNCTION questions_to_tutor(uuid, timestamptz)")
    op.execute("DROP FUNCTION without_person(text, text[])")
    op.drop_index("ix_ai_interactions_course", table_name="ai_interactions")
    op.drop_column("assessments", "tutor_help")
    HELP.drop(op.get_bind())
