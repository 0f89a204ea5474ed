"""Files on their way in, what is made of videos, and what learners have seen of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from learncraft import row_security
from learncraft.row_security import OWN

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

ORIGIN = postgresql.ENUM("uploaded", "transcribed", name="caption_origin", create_type=False)
PERSONAL = ("uploads", "video_views")
TOUCHED = ("uploads", "video_captions", "video_views")
CHECKS = (
    ("videos", "progress_between_0_and_100", "progress BETWEEN 0 AND 100"),
    ("videos", "only_failed_has_a_reason", "failure IS NULL OR status = 'failed'"),
    ("lesson_progress", "read_between_0_and_100", "read_percentage BETWEEN 0 AND 100"),
)


def columns() -> tuple[tuple[str, sa.Column[object]], ...]:
    """What the tables gain, made anew each time: a column belongs to the table that it was added to."""
    return (
        ("videos", sa.Column("file_id", sa.Uuid(), nullable=True)),
        ("videos", sa.Column("progress", sa.SmallInteger(), server_default=sa.text("0"), nullable=False)),
        ("videos", sa.Column("failure", sa.Text(), nullable=True)),
        (
            "lesson_progress",
            sa.Column("read_percentage", sa.Numeric(precision=5, scale=2), server_default=sa.text("0"), nullable=False),
        ),
    )


def upgrade() -> None:
    for table, column in columns():
        op.add_column(table, column)
    op.create_foreign_key(
        op.f("fk_videos_file_id"), "videos", "uploaded_files", ["file_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index("ix_videos_file_id", "videos", ["file_id"])
    for table, name, rule in CHECKS:
        # Every row has the default, so there is nothing to read; the validation below only says so.
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({rule}) NOT VALID")
    make_uploads()
    make_video_tables()
    for table in PERSONAL:
        for statement in row_security.protect(table, OWN):
            op.execute(statement)
    for table, name, _ in CHECKS:
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_{name}")
    for table in TOUCHED:
        op.execute(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
        )


def key() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False)


def moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def make_uploads() -> None:
    op.create_table(
        "uploads",
        key(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.Uuid(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        moment("created_at"),
        moment("updated_at"),
        sa.CheckConstraint("size > 0", name=op.f("ck_uploads_size_positive")),
        sa.CheckConstraint("received BETWEEN 0 AND size", name=op.f("ck_uploads_received_within_size")),
        sa.CheckConstraint("(finished_at IS NULL) = (file_id IS NULL)", name=op.f("ck_uploads_finished_has_a_file")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_uploads_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_uploads_course_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["video_id"], ["videos.id"], name=op.f("fk_uploads_video_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["uploaded_files.id"], name=op.f("fk_uploads_replaces_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["uploaded_files.id"], name=op.f("fk_uploads_file_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index("ix_uploads_user_id_course_id", "uploads", ["user_id", "course_id"])
    for column in ("course_id", "video_id", "replaces_id", "file_id"):
        op.create_index(f"ix_uploads_{column}", "uploads", [column])
    op.create_index("ix_uploads_updated_at", "uploads", ["updated_at"], postgresql_where=sa.text("finished_at IS NULL"))


def make_video_tables() -> None:
    op.create_table(
        "video_files",
        key(),
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("storage_path", sa.String(length=1000), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("mime_type", sa.String(length=100), nullable=False),
        sa.Column("file_size", sa.BigInteger(), nullable=False),
        moment("created_at"),
        sa.CheckConstraint("file_size >= 0", name=op.f("ck_video_files_file_size_not_negative")),
        sa.CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_video_files_content_hash_is_sha256")),
        sa.CheckConstraint("name ~ '^[a-z0-9]+[.][a-z0-9]+$'", name=op.f("ck_video_files_name_is_simple")),
        sa.ForeignKeyConstraint(["video_id"], ["videos.id"], name=op.f("fk_video_files_video_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_files")),
        sa.UniqueConstraint("video_id", "name", name=op.f("uq_video_files_video_id_name")),
    )
    op.create_index("ix_video_files_content_hash", "video_files", ["content_hash"])
    ORIGIN.create(op.get_bind())
    op.create_table(
        "video_captions",
        key(),
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("vtt", sa.Text(), nullable=False),
        sa.Column("origin", ORIGIN, server_default="uploaded", nullable=False),
        moment("created_at"),
        moment("updated_at"),
        sa.CheckConstraint(
            "language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'", name=op.f("ck_video_captions_language_is_a_tag")
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_video_captions_video_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_captions")),
        sa.UniqueConstraint("video_id", "language", name=op.f("uq_video_captions_video_id_language")),
    )
    op.create_table(
        "video_views",
        key(),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.Column("watched", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("watched_seconds", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("position_seconds", sa.Double(), server_default=sa.text("0"), nullable=False),
        moment("created_at"),
        moment("updated_at"),
        sa.CheckConstraint("jsonb_typeof(watched) = 'array'", name=op.f("ck_video_views_watched_is_list")),
        sa.CheckConstraint(
            "position_seconds >= 0 AND watched_seconds >= 0", name=op.f("ck_video_views_seconds_not_negative")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_video_views_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["video_id"], ["videos.id"], name=op.f("fk_video_views_video_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_views")),
        sa.UniqueConstraint("user_id", "video_id", name=op.f("uq_video_views_user_id_video_id")),
    )
    op.create_index("ix_video_views_video_id", "video_views", ["video_id"])


def downgrade() -> None:
    for table in PERSONAL:
        for statement in row_security.release(table):
            op.execute(statement)
    for table in ("video_views", "video_captions", "video_files", "uploads"):
        op.drop_table(table)
    ORIGIN.drop(op.get_bind())
    for table, name, _ in CHECKS:
        op.drop_constraint(f"ck_{table}_{name}", table)
    op.drop_index("ix_videos_file_id", table_name="videos")
    op.drop_constraint("fk_videos_file_id", "videos")
    for table, column in reversed(columns()):
        op.drop_column(table, column.name)
