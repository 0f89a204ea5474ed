"""Of two who change a question of a bank, the later one is told: who changed it last, and from what a draft began.

A draft stays when its question is deleted from the bank: what somebody typed isn't somebody else's to delete.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question_bank_items", sa.Column("edited_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_question_bank_items_edited_by"),
        "question_bank_items",
        "users",
        ["edited_by"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index("ix_question_bank_items_edited_by", "question_bank_items", ["edited_by"], unique=False)
    op.add_column("question_bank_drafts", sa.Column("began_from", sa.DateTime(timezone=True), nullable=True))
    _let_go("SET NULL")


def downgrade() -> None:
    _let_go("CASCADE")
    op.drop_column("question_bank_drafts", "began_from")
    op.drop_column("question_bank_items", "edited_by")


def _let_go(rule: str) -> None:
    name = op.f("fk_question_bank_drafts_item_id")
    op.drop_constraint(name, "question_bank_drafts", type_="foreignkey")
    op.create_foreign_key(name, "question_bank_drafts", "question_bank_items", ["item_id"], ["id"], ondelete=rule)
