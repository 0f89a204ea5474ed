"""Subscriptions, the public profiles of those who teach, and the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The checks of 0002, which it added without reading the tables.
CHECKED = (
    ("users", "metadata_is_object"),
    ("courses", "metadata_is_object"),
    ("lessons", "metadata_is_object"),
    ("assessments", "metadata_is_object"),
    ("assessment_attempts", "question_ids_is_list"),
    ("assessment_attempts", "feedback_is_object"),
    ("assessment_attempts", "metadata_is_object"),
    ("lesson_progress", "position_is_object"),
    ("learning_events", "event_data_is_object"),
    ("event_quarantine", "payload_is_object"),
)
TOUCHED = ("subscriptions", "tutors")
ENUMS = ("subscription_status",)


def upgrade() -> None:
    for table, name in CHECKED:
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_{name}")
    op.create_table(
        "audit_logs",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=100), nullable=False),
        sa.Column("entity_type", sa.String(length=50), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("old_values", postgresql.JSONB(), nullable=True),
        sa.Column("new_values", postgresql.JSONB(), nullable=True),
        sa.Column("ip_address", postgresql.INET(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("session_id", sa.String(length=255), nullable=True),
        sa.Column("is_success", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "new_values IS NULL OR jsonb_typeof(new_values) = 'object'", name=op.f("ck_audit_logs_new_values_is_object")
        ),
        sa.CheckConstraint(
            "old_values IS NULL OR jsonb_typeof(old_values) = 'object'", name=op.f("ck_audit_logs_old_values_is_object")
        ),
        sa.CheckConstraint("is_success OR error_message IS NOT NULL", name=op.f("ck_audit_logs_failure_has_a_reason")),
        sa.PrimaryKeyConstraint("id", "created_at", name=op.f("pk_audit_logs")),
        postgresql_partition_by="RANGE (created_at)",
    )
    op.create_index("ix_audit_logs_action", "audit_logs", ["action"], unique=False)
    op.create_index("ix_audit_logs_created_at", "audit_logs", ["created_at"], unique=False)
    op.create_index("ix_audit_logs_entity_id", "audit_logs", ["entity_id"], unique=False)
    op.create_index("ix_audit_logs_entity_type", "audit_logs", ["entity_type"], unique=False)
    op.create_index("ix_audit_logs_is_success", "audit_logs", ["is_success"], unique=False)
    op.create_index("ix_audit_logs_session_id", "audit_logs", ["session_id"], unique=False)
    op.create_index("ix_audit_logs_user_id", "audit_logs", ["user_id"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("tier", postgresql.ENUM(name="subscription_tier", create_type=False), nullable=False),
        sa.Column(
            "status",
            sa.Enum("trialing", "active", "past_due", "scheduled", "canceled", "expired", name="subscription_status"),
            server_default="active",
            nullable=False,
        ),
        sa.Column("stripe_subscription_id", sa.String(length=100), nullable=True),
        sa.Column("current_period_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("current_period_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancel_at_period_end", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("uuid_as_inet(user_id) inet_ops"), "="),
            (sa.text("tstzrange(current_period_start, current_period_end)"), "&&"),
            where=sa.text("status IN ('trialing', 'active', 'past_due', 'scheduled')"),
            using="gist",
            name="ex_subscriptions_period",
        ),
        sa.CheckConstraint("tier <> 'free'", name=op.f("ck_subscriptions_free_needs_no_subscription")),
        sa.CheckConstraint("current_period_start < current_period_end", name=op.f("ck_subscriptions_period_in_order")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_subscriptions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("stripe_subscription_id", name=op.f("uq_subscriptions_stripe_subscription_id")),
    )
    op.create_index("ix_subscriptions_current_period_end", "subscriptions", ["current_period_end"], unique=False)
    op.create_index("ix_subscriptions_user_id", "subscriptions", ["user_id"], unique=False)
    op.create_index(
        "uq_subscriptions_active",
        "subscriptions",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_table(
        "tutors",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("headline", sa.String(length=200), nullable=True),
        sa.Column("bio", sa.Text(), nullable=True),
        sa.Column(
            "specialization", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("availability", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("website_url", sa.String(length=500), nullable=True),
        sa.Column("is_public", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("jsonb_typeof(availability) = 'object'", name=op.f("ck_tutors_availability_is_object")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tutors_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tutors")),
        sa.UniqueConstraint("user_id", name=op.f("uq_tutors_user_id")),
    )
    op.create_index("ix_tutors_specialization", "tutors", ["specialization"], unique=False, postgresql_using="gin")
    op.execute("SELECT ensure_month_partitions('audit_logs', 3)")
    for table in TOUCHED:
        op.execute(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
        )


def downgrade() -> None:
    op.drop_table("tutors")
    op.drop_table("subscriptions")
    op.drop_table("audit_logs")
    for enum in ENUMS:
        op.execute(f"DROP TYPE {enum}")
