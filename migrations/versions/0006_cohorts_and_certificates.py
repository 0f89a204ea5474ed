"""Carts, offerings, cohorts, registrations, certificates, and bookmarks in videos."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TOUCHED = ("course_offerings", "cohorts", "registrations")
ENUMS = ("program_type", "registration_status")


def upgrade() -> None:
    op.create_unique_constraint(
        op.f("uq_enrollments_id_user_id_course_id"), "enrollments", ["id", "user_id", "course_id"]
    )
    op.create_table(
        "cart_items",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("price", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_cart_items_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_cart_items_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cart_items_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cart_items")),
        sa.UniqueConstraint("user_id", "course_id", name=op.f("uq_cart_items_user_id_course_id")),
    )
    op.create_index("ix_cart_items_course_id", "cart_items", ["course_id"], unique=False)
    op.create_table(
        "course_offerings",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column(
            "program_type",
            sa.Enum("cohort", "workshop", "self_paced", name="program_type"),
            server_default="cohort",
            nullable=False,
        ),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("price", sa.Numeric(precision=10, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("registration_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registration_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("form", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("jsonb_typeof(form) = 'array'", name=op.f("ck_course_offerings_form_is_list")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_course_offerings_price_not_negative")),
        sa.CheckConstraint(
            "registration_opens_at < registration_closes_at", name=op.f("ck_course_offerings_registration_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_offerings_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_offerings")),
        sa.UniqueConstraint("id", "course_id", name=op.f("uq_course_offerings_id_course_id")),
    )
    op.create_index("ix_course_offerings_course_id", "course_offerings", ["course_id"], unique=False)
    op.create_table(
        "cohorts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_cohorts_capacity_positive")),
        sa.CheckConstraint("start_date <= end_date", name=op.f("ck_cohorts_dates_in_order")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_cohorts_course_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["offering_id", "course_id"],
            ["course_offerings.id", "course_offerings.course_id"],
            name="fk_cohorts_offering_of_course",
            ondelete="SET NULL (offering_id)",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
        sa.UniqueConstraint("course_id", "name", name=op.f("uq_cohorts_course_id_name")),
        sa.UniqueConstraint("id", "course_id", name=op.f("uq_cohorts_id_course_id")),
    )
    op.create_index("ix_cohorts_offering_id", "cohorts", ["offering_id", "course_id"], unique=False)
    op.create_index("ix_cohorts_start_date", "cohorts", ["start_date"], unique=False)
    op.create_table(
        "cohort_members",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("batch_no", sa.SmallInteger(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("batch_no > 0", name=op.f("ck_cohort_members_batch_no_positive")),
        sa.CheckConstraint("left_at >= joined_at", name=op.f("ck_cohort_members_left_after_joining")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_members_cohort_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cohort_members_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_members")),
        sa.UniqueConstraint("cohort_id", "user_id", name=op.f("uq_cohort_members_cohort_id_user_id")),
    )
    op.create_index("ix_cohort_members_user_id", "cohort_members", ["user_id"], unique=False)
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_number", sa.String(length=50), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("pdf_url", sa.String(length=1000), nullable=True),
        sa.Column("verification_url", sa.String(length=500), nullable=True),
        sa.Column("completion_date", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("is_revoked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("char_length(certificate_number) >= 12", name=op.f("ck_certificates_number_not_guessable")),
        sa.CheckConstraint("completion_date <= issued_at", name=op.f("ck_certificates_issued_after_completion")),
        sa.CheckConstraint("is_revoked = (revoked_at IS NOT NULL)", name=op.f("ck_certificates_revoked_has_a_date")),
        sa.CheckConstraint(
            "is_revoked OR revoke_reason IS NULL", name=op.f("ck_certificates_reason_only_when_revoked")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_certificates_course_id"), ondelete="NO ACTION"
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id", "user_id", "course_id"],
            ["enrollments.id", "enrollments.user_id", "enrollments.course_id"],
            name="fk_certificates_of_enrollment",
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_certificates_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("certificate_number", name=op.f("uq_certificates_certificate_number")),
        sa.UniqueConstraint("enrollment_id", name=op.f("uq_certificates_enrollment_id")),
        sa.UniqueConstraint("user_id", "course_id", name=op.f("uq_certificates_user_id_course_id")),
    )
    op.create_index("ix_certificates_course_id", "certificates", ["course_id"], unique=False)
    op.create_index(
        "ix_certificates_of_enrollment", "certificates", ["enrollment_id", "user_id", "course_id"], unique=False
    )
    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "started",
                "submitted",
                "accepted",
                "waitlisted",
                "rejected",
                "enrolled",
                "withdrawn",
                name="registration_status",
            ),
            server_default="started",
            nullable=False,
        ),
        sa.Column("stage", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("answers_json", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("enrollment_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "email = lower(email) AND position('@' in email) > 1",
            name=op.f("ck_registrations_email_is_lowercase_address"),
        ),
        sa.CheckConstraint("jsonb_typeof(answers_json) = 'object'", name=op.f("ck_registrations_answers_is_object")),
        sa.CheckConstraint(
            "status <> 'enrolled' OR enrollment_id IS NOT NULL",
            name=op.f("ck_registrations_enrolled_has_an_enrollment"),
        ),
        sa.CheckConstraint(
            "status = 'started' OR submitted_at IS NOT NULL", name=op.f("ck_registrations_submitted_has_a_date")
        ),
        sa.CheckConstraint("stage >= 0", name=op.f("ck_registrations_stage_not_negative")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_registrations_cohort_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollments.id"], name=op.f("fk_registrations_enrollment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["course_offerings.id"], name=op.f("fk_registrations_offering_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_registrations_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
    )
    op.create_index("ix_registrations_cohort_id", "registrations", ["cohort_id"], unique=False)
    op.create_index("ix_registrations_email", "registrations", ["email"], unique=False)
    op.create_index("ix_registrations_enrollment_id", "registrations", ["enrollment_id"], unique=False)
    op.create_index("ix_registrations_offering_id_status", "registrations", ["offering_id", "status"], unique=False)
    op.create_index("ix_registrations_user_id", "registrations", ["user_id"], unique=False)
    op.create_index(
        "uq_registrations_open",
        "registrations",
        ["offering_id", "email"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('rejected', 'withdrawn')"),
    )
    op.create_table(
        "video_bookmarks",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.Column("position_seconds", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("position_seconds >= 0", name=op.f("ck_video_bookmarks_position_not_negative")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_video_bookmarks_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_video_bookmarks_video_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_bookmarks")),
        sa.UniqueConstraint(
            "user_id", "video_id", "position_seconds", name=op.f("uq_video_bookmarks_user_id_video_id_position_seconds")
        ),
    )
    op.create_index("ix_video_bookmarks_video_id", "video_bookmarks", ["video_id"], unique=False)
    op.add_column("enrollments", sa.Column("cohort_id", sa.Uuid(), nullable=True))
    op.create_index("ix_enrollments_cohort_id", "enrollments", ["cohort_id", "course_id"], unique=False)
    op.create_foreign_key(
        "fk_enrollments_cohort_of_course",
        "enrollments",
        "cohorts",
        ["cohort_id", "course_id"],
        ["id", "course_id"],
        ondelete="SET NULL (cohort_id)",
    )
    for table in TOUCHED:
        op.execute(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
        )


def downgrade() -> None:
    op.drop_constraint("fk_enrollments_cohort_of_course", "enrollments", type_="foreignkey")
    op.drop_index("ix_enrollments_cohort_id", table_name="enrollments")
    op.drop_column("enrollments", "cohort_id")
    op.drop_table("video_bookmarks")
    op.drop_table("registrations")
    op.drop_table("certificates")
    op.drop_table("cohort_members")
    op.drop_table("cohorts")
    op.drop_table("course_offerings")
    op.drop_table("cart_items")
    op.drop_constraint(op.f("uq_enrollments_id_user_id_course_id"), "enrollments", type_="unique")
    for enum in ENUMS:
        op.execute(f"DROP TYPE {enum}")
