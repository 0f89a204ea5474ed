"""Drafts of assessments, questions that only some attempts draw, and a key that waits until an assessment has closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from learncraft import sql

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("questions", sa.Column("is_drawn", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column(
        "assessments",
        sa.Column("answers_after_close", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_table(
        "assessment_drafts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("edited_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("jsonb_typeof(document) = 'object'", name=op.f("ck_assessment_drafts_document_is_object")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_assessment_drafts_assessment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["edited_by"], ["users.id"], name=op.f("fk_assessment_drafts_edited_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_drafts")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_assessment_drafts_assessment_id")),
    )
    op.create_index("ix_assessment_drafts_edited_by", "assessment_drafts", ["edited_by"], unique=False)
    op.execute(
        "CREATE TRIGGER touch_updated_at BEFORE UPDATE ON assessment_drafts "
        "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
    )
    op.get_bind().exec_driver_sql(sql.text("postgres/0049_was_asked").replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP FUNCTION question_was_asked(uuid)")
    op.drop_table("assessment_drafts")
    op.drop_column("assessments", "answers_after_close")
    op.drop_column("questions", "is_drawn")
