"""What came back from the links of courses to other sites, and when a course's were asked for last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

ANSWERS = (
    "'well', 'gone', 'no_host', 'no_address', 'silent', 'no_connection', 'certificate', 'trouble', 'circle', 'odd', "
    "'closed', 'private', 'port', 'password'"
)


def upgrade() -> None:
    op.create_table(
        "checked_links",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("http_status", sa.SmallInteger(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"answer IN ({ANSWERS})", name=op.f("ck_checked_links_answer_known")),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_checked_links_failures_not_negative")),
        sa.CheckConstraint(
            "(failures > 0) = (failing_since IS NOT NULL)", name=op.f("ck_checked_links_failing_has_a_date")
        ),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_checked_links")),
    )
    op.create_index("ix_checked_links_checked_at", "checked_links", ["checked_at"], unique=False)
    op.create_table(
        "link_checks",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ended_at >= asked_at", name=op.f("ck_link_checks_ends_after_it_was_asked")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_link_checks_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_link_checks")),
    )
    for table in ("checked_links", "link_checks"):
        op.execute(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
        )


def downgrade() -> None:
    op.drop_table("link_checks")
    op.drop_table("checked_links")
