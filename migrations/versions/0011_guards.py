"""Rules that span several rows: seats, places in cohorts, and no row below itself."""

from __future__ import annotations

from alembic import op

from learncraft import sql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(sql.text("postgres/0011_guards").replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP TRIGGER guard_no_cycle ON course_discussions")
    op.execute("DROP TRIGGER guard_no_cycle ON lessons")
    op.execute("DROP FUNCTION guard_no_cycle()")
    op.execute("DROP TRIGGER guard_places_of_returners ON cohort_members")
    op.execute("DROP TRIGGER guard_places_of_newcomers ON cohort_members")
    op.execute("DROP FUNCTION guard_cohort_places()")
    op.execute("DROP TRIGGER guard_seats_of_returners ON enrollments")
    op.execute("DROP TRIGGER guard_seats_of_newcomers ON enrollments")
    op.execute("DROP FUNCTION guard_seats()")
