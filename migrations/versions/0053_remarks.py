"""Remarks are answered, and stay at a question while it gets new versions, or before it has been published.

A question that nobody was asked is deleted when its author takes it out, and what was said of it must not go with it:
a remark names the question without a reference.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("fk_review_remarks_question_id", "review_remarks", type_="foreignkey")
    op.add_column("review_remarks", sa.Column("assessment_id", sa.Uuid(), nullable=True))
    op.add_column("review_remarks", sa.Column("answers_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_review_remarks_assessment_id"),
        "review_remarks",
        "assessments",
        ["assessment_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_foreign_key(
        op.f("fk_review_remarks_answers_id"),
        "review_remarks",
        "review_remarks",
        ["answers_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_check_constraint(
        op.f("ck_review_remarks_question_of_an_assessment"),
        "review_remarks",
        "question_id IS NULL OR assessment_id IS NOT NULL",
    )
    op.create_check_constraint(
        op.f("ck_review_remarks_answer_is_not_settled"), "review_remarks", "answers_id IS NULL OR resolved_at IS NULL"
    )
    op.create_index("ix_review_remarks_assessment_id", "review_remarks", ["assessment_id"], unique=False)
    op.create_index("ix_review_remarks_answers_id", "review_remarks", ["answers_id"], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM review_remarks WHERE answers_id IS NOT NULL")
    op.execute(
        "UPDATE review_remarks AS r SET question_id = NULL WHERE question_id IS NOT NULL "
        "AND NOT EXISTS (SELECT FROM questions AS q WHERE q.id = r.question_id)"
    )
    op.drop_column("review_remarks", "answers_id")
    op.drop_column("review_remarks", "assessment_id")
    op.create_foreign_key(
        op.f("fk_review_remarks_question_id"),
        "review_remarks",
        "questions",
        ["question_id"],
        ["id"],
        ondelete="CASCADE",
    )
