"""How well the text of a picture stands out from its ground, and of which bytes that was said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("uploaded_files", sa.Column("looked_at_hash", sa.String(64), nullable=True))
    op.add_column("uploaded_files", sa.Column("text_contrast", sa.Float(), nullable=True))
    # Nothing to read through: the column has just been made.
    op.create_check_constraint(
        op.f("ck_uploaded_files_text_contrast_between_1_and_21"), "uploaded_files", "text_contrast BETWEEN 1 AND 21"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_uploaded_files_text_contrast_between_1_and_21"), "uploaded_files")
    op.drop_column("uploaded_files", "text_contrast")
    op.drop_column("uploaded_files", "looked_at_hash")
