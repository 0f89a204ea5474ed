"""What the tutor finds answers in, chats, calls of models, and personas."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC, VECTOR
from sqlalchemy.dialects import postgresql

from learncraft.schema import SchemaError

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OLDEST_VECTOR = (0, 7)  # the first with halfvec
TOUCHED = ("learner_persona_profiles", "rag_chat_sessions", "topic_personalization")
ENUMS = ("embedded_content", "interaction_type", "chat_role")


def upgrade() -> None:
    _require_vector()
    op.create_table(
        "learner_persona_profiles",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("persona_key", sa.String(length=64), nullable=False),
        sa.Column("analysis_summary", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("evidence", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("model_used", sa.String(length=100), nullable=True),
        sa.Column("analyzed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "jsonb_typeof(evidence) = 'object'", name=op.f("ck_learner_persona_profiles_evidence_is_object")
        ),
        sa.CheckConstraint(
            "confidence BETWEEN 0 AND 1", name=op.f("ck_learner_persona_profiles_confidence_between_0_and_1")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_learner_persona_profiles_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner_persona_profiles")),
        sa.UniqueConstraint("user_id", name=op.f("uq_learner_persona_profiles_user_id")),
    )
    op.create_index(
        "ix_learner_persona_profiles_persona_key", "learner_persona_profiles", ["persona_key"], unique=False
    )
    op.create_table(
        "content_embeddings",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column(
            "content_type", sa.Enum("lesson", "video", "lab", "study_material", name="embedded_content"), nullable=False
        ),
        sa.Column("chunk_index", sa.Integer(), nullable=False),
        sa.Column("chunk_text", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("persona_key", sa.String(length=64), nullable=True),
        sa.Column("block_id", sa.String(length=64), nullable=True),
        sa.Column("start_offset", sa.Integer(), nullable=True),
        sa.Column("end_offset", sa.Integer(), nullable=True),
        sa.Column("start_seconds", sa.Double(), nullable=True),
        sa.Column("end_seconds", sa.Double(), nullable=True),
        sa.Column("language", sa.String(length=10), server_default="en", nullable=False),
        sa.Column(
            "tsv",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector(text_search_config(language), chunk_text)", persisted=True),
            nullable=False,
        ),
        sa.Column("model", sa.String(length=100), nullable=True),
        sa.Column("embedding", VECTOR(1536), nullable=True),
        sa.Column("embedding_small", HALFVEC(256), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "content_hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_content_embeddings_content_hash_is_sha256")
        ),
        sa.CheckConstraint(
            "(course_id IS NULL) <> (owner_id IS NULL)", name=op.f("ck_content_embeddings_of_a_course_or_of_a_person")
        ),
        sa.CheckConstraint("chunk_index >= 0", name=op.f("ck_content_embeddings_chunk_index_not_negative")),
        sa.CheckConstraint(
            "model IS NOT NULL OR (embedding IS NULL AND embedding_small IS NULL)",
            name=op.f("ck_content_embeddings_vector_names_its_model"),
        ),
        sa.CheckConstraint("start_offset <= end_offset", name=op.f("ck_content_embeddings_offsets_in_order")),
        sa.CheckConstraint("start_seconds <= end_seconds", name=op.f("ck_content_embeddings_seconds_in_order")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_content_embeddings_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_content_embeddings_lesson_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_content_embeddings_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_embeddings")),
        sa.UniqueConstraint(
            "content_type",
            "content_id",
            "persona_key",
            "chunk_index",
            "model",
            name="uq_content_embeddings_chunk",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_content_embeddings_content_hash", "content_embeddings", ["content_hash"], unique=False)
    op.create_index("ix_content_embeddings_course_id", "content_embeddings", ["course_id"], unique=False)
    op.create_index(
        "ix_content_embeddings_embedding",
        "content_embeddings",
        ["embedding"],
        unique=False,
        postgresql_using="hnsw",
        postgresql_ops={"embedding": "vector_cosine_ops"},
    )
    op.create_index(
        "ix_content_embeddings_embedding_small",
        "content_embeddings",
        ["embedding_small"],
        unique=False,
        postgresql_using="hnsw",
        postgresql_ops={"embedding_small": "halfvec_cosine_ops"},
    )
    op.create_index("ix_content_embeddings_lesson_id", "content_embeddings", ["lesson_id"], unique=False)
    op.create_index("ix_content_embeddings_owner_id", "content_embeddings", ["owner_id"], unique=False)
    op.create_index("ix_content_embeddings_tsv", "content_embeddings", ["tsv"], unique=False, postgresql_using="gin")
    op.create_table(
        "rag_chat_sessions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("summarized_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_message_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_rag_chat_sessions_course_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_rag_chat_sessions_lesson_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_rag_chat_sessions_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rag_chat_sessions")),
    )
    op.create_index("ix_rag_chat_sessions_course_id", "rag_chat_sessions", ["course_id"], unique=False)
    op.create_index("ix_rag_chat_sessions_lesson_id", "rag_chat_sessions", ["lesson_id"], unique=False)
    op.create_index(
        "ix_rag_chat_sessions_user_id_last_message_at",
        "rag_chat_sessions",
        ["user_id", "last_message_at"],
        unique=False,
    )
    op.create_table(
        "topic_personalization",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.Uuid(), nullable=False),
        sa.Column("study_persona", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_topic_personalization_lesson_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_topic_personalization_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_personalization")),
        sa.UniqueConstraint("user_id", "lesson_id", name=op.f("uq_topic_personalization_user_id_lesson_id")),
    )
    op.create_index("ix_topic_personalization_lesson_id", "topic_personalization", ["lesson_id"], unique=False)
    op.create_table(
        "ai_interactions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("chat_session_id", sa.Uuid(), nullable=True),
        sa.Column(
            "interaction_type",
            sa.Enum("query", "hint", "summary", "recommendation", "explanation", name="interaction_type"),
            nullable=False,
        ),
        sa.Column("input_text", sa.Text(), nullable=False),
        sa.Column("output_text", sa.Text(), nullable=False),
        sa.Column("context", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("model_used", sa.String(length=100), nullable=True),
        sa.Column("prompt_tokens", sa.Integer(), nullable=True),
        sa.Column("tokens_used", sa.Integer(), nullable=True),
        sa.Column("response_time_ms", sa.Integer(), nullable=True),
        sa.Column("is_refused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("feedback_rating", sa.SmallInteger(), nullable=True),
        sa.Column("feedback_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("jsonb_typeof(context) = 'object'", name=op.f("ck_ai_interactions_context_is_object")),
        sa.CheckConstraint("feedback_rating BETWEEN 1 AND 5", name=op.f("ck_ai_interactions_rating_between_1_and_5")),
        sa.CheckConstraint("response_time_ms >= 0", name=op.f("ck_ai_interactions_response_time_not_negative")),
        sa.CheckConstraint(
            "tokens_used >= 0 AND prompt_tokens >= 0", name=op.f("ck_ai_interactions_tokens_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["chat_session_id"],
            ["rag_chat_sessions.id"],
            name=op.f("fk_ai_interactions_chat_session_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["lab_sessions.id"], name=op.f("fk_ai_interactions_session_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ai_interactions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_interactions")),
    )
    op.create_index("ix_ai_interactions_chat_session_id", "ai_interactions", ["chat_session_id"], unique=False)
    op.create_index("ix_ai_interactions_interaction_type", "ai_interactions", ["interaction_type"], unique=False)
    op.create_index("ix_ai_interactions_session_id", "ai_interactions", ["session_id"], unique=False)
    op.create_index("ix_ai_interactions_user_id_created_at", "ai_interactions", ["user_id", "created_at"], unique=False)
    op.create_table(
        "rag_chat_messages",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Enum("user", "assistant", name="chat_role"), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("citations", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("ai_interaction_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("jsonb_typeof(citations) = 'array'", name=op.f("ck_rag_chat_messages_citations_is_list")),
        sa.CheckConstraint(
            "role = 'assistant' OR citations = '[]'::jsonb", name=op.f("ck_rag_chat_messages_only_answers_cite")
        ),
        sa.ForeignKeyConstraint(
            ["ai_interaction_id"],
            ["ai_interactions.id"],
            name=op.f("fk_rag_chat_messages_ai_interaction_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["rag_chat_sessions.id"], name=op.f("fk_rag_chat_messages_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rag_chat_messages")),
    )
    op.create_index("ix_rag_chat_messages_ai_interaction_id", "rag_chat_messages", ["ai_interaction_id"], unique=False)
    op.create_index(
        "ix_rag_chat_messages_session_id_created_at", "rag_chat_messages", ["session_id", "created_at"], unique=False
    )
    # Whole rows can't be compared where a column is generated, so every write counts as a change here.
    op.execute(
        "CREATE TRIGGER touch_updated_at BEFORE UPDATE ON content_embeddings "
        "FOR EACH ROW EXECUTE FUNCTION touch_updated_at()"
    )
    for table in TOUCHED:
        op.execute(
            f"CREATE TRIGGER touch_updated_at BEFORE UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at()"
        )


def downgrade() -> None:
    op.drop_table("rag_chat_messages")
    op.drop_table("ai_interactions")
    op.drop_table("topic_personalization")
    op.drop_table("rag_chat_sessions")
    op.drop_table("content_embeddings")
    op.drop_table("learner_persona_profiles")
    for enum in ENUMS:
        op.execute(f"DROP TYPE {enum}")


def _require_vector() -> None:
    """Make the extension, or say what an operator has to do first. It stays when the tables go."""
    connection = op.get_bind()
    installed = connection.scalar(sa.text("SELECT extversion FROM pg_extension WHERE extname = 'vector'"))
    offered = connection.scalar(sa.text("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'"))
    found = installed or offered
    if found is None or tuple(int(part) for part in found.split(".")[:2]) < OLDEST_VECTOR:
        has = f"has pgvector {found}" if found else "has no pgvector"
        raise SchemaError(
            f"This PostgreSQL server {has}; the tutor's search needs version 0.7 or later. Install it on the server "
            "(on Debian the package postgresql-<version>-pgvector), then run this again. "
            "Up to revision 0009 all is done and kept."
        )
    if installed:
        return
    try:
        with connection.begin_nested():
            connection.execute(sa.text("CREATE EXTENSION vector"))
    except sa.exc.ProgrammingError as error:
        raise SchemaError(
            "The database's user may not add the extension pgvector. Ask an administrator to run "
            "CREATE EXTENSION vector; in this database, then run this again."
        ) from error
