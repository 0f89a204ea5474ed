"""Study materials, what is made of them, and how studying goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.db import (
    Base,
    CreatedAt,
    JsonObject,
    Percentage,
    Share,
    UpdatedAt,
    UuidPk,
    new_id,
    pg_enum,
    references,
)
from learncraft.json_shapes import AnyObject, Json
from learncraft.study.kinds import (
    Aggregation,
    AssetStatus,
    AssetType,
    CardState,
    ChunkType,
    FeedbackStatus,
    FeedbackType,
    LearningSessionStatus,
    LearningSessionType,
    MaterialStatus,
    MetricType,
    SourceType,
    StudyInteractionType,
    TimePeriod,
)
from learncraft.study.shapes import (
    AssetContent,
    FeedbackData,
    InteractionData,
    MetricData,
    SessionSettings,
    SessionState,
)


class StudyMaterial(Base):
    """Something to study: what a person brought, their own cards of a lesson, or those of the lesson's course."""

    __tablename__ = "study_materials"
    __table_args__ = (
        CheckConstraint("content_length >= 0", name="content_length_not_negative"),
        CheckConstraint("jsonb_typeof(metadata) = 'object'", name="metadata_is_object"),
        CheckConstraint("source_type <> 'url' OR source_url IS NOT NULL", name="url_source_has_an_address"),
        CheckConstraint("difficulty_level IN ('beginner', 'intermediate', 'advanced', 'expert')", name="level_known"),
        Index("ix_study_materials_user_id", "user_id"),
        Index("ix_study_materials_status", "status"),
        Index("ix_study_materials_created_at", "created_at"),
        Index("ix_study_materials_subject_area", "subject_area"),
        Index("ix_study_materials_tags", "tags", postgresql_using="gin"),
        Index("ix_study_materials_deleted_at", "deleted_at"),
        Index("ix_study_materials_file_id", "file_id"),
        Index("ix_study_materials_lesson_id", "lesson_id"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    title: Mapped[str] = mapped_column(String(255), doc="What its owner calls it.")
    description: Mapped[str | None] = mapped_column(Text, doc="What it is about.")
    source_url: Mapped[str | None] = mapped_column(String(1000), doc="Where it came from.")
    source_type: Mapped[SourceType] = mapped_column(pg_enum(SourceType, "material_source_type"))
    file_id: Mapped[UUID | None] = mapped_column(
        references("uploaded_files.id", on_delete="SET NULL"), doc="The file, if one was uploaded."
    )
    extra: Mapped[JsonObject] = mapped_column(
        "metadata", Json(AnyObject), doc="What the source says of itself, such as its author."
    )
    status: Mapped[MaterialStatus] = mapped_column(
        pg_enum(MaterialStatus, "material_status"), server_default="processing"
    )
    content_length: Mapped[int | None] = mapped_column(doc="How long its text is.", info={"unit": "characters"})
    difficulty_level: Mapped[str | None] = mapped_column(String(20), doc="For whom it is: one of skill_level's words.")
    subject_area: Mapped[str | None] = mapped_column(String(100), doc="The subject it belongs to.")
    tags: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'::text[]"), doc="Words to find it by."
    )
    lesson_id: Mapped[UUID | None] = mapped_column(
        references("lessons.id", on_delete="SET NULL"), doc="The lesson that it belongs to."
    )
    is_shared: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Whether everybody in the lesson's course studies it."
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    deleted_at: Mapped[datetime | None] = mapped_column(doc="When its owner put it away.")


class ContentChunk(Base):
    """A stretch of a material, short enough to make one thing of."""

    __tablename__ = "content_chunks"
    __table_args__ = (
        UniqueConstraint("study_material_id", "chunk_order", deferrable=True, initially="DEFERRED"),
        UniqueConstraint("id", "study_material_id"),  # what a generated asset refers to
        CheckConstraint("chunk_order >= 0", name="chunk_order_not_negative"),
        CheckConstraint("word_count >= 0", name="word_count_not_negative"),
        CheckConstraint("relevance_score BETWEEN 0 AND 1", name="relevance_between_0_and_1"),
        CheckConstraint("jsonb_typeof(metadata) = 'object'", name="metadata_is_object"),
        Index("ix_content_chunks_chunk_type", "chunk_type"),
        Index("ix_content_chunks_relevance_score", "relevance_score"),
        Index("ix_content_chunks_language", "language"),
    )

    id: Mapped[UuidPk]
    study_material_id: Mapped[UUID] = mapped_column(references("study_materials.id", on_delete="CASCADE"))
    chunk_order: Mapped[int] = mapped_column(doc="Its place in the material, from 0.")
    content: Mapped[str] = mapped_column(Text, doc="The text itself.")
    chunk_type: Mapped[ChunkType] = mapped_column(pg_enum(ChunkType, "chunk_type"))
    extra: Mapped[JsonObject] = mapped_column(
        "metadata", Json(AnyObject), doc="What the cutting kept, such as a page's number."
    )
    word_count: Mapped[int | None] = mapped_column(doc="How many words it has.", info={"unit": "words"})
    language: Mapped[str | None] = mapped_column(String(10), doc="The text's language, such as `en`.")
    summary: Mapped[str | None] = mapped_column(Text, doc="The text in a sentence or two, made automatically.")
    relevance_score: Mapped[Share | None] = mapped_column(doc="How much it matters to the material: 1 is most.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class GeneratedAsset(Base):
    """A quiz, flashcards or a summary made of a material or of one chunk of it."""

    __tablename__ = "generated_assets"
    __table_args__ = (
        # The chunk is one of this material; when the material is cut anew, its assets stay.
        ForeignKeyConstraint(
            ["content_chunk_id", "study_material_id"],
            ["content_chunks.id", "content_chunks.study_material_id"],
            name="fk_generated_assets_chunk_of_material",
            ondelete="SET NULL (content_chunk_id)",
        ),
        CheckConstraint("content ->> 'kind' = asset_type::text", name="content_is_of_its_type"),
        CheckConstraint("jsonb_typeof(metadata) = 'object'", name="metadata_is_object"),
        CheckConstraint("jsonb_typeof(generation_params) = 'object'", name="params_is_object"),
        CheckConstraint("quality_score BETWEEN 0 AND 1", name="quality_between_0_and_1"),
        CheckConstraint("difficulty_level BETWEEN 1 AND 10", name="difficulty_between_1_and_10"),
        Index("ix_generated_assets_study_material_id", "study_material_id"),
        Index("ix_generated_assets_content_chunk_id", "content_chunk_id", "study_material_id"),
        Index("ix_generated_assets_asset_type", "asset_type"),
        Index("ix_generated_assets_status", "status"),
        Index("ix_generated_assets_quality_score", "quality_score"),
        Index("ix_generated_assets_difficulty_level", "difficulty_level"),
        Index("ix_generated_assets_created_at", "created_at"),
    )

    id: Mapped[UuidPk]
    study_material_id: Mapped[UUID] = mapped_column(references("study_materials.id", on_delete="CASCADE"))
    content_chunk_id: Mapped[UUID | None] = mapped_column(doc="The chunk it was made of; none is the whole material.")
    asset_type: Mapped[AssetType] = mapped_column(pg_enum(AssetType, "asset_type"))
    content: Mapped[dict[str, Any]] = mapped_column(Json(AssetContent), doc="The questions, cards or text.")
    extra: Mapped[JsonObject] = mapped_column(
        "metadata", Json(AnyObject), doc="What the making kept, such as its cost."
    )
    generation_model: Mapped[str] = mapped_column(String(100), doc="What made it: a model's name, or `extractive`.")
    status: Mapped[AssetStatus] = mapped_column(pg_enum(AssetStatus, "asset_status"), server_default="ready")
    quality_score: Mapped[Share | None] = mapped_column(doc="How good it was found to be: 1 is best.")
    difficulty_level: Mapped[int | None] = mapped_column(SmallInteger, doc="1 is easiest, 10 is hardest.")
    generation_params: Mapped[JsonObject] = mapped_column(Json(AnyObject), doc="What the model was told.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class FlashcardReview(Base):
    """When one learner should see one flashcard again (FSRS). One row per learner and card."""

    __tablename__ = "flashcard_reviews"
    __table_args__ = (
        UniqueConstraint("user_id", "generated_asset_id", "card_id"),
        CheckConstraint("stability > 0", name="stability_positive"),
        CheckConstraint("difficulty BETWEEN 1 AND 10", name="difficulty_between_1_and_10"),
        CheckConstraint("review_count >= 0 AND lapse_count BETWEEN 0 AND review_count", name="counts_in_order"),
        CheckConstraint("(state = 'new') = (last_reviewed_at IS NULL)", name="new_was_never_reviewed"),
        CheckConstraint(
            "state <> 'review' OR (stability IS NOT NULL AND difficulty IS NOT NULL)", name="review_has_memory_state"
        ),
        Index("ix_flashcard_reviews_user_id_due_at", "user_id", "due_at"),
        Index("ix_flashcard_reviews_generated_asset_id", "generated_asset_id"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    generated_asset_id: Mapped[UUID] = mapped_column(references("generated_assets.id", on_delete="CASCADE"))
    card_id: Mapped[str] = mapped_column(String(64), doc="The card within the asset's content.")
    state: Mapped[CardState] = mapped_column(pg_enum(CardState, "card_state"), server_default="new")
    step: Mapped[int | None] = mapped_column(SmallInteger, doc="The (re)learning step it is at, from 0.")
    stability: Mapped[float | None] = mapped_column(
        Double, doc="After how long recall is at 90 percent.", info={"unit": "days"}
    )
    difficulty: Mapped[float | None] = mapped_column(Double, doc="How hard the card is: 1 to 10.")
    due_at: Mapped[datetime] = mapped_column(server_default=text("now()"), doc="When to show it next.")
    last_reviewed_at: Mapped[datetime | None] = mapped_column(doc="When it was last answered.")
    review_count: Mapped[int] = mapped_column(server_default=text("0"), doc="How often it was answered.")
    lapse_count: Mapped[int] = mapped_column(server_default=text("0"), doc="How often it was forgotten.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class LearningSession(Base):
    """A time that a person studied one material."""

    __tablename__ = "learning_sessions"
    __table_args__ = (
        CheckConstraint("started_at <= ended_at", name="ends_after_start"),
        CheckConstraint("(status IN ('completed', 'abandoned')) = (ended_at IS NOT NULL)", name="over_has_an_end"),
        CheckConstraint("total_interactions >= 0", name="interactions_not_negative"),
        CheckConstraint("completion_percentage BETWEEN 0 AND 100", name="percentage_between_0_and_100"),
        CheckConstraint("jsonb_typeof(session_data) = 'object'", name="session_data_is_object"),
        CheckConstraint("jsonb_typeof(configuration) = 'object'", name="configuration_is_object"),
        Index("ix_learning_sessions_user_id", "user_id"),
        Index("ix_learning_sessions_study_material_id", "study_material_id"),
        Index("ix_learning_sessions_started_at", "started_at"),
        Index("ix_learning_sessions_status", "status"),
        Index("ix_learning_sessions_session_type", "session_type"),
        Index("ix_learning_sessions_completion_percentage", "completion_percentage"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    study_material_id: Mapped[UUID] = mapped_column(references("study_materials.id", on_delete="CASCADE"))
    started_at: Mapped[CreatedAt] = mapped_column(doc="When it began.")
    ended_at: Mapped[datetime | None] = mapped_column(doc="When it was over.")
    session_type: Mapped[LearningSessionType] = mapped_column(pg_enum(LearningSessionType, "learning_session_type"))
    session_data: Mapped[JsonObject] = mapped_column(Json(SessionState), doc="Where it is, to go on after a break.")
    total_interactions: Mapped[int] = mapped_column(server_default=text("0"), doc="How many answers, views and skips.")
    completion_percentage: Mapped[Percentage] = mapped_column(server_default=text("0"), doc="How much of it is done.")
    status: Mapped[LearningSessionStatus] = mapped_column(
        pg_enum(LearningSessionStatus, "learning_session_status"), server_default="active"
    )
    configuration: Mapped[JsonObject] = mapped_column(Json(SessionSettings), doc="What the person chose before.")


class Interaction(Base):
    """One answer, view or skip in a learning session. Rows are only ever added, and archived by month."""

    __tablename__ = "interactions"
    __table_args__ = (
        PrimaryKeyConstraint("id", "created_at"),
        CheckConstraint("response_time_ms >= 0", name="response_time_not_negative"),
        CheckConstraint("confidence_level BETWEEN 0 AND 1", name="confidence_between_0_and_1"),
        CheckConstraint("jsonb_typeof(interaction_data) = 'object'", name="interaction_data_is_object"),
        CheckConstraint("feedback_data IS NULL OR jsonb_typeof(feedback_data) = 'object'", name="feedback_is_object"),
        Index("ix_interactions_learning_session_id", "learning_session_id"),
        Index("ix_interactions_generated_asset_id", "generated_asset_id"),
        Index("ix_interactions_user_id", "user_id"),
        Index("ix_interactions_created_at", "created_at"),
        Index("ix_interactions_interaction_type", "interaction_type"),
        Index("ix_interactions_is_correct", "is_correct"),
        {"postgresql_partition_by": "RANGE (created_at)"},
    )

    id: Mapped[UUID] = mapped_column(
        default=new_id, server_default=text("new_id()"), insert_sentinel=True, doc="Identifies the interaction."
    )
    learning_session_id: Mapped[UUID] = mapped_column(references("learning_sessions.id", on_delete="CASCADE"))
    generated_asset_id: Mapped[UUID | None] = mapped_column(
        references("generated_assets.id", on_delete="SET NULL"), doc="The asset that it was about."
    )
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    interaction_type: Mapped[StudyInteractionType] = mapped_column(
        pg_enum(StudyInteractionType, "study_interaction_type")
    )
    interaction_data: Mapped[JsonObject] = mapped_column(Json(InteractionData), doc="What was done.")
    is_correct: Mapped[bool | None] = mapped_column(doc="Whether an answer was right; none for what isn't one.")
    response_time_ms: Mapped[int | None] = mapped_column(doc="How long the person took.")
    confidence_level: Mapped[Share | None] = mapped_column(doc="How sure the person was: 1 is certain.")
    feedback_data: Mapped[dict[str, Any] | None] = mapped_column(Json(FeedbackData), doc="What was shown at once.")
    created_at: Mapped[CreatedAt]


class UserFeedback(Base):
    """What a person thinks of a generated asset, or of what happened with it.

    An interaction is named without a foreign key: it is archived after a year, feedback stays.
    """

    __tablename__ = "user_feedback"
    __table_args__ = (
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating_between_1_and_5"),
        CheckConstraint("feedback_type <> 'rating' OR rating IS NOT NULL", name="rating_has_a_number"),
        CheckConstraint("feedback_type <> 'comment' OR comment IS NOT NULL", name="comment_has_words"),
        CheckConstraint("jsonb_typeof(metadata) = 'object'", name="metadata_is_object"),
        Index("ix_user_feedback_user_id", "user_id"),
        Index("ix_user_feedback_generated_asset_id", "generated_asset_id"),
        Index("ix_user_feedback_interaction_id", "interaction_id"),
        Index("ix_user_feedback_feedback_type", "feedback_type"),
        Index("ix_user_feedback_rating", "rating"),
        Index("ix_user_feedback_created_at", "created_at"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    generated_asset_id: Mapped[UUID | None] = mapped_column(
        references("generated_assets.id", on_delete="CASCADE"), doc="The asset that it is about."
    )
    interaction_id: Mapped[UUID | None] = mapped_column(doc="The interaction that it is about.")
    feedback_type: Mapped[FeedbackType] = mapped_column(pg_enum(FeedbackType, "feedback_type"))
    rating: Mapped[int | None] = mapped_column(SmallInteger, doc="1 is bad, 5 is good.", info={"unit": "stars"})
    comment: Mapped[str | None] = mapped_column(Text, doc="What the person wrote.")
    extra: Mapped[JsonObject] = mapped_column(
        "metadata", Json(AnyObject), doc="What the page kept, such as its version."
    )
    status: Mapped[FeedbackStatus] = mapped_column(pg_enum(FeedbackStatus, "feedback_status"), server_default="active")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class ProgressMetric(Base):
    """One number about a person's studying at one time, kept by month for five years."""

    __tablename__ = "progress_metrics"
    __table_args__ = (
        PrimaryKeyConstraint("id", "recorded_at"),
        CheckConstraint("jsonb_typeof(metric_data) = 'object'", name="metric_data_is_object"),
        CheckConstraint("metric_value NOT IN ('NaN', 'Infinity', '-Infinity')", name="value_is_a_number"),
        Index("ix_progress_metrics_user_id", "user_id"),
        Index("ix_progress_metrics_learning_session_id", "learning_session_id"),
        Index("ix_progress_metrics_metric_type", "metric_type"),
        Index("ix_progress_metrics_recorded_at", "recorded_at"),
        Index("ix_progress_metrics_time_period", "time_period"),
        Index("ix_progress_metrics_subject_area", "subject_area"),
        {"postgresql_partition_by": "RANGE (recorded_at)"},
    )

    id: Mapped[UUID] = mapped_column(
        default=new_id, server_default=text("new_id()"), insert_sentinel=True, doc="Identifies the metric."
    )
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    learning_session_id: Mapped[UUID | None] = mapped_column(
        references("learning_sessions.id", on_delete="SET NULL"), doc="The session that it was measured in."
    )
    metric_type: Mapped[MetricType] = mapped_column(pg_enum(MetricType, "metric_type"))
    metric_value: Mapped[float] = mapped_column(
        Double, doc="The number.", info={"unit": "0 to 1; speed: answers a minute; time: seconds"}
    )
    metric_data: Mapped[JsonObject] = mapped_column(Json(MetricData), doc="What it was computed from.")
    recorded_at: Mapped[CreatedAt] = mapped_column(doc="When it was measured.")
    time_period: Mapped[TimePeriod | None] = mapped_column(pg_enum(TimePeriod, "time_period"))
    subject_area: Mapped[str | None] = mapped_column(String(100), doc="The subject that it is about.")
    aggregation_type: Mapped[Aggregation | None] = mapped_column(pg_enum(Aggregation, "aggregation_type"))
