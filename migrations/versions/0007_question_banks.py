"""Reusable questions, and rules of assessments that draw from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TOUCHED = ("question_bank", "question_bank_items")


def upgrade() -> None:
    op.create_table(
        "question_bank",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_question_bank_course_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_question_bank_owner_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_bank")),
    )
    op.create_index("ix_question_bank_course_id", "question_bank", ["course_id"], unique=False)
    op.create_index("ix_question_bank_owner_id", "question_bank", ["owner_id"], unique=False)
    op.create_table(
        "question_bank_items",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("question_type", postgresql.ENUM(name="question_type", create_type=False), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_format", sa.String(length=10), server_default="markdown", nullable=False),
        sa.Column("options", postgresql.JSONB(), nullable=True),
        sa.Column("correct_answer", postgresql.JSONB(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("points", sa.Numeric(precision=10, scale=2), server_default=sa.text("1"), nullable=False),
        sa.Column("difficulty", sa.SmallInteger(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "content_format IN ('markdown', 'html')", name=op.f("ck_question_bank_items_content_format_known")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(correct_answer) = 'object'", name=op.f("ck_question_bank_items_correct_answer_is_object")
        ),
        sa.CheckConstraint(
            "options IS NULL OR jsonb_typeof(options) = 'array'", name=op.f("ck_question_bank_items_options_is_list")
        ),
        sa.CheckConstraint(
            "difficulty BETWEEN 1 AND 5", name=op.f("ck_question_bank_items_difficulty_between_1_and_5")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_question_bank_items_points_positive")),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["question_bank.id"], name=op.f("fk_question_bank_items_bank_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_bank_items")),
    )
    op.create_index("ix_question_bank_items_bank_id", "question_bank_items", ["bank_id"], unique=False)
    op.create_index(
        "ix_question_bank_items_tags", "question_bank_items", ["tags"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "assessment_draws",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.String(length=100), nullable=True),
        sa.Column("question_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("question_count > 0", name=op.f("ck_assessment_draws_question_count_positive")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_assessment_draws_assessment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["question_bank.id"], name=op.f("fk_assessment_draws_bank_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_draws")),
        sa.UniqueConstraint(
            "assessment_id",
            "bank_id",
            "tag",
            name=op.f("uq_assessment_draws_assessment_id_bank_id_tag"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_assessment_draws_bank_id", "assessment_draws", ["bank_id"], unique=False)
    op.add_column("questions", sa.Column("bank_item_id", sa.Uuid(), nullable=True))
    op.create_index("ix_questions_bank_item_id", "questions", ["bank_item_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_questions_bank_item_id"),
        "questions",
        "question_bank_items",
        ["bank_item_id"],
        ["id"],
        ondelete="SET NULL",
    )
    for table in TOUCHED:
        op.execute(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
        )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_questions_bank_item_id"), "questions", type_="foreignkey")
    op.drop_index("ix_questions_bank_item_id", table_name="questions")
    op.drop_column("questions", "bank_item_id")
    op.drop_table("assessment_draws")
    op.drop_table("question_bank_items")
    op.drop_table("question_bank")
