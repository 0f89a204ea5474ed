"""What the tutor finds answers in, its chats, its calls of models, and how learners like to be told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC, VECTOR
from sqlalchemy import CheckConstraint, Computed, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.db import Base, CreatedAt, JsonList, JsonObject, Share, UpdatedAt, UuidPk, pg_enum, references
from learncraft.json_shapes import Json
from learncraft.tutor.shapes import CallContext, Citations, Evidence


class EmbeddedContent(StrEnum):
    """What a chunk was cut from."""

    LESSON = "lesson"
    VIDEO = "video"
    LAB = "lab"
    STUDY_MATERIAL = "study_material"
    FILE = "file"


class InteractionType(StrEnum):
    """What a model was called for."""

    QUERY = "query"
    HINT = "hint"
    SUMMARY = "summary"
    RECOMMENDATION = "recommendation"
    EXPLANATION = "explanation"


class ChatRole(StrEnum):
    """Who says a message."""

    USER = "user"
    ASSISTANT = "assistant"


class ContentEmbedding(Base):
    """A chunk of a course, or of one person's material, with its place and its vector.

    A row names its model: vectors of two models are never compared. Text search needs no model.
    """

    __tablename__ = "content_embeddings"
    __table_args__ = (
        UniqueConstraint(
            "content_type",
            "content_id",
            "persona_key",
            "lesson_id",
            "chunk_index",
            "model",
            name="uq_content_embeddings_chunk",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("chunk_index >= 0", name="chunk_index_not_negative"),
        CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="content_hash_is_sha256"),
        CheckConstraint("(course_id IS NULL) <> (owner_id IS NULL)", name="of_a_course_or_of_a_person"),
        CheckConstraint(
            "model IS NOT NULL OR (embedding IS NULL AND embedding_small IS NULL)", name="vector_names_its_model"
        ),
        CheckConstraint("start_offset <= end_offset", name="offsets_in_order"),
        CheckConstraint("start_seconds <= end_seconds", name="seconds_in_order"),
        Index("ix_content_embeddings_course_id", "course_id"),  # the learner's path: filter, then search exactly
        Index("ix_content_embeddings_lesson_id", "lesson_id"),
        Index("ix_content_embeddings_owner_id", "owner_id"),
        Index("ix_content_embeddings_content_hash", "content_hash"),
        Index("ix_content_embeddings_tsv", "tsv", postgresql_using="gin"),
        Index(
            "ix_content_embeddings_embedding",
            "embedding",
            postgresql_using="hnsw",
            postgresql_ops={"embedding": "vector_cosine_ops"},
        ),
    )

    id: Mapped[UuidPk]
    content_id: Mapped[UUID] = mapped_column(doc="The lesson, video, lab, file or material; content_type says which.")
    content_type: Mapped[EmbeddedContent] = mapped_column(pg_enum(EmbeddedContent, "embedded_content"))
    chunk_index: Mapped[int] = mapped_column(doc="The chunk's place in its content, from 0.")
    chunk_text: Mapped[str] = mapped_column(Text, doc="The text itself.")
    headings: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'::text[]"), doc="The headings that it stands under, the lesson's first."
    )
    content_hash: Mapped[str] = mapped_column(
        String(64), doc="SHA-256 of the text, hexadecimal: what is unchanged isn't embedded again."
    )
    course_id: Mapped[UUID | None] = mapped_column(
        references("courses.id", on_delete="CASCADE"), doc="The course whose learners may find it."
    )
    lesson_id: Mapped[UUID | None] = mapped_column(
        references("lessons.id", on_delete="CASCADE"), doc="The lesson that a citation leads to."
    )
    owner_id: Mapped[UUID | None] = mapped_column(
        references("users.id", on_delete="CASCADE"), doc="The person whose material it is; only they may find it."
    )
    persona_key: Mapped[str | None] = mapped_column(String(64), doc="The lesson's variant; none is the lesson itself.")
    block_id: Mapped[str | None] = mapped_column(String(64), doc="The block of the lesson that it is in.")
    start_offset: Mapped[int | None] = mapped_column(doc="Where it begins in the block.", info={"unit": "characters"})
    end_offset: Mapped[int | None] = mapped_column(doc="Where it ends in the block.", info={"unit": "characters"})
    start_seconds: Mapped[float | None] = mapped_column(doc="Where it begins in the video.")
    end_seconds: Mapped[float | None] = mapped_column(doc="Where it ends in the video.")
    language: Mapped[str] = mapped_column(String(10), server_default="en", doc="The text's language, such as `en`.")
    tsv: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed("chunk_vector(language, headings, chunk_text)", persisted=True),
        doc="The text's words in their basic form, for full-text search; those of headings have weight A.",
    )
    model: Mapped[str | None] = mapped_column(String(100), doc="What made the vector; none as long as there is none.")
    embedding: Mapped[Any | None] = mapped_column(VECTOR(1536), doc="The vector of a model of 1536 dimensions.")
    embedding_small: Mapped[Any | None] = mapped_column(
        HALFVEC(256), doc="The vector of the built-in model; compared exactly, after permission, so without an index."
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class IndexedContent(Base):
    """What is known of one content's chunks: what they were made of, and why there are none where there are none."""

    __tablename__ = "indexed_contents"
    __table_args__ = (
        UniqueConstraint(
            "content_type",
            "content_id",
            "persona_key",
            "lesson_id",
            name="uq_indexed_contents_content",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("fingerprint ~ '^[0-9a-f]{64}$'", name="fingerprint_is_sha256"),
        CheckConstraint("chunk_count >= 0", name="chunk_count_not_negative"),
        CheckConstraint("(lesson_id IS NULL) <> (owner_id IS NULL)", name="of_a_lesson_or_of_a_person"),
        Index("ix_indexed_contents_lesson_id", "lesson_id"),
        Index("ix_indexed_contents_owner_id", "owner_id"),
    )

    id: Mapped[UuidPk]
    content_type: Mapped[EmbeddedContent] = mapped_column(pg_enum(EmbeddedContent, "embedded_content"))
    content_id: Mapped[UUID] = mapped_column(doc="The lesson, video, lab, file or material; content_type says which.")
    persona_key: Mapped[str | None] = mapped_column(String(64), doc="The lesson's variant; none is the lesson itself.")
    lesson_id: Mapped[UUID | None] = mapped_column(
        references("lessons.id", on_delete="CASCADE"), doc="The lesson that it is a part of."
    )
    owner_id: Mapped[UUID | None] = mapped_column(
        references("users.id", on_delete="CASCADE"), doc="The person whose material it is."
    )
    fingerprint: Mapped[str] = mapped_column(
        String(64), doc="SHA-256 of all that its chunks are made of, hexadecimal: the same one needs no work."
    )
    chunk_count: Mapped[int] = mapped_column(doc="How many chunks it has.")
    problem: Mapped[str | None] = mapped_column(Text, doc="Why nothing can be found in it, in a sentence.")
    indexed_at: Mapped[CreatedAt] = mapped_column(doc="When its chunks were last made or found unchanged.")


class RagChatSession(Base):
    """One conversation of one person with the tutor, about a course, a lesson, or anything they learn."""

    __tablename__ = "rag_chat_sessions"
    __table_args__ = (
        Index("ix_rag_chat_sessions_user_id_last_message_at", "user_id", "last_message_at"),
        Index("ix_rag_chat_sessions_course_id", "course_id"),
        Index("ix_rag_chat_sessions_lesson_id", "lesson_id"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    course_id: Mapped[UUID | None] = mapped_column(
        references("courses.id", on_delete="SET NULL"), doc="The course that it is about."
    )
    lesson_id: Mapped[UUID | None] = mapped_column(
        references("lessons.id", on_delete="SET NULL"), doc="The lesson that it began at."
    )
    title: Mapped[str | None] = mapped_column(String(255), doc="What the list of chats shows.")
    summary: Mapped[str | None] = mapped_column(Text, doc="What was said so far, so that long chats stay cheap.")
    summarized_until: Mapped[datetime | None] = mapped_column(doc="Messages up to this moment are in the summary.")
    last_message_at: Mapped[CreatedAt] = mapped_column(doc="When something was last said.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class AiInteraction(Base):
    """One call of a model, or one answer made without any: what went in, what came out, what it took."""

    __tablename__ = "ai_interactions"
    __table_args__ = (
        CheckConstraint("feedback_rating BETWEEN 1 AND 5", name="rating_between_1_and_5"),
        CheckConstraint("tokens_used >= 0 AND prompt_tokens >= 0", name="tokens_not_negative"),
        CheckConstraint("response_time_ms >= 0", name="response_time_not_negative"),
        CheckConstraint("jsonb_typeof(context) = 'object'", name="context_is_object"),
        Index("ix_ai_interactions_user_id_created_at", "user_id", "created_at"),  # quotas count by day
        Index("ix_ai_interactions_created_at", "created_at"),  # what all calls of a period cost
        Index("ix_ai_interactions_session_id", "session_id"),
        Index("ix_ai_interactions_chat_session_id", "chat_session_id"),
        Index("ix_ai_interactions_interaction_type", "interaction_type"),
        Index("ix_ai_interactions_course", text("(context ->> 'course_id')"), "created_at"),  # what its learners ask
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    session_id: Mapped[UUID | None] = mapped_column(
        references("lab_sessions.id", on_delete="SET NULL"), doc="The lab session that help was asked in."
    )
    chat_session_id: Mapped[UUID | None] = mapped_column(
        references("rag_chat_sessions.id", on_delete="SET NULL"), doc="The chat that it belongs to."
    )
    interaction_type: Mapped[InteractionType] = mapped_column(pg_enum(InteractionType, "interaction_type"))
    input_text: Mapped[str] = mapped_column(Text, doc="What the person asked.")
    output_text: Mapped[str] = mapped_column(Text, doc="What was answered.")
    context: Mapped[JsonObject] = mapped_column(Json(CallContext), doc="What the model was given beside the words.")
    model_used: Mapped[str | None] = mapped_column(String(100), doc="The model; none for an extractive answer.")
    prompt_tokens: Mapped[int | None] = mapped_column(doc="What went in.", info={"unit": "tokens"})
    tokens_used: Mapped[int | None] = mapped_column(doc="What went in and came out.", info={"unit": "tokens"})
    response_time_ms: Mapped[int | None] = mapped_column(doc="How long the answer took.")
    is_refused: Mapped[bool] = mapped_column(server_default=text("false"), doc="Whether there was too little to go by.")
    feedback_rating: Mapped[int | None] = mapped_column(
        SmallInteger, doc="1 is bad, 5 is good, as the person says.", info={"unit": "stars"}
    )
    feedback_reason: Mapped[str | None] = mapped_column(Text, doc="Why, in the person's words.")
    created_at: Mapped[CreatedAt]


class RagChatMessage(Base):
    """One message of a chat, with the sources that it rests on."""

    __tablename__ = "rag_chat_messages"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(citations) = 'array'", name="citations_is_list"),
        CheckConstraint("role = 'assistant' OR citations = '[]'::jsonb", name="only_answers_cite"),
        Index("ix_rag_chat_messages_session_id_created_at", "session_id", "created_at"),
        Index("ix_rag_chat_messages_ai_interaction_id", "ai_interaction_id"),
    )

    id: Mapped[UuidPk]
    session_id: Mapped[UUID] = mapped_column(references("rag_chat_sessions.id", on_delete="CASCADE"))
    role: Mapped[ChatRole] = mapped_column(pg_enum(ChatRole, "chat_role"))
    content: Mapped[str] = mapped_column(Text, doc="What was said, in Markdown.")
    citations: Mapped[JsonList] = mapped_column(Json(Citations), doc="The sources of an answer, by their number.")
    ai_interaction_id: Mapped[UUID | None] = mapped_column(
        references("ai_interactions.id", on_delete="SET NULL"), doc="The call that made the answer."
    )
    created_at: Mapped[CreatedAt]


class LearnerPersonaProfile(Base):
    """How one learner seems to learn, as read from what they do. One row per learner; they may see and delete it."""

    __tablename__ = "learner_persona_profiles"
    __table_args__ = (
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_between_0_and_1"),
        CheckConstraint("jsonb_typeof(evidence) = 'object'", name="evidence_is_object"),
        Index("ix_learner_persona_profiles_persona_key", "persona_key"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"), unique=True)
    persona_key: Mapped[str] = mapped_column(String(64), doc="The kind of learner, such as `rote_memorizer`.")
    analysis_summary: Mapped[str] = mapped_column(Text, doc="Why this kind, in words that the learner may read.")
    confidence: Mapped[Share | None] = mapped_column(doc="How sure the analysis is: 1 is certain.")
    evidence: Mapped[JsonObject] = mapped_column(Json(Evidence), doc="The numbers that it rests on.")
    model_used: Mapped[str | None] = mapped_column(String(100), doc="What made it; none is our own rule.")
    analyzed_at: Mapped[CreatedAt] = mapped_column(doc="When it was read from the learner's doings.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class TopicPersonalization(Base):
    """The flavour that one learner chose for one lesson, such as examples from sports."""

    __tablename__ = "topic_personalization"
    __table_args__ = (
        UniqueConstraint("user_id", "lesson_id"),
        Index("ix_topic_personalization_lesson_id", "lesson_id"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    lesson_id: Mapped[UUID] = mapped_column(references("lessons.id", on_delete="CASCADE"))
    study_persona: Mapped[str] = mapped_column(String(64), doc="The persona_key of the variants to show.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
