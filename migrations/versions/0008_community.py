"""Notes at lessons, discussions of courses, and votes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TOUCHED = ("course_discussions", "user_notes")


def upgrade() -> None:
    op.create_table(
        "course_discussions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("is_question", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_answered", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("vote_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("btrim(content) <> ''", name=op.f("ck_course_discussions_content_not_empty")),
        sa.CheckConstraint(
            "NOT is_accepted OR parent_id IS NOT NULL", name=op.f("ck_course_discussions_only_replies_are_accepted")
        ),
        sa.CheckConstraint(
            "NOT is_answered OR is_question", name=op.f("ck_course_discussions_only_questions_are_answered")
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_course_discussions_not_its_own_parent")),
        sa.CheckConstraint(
            "parent_id IS NOT NULL OR title IS NOT NULL", name=op.f("ck_course_discussions_thread_has_a_title")
        ),
        sa.CheckConstraint(
            "parent_id IS NULL OR NOT is_question", name=op.f("ck_course_discussions_reply_is_no_question")
        ),
        sa.ForeignKeyConstraint(
            ["course_id", "parent_id"],
            ["course_discussions.course_id", "course_discussions.id"],
            name="fk_course_discussions_parent_same_course",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_discussions_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_course_discussions_lesson_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_course_discussions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_discussions")),
        sa.UniqueConstraint("course_id", "id", name=op.f("uq_course_discussions_course_id_id")),
    )
    op.create_index(
        "ix_course_discussions_course_id_created_at", "course_discussions", ["course_id", "created_at"], unique=False
    )
    op.create_index("ix_course_discussions_lesson_id", "course_discussions", ["lesson_id"], unique=False)
    op.create_index("ix_course_discussions_parent_id", "course_discussions", ["parent_id", "course_id"], unique=False)
    op.create_index("ix_course_discussions_user_id", "course_discussions", ["user_id"], unique=False)
    op.create_index(
        "uq_course_discussions_accepted",
        "course_discussions",
        ["parent_id"],
        unique=True,
        postgresql_where=sa.text("is_accepted"),
    )
    op.create_table(
        "user_notes",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("position_data", postgresql.JSONB(), nullable=True),
        sa.Column("is_public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("btrim(content) <> ''", name=op.f("ck_user_notes_content_not_empty")),
        sa.CheckConstraint(
            "position_data IS NULL OR jsonb_typeof(position_data) = 'object'",
            name=op.f("ck_user_notes_position_is_object"),
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_user_notes_lesson_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_notes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_notes")),
    )
    op.create_index("ix_user_notes_lesson_id", "user_notes", ["lesson_id"], unique=False)
    op.create_index("ix_user_notes_user_id_lesson_id", "user_notes", ["user_id", "lesson_id"], unique=False)
    op.create_table(
        "discussion_votes",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("discussion_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("value IN (-1, 1)", name=op.f("ck_discussion_votes_value_is_up_or_down")),
        sa.ForeignKeyConstraint(
            ["discussion_id"],
            ["course_discussions.id"],
            name=op.f("fk_discussion_votes_discussion_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_discussion_votes_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discussion_votes")),
        sa.UniqueConstraint("discussion_id", "user_id", name=op.f("uq_discussion_votes_discussion_id_user_id")),
    )
    op.create_index("ix_discussion_votes_user_id", "discussion_votes", ["user_id"], unique=False)
    for table in TOUCHED:
        op.execute(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
        )


def downgrade() -> None:
    op.drop_table("discussion_votes")
    op.drop_table("user_notes")
    op.drop_table("course_discussions")
