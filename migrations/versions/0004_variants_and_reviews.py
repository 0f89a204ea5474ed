"""What a lesson says to one persona, renditions of videos, and the log of reviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TOUCHED = ("lesson_variants",)
ENUMS = ("review_decision",)


def upgrade() -> None:
    op.create_table(
        "course_reviews_log",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column(
            "decision",
            sa.Enum("submitted", "approved", "returned", "withdrawn", "archived", name="review_decision"),
            nullable=False,
        ),
        sa.Column("from_status", postgresql.ENUM(name="course_status", create_type=False), nullable=False),
        sa.Column("to_status", postgresql.ENUM(name="course_status", create_type=False), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("comments", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "decision <> 'returned' OR summary IS NOT NULL", name=op.f("ck_course_reviews_log_returned_says_why")
        ),
        sa.CheckConstraint("jsonb_typeof(comments) = 'array'", name=op.f("ck_course_reviews_log_comments_is_list")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_course_reviews_log_actor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_reviews_log_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_reviews_log")),
    )
    op.create_index("ix_course_reviews_log_actor_id", "course_reviews_log", ["actor_id"], unique=False)
    op.create_index(
        "ix_course_reviews_log_course_id_created_at", "course_reviews_log", ["course_id", "created_at"], unique=False
    )
    op.create_table(
        "lesson_variants",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("content_key", sa.String(length=64), server_default="lesson", nullable=False),
        sa.Column("persona_key", sa.String(length=64), nullable=False),
        sa.Column("payload", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("is_published", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "jsonb_typeof(payload -> 'blocks') = 'array'", name=op.f("ck_lesson_variants_payload_has_blocks")
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_lesson_variants_lesson_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_variants")),
        sa.UniqueConstraint(
            "lesson_id", "content_key", "persona_key", name=op.f("uq_lesson_variants_lesson_id_content_key_persona_key")
        ),
    )
    op.create_table(
        "video_qualities",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.Column("quality", sa.String(length=20), nullable=False),
        sa.Column("bitrate", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("quality ~ '^([1-9][0-9]{2,3}p|[248]k)$'", name=op.f("ck_video_qualities_quality_is_known")),
        sa.CheckConstraint("bitrate > 0", name=op.f("ck_video_qualities_bitrate_positive")),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_video_qualities_video_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_qualities")),
        sa.UniqueConstraint("video_id", "quality", name=op.f("uq_video_qualities_video_id_quality")),
    )
    for table in TOUCHED:
        op.execute(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
        )


def downgrade() -> None:
    op.drop_table("video_qualities")
    op.drop_table("lesson_variants")
    op.drop_table("course_reviews_log")
    for enum in ENUMS:
        op.execute(f"DROP TYPE {enum}")
