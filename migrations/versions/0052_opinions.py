"""Who teaches a course answers what learners say of it; how the stars are spread is counted by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

RULE = "review_answer IS NULL OR (review_answered_at IS NOT NULL AND rating IS NOT NULL)"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_enrollments_course_id_rating",
            "enrollments",
            ["course_id", "rating"],
            postgresql_where=sa.text("rating IS NOT NULL"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )
    # Those who rated before have no such date: the row's last change stands for it.
    op.add_column("enrollments", sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("enrollments", sa.Column("review_answer", sa.Text(), nullable=True))
    op.add_column("enrollments", sa.Column("review_answered_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"ALTER TABLE enrollments ADD CONSTRAINT ck_enrollments_answer_has_a_date CHECK ({RULE}) NOT VALID")
    op.execute("ALTER TABLE enrollments VALIDATE CONSTRAINT ck_enrollments_answer_has_a_date")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_enrollments_answer_has_a_date"), "enrollments", type_="check")
    for column in ("review_answered_at", "review_answer", "reviewed_at"):
        op.drop_column("enrollments", column)
    with op.get_context().autocommit_block():
        op.drop_index("ix_enrollments_course_id_rating", table_name="enrollments", postgresql_concurrently=True)
