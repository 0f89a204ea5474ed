"""Lists for those who teach stay quick in large courses: the newest places of a course, and lessons without content."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_lessons_empty",
        "lessons",
        ["module_id"],
        postgresql_where=sa.text("jsonb_array_length(content -> 'blocks') = 0"),
    )
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_enrollments_course_id_enrolled_at",
            "enrollments",
            ["course_id", "enrolled_at"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index("ix_lessons_empty", table_name="lessons")
    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_enrollments_course_id_enrolled_at",
            table_name="enrollments",
            postgresql_concurrently=True,
            if_exists=True,
        )
