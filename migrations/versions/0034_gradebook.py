"""How a course makes a total of its grades, and grades that people set by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TOUCHED = ("grading_schemes", "grade_categories", "graded_items")
TABLES = ("grade_overrides", "graded_items", "grade_categories", "grading_schemes")


def moments() -> tuple[sa.Column[object], sa.Column[object]]:
    """When a row was made and last changed; made anew each time, since a column belongs to one table."""
    return (
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "grading_schemes",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_rule", sa.String(length=10), server_default="best", nullable=False),
        sa.Column("missing_is_zero", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("decimals", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        *moments(),
        sa.CheckConstraint(
            "attempt_rule IN ('best', 'last', 'average')", name=op.f("ck_grading_schemes_attempt_rule_known")
        ),
        sa.CheckConstraint("decimals BETWEEN 0 AND 2", name=op.f("ck_grading_schemes_decimals_between_0_and_2")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_grading_schemes_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading_schemes")),
        sa.UniqueConstraint("course_id", name=op.f("uq_grading_schemes_course_id")),
    )
    op.create_table(
        "grade_categories",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("weight", sa.Numeric(precision=8, scale=2), server_default=sa.text("1"), nullable=False),
        sa.Column("drop_lowest", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("order_index", sa.Integer(), server_default=sa.text("0"), nullable=False),
        *moments(),
        sa.CheckConstraint("drop_lowest >= 0", name=op.f("ck_grade_categories_drop_lowest_not_negative")),
        sa.CheckConstraint("title <> ''", name=op.f("ck_grade_categories_title_given")),
        sa.CheckConstraint("weight > 0", name=op.f("ck_grade_categories_weight_positive")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_grade_categories_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_categories")),
        sa.UniqueConstraint("course_id", "title", name=op.f("uq_grade_categories_course_id_title")),
    )
    op.create_table(
        "graded_items",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("weight", sa.Numeric(precision=8, scale=2), server_default=sa.text("1"), nullable=False),
        *moments(),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_graded_items_weight_not_negative")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_graded_items_assessment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["grade_categories.id"], name=op.f("fk_graded_items_category_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_graded_items")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_graded_items_assessment_id")),
    )
    op.create_index("ix_graded_items_category_id", "graded_items", ["category_id"], unique=False)
    op.create_table(
        "grade_overrides",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('percent', 'excused', 'withdrawn')", name=op.f("ck_grade_overrides_kind_known")),
        sa.CheckConstraint(
            "(kind = 'percent') = (percent IS NOT NULL)", name=op.f("ck_grade_overrides_percent_only_when_set")
        ),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_grade_overrides_percent_between_0_and_100")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_grade_overrides_reason_given")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_grade_overrides_assessment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["users.id"], name=op.f("fk_grade_overrides_given_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_grade_overrides_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_overrides")),
    )
    op.create_index("ix_grade_overrides_given_by", "grade_overrides", ["given_by"], unique=False)
    op.create_index(
        "ix_grade_overrides_newest",
        "grade_overrides",
        ["assessment_id", "user_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_grade_overrides_user_id", "grade_overrides", ["user_id"], unique=False)
    for table in TOUCHED:
        op.execute(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
