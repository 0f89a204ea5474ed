"""The working copy of a course, revisions of its lessons, remarks of reviews, and who helps to teach."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

EMPTY = """'{"title": "Lesson", "blocks": []}'::jsonb"""
ANY = "OLD.* IS DISTINCT FROM NEW.*"
# A condition before an update can't name whole rows of a table with columns that are made of others.
OF_LESSONS = (
    "(OLD.module_id, OLD.parent_lesson_id, OLD.order_index, OLD.content, OLD.deleted_at) IS DISTINCT FROM "
    "(NEW.module_id, NEW.parent_lesson_id, NEW.order_index, NEW.content, NEW.deleted_at)"
)
TOUCHED = {"course_drafts": ANY, "module_drafts": ANY, "lesson_drafts": OF_LESSONS, "lesson_revisions": ANY}
TABLES = (
    "review_remarks",
    "lesson_revisions",
    "lesson_editors",
    "lesson_drafts",
    "module_drafts",
    "course_instructors",
    "course_drafts",
)


def made_of(name: str, kind: sa.types.TypeEngine[object], expression: str) -> sa.Column[object]:
    """A column that PostgreSQL makes out of the content, so that lists need not read it."""
    return sa.Column(name, kind, sa.Computed(expression, persisted=True), nullable=False)


def upgrade() -> None:
    op.create_table(
        "course_drafts",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status", postgresql.ENUM(name="course_status", create_type=False), server_default="draft", nullable=False
        ),
        sa.Column("details", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("jsonb_typeof(details) = 'object'", name=op.f("ck_course_drafts_details_is_object")),
        sa.CheckConstraint("version > 0", name=op.f("ck_course_drafts_version_positive")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_drafts_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_drafts")),
    )
    op.create_index(
        "ix_course_drafts_submitted",
        "course_drafts",
        ["submitted_at"],
        unique=False,
        postgresql_where=sa.text("status = 'pending_review'"),
    )
    op.create_table(
        "course_instructors",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["users.id"], name=op.f("fk_course_instructors_added_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_instructors_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_course_instructors_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_instructors")),
        sa.UniqueConstraint("course_id", "user_id", name=op.f("uq_course_instructors_course_id_user_id")),
    )
    op.create_index("ix_course_instructors_added_by", "course_instructors", ["added_by"], unique=False)
    op.create_index("ix_course_instructors_user_id", "course_instructors", ["user_id"], unique=False)
    op.create_table(
        "module_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("order_index", sa.Integer(), nullable=False),
        sa.Column("is_published", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_place", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(deleted_at IS NULL) = (order_index >= 0)", name=op.f("ck_module_drafts_deleted_stands_apart")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course_drafts.course_id"], name=op.f("fk_module_drafts_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["id"], ["modules.id"], name=op.f("fk_module_drafts_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_drafts")),
        sa.UniqueConstraint(
            "course_id",
            "order_index",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_module_drafts_course_id_order_index"),
        ),
    )
    op.create_table(
        "lesson_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("parent_lesson_id", sa.Uuid(), nullable=True),
        sa.Column("slug", sa.String(length=500), nullable=False),
        sa.Column("order_index", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), server_default=sa.text(EMPTY), nullable=False),
        made_of("title", sa.Text(), "(content ->> 'title'::text)"),
        made_of("minutes", sa.Integer(), "COALESCE(((content ->> 'minutes'::text))::integer, 0)"),
        made_of("is_free", sa.Boolean(), "COALESCE(((content ->> 'is_free'::text))::boolean, false)"),
        made_of("is_published", sa.Boolean(), "COALESCE(((content ->> 'is_published'::text))::boolean, true)"),
        made_of(
            "block_count",
            sa.Integer(),
            "CASE WHEN (jsonb_typeof((content -> 'blocks'::text)) = 'array'::text) "
            "THEN jsonb_array_length((content -> 'blocks'::text)) ELSE 0 END",
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("published_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("edited_by", sa.Uuid(), nullable=True),
        sa.Column("edited_in", sa.Uuid(), nullable=True),
        sa.Column("edit_sequence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_place", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "jsonb_typeof(content -> 'blocks') = 'array'", name=op.f("ck_lesson_drafts_content_has_blocks")
        ),
        sa.CheckConstraint(
            "(deleted_at IS NULL) = (order_index >= 0)", name=op.f("ck_lesson_drafts_deleted_stands_apart")
        ),
        sa.CheckConstraint("parent_lesson_id <> id", name=op.f("ck_lesson_drafts_not_its_own_parent")),
        sa.CheckConstraint("version > 0", name=op.f("ck_lesson_drafts_version_positive")),
        sa.ForeignKeyConstraint(
            ["edited_by"], ["users.id"], name=op.f("fk_lesson_drafts_edited_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["id"], ["lessons.id"], name=op.f("fk_lesson_drafts_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["module_id", "parent_lesson_id"],
            ["lesson_drafts.module_id", "lesson_drafts.id"],
            name="fk_lesson_drafts_parent_same_module",
        ),
        sa.ForeignKeyConstraint(
            ["module_id"], ["module_drafts.id"], name=op.f("fk_lesson_drafts_module_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_drafts")),
        sa.UniqueConstraint("module_id", "id", name=op.f("uq_lesson_drafts_module_id_id")),
        sa.UniqueConstraint(
            "module_id",
            "order_index",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_lesson_drafts_module_id_order_index"),
        ),
    )
    op.create_index("ix_lesson_drafts_edited_by", "lesson_drafts", ["edited_by"], unique=False)
    op.create_index("ix_lesson_drafts_parent", "lesson_drafts", ["module_id", "parent_lesson_id"], unique=False)
    op.create_index(
        "uq_lesson_drafts_slug_living",
        "lesson_drafts",
        ["module_id", "slug"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "lesson_editors",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("tab", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_lesson_editors_lesson_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_lesson_editors_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_editors")),
        sa.UniqueConstraint("lesson_id", "tab", name=op.f("uq_lesson_editors_lesson_id_tab")),
    )
    op.create_index("ix_lesson_editors_seen_at", "lesson_editors", ["seen_at"], unique=False)
    op.create_index("ix_lesson_editors_user_id", "lesson_editors", ["user_id"], unique=False)
    op.create_table(
        "lesson_revisions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("content", postgresql.JSONB(), server_default=sa.text(EMPTY), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "jsonb_typeof(content -> 'blocks') = 'array'", name=op.f("ck_lesson_revisions_content_has_blocks")
        ),
        sa.CheckConstraint(
            "kind IN ('begun', 'typed', 'merged', 'restored', 'published')", name=op.f("ck_lesson_revisions_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_lesson_revisions_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_lesson_revisions_lesson_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_revisions")),
        sa.UniqueConstraint("lesson_id", "number", name=op.f("uq_lesson_revisions_lesson_id_number")),
    )
    op.create_index("ix_lesson_revisions_author_id", "lesson_revisions", ["author_id"], unique=False)
    op.create_table(
        "review_remarks",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("block_id", sa.String(length=64), nullable=True),
        sa.Column("question_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("body <> ''", name=op.f("ck_review_remarks_body_given")),
        sa.CheckConstraint(
            "block_id IS NULL OR lesson_id IS NOT NULL", name=op.f("ck_review_remarks_block_of_a_lesson")
        ),
        sa.CheckConstraint(
            "resolved_by IS NULL OR resolved_at IS NOT NULL", name=op.f("ck_review_remarks_resolved_has_a_date")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_review_remarks_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_review_remarks_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_review_remarks_lesson_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_review_remarks_question_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["users.id"], name=op.f("fk_review_remarks_resolved_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_remarks")),
    )
    op.create_index("ix_review_remarks_author_id", "review_remarks", ["author_id"], unique=False)
    op.create_index(
        "ix_review_remarks_course_id_created_at", "review_remarks", ["course_id", "created_at"], unique=False
    )
    op.create_index("ix_review_remarks_lesson_id", "review_remarks", ["lesson_id"], unique=False)
    op.create_index("ix_review_remarks_question_id", "review_remarks", ["question_id"], unique=False)
    op.create_index("ix_review_remarks_resolved_by", "review_remarks", ["resolved_by"], unique=False)
    for table, change in TOUCHED.items():
        op.execute(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            f"FOR EACH ROW WHEN ({change}) EXECUTE FUNCTION touch_updated_at()"
        )
    op.execute(
        "CREATE CONSTRAINT TRIGGER guard_no_cycle AFTER INSERT OR UPDATE OF parent_lesson_id ON lesson_drafts "
        "FOR EACH ROW WHEN (NEW.parent_lesson_id IS NOT NULL) "
        "EXECUTE FUNCTION guard_no_cycle('parent_lesson_id', 'module_drafts', 'module_id')"
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
