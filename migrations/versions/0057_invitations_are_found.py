"""Who was invited by an address finds the invitation again; the policy of 0050 had forgotten it."""

from __future__ import annotations

from alembic import op

from learncraft import row_security
from learncraft.row_security import OWN, REVIEWER, either, of_courses_looked_after

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

LOOKED_AFTER = of_courses_looked_after(
    "offering_id", "SELECT o.id FROM courses AS c JOIN course_offerings AS o ON o.course_id = c.id"
)
# As soon as they have shown that the address is theirs.
INVITED = (
    "user_id IS NULL AND email = (SELECT u.email FROM users AS u"
    " WHERE u.id = (SELECT acting_user()) AND u.is_email_verified AND u.deleted_at IS NULL)"
)


def upgrade() -> None:
    for statement in row_security.protect_anew("registrations", either(OWN, REVIEWER, LOOKED_AFTER, INVITED)):
        op.execute(statement)


def downgrade() -> None:
    for statement in row_security.protect_anew("registrations", either(OWN, REVIEWER, LOOKED_AFTER)):
        op.execute(statement)
