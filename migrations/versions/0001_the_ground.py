"""The ground: people, courses, enrollment, assessments, events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from learncraft import sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


class _Xid8(sa.types.UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


XID8 = _Xid8()

TOUCHED = (
    "users",
    "courses",
    "user_preferences",
    "enrollments",
    "modules",
    "lessons",
    "assessments",
    "course_progress",
    "lesson_progress",
    "videos",
    "assessment_attempts",
    "questions",
    "answers",
)
ENUMS = (
    "assessment_type",
    "attempt_status",
    "course_category",
    "course_status",
    "enrollment_status",
    "lesson_type",
    "progress_status",
    "question_type",
    "skill_level",
    "subscription_tier",
    "user_role",
    "video_status",
)


def upgrade() -> None:
    op.get_bind().exec_driver_sql(sql.text("postgres/0001_functions").replace("%", "%%"))
    op.create_table(
        "event_batches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("from_xid", XID8, nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_xid", XID8, nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_batches")),
        sa.UniqueConstraint("to_xid", "to_id", name=op.f("uq_event_batches_to_xid_to_id")),
    )
    op.create_index(
        "ix_event_batches_unacknowledged",
        "event_batches",
        ["id"],
        unique=False,
        postgresql_where=sa.text("acknowledged_at IS NULL"),
    )
    op.create_table(
        "event_quarantine",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column(
            "payload", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_quarantine")),
    )
    op.create_table(
        "learning_events",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("event_type", sa.String(length=50), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("module_id", sa.Uuid(), nullable=True),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("attempt_id", sa.Uuid(), nullable=True),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("score", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("max_score", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("position_start", sa.Double(), nullable=True),
        sa.Column("position_end", sa.Double(), nullable=True),
        sa.Column("is_correct", sa.Boolean(), nullable=True),
        sa.Column(
            "event_data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("xid", XID8, server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", "created_at", name=op.f("pk_learning_events")),
        postgresql_partition_by="RANGE (created_at)",
    )
    op.create_index(
        "ix_learning_events_course_id_occurred_at", "learning_events", ["course_id", "occurred_at"], unique=False
    )
    op.create_index(
        "ix_learning_events_user_id_occurred_at", "learning_events", ["user_id", "occurred_at"], unique=False
    )
    op.create_index("ix_learning_events_xid_id", "learning_events", ["xid", "id"], unique=False)
    op.create_table(
        "rate_limits",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limits")),
    )
    op.create_index(op.f("ix_rate_limits_expires_at"), "rate_limits", ["expires_at"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("username", sa.String(length=50), nullable=True),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column(
            "role",
            sa.Enum("learner", "instructor", "content_admin", "system_admin", name="user_role"),
            server_default="learner",
            nullable=False,
        ),
        sa.Column(
            "subscription_tier",
            sa.Enum("free", "basic", "pro", "premium", "enterprise", name="subscription_tier"),
            server_default="free",
            nullable=False,
        ),
        sa.Column("avatar_url", sa.String(length=500), nullable=True),
        sa.Column("bio", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_email_verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("oidc_issuer", sa.String(length=500), nullable=True),
        sa.Column("oidc_subject", sa.String(length=255), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "email = lower(email) AND position('@' in email) > 1", name=op.f("ck_users_email_is_lowercase_address")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index("ix_users_created_at", "users", ["created_at"], unique=False)
    op.create_index("ix_users_is_active_deleted_at", "users", ["is_active", "deleted_at"], unique=False)
    op.create_index("ix_users_role", "users", ["role"], unique=False)
    op.create_index("ix_users_subscription_tier", "users", ["subscription_tier"], unique=False)
    op.create_index(
        "uq_users_email_living", "users", ["email"], unique=True, postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.create_index(
        "uq_users_oidc_subject",
        "users",
        ["oidc_issuer", "oidc_subject"],
        unique=True,
        postgresql_where=sa.text("oidc_subject IS NOT NULL AND deleted_at IS NULL"),
    )
    op.create_index(
        "uq_users_username_living", "users", ["username"], unique=True, postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.create_table(
        "courses",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("instructor_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("slug", sa.String(length=500), nullable=False),
        sa.Column("short_description", sa.String(length=500), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "category",
            sa.Enum(
                "web_development",
                "mobile_development",
                "devops",
                "cloud",
                "data_science",
                "machine_learning",
                "security",
                "databases",
                "programming_languages",
                name="course_category",
            ),
            nullable=False,
        ),
        sa.Column(
            "skill_level", sa.Enum("beginner", "intermediate", "advanced", "expert", name="skill_level"), nullable=False
        ),
        sa.Column(
            "status",
            sa.Enum("draft", "pending_review", "revision_needed", "published", "archived", name="course_status"),
            server_default="draft",
            nullable=False,
        ),
        sa.Column("language", sa.String(length=10), server_default="en", nullable=False),
        sa.Column("thumbnail_url", sa.String(length=1000), nullable=True),
        sa.Column("preview_video_url", sa.String(length=500), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("estimated_duration", sa.Integer(), nullable=True),
        sa.Column("price", sa.Numeric(precision=10, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("is_featured", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("max_students", sa.Integer(), nullable=True),
        sa.Column(
            "prerequisites",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "learning_objectives",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "tags", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("rating_average", sa.Numeric(precision=10, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("rating_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("enrollment_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("source_key", sa.String(length=255), nullable=True),
        sa.Column(
            "metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "jsonb_typeof(learning_objectives) = 'array'", name=op.f("ck_courses_learning_objectives_is_list")
        ),
        sa.CheckConstraint("jsonb_typeof(prerequisites) = 'array'", name=op.f("ck_courses_prerequisites_is_list")),
        sa.CheckConstraint("jsonb_typeof(tags) = 'array'", name=op.f("ck_courses_tags_is_list")),
        sa.CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_courses_slug_is_readable")),
        sa.CheckConstraint(
            "status <> 'published' OR published_at IS NOT NULL", name=op.f("ck_courses_published_has_a_date")
        ),
        sa.CheckConstraint("duration_minutes >= 0", name=op.f("ck_courses_duration_not_negative")),
        sa.CheckConstraint("max_students IS NULL OR max_students > 0", name=op.f("ck_courses_max_students_positive")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_courses_price_not_negative")),
        sa.CheckConstraint("rating_average BETWEEN 0 AND 5", name=op.f("ck_courses_rating_between_0_and_5")),
        sa.CheckConstraint("rating_count >= 0 AND enrollment_count >= 0", name=op.f("ck_courses_counts_not_negative")),
        sa.ForeignKeyConstraint(
            ["instructor_id"], ["users.id"], name=op.f("fk_courses_instructor_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
    )
    op.create_index("ix_courses_category", "courses", ["category"], unique=False)
    op.create_index("ix_courses_instructor_id", "courses", ["instructor_id"], unique=False)
    op.create_index(
        "ix_courses_published_at",
        "courses",
        ["published_at"],
        unique=False,
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_index("ix_courses_skill_level", "courses", ["skill_level"], unique=False)
    op.create_index("ix_courses_status", "courses", ["status"], unique=False)
    op.create_index("ix_courses_tags", "courses", ["tags"], unique=False, postgresql_using="gin")
    op.create_index(
        "uq_courses_slug_living", "courses", ["slug"], unique=True, postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.create_index(
        "uq_courses_source_living",
        "courses",
        ["instructor_id", "source_key"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL AND source_key IS NOT NULL"),
    )
    op.create_table(
        "user_preferences",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=10), server_default="en", nullable=False),
        sa.Column("theme", sa.String(length=20), server_default="light", nullable=False),
        sa.Column("time_zone", sa.String(length=64), server_default="UTC", nullable=False),
        sa.Column("email_notifications", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("push_notifications", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "extra", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("jsonb_typeof(extra) = 'object'", name=op.f("ck_user_preferences_extra_is_object")),
        sa.CheckConstraint("theme IN ('light', 'dark', 'system')", name=op.f("ck_user_preferences_theme_known")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_preferences_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_preferences")),
        sa.UniqueConstraint("user_id", name=op.f("uq_user_preferences_user_id")),
    )
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("token_jti", sa.String(length=64), nullable=False),
        sa.Column("refresh_token_hash", sa.String(length=64), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoke_reason", sa.String(length=50), nullable=True),
        sa.Column("user_agent", sa.String(length=255), nullable=True),
        sa.Column("ip_address", postgresql.INET(), nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_user_sessions_expires_after_creation")),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["user_sessions.id"], name=op.f("fk_user_sessions_successor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("token_jti", name=op.f("uq_user_sessions_token_jti")),
    )
    op.create_index("ix_user_sessions_expires_at", "user_sessions", ["expires_at"], unique=False)
    op.create_index("ix_user_sessions_family_id", "user_sessions", ["family_id"], unique=False)
    op.create_index(op.f("ix_user_sessions_successor_id"), "user_sessions", ["successor_id"], unique=False)
    op.create_index("ix_user_sessions_user_id", "user_sessions", ["user_id"], unique=False)
    op.create_table(
        "enrollments",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("active", "completed", "expired", "cancelled", "dropped", name="enrollment_status"),
            server_default="active",
            nullable=False,
        ),
        sa.Column("price_paid", sa.Numeric(precision=10, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("payment_id", sa.String(length=100), nullable=True),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("review", sa.Text(), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'completed') = (completed_at IS NOT NULL)", name=op.f("ck_enrollments_completed_has_a_date")
        ),
        sa.CheckConstraint("price_paid >= 0", name=op.f("ck_enrollments_price_paid_not_negative")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_enrollments_rating_between_1_and_5")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_enrollments_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_enrollments_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollments")),
        sa.UniqueConstraint("user_id", "course_id", name=op.f("uq_enrollments_user_id_course_id")),
    )
    op.create_index("ix_enrollments_course_id_status", "enrollments", ["course_id", "status"], unique=False)
    op.create_table(
        "modules",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("order_index", sa.Integer(), nullable=False),
        sa.Column("is_published", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("estimated_duration", sa.Integer(), nullable=True),
        sa.Column("source_key", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_modules_course_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modules")),
        sa.UniqueConstraint(
            "course_id",
            "order_index",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_modules_course_id_order_index"),
        ),
    )
    op.create_index("ix_modules_course_id", "modules", ["course_id"], unique=False)
    op.create_index(
        "uq_modules_source",
        "modules",
        ["course_id", "source_key"],
        unique=True,
        postgresql_where=sa.text("source_key IS NOT NULL"),
    )
    op.create_table(
        "uploaded_files",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("uploader_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("filename", sa.String(length=500), nullable=False),
        sa.Column("original_filename", sa.String(length=500), nullable=False),
        sa.Column("file_url", sa.String(length=1000), nullable=False),
        sa.Column("storage_path", sa.String(length=1000), nullable=False),
        sa.Column("storage_provider", sa.String(length=50), server_default="local", nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("file_type", sa.String(length=100), nullable=True),
        sa.Column("mime_type", sa.String(length=100), nullable=True),
        sa.Column("file_size", sa.BigInteger(), nullable=False),
        sa.Column("folder", sa.String(length=255), nullable=True),
        sa.Column("is_public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_uploaded_files_content_hash_is_sha256")),
        sa.CheckConstraint(
            "storage_provider IN ('local', 's3')", name=op.f("ck_uploaded_files_storage_provider_known")
        ),
        sa.CheckConstraint("file_size >= 0", name=op.f("ck_uploaded_files_file_size_not_negative")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_uploaded_files_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["uploader_id"], ["users.id"], name=op.f("fk_uploaded_files_uploader_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploaded_files")),
    )
    op.create_index("ix_uploaded_files_content_hash", "uploaded_files", ["content_hash"], unique=False)
    op.create_index("ix_uploaded_files_uploader_id", "uploaded_files", ["uploader_id"], unique=False)
    op.create_index(
        "uq_uploaded_files_course_name",
        "uploaded_files",
        ["course_id", "filename"],
        unique=True,
        postgresql_where=sa.text("course_id IS NOT NULL"),
    )
    op.create_table(
        "lessons",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("parent_lesson_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("slug", sa.String(length=500), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "lesson_type", sa.Enum("video", "lab", "quiz", "reading", "mixed", name="lesson_type"), nullable=False
        ),
        sa.Column("order_index", sa.Integer(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_free", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_published", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "content",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text('\'{"version": 1, "blocks": []}\'::jsonb'),
            nullable=False,
        ),
        sa.Column(
            "learning_objectives",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "resources", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("source_key", sa.String(length=255), nullable=True),
        sa.Column(
            "metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("jsonb_typeof(content -> 'blocks') = 'array'", name=op.f("ck_lessons_content_has_blocks")),
        sa.CheckConstraint(
            "jsonb_typeof(learning_objectives) = 'array'", name=op.f("ck_lessons_learning_objectives_is_list")
        ),
        sa.CheckConstraint("jsonb_typeof(resources) = 'array'", name=op.f("ck_lessons_resources_is_list")),
        sa.CheckConstraint("duration_minutes >= 0", name=op.f("ck_lessons_duration_not_negative")),
        sa.CheckConstraint("parent_lesson_id <> id", name=op.f("ck_lessons_not_its_own_parent")),
        sa.ForeignKeyConstraint(
            ["module_id", "parent_lesson_id"], ["lessons.module_id", "lessons.id"], name="fk_lessons_parent_same_module"
        ),
        sa.ForeignKeyConstraint(["module_id"], ["modules.id"], name=op.f("fk_lessons_module_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        sa.UniqueConstraint("module_id", "id", name=op.f("uq_lessons_module_id_id")),
        sa.UniqueConstraint(
            "module_id",
            "order_index",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_lessons_module_id_order_index"),
        ),
    )
    op.create_index(op.f("ix_lessons_module_id"), "lessons", ["module_id"], unique=False)
    op.create_index("ix_lessons_parent", "lessons", ["module_id", "parent_lesson_id"], unique=False)
    op.create_index("uq_lessons_slug", "lessons", ["module_id", "slug"], unique=True)
    op.create_index(
        "uq_lessons_source",
        "lessons",
        ["module_id", "source_key"],
        unique=True,
        postgresql_where=sa.text("source_key IS NOT NULL"),
    )
    op.create_table(
        "assessments",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "assessment_type",
            sa.Enum("quiz", "practice", "exam", "certification", "project", "assignment", name="assessment_type"),
            server_default="quiz",
            nullable=False,
        ),
        sa.Column("passing_score", sa.Numeric(precision=5, scale=2), server_default=sa.text("70"), nullable=False),
        sa.Column("time_limit_minutes", sa.Integer(), nullable=True),
        sa.Column("max_attempts", sa.Integer(), server_default=sa.text("3"), nullable=True),
        sa.Column("shuffle_questions", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("shuffle_options", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("show_answers_after", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_proctored", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_published", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("available_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("available_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_key", sa.String(length=255), nullable=True),
        sa.Column(
            "metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("available_from < available_until", name=op.f("ck_assessments_window_in_order")),
        sa.CheckConstraint(
            "max_attempts IS NULL OR max_attempts > 0", name=op.f("ck_assessments_max_attempts_positive")
        ),
        sa.CheckConstraint(
            "passing_score BETWEEN 0 AND 100", name=op.f("ck_assessments_passing_score_between_0_and_100")
        ),
        sa.CheckConstraint(
            "time_limit_minutes IS NULL OR time_limit_minutes > 0", name=op.f("ck_assessments_time_limit_positive")
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_assessments_lesson_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
    )
    op.create_index("ix_assessments_lesson_id", "assessments", ["lesson_id"], unique=False)
    op.create_index(
        "uq_assessments_source",
        "assessments",
        ["lesson_id", "source_key"],
        unique=True,
        postgresql_where=sa.text("source_key IS NOT NULL"),
    )
    op.create_table(
        "course_progress",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("completed_lessons", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("total_lessons", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("completed_labs", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("total_labs", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("time_spent_minutes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("time_spent_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("percent_complete", sa.Numeric(precision=5, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("last_lesson_id", sa.Uuid(), nullable=True),
        sa.Column("last_accessed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "completed_labs BETWEEN 0 AND total_labs", name=op.f("ck_course_progress_labs_within_total")
        ),
        sa.CheckConstraint(
            "completed_lessons BETWEEN 0 AND total_lessons", name=op.f("ck_course_progress_lessons_within_total")
        ),
        sa.CheckConstraint(
            "percent_complete BETWEEN 0 AND 100", name=op.f("ck_course_progress_percent_between_0_and_100")
        ),
        sa.CheckConstraint(
            "time_spent_minutes >= 0 AND time_spent_seconds >= 0", name=op.f("ck_course_progress_time_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollments.id"], name=op.f("fk_course_progress_enrollment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["last_lesson_id"], ["lessons.id"], name=op.f("fk_course_progress_last_lesson_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_progress")),
        sa.UniqueConstraint("enrollment_id", name=op.f("uq_course_progress_enrollment_id")),
    )
    op.create_index(op.f("ix_course_progress_last_lesson_id"), "course_progress", ["last_lesson_id"], unique=False)
    op.create_table(
        "lesson_progress",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("not_started", "in_progress", "completed", name="progress_status"),
            server_default="not_started",
            nullable=False,
        ),
        sa.Column(
            "completion_percentage", sa.Numeric(precision=5, scale=2), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("video_position_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("video_duration_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("video_completed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("lab_completed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("quiz_score", sa.Integer(), nullable=True),
        sa.Column("score", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("time_spent_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_position", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'completed') = (completed_at IS NOT NULL)", name=op.f("ck_lesson_progress_completed_has_a_date")
        ),
        sa.CheckConstraint(
            "completion_percentage BETWEEN 0 AND 100", name=op.f("ck_lesson_progress_percentage_between_0_and_100")
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_lesson_progress_score_between_0_and_100")),
        sa.CheckConstraint(
            "time_spent_seconds >= 0 AND attempts >= 0", name=op.f("ck_lesson_progress_counts_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_lesson_progress_lesson_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_lesson_progress_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_progress")),
        sa.UniqueConstraint("user_id", "lesson_id", name=op.f("uq_lesson_progress_user_id_lesson_id")),
    )
    op.create_index("ix_lesson_progress_lesson_id", "lesson_progress", ["lesson_id"], unique=False)
    op.create_table(
        "videos",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("original_filename", sa.String(length=255), nullable=True),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.Column("original_url", sa.String(length=1000), nullable=True),
        sa.Column("hls_url", sa.String(length=500), nullable=True),
        sa.Column("thumbnail_url", sa.String(length=500), nullable=True),
        sa.Column(
            "status",
            sa.Enum("uploading", "processing", "ready", "failed", name="video_status"),
            server_default="uploading",
            nullable=False,
        ),
        sa.Column("transcript", sa.Text(), nullable=True),
        sa.Column("ai_summary", sa.Text(), nullable=True),
        sa.Column("file_size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("source_key", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "duration_seconds IS NULL OR duration_seconds >= 0", name=op.f("ck_videos_duration_not_negative")
        ),
        sa.CheckConstraint(
            "file_size_bytes IS NULL OR file_size_bytes >= 0", name=op.f("ck_videos_file_size_not_negative")
        ),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name=op.f("fk_videos_lesson_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_videos")),
    )
    op.create_index("ix_videos_lesson_id", "videos", ["lesson_id"], unique=False)
    op.create_index("ix_videos_status", "videos", ["status"], unique=False)
    op.create_index(
        "uq_videos_source",
        "videos",
        ["lesson_id", "source_key"],
        unique=True,
        postgresql_where=sa.text("source_key IS NOT NULL"),
    )
    op.create_table(
        "assessment_attempts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("in_progress", "completed", "timed_out", "submitted", "graded", name="attempt_status"),
            server_default="in_progress",
            nullable=False,
        ),
        sa.Column("question_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("score", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("total_points", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("percent_score", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("is_passing", sa.Boolean(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("time_taken_seconds", sa.Integer(), nullable=True),
        sa.Column(
            "feedback", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column(
            "metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'in_progress') = (submitted_at IS NULL)",
            name=op.f("ck_assessment_attempts_submitted_has_a_date"),
        ),
        sa.CheckConstraint("attempt_number > 0", name=op.f("ck_assessment_attempts_attempt_number_positive")),
        sa.CheckConstraint(
            "percent_score BETWEEN 0 AND 100", name=op.f("ck_assessment_attempts_percent_between_0_and_100")
        ),
        sa.CheckConstraint("score BETWEEN 0 AND total_points", name=op.f("ck_assessment_attempts_score_within_total")),
        sa.CheckConstraint("time_taken_seconds >= 0", name=op.f("ck_assessment_attempts_time_not_negative")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_assessment_attempts_assessment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_assessment_attempts_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_attempts")),
        sa.UniqueConstraint(
            "assessment_id",
            "user_id",
            "attempt_number",
            name=op.f("uq_assessment_attempts_assessment_id_user_id_attempt_number"),
        ),
    )
    op.create_index(
        "ix_assessment_attempts_deadline",
        "assessment_attempts",
        ["deadline_at"],
        unique=False,
        postgresql_where=sa.text("status = 'in_progress'"),
    )
    op.create_index("ix_assessment_attempts_user_id", "assessment_attempts", ["user_id"], unique=False)
    op.create_index(
        "uq_assessment_attempts_open",
        "assessment_attempts",
        ["assessment_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("status = 'in_progress'"),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "question_type",
            sa.Enum(
                "multiple_choice",
                "multi_select",
                "true_false",
                "fill_blank",
                "code",
                "short_answer",
                name="question_type",
            ),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_format", sa.String(length=10), server_default="markdown", nullable=False),
        sa.Column("options", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("correct_answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("points", sa.Numeric(precision=10, scale=2), server_default=sa.text("1"), nullable=False),
        sa.Column("order_index", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_key", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("assessment_id"), "="),
            (sa.column("order_index"), "="),
            where=sa.text("retired_at IS NULL"),
            deferrable=True,
            initially="DEFERRED",
            using="btree",
            name="ex_questions_order",
        ),
        sa.CheckConstraint("content_format IN ('markdown', 'html')", name=op.f("ck_questions_content_format_known")),
        sa.CheckConstraint(
            "jsonb_typeof(correct_answer) = 'object'", name=op.f("ck_questions_correct_answer_is_object")
        ),
        sa.CheckConstraint(
            "options IS NULL OR jsonb_typeof(options) = 'array'", name=op.f("ck_questions_options_is_list")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_questions_points_positive")),
        sa.CheckConstraint("version > 0", name=op.f("ck_questions_version_positive")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_questions_assessment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["questions.id"], name=op.f("fk_questions_replaces_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    op.create_index("ix_questions_assessment_id", "questions", ["assessment_id"], unique=False)
    op.create_index("ix_questions_replaces_id", "questions", ["replaces_id"], unique=False)
    op.create_index(
        "uq_questions_source",
        "questions",
        ["assessment_id", "source_key"],
        unique=True,
        postgresql_where=sa.text("source_key IS NOT NULL AND retired_at IS NULL"),
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("response", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("is_correct", sa.Boolean(), nullable=True),
        sa.Column("points_earned", sa.Numeric(precision=10, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("feedback", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "response IS NULL OR jsonb_typeof(response) = 'object'", name=op.f("ck_answers_response_is_object")
        ),
        sa.CheckConstraint("points_earned >= 0", name=op.f("ck_answers_points_not_negative")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["assessment_attempts.id"], name=op.f("fk_answers_attempt_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_answers_question_id"), ondelete="NO ACTION"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("attempt_id", "question_id", name=op.f("uq_answers_attempt_id_question_id")),
    )
    op.create_index("ix_answers_question_id", "answers", ["question_id"], unique=False)
    for table in TOUCHED:
        op.execute(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
        )


def downgrade() -> None:
    op.drop_index("ix_answers_question_id", table_name="answers")
    op.drop_table("answers")
    op.drop_index(
        "uq_questions_source",
        table_name="questions",
        postgresql_where=sa.text("source_key IS NOT NULL AND retired_at IS NULL"),
    )
    op.drop_index("ix_questions_replaces_id", table_name="questions")
    op.drop_index("ix_questions_assessment_id", table_name="questions")
    op.drop_table("questions")
    op.drop_index(
        "uq_assessment_attempts_open",
        table_name="assessment_attempts",
        postgresql_where=sa.text("status = 'in_progress'"),
    )
    op.drop_index("ix_assessment_attempts_user_id", table_name="assessment_attempts")
    op.drop_index(
        "ix_assessment_attempts_deadline",
        table_name="assessment_attempts",
        postgresql_where=sa.text("status = 'in_progress'"),
    )
    op.drop_table("assessment_attempts")
    op.drop_index("uq_videos_source", table_name="videos", postgresql_where=sa.text("source_key IS NOT NULL"))
    op.drop_index("ix_videos_status", table_name="videos")
    op.drop_index("ix_videos_lesson_id", table_name="videos")
    op.drop_table("videos")
    op.drop_index("ix_lesson_progress_lesson_id", table_name="lesson_progress")
    op.drop_table("lesson_progress")
    op.drop_index(op.f("ix_course_progress_last_lesson_id"), table_name="course_progress")
    op.drop_table("course_progress")
    op.drop_index("uq_assessments_source", table_name="assessments", postgresql_where=sa.text("source_key IS NOT NULL"))
    op.drop_index("ix_assessments_lesson_id", table_name="assessments")
    op.drop_table("assessments")
    op.drop_index("uq_lessons_source", table_name="lessons", postgresql_where=sa.text("source_key IS NOT NULL"))
    op.drop_index("uq_lessons_slug", table_name="lessons")
    op.drop_index("ix_lessons_parent", table_name="lessons")
    op.drop_index(op.f("ix_lessons_module_id"), table_name="lessons")
    op.drop_table("lessons")
    op.drop_index(
        "uq_uploaded_files_course_name", table_name="uploaded_files", postgresql_where=sa.text("course_id IS NOT NULL")
    )
    op.drop_index("ix_uploaded_files_uploader_id", table_name="uploaded_files")
    op.drop_index("ix_uploaded_files_content_hash", table_name="uploaded_files")
    op.drop_table("uploaded_files")
    op.drop_index("uq_modules_source", table_name="modules", postgresql_where=sa.text("source_key IS NOT NULL"))
    op.drop_index("ix_modules_course_id", table_name="modules")
    op.drop_table("modules")
    op.drop_index("ix_enrollments_course_id_status", table_name="enrollments")
    op.drop_table("enrollments")
    op.drop_index("ix_user_sessions_user_id", table_name="user_sessions")
    op.drop_index(op.f("ix_user_sessions_successor_id"), table_name="user_sessions")
    op.drop_index("ix_user_sessions_family_id", table_name="user_sessions")
    op.drop_index("ix_user_sessions_expires_at", table_name="user_sessions")
    op.drop_table("user_sessions")
    op.drop_table("user_preferences")
    op.drop_index(
        "uq_courses_source_living",
        table_name="courses",
        postgresql_where=sa.text("deleted_at IS NULL AND source_key IS NOT NULL"),
    )
    op.drop_index("uq_courses_slug_living", table_name="courses", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index("ix_courses_tags", table_name="courses", postgresql_using="gin")
    op.drop_index("ix_courses_status", table_name="courses")
    op.drop_index("ix_courses_skill_level", table_name="courses")
    op.drop_index("ix_courses_published_at", table_name="courses", postgresql_where=sa.text("status = 'published'"))
    op.drop_index("ix_courses_instructor_id", table_name="courses")
    op.drop_index("ix_courses_category", table_name="courses")
    op.drop_table("courses")
    op.drop_index("uq_users_username_living", table_name="users", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index(
        "uq_users_oidc_subject",
        table_name="users",
        postgresql_where=sa.text("oidc_subject IS NOT NULL AND deleted_at IS NULL"),
    )
    op.drop_index("uq_users_email_living", table_name="users", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index("ix_users_subscription_tier", table_name="users")
    op.drop_index("ix_users_role", table_name="users")
    op.drop_index("ix_users_is_active_deleted_at", table_name="users")
    op.drop_index("ix_users_created_at", table_name="users")
    op.drop_table("users")
    op.drop_index(op.f("ix_rate_limits_expires_at"), table_name="rate_limits")
    op.drop_table("rate_limits")
    op.drop_index("ix_learning_events_xid_id", table_name="learning_events")
    op.drop_index("ix_learning_events_user_id_occurred_at", table_name="learning_events")
    op.drop_index("ix_learning_events_course_id_occurred_at", table_name="learning_events")
    op.drop_table("learning_events")
    op.drop_table("event_quarantine")
    op.drop_index(
        "ix_event_batches_unacknowledged",
        table_name="event_batches",
        postgresql_where=sa.text("acknowledged_at IS NULL"),
    )
    op.drop_table("event_batches")
    for enum in ENUMS:
        op.execute(f"DROP TYPE {enum}")
    op.execute("DROP FUNCTION ensure_month_partitions(text, int)")
    op.execute("DROP FUNCTION touch_updated_at()")
    op.execute("DROP FUNCTION new_id()")
