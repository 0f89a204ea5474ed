"""Orders show themselves only to their buyer and to administrators."""

from __future__ import annotations

from alembic import op

from learncraft import row_security
from learncraft.row_security import ADMIN, OWN, belongs_to, either

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

PERSONAL = {"orders": either(OWN, ADMIN), "order_items": belongs_to("orders", "order_id")}


def upgrade() -> None:
    for table, condition in PERSONAL.items():
        for statement in row_security.protect(table, condition):
            op.execute(statement)


def downgrade() -> None:
    for table in PERSONAL:
        for statement in row_security.release(table):
            op.execute(statement)
