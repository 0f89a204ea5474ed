"""What people have typed and not sent yet is kept for them alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from learncraft import row_security
from learncraft.row_security import OWN

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unsent_words",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("words <> ''", name=op.f("ck_unsent_words_words_not_empty")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_unsent_words_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsent_words")),
        sa.UniqueConstraint("user_id", "place", name=op.f("uq_unsent_words_user_id_place")),
    )
    op.execute(
        "CREATE TRIGGER touch_updated_at BEFORE UPDATE ON unsent_words "
        "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
    )
    for statement in row_security.protect("unsent_words", OWN):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("unsent_words")
