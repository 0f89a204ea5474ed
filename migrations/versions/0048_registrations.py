"""Signing up: who was invited, whose address is confirmed, whether a person decides, and batches of cohorts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from learncraft import sql
from learncraft.row_security import OWN, REVIEWER, either, of_taught_courses

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

TAUGHT_OFFERINGS = of_taught_courses(
    "offering_id", "SELECT o.id FROM courses AS c JOIN course_offerings AS o ON o.course_id = c.id"
)
BEFORE = either(OWN, REVIEWER, TAUGHT_OFFERINGS)
# Who was invited by an address finds the invitation as soon as they have shown that the address is theirs.
INVITED = (
    "user_id IS NULL AND email = (SELECT u.email FROM users AS u"
    " WHERE u.id = (SELECT acting_user()) AND u.is_email_verified AND u.deleted_at IS NULL)"
)
AFTER = either(OWN, REVIEWER, TAUGHT_OFFERINGS, INVITED)


def upgrade() -> None:
    op.add_column("course_offerings", sa.Column("needs_review", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("cohorts", sa.Column("batch_size", sa.SmallInteger(), nullable=True))
    op.create_check_constraint("batch_size_positive", "cohorts", "batch_size > 0")
    op.add_column("registrations", sa.Column("first_name", sa.String(length=100), nullable=True))
    op.add_column("registrations", sa.Column("last_name", sa.String(length=100), nullable=True))
    op.add_column("registrations", sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("registrations", sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_registrations_waiting",
        "registrations",
        ["offering_id", "cohort_id", "submitted_at"],
        postgresql_where=sa.text("status = 'waitlisted'"),
    )
    op.get_bind().exec_driver_sql(sql.text("postgres/0048_registrations").replace("%", "%%"))
    _decide(AFTER)


def downgrade() -> None:
    _decide(BEFORE)
    op.execute("DROP FUNCTION place_in_line(uuid)")
    op.execute("DROP FUNCTION waiting_for(uuid, uuid)")
    op.drop_index("ix_registrations_waiting", table_name="registrations")
    for column in ("invited_at", "email_confirmed_at", "last_name", "first_name"):
        op.drop_column("registrations", column)
    op.drop_constraint(op.f("ck_cohorts_batch_size_positive"), "cohorts", type_="check")
    op.drop_column("cohorts", "batch_size")
    op.drop_column("course_offerings", "needs_review")


def _decide(condition: str) -> None:
    """Whose registrations a person sees and changes."""
    op.execute(f"ALTER POLICY personal ON registrations USING ({condition}) WITH CHECK ({condition})")
