"""Attempts that lose nothing: order of saves, files, people's marks, new gradings, accommodations, what was seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TOUCHED = ("accommodations", "marks")
CHECKS = (
    ("answers", "sequence_not_negative", "sequence >= 0"),
    ("assessments", "graders_needed_1_or_2", "graders_needed BETWEEN 1 AND 2"),
    ("assessments", "mark_gap_between_0_and_100", "mark_gap_percent BETWEEN 0 AND 100"),
)
TABLES = ("regradings", "sightings", "marks", "key_changes", "answer_files", "accommodations")


def columns() -> tuple[tuple[str, sa.Column[object]], ...]:
    """What the tables gain, made anew each time: a column belongs to the table that it was added to."""
    return (
        ("answers", sa.Column("sequence", sa.BigInteger(), server_default=sa.text("0"), nullable=False)),
        ("answers", sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True)),
        ("assessment_attempts", sa.Column("extra_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False)),
        ("assessment_attempts", sa.Column("sheet_id", sa.Uuid(), nullable=True)),
        ("assessments", sa.Column("graders_needed", sa.SmallInteger(), server_default=sa.text("1"), nullable=False)),
        (
            "assessments",
            sa.Column(
                "mark_gap_percent", sa.Numeric(precision=5, scale=2), server_default=sa.text("10"), nullable=False
            ),
        ),
        ("assessments", sa.Column("grades_held", sa.Boolean(), server_default=sa.text("false"), nullable=False)),
        ("assessments", sa.Column("grades_released_at", sa.DateTime(timezone=True), nullable=True)),
    )


def upgrade() -> None:
    for table, column in columns():
        op.add_column(table, column)
    for table, name, rule in CHECKS:
        # Every row has the default, so there is nothing to read; the validation below only says so.
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({rule}) NOT VALID")
    op.create_index(
        "ix_assessment_attempts_submitted",
        "assessment_attempts",
        ["assessment_id", "submitted_at"],
        postgresql_where=sa.text("status = 'submitted'"),
    )
    op.create_table(
        "accommodations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("assessment_id", sa.Uuid(), nullable=True),
        sa.Column("time_factor", sa.Numeric(precision=4, scale=2), server_default=sa.text("1"), nullable=False),
        sa.Column("extra_minutes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("extra_attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_accommodations_reason_given")),
        sa.CheckConstraint(
            "extra_attempts BETWEEN 0 AND 100", name=op.f("ck_accommodations_extra_attempts_not_negative")
        ),
        sa.CheckConstraint(
            "extra_minutes BETWEEN 0 AND 100000", name=op.f("ck_accommodations_extra_minutes_not_negative")
        ),
        sa.CheckConstraint("num_nonnulls(course_id, assessment_id) = 1", name=op.f("ck_accommodations_one_scope")),
        sa.CheckConstraint("time_factor BETWEEN 1 AND 10", name=op.f("ck_accommodations_time_factor_between_1_and_10")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_accommodations_assessment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_accommodations_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["users.id"], name=op.f("fk_accommodations_granted_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_accommodations_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodations")),
        sa.UniqueConstraint("user_id", "assessment_id", name=op.f("uq_accommodations_user_id_assessment_id")),
        sa.UniqueConstraint("user_id", "course_id", name=op.f("uq_accommodations_user_id_course_id")),
    )
    op.create_index("ix_accommodations_assessment_id", "accommodations", ["assessment_id"], unique=False)
    op.create_index("ix_accommodations_course_id", "accommodations", ["course_id"], unique=False)
    op.create_index("ix_accommodations_granted_by", "accommodations", ["granted_by"], unique=False)
    op.create_table(
        "answer_files",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["assessment_attempts.id"], name=op.f("fk_answer_files_attempt_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["uploaded_files.id"], name=op.f("fk_answer_files_file_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_answer_files_question_id"), ondelete="NO ACTION"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_files")),
        sa.UniqueConstraint(
            "attempt_id", "question_id", "file_id", name=op.f("uq_answer_files_attempt_id_question_id_file_id")
        ),
    )
    op.create_index("ix_answer_files_file_id", "answer_files", ["file_id"], unique=False)
    op.create_index("ix_answer_files_question_id", "answer_files", ["question_id"], unique=False)
    op.create_table(
        "key_changes",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("old_key", postgresql.JSONB(), nullable=False),
        sa.Column("new_key", postgresql.JSONB(), nullable=False),
        sa.Column("old_points", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("new_points", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("jsonb_typeof(new_key) = 'object'", name=op.f("ck_key_changes_new_key_is_object")),
        sa.CheckConstraint("jsonb_typeof(old_key) = 'object'", name=op.f("ck_key_changes_old_key_is_object")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_key_changes_reason_given")),
        sa.CheckConstraint("old_points > 0 AND new_points > 0", name=op.f("ck_key_changes_points_positive")),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["users.id"], name=op.f("fk_key_changes_changed_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_key_changes_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_changes")),
    )
    op.create_index("ix_key_changes_changed_by", "key_changes", ["changed_by"], unique=False)
    op.create_index("ix_key_changes_question_id", "key_changes", ["question_id"], unique=False)
    op.create_table(
        "marks",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("grader_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("levels", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("jsonb_typeof(levels) = 'object'", name=op.f("ck_marks_levels_is_object")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_marks_points_not_negative")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["assessment_attempts.id"], name=op.f("fk_marks_attempt_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["grader_id"], ["users.id"], name=op.f("fk_marks_grader_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_marks_question_id"), ondelete="NO ACTION"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
        sa.UniqueConstraint(
            "attempt_id", "question_id", "grader_id", name=op.f("uq_marks_attempt_id_question_id_grader_id")
        ),
    )
    op.create_index("ix_marks_grader_id", "marks", ["grader_id"], unique=False)
    op.create_index("ix_marks_question_id", "marks", ["question_id"], unique=False)
    op.create_table(
        "sightings",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("away_ms", sa.Integer(), nullable=True),
        sa.Column("sheet_id", sa.Uuid(), nullable=True),
        sa.Column("device", sa.String(length=300), nullable=True),
        sa.Column("ip_address", sa.String(length=45), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('opened', 'taken_over', 'focus_lost', 'focus_back', 'fullscreen_entered', 'fullscreen_left', 'pasted')",
            name=op.f("ck_sightings_kind_known"),
        ),
        sa.CheckConstraint("away_ms >= 0", name=op.f("ck_sightings_away_not_negative")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["assessment_attempts.id"], name=op.f("fk_sightings_attempt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
    )
    op.create_index("ix_sightings_attempt_id_happened_at", "sightings", ["attempt_id", "happened_at"], unique=False)
    op.create_table(
        "regradings",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("key_change_id", sa.Uuid(), nullable=True),
        sa.Column("regraded_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("old_score", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("new_score", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("old_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("new_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("was_passing", sa.Boolean(), nullable=False),
        sa.Column("is_passing", sa.Boolean(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("jsonb_typeof(changes) = 'array'", name=op.f("ck_regradings_changes_is_list")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_regradings_reason_given")),
        sa.CheckConstraint("old_score >= 0 AND new_score >= 0", name=op.f("ck_regradings_scores_not_negative")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["assessment_attempts.id"], name=op.f("fk_regradings_attempt_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["key_change_id"], ["key_changes.id"], name=op.f("fk_regradings_key_change_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["regraded_by"], ["users.id"], name=op.f("fk_regradings_regraded_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regradings")),
    )
    op.create_index("ix_regradings_attempt_id", "regradings", ["attempt_id"], unique=False)
    op.create_index("ix_regradings_key_change_id", "regradings", ["key_change_id"], unique=False)
    op.create_index("ix_regradings_regraded_by", "regradings", ["regraded_by"], unique=False)
    for table, name, _ in CHECKS:
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_{name}")
    for table in TOUCHED:
        op.execute(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("ix_assessment_attempts_submitted", table_name="assessment_attempts")
    for table, name, _ in CHECKS:
        op.drop_constraint(f"ck_{table}_{name}", table)
    for table, column in reversed(columns()):
        op.drop_column(table, column.name)
