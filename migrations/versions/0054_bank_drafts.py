"""Questions of a bank while somebody writes them: their own until they are put into the bank."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from learncraft import row_security
from learncraft.row_security import OWN

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question_bank_drafts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("tags", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "jsonb_typeof(document) = 'object'", name=op.f("ck_question_bank_drafts_document_is_object")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_question_bank_drafts_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["question_bank_items.id"], name=op.f("fk_question_bank_drafts_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_bank_drafts")),
        sa.UniqueConstraint("user_id", "item_id", name=op.f("uq_question_bank_drafts_user_id_item_id")),
    )
    op.create_index("ix_question_bank_drafts_item_id", "question_bank_drafts", ["item_id"], unique=False)
    op.execute(
        "CREATE TRIGGER touch_updated_at BEFORE UPDATE ON question_bank_drafts "
        "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
    )
    for statement in row_security.protect("question_bank_drafts", OWN):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("question_bank_drafts")
