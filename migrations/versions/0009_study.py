"""Study materials, what is made of them, and how studying goes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TOUCHED = ("study_materials", "content_chunks", "generated_assets", "flashcard_reviews", "user_feedback")
ENUMS = (
    "material_source_type",
    "material_status",
    "chunk_type",
    "learning_session_type",
    "learning_session_status",
    "asset_type",
    "asset_status",
    "metric_type",
    "time_period",
    "aggregation_type",
    "card_state",
    "study_interaction_type",
    "feedback_type",
    "feedback_status",
)


def upgrade() -> None:
    op.create_table(
        "study_materials",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("source_url", sa.String(length=1000), nullable=True),
        sa.Column("source_type", sa.Enum("upload", "url", "text", name="material_source_type"), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column(
            "status",
            sa.Enum("processing", "ready", "failed", name="material_status"),
            server_default="processing",
            nullable=False,
        ),
        sa.Column("content_length", sa.Integer(), nullable=True),
        sa.Column("difficulty_level", sa.String(length=20), nullable=True),
        sa.Column("subject_area", sa.String(length=100), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "difficulty_level IN ('beginner', 'intermediate', 'advanced', 'expert')",
            name=op.f("ck_study_materials_level_known"),
        ),
        sa.CheckConstraint("jsonb_typeof(metadata) = 'object'", name=op.f("ck_study_materials_metadata_is_object")),
        sa.CheckConstraint(
            "source_type <> 'url' OR source_url IS NOT NULL", name=op.f("ck_study_materials_url_source_has_an_address")
        ),
        sa.CheckConstraint("content_length >= 0", name=op.f("ck_study_materials_content_length_not_negative")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["uploaded_files.id"], name=op.f("fk_study_materials_file_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_study_materials_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_materials")),
    )
    op.create_index("ix_study_materials_created_at", "study_materials", ["created_at"], unique=False)
    op.create_index("ix_study_materials_deleted_at", "study_materials", ["deleted_at"], unique=False)
    op.create_index("ix_study_materials_file_id", "study_materials", ["file_id"], unique=False)
    op.create_index("ix_study_materials_status", "study_materials", ["status"], unique=False)
    op.create_index("ix_study_materials_subject_area", "study_materials", ["subject_area"], unique=False)
    op.create_index("ix_study_materials_tags", "study_materials", ["tags"], unique=False, postgresql_using="gin")
    op.create_index("ix_study_materials_user_id", "study_materials", ["user_id"], unique=False)
    op.create_table(
        "content_chunks",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("study_material_id", sa.Uuid(), nullable=False),
        sa.Column("chunk_order", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column(
            "chunk_type",
            sa.Enum("paragraph", "section", "heading", "list", "code", "table", "transcript", name="chunk_type"),
            nullable=False,
        ),
        sa.Column("metadata", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("relevance_score", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("jsonb_typeof(metadata) = 'object'", name=op.f("ck_content_chunks_metadata_is_object")),
        sa.CheckConstraint("chunk_order >= 0", name=op.f("ck_content_chunks_chunk_order_not_negative")),
        sa.CheckConstraint("relevance_score BETWEEN 0 AND 1", name=op.f("ck_content_chunks_relevance_between_0_and_1")),
        sa.CheckConstraint("word_count >= 0", name=op.f("ck_content_chunks_word_count_not_negative")),
        sa.ForeignKeyConstraint(
            ["study_material_id"],
            ["study_materials.id"],
            name=op.f("fk_content_chunks_study_material_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_chunks")),
        sa.UniqueConstraint("id", "study_material_id", name=op.f("uq_content_chunks_id_study_material_id")),
        sa.UniqueConstraint(
            "study_material_id",
            "chunk_order",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_content_chunks_study_material_id_chunk_order"),
        ),
    )
    op.create_index("ix_content_chunks_chunk_type", "content_chunks", ["chunk_type"], unique=False)
    op.create_index("ix_content_chunks_language", "content_chunks", ["language"], unique=False)
    op.create_index("ix_content_chunks_relevance_score", "content_chunks", ["relevance_score"], unique=False)
    op.create_table(
        "learning_sessions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("study_material_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_type", sa.Enum("quiz", "review", "study", name="learning_session_type"), nullable=False),
        sa.Column("session_data", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("total_interactions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "completion_percentage", sa.Numeric(precision=5, scale=2), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "status",
            sa.Enum("active", "paused", "completed", "abandoned", name="learning_session_status"),
            server_default="active",
            nullable=False,
        ),
        sa.Column("configuration", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.CheckConstraint(
            "(status IN ('completed', 'abandoned')) = (ended_at IS NOT NULL)",
            name=op.f("ck_learning_sessions_over_has_an_end"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(configuration) = 'object'", name=op.f("ck_learning_sessions_configuration_is_object")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(session_data) = 'object'", name=op.f("ck_learning_sessions_session_data_is_object")
        ),
        sa.CheckConstraint(
            "completion_percentage BETWEEN 0 AND 100", name=op.f("ck_learning_sessions_percentage_between_0_and_100")
        ),
        sa.CheckConstraint("started_at <= ended_at", name=op.f("ck_learning_sessions_ends_after_start")),
        sa.CheckConstraint("total_interactions >= 0", name=op.f("ck_learning_sessions_interactions_not_negative")),
        sa.ForeignKeyConstraint(
            ["study_material_id"],
            ["study_materials.id"],
            name=op.f("fk_learning_sessions_study_material_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_learning_sessions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_sessions")),
    )
    op.create_index(
        "ix_learning_sessions_completion_percentage", "learning_sessions", ["completion_percentage"], unique=False
    )
    op.create_index("ix_learning_sessions_session_type", "learning_sessions", ["session_type"], unique=False)
    op.create_index("ix_learning_sessions_started_at", "learning_sessions", ["started_at"], unique=False)
    op.create_index("ix_learning_sessions_status", "learning_sessions", ["status"], unique=False)
    op.create_index("ix_learning_sessions_study_material_id", "learning_sessions", ["study_material_id"], unique=False)
    op.create_index("ix_learning_sessions_user_id", "learning_sessions", ["user_id"], unique=False)
    op.create_table(
        "generated_assets",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("study_material_id", sa.Uuid(), nullable=False),
        sa.Column("content_chunk_id", sa.Uuid(), nullable=True),
        sa.Column("asset_type", sa.Enum("quiz", "flashcard", "summary", name="asset_type"), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("metadata", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("generation_model", sa.String(length=100), nullable=False),
        sa.Column(
            "status",
            sa.Enum("generating", "ready", "failed", "retired", name="asset_status"),
            server_default="ready",
            nullable=False,
        ),
        sa.Column("quality_score", sa.Double(), nullable=True),
        sa.Column("difficulty_level", sa.SmallInteger(), nullable=True),
        sa.Column("generation_params", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "content ->> 'kind' = asset_type::text", name=op.f("ck_generated_assets_content_is_of_its_type")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(generation_params) = 'object'", name=op.f("ck_generated_assets_params_is_object")
        ),
        sa.CheckConstraint("jsonb_typeof(metadata) = 'object'", name=op.f("ck_generated_assets_metadata_is_object")),
        sa.CheckConstraint(
            "difficulty_level BETWEEN 1 AND 10", name=op.f("ck_generated_assets_difficulty_between_1_and_10")
        ),
        sa.CheckConstraint("quality_score BETWEEN 0 AND 1", name=op.f("ck_generated_assets_quality_between_0_and_1")),
        sa.ForeignKeyConstraint(
            ["content_chunk_id", "study_material_id"],
            ["content_chunks.id", "content_chunks.study_material_id"],
            name="fk_generated_assets_chunk_of_material",
            ondelete="SET NULL (content_chunk_id)",
        ),
        sa.ForeignKeyConstraint(
            ["study_material_id"],
            ["study_materials.id"],
            name=op.f("fk_generated_assets_study_material_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_generated_assets")),
    )
    op.create_index("ix_generated_assets_asset_type", "generated_assets", ["asset_type"], unique=False)
    op.create_index(
        "ix_generated_assets_content_chunk_id",
        "generated_assets",
        ["content_chunk_id", "study_material_id"],
        unique=False,
    )
    op.create_index("ix_generated_assets_created_at", "generated_assets", ["created_at"], unique=False)
    op.create_index("ix_generated_assets_difficulty_level", "generated_assets", ["difficulty_level"], unique=False)
    op.create_index("ix_generated_assets_quality_score", "generated_assets", ["quality_score"], unique=False)
    op.create_index("ix_generated_assets_status", "generated_assets", ["status"], unique=False)
    op.create_index("ix_generated_assets_study_material_id", "generated_assets", ["study_material_id"], unique=False)
    op.create_table(
        "progress_metrics",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("learning_session_id", sa.Uuid(), nullable=True),
        sa.Column(
            "metric_type",
            sa.Enum("accuracy", "speed", "retention", "completion", "time", name="metric_type"),
            nullable=False,
        ),
        sa.Column("metric_value", sa.Double(), nullable=False),
        sa.Column("metric_data", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("time_period", sa.Enum("daily", "weekly", "monthly", name="time_period"), nullable=True),
        sa.Column("subject_area", sa.String(length=100), nullable=True),
        sa.Column(
            "aggregation_type",
            sa.Enum("sum", "average", "minimum", "maximum", "count", "last", name="aggregation_type"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "jsonb_typeof(metric_data) = 'object'", name=op.f("ck_progress_metrics_metric_data_is_object")
        ),
        sa.CheckConstraint(
            "metric_value NOT IN ('NaN', 'Infinity', '-Infinity')", name=op.f("ck_progress_metrics_value_is_a_number")
        ),
        sa.ForeignKeyConstraint(
            ["learning_session_id"],
            ["learning_sessions.id"],
            name=op.f("fk_progress_metrics_learning_session_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_progress_metrics_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", "recorded_at", name=op.f("pk_progress_metrics")),
        postgresql_partition_by="RANGE (recorded_at)",
    )
    op.create_index(
        "ix_progress_metrics_learning_session_id", "progress_metrics", ["learning_session_id"], unique=False
    )
    op.create_index("ix_progress_metrics_metric_type", "progress_metrics", ["metric_type"], unique=False)
    op.create_index("ix_progress_metrics_recorded_at", "progress_metrics", ["recorded_at"], unique=False)
    op.create_index("ix_progress_metrics_subject_area", "progress_metrics", ["subject_area"], unique=False)
    op.create_index("ix_progress_metrics_time_period", "progress_metrics", ["time_period"], unique=False)
    op.create_index("ix_progress_metrics_user_id", "progress_metrics", ["user_id"], unique=False)
    op.create_table(
        "flashcard_reviews",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("generated_asset_id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum("new", "learning", "review", "relearning", name="card_state"),
            server_default="new",
            nullable=False,
        ),
        sa.Column("step", sa.SmallInteger(), nullable=True),
        sa.Column("stability", sa.Double(), nullable=True),
        sa.Column("difficulty", sa.Double(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lapse_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'new') = (last_reviewed_at IS NULL)", name=op.f("ck_flashcard_reviews_new_was_never_reviewed")
        ),
        sa.CheckConstraint(
            "state <> 'review' OR (stability IS NOT NULL AND difficulty IS NOT NULL)",
            name=op.f("ck_flashcard_reviews_review_has_memory_state"),
        ),
        sa.CheckConstraint(
            "difficulty BETWEEN 1 AND 10", name=op.f("ck_flashcard_reviews_difficulty_between_1_and_10")
        ),
        sa.CheckConstraint(
            "review_count >= 0 AND lapse_count BETWEEN 0 AND review_count",
            name=op.f("ck_flashcard_reviews_counts_in_order"),
        ),
        sa.CheckConstraint("stability > 0", name=op.f("ck_flashcard_reviews_stability_positive")),
        sa.ForeignKeyConstraint(
            ["generated_asset_id"],
            ["generated_assets.id"],
            name=op.f("fk_flashcard_reviews_generated_asset_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_flashcard_reviews_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flashcard_reviews")),
        sa.UniqueConstraint(
            "user_id",
            "generated_asset_id",
            "card_id",
            name=op.f("uq_flashcard_reviews_user_id_generated_asset_id_card_id"),
        ),
    )
    op.create_index(
        "ix_flashcard_reviews_generated_asset_id", "flashcard_reviews", ["generated_asset_id"], unique=False
    )
    op.create_index("ix_flashcard_reviews_user_id_due_at", "flashcard_reviews", ["user_id", "due_at"], unique=False)
    op.create_table(
        "interactions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("learning_session_id", sa.Uuid(), nullable=False),
        sa.Column("generated_asset_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("interaction_type", sa.Enum("answer", "view", "skip", name="study_interaction_type"), nullable=False),
        sa.Column("interaction_data", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("is_correct", sa.Boolean(), nullable=True),
        sa.Column("response_time_ms", sa.Integer(), nullable=True),
        sa.Column("confidence_level", sa.Double(), nullable=True),
        sa.Column("feedback_data", postgresql.JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "feedback_data IS NULL OR jsonb_typeof(feedback_data) = 'object'",
            name=op.f("ck_interactions_feedback_is_object"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(interaction_data) = 'object'", name=op.f("ck_interactions_interaction_data_is_object")
        ),
        sa.CheckConstraint("confidence_level BETWEEN 0 AND 1", name=op.f("ck_interactions_confidence_between_0_and_1")),
        sa.CheckConstraint("response_time_ms >= 0", name=op.f("ck_interactions_response_time_not_negative")),
        sa.ForeignKeyConstraint(
            ["generated_asset_id"],
            ["generated_assets.id"],
            name=op.f("fk_interactions_generated_asset_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["learning_session_id"],
            ["learning_sessions.id"],
            name=op.f("fk_interactions_learning_session_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_interactions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", "created_at", name=op.f("pk_interactions")),
        postgresql_partition_by="RANGE (created_at)",
    )
    op.create_index("ix_interactions_created_at", "interactions", ["created_at"], unique=False)
    op.create_index("ix_interactions_generated_asset_id", "interactions", ["generated_asset_id"], unique=False)
    op.create_index("ix_interactions_interaction_type", "interactions", ["interaction_type"], unique=False)
    op.create_index("ix_interactions_is_correct", "interactions", ["is_correct"], unique=False)
    op.create_index("ix_interactions_learning_session_id", "interactions", ["learning_session_id"], unique=False)
    op.create_index("ix_interactions_user_id", "interactions", ["user_id"], unique=False)
    op.create_table(
        "user_feedback",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("generated_asset_id", sa.Uuid(), nullable=True),
        sa.Column("interaction_id", sa.Uuid(), nullable=True),
        sa.Column("feedback_type", sa.Enum("rating", "comment", "report", name="feedback_type"), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column(
            "status",
            sa.Enum("active", "resolved", "dismissed", name="feedback_status"),
            server_default="active",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "feedback_type <> 'comment' OR comment IS NOT NULL", name=op.f("ck_user_feedback_comment_has_words")
        ),
        sa.CheckConstraint(
            "feedback_type <> 'rating' OR rating IS NOT NULL", name=op.f("ck_user_feedback_rating_has_a_number")
        ),
        sa.CheckConstraint("jsonb_typeof(metadata) = 'object'", name=op.f("ck_user_feedback_metadata_is_object")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_user_feedback_rating_between_1_and_5")),
        sa.ForeignKeyConstraint(
            ["generated_asset_id"],
            ["generated_assets.id"],
            name=op.f("fk_user_feedback_generated_asset_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_feedback_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_feedback")),
    )
    op.create_index("ix_user_feedback_created_at", "user_feedback", ["created_at"], unique=False)
    op.create_index("ix_user_feedback_feedback_type", "user_feedback", ["feedback_type"], unique=False)
    op.create_index("ix_user_feedback_generated_asset_id", "user_feedback", ["generated_asset_id"], unique=False)
    op.create_index("ix_user_feedback_interaction_id", "user_feedback", ["interaction_id"], unique=False)
    op.create_index("ix_user_feedback_rating", "user_feedback", ["rating"], unique=False)
    op.create_index("ix_user_feedback_user_id", "user_feedback", ["user_id"], unique=False)
    op.execute("SELECT ensure_month_partitions('interactions', 3)")
    op.execute("SELECT ensure_month_partitions('progress_metrics', 3)")
    for table in TOUCHED:
        op.execute(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
        )


def downgrade() -> None:
    op.drop_table("user_feedback")
    op.drop_table("interactions")
    op.drop_table("flashcard_reviews")
    op.drop_table("progress_metrics")
    op.drop_table("generated_assets")
    op.drop_table("learning_sessions")
    op.drop_table("content_chunks")
    op.drop_table("study_materials")
    for enum in ENUMS:
        op.execute(f"DROP TYPE {enum}")
