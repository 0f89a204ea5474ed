"""Each JSONB column says at least whether it holds an object or a list; functions for what comes next.

The checks are added without reading the tables, which takes a moment; 0003 reads them, while people go on working.
"""

from __future__ import annotations

from alembic import op

from learncraft import sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CHECKS = (
    ("users", "metadata_is_object", "jsonb_typeof(metadata) = 'object'"),
    ("courses", "metadata_is_object", "jsonb_typeof(metadata) = 'object'"),
    ("lessons", "metadata_is_object", "jsonb_typeof(metadata) = 'object'"),
    ("assessments", "metadata_is_object", "jsonb_typeof(metadata) = 'object'"),
    ("assessment_attempts", "question_ids_is_list", "jsonb_typeof(question_ids) = 'array'"),
    ("assessment_attempts", "feedback_is_object", "jsonb_typeof(feedback) = 'object'"),
    ("assessment_attempts", "metadata_is_object", "jsonb_typeof(metadata) = 'object'"),
    ("lesson_progress", "position_is_object", "last_position IS NULL OR jsonb_typeof(last_position) = 'object'"),
    ("learning_events", "event_data_is_object", "jsonb_typeof(event_data) = 'object'"),
    ("event_quarantine", "payload_is_object", "jsonb_typeof(payload) = 'object'"),
)


def upgrade() -> None:
    op.get_bind().exec_driver_sql(sql.text("postgres/0002_functions").replace("%", "%%"))
    op.execute("UPDATE lesson_progress SET last_position = NULL WHERE jsonb_typeof(last_position) = 'null'")
    for table, name, rule in CHECKS:
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({rule}) NOT VALID")


def downgrade() -> None:
    for table, name, _ in CHECKS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")
    op.execute("DROP FUNCTION text_search_config(text)")
    op.execute("DROP FUNCTION uuid_as_inet(uuid)")
