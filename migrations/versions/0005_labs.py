"""Labs, the environments they start from, and learners' sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TOUCHED = ("lab_templates", "labs", "lab_sessions")
ENUMS = ("tech_stack", "lab_difficulty", "session_status")


def upgrade() -> None:
    op.create_table(
        "lab_templates",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("base_image", sa.String(length=255), nullable=False),
        sa.Column(
            "tech_stack",
            sa.Enum(
                "python",
                "nodejs",
                "go",
                "java",
                "rust",
                "ruby",
                "postgresql",
                "mysql",
                "mongodb",
                "redis",
                "docker",
                "kubernetes",
                "terraform",
                "react",
                "vue",
                "angular",
                name="tech_stack",
            ),
            nullable=False,
        ),
        sa.Column("init_script", sa.Text(), nullable=True),
        sa.Column(
            "resource_limits",
            postgresql.JSONB(),
            server_default=sa.text('\'{"cpu": "0.5", "memory": "512Mi", "storage": "1Gi"}\'::jsonb'),
            nullable=False,
        ),
        sa.Column(
            "ports", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{8080}'::integer[]"), nullable=False
        ),
        sa.Column("environment_vars", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "jsonb_typeof(environment_vars) = 'object'", name=op.f("ck_lab_templates_environment_vars_is_object")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(resource_limits) = 'object'", name=op.f("ck_lab_templates_resource_limits_is_object")
        ),
        sa.CheckConstraint("0 < ALL (ports) AND 65536 > ALL (ports)", name=op.f("ck_lab_templates_ports_exist")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_templates")),
        sa.UniqueConstraint("name", name=op.f("uq_lab_templates_name")),
    )
    op.create_index(
        "ix_lab_templates_tech_stack",
        "lab_templates",
        ["tech_stack"],
        unique=False,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "labs",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), server_default=sa.text("60"), nullable=False),
        sa.Column(
            "difficulty",
            sa.Enum("easy", "medium", "hard", "expert", name="lab_difficulty"),
            server_default="medium",
            nullable=False,
        ),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("success_criteria", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("starter_files", postgresql.JSONB(), nullable=True),
        sa.Column("solution_files", postgresql.JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("jsonb_typeof(success_criteria) = 'array'", name=op.f("ck_labs_success_criteria_is_list")),
        sa.CheckConstraint(
            "solution_files IS NULL OR jsonb_typeof(solution_files) = 'object'", name=op.f("ck_labs_solution_is_object")
        ),
        sa.CheckConstraint(
            "starter_files IS NULL OR jsonb_typeof(starter_files) = 'object'", name=op.f("ck_labs_starter_is_object")
        ),
        sa.CheckConstraint("duration_minutes > 0", name=op.f("ck_labs_duration_positive")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name=op.f("fk_labs_lesson_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["template_id"], ["lab_templates.id"], name=op.f("fk_labs_template_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labs")),
        sa.UniqueConstraint("lesson_id", name=op.f("uq_labs_lesson_id")),
    )
    op.create_index("ix_labs_template_id", "labs", ["template_id"], unique=False)
    op.create_table(
        "lab_sessions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("lab_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending", "provisioning", "running", "paused", "completed", "expired", "failed", name="session_status"
            ),
            server_default="pending",
            nullable=False,
        ),
        sa.Column("container_id", sa.String(length=100), nullable=True),
        sa.Column("pod_name", sa.String(length=100), nullable=True),
        sa.Column("terminal_url", sa.String(length=500), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reset_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("validation_result", postgresql.JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status <> 'completed' OR completed_at IS NOT NULL", name=op.f("ck_lab_sessions_completed_has_a_date")
        ),
        sa.CheckConstraint(
            "status <> 'running' OR started_at IS NOT NULL", name=op.f("ck_lab_sessions_running_has_started")
        ),
        sa.CheckConstraint(
            "validation_result IS NULL OR jsonb_typeof(validation_result) = 'object'",
            name=op.f("ck_lab_sessions_validation_is_object"),
        ),
        sa.CheckConstraint("completed_at >= started_at", name=op.f("ck_lab_sessions_completed_after_start")),
        sa.CheckConstraint("reset_count >= 0", name=op.f("ck_lab_sessions_reset_count_not_negative")),
        sa.CheckConstraint("started_at < expires_at", name=op.f("ck_lab_sessions_expires_after_start")),
        sa.ForeignKeyConstraint(["lab_id"], ["labs.id"], name=op.f("fk_lab_sessions_lab_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_lab_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_sessions")),
    )
    op.create_index(
        "ix_lab_sessions_expires_at",
        "lab_sessions",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("completed_at IS NULL"),
    )
    op.create_index("ix_lab_sessions_lab_id", "lab_sessions", ["lab_id"], unique=False)
    op.create_index(
        "ix_lab_sessions_running",
        "lab_sessions",
        ["user_id", "status"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_index("ix_lab_sessions_status", "lab_sessions", ["status"], unique=False)
    op.create_index("ix_lab_sessions_user_id", "lab_sessions", ["user_id"], unique=False)
    op.create_index(
        "uq_lab_sessions_live",
        "lab_sessions",
        ["user_id", "lab_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('pending', 'provisioning', 'running', 'paused')"),
    )
    for table in TOUCHED:
        op.execute(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
        )


def downgrade() -> None:
    op.drop_table("lab_sessions")
    op.drop_table("labs")
    op.drop_table("lab_templates")
    for enum in ENUMS:
        op.execute(f"DROP TYPE {enum}")
