"""Jobs: the tables of procrastinate, how far each job has come, and the view that shows them together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

from learncraft import sql

revision = "0020"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    # The schema that the library ships; its version is fixed in pyproject.toml, so this migration never changes.
    connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    # When a worker leaves, its number is taken off its jobs, the finished ones too; their own index has only running ones.
    op.create_index("ix_procrastinate_jobs_worker_id", "procrastinate_jobs", ["worker_id"])
    op.create_table(
        "job_progress",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_job_progress_counts_not_negative")),
        sa.ForeignKeyConstraint(
            ["job_id"], ["procrastinate_jobs.id"], name=op.f("fk_job_progress_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job_progress")),
    )
    op.execute(
        "CREATE TRIGGER touch_updated_at BEFORE UPDATE ON job_progress "
        "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
    )
    connection.exec_driver_sql(sql.text("postgres/0020_jobs").replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP FUNCTION sort_default_partition(text, int)")
    op.execute("DROP VIEW background_jobs")
    op.drop_table("job_progress")
    # Its functions take and return rows of its tables, and its triggers call its functions: they go together.
    for table in ("periodic_defers", "events", "jobs", "workers"):
        op.execute(f"DROP TABLE procrastinate_{table} CASCADE")
    op.execute(
        """
        DO $$
        DECLARE
            routine regprocedure;
        BEGIN
            FOR routine IN
                SELECT oid::regprocedure FROM pg_proc
                WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = current_schema()::regnamespace
            LOOP
                EXECUTE format('DROP FUNCTION %s', routine);
            END LOOP;
        END
        $$
        """
    )
    for kind in ("procrastinate_job_to_defer_v1", "procrastinate_job_event_type", "procrastinate_job_status"):
        op.execute(f"DROP TYPE {kind}")
