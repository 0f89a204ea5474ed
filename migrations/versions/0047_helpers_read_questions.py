"""What learners ask the tutor is read by those who help to teach a course, too."""

from __future__ import annotations

from alembic import op

from learncraft import sql

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(sql.text("postgres/0047_helpers_read_questions").replace("%", "%%"))


def downgrade() -> None:
    before = sql.text("postgres/0046_tutor_modes").partition("CREATE FUNCTION questions_to_tutor")[2]
    op.get_bind().exec_driver_sql(f"CREATE OR REPLACE FUNCTION questions_to_tutor{before}".replace("%", "%%"))
