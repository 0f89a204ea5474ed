"""Labs of lessons, the environments they start from, and learners' sessions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.db import Base, CreatedAt, JsonList, JsonObject, UpdatedAt, UuidPk, pg_enum, references
from learncraft.json_shapes import Json
from learncraft.labs.shapes import EnvironmentVars, LabFiles, ResourceLimits, SuccessCriteria, ValidationResult


class TechStack(StrEnum):
    """What an environment is made for."""

    PYTHON = "python"
    NODEJS = "nodejs"
    GO = "go"
    JAVA = "java"
    RUST = "rust"
    RUBY = "ruby"
    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    MONGODB = "mongodb"
    REDIS = "redis"
    DOCKER = "docker"
    KUBERNETES = "kubernetes"
    TERRAFORM = "terraform"
    REACT = "react"
    VUE = "vue"
    ANGULAR = "angular"


class LabDifficulty(StrEnum):
    """How hard a lab is for those whom its course is for."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"
    EXPERT = "expert"


class SessionStatus(StrEnum):
    """Where a lab session stands. Pending to paused are live; the others are over."""

    PENDING = "pending"
    PROVISIONING = "provisioning"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    EXPIRED = "expired"
    FAILED = "failed"


class LabTemplate(Base):
    """An environment that labs start from."""

    __tablename__ = "lab_templates"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(resource_limits) = 'object'", name="resource_limits_is_object"),
        CheckConstraint("jsonb_typeof(environment_vars) = 'object'", name="environment_vars_is_object"),
        CheckConstraint("0 < ALL (ports) AND 65536 > ALL (ports)", name="ports_exist"),
        Index("ix_lab_templates_tech_stack", "tech_stack", postgresql_where=text("is_active")),
    )

    id: Mapped[UuidPk]
    name: Mapped[str] = mapped_column(String(255), unique=True, doc="What the environment is called.")
    description: Mapped[str | None] = mapped_column(Text, doc="What is in it.")
    base_image: Mapped[str] = mapped_column(String(255), doc="The container image, or the runtime of the browser.")
    tech_stack: Mapped[TechStack] = mapped_column(pg_enum(TechStack, "tech_stack"))
    init_script: Mapped[str | None] = mapped_column(Text, doc="What is run once before the learner gets in.")
    resource_limits: Mapped[JsonObject] = mapped_column(
        Json(ResourceLimits),
        server_default=text("""'{"cpu": "0.5", "memory": "512Mi", "storage": "1Gi"}'::jsonb"""),
        doc="What one session may use.",
    )
    ports: Mapped[list[int]] = mapped_column(
        ARRAY(Integer), server_default=text("'{8080}'::integer[]"), doc="Ports that a learner can open."
    )
    environment_vars: Mapped[JsonObject] = mapped_column(Json(EnvironmentVars), doc="Variables it starts with.")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), doc="Whether new labs may choose it.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Lab(Base):
    """The lab of a lesson: what to do in which environment, and what counts as done. One per lesson at most."""

    __tablename__ = "labs"
    __table_args__ = (
        CheckConstraint("duration_minutes > 0", name="duration_positive"),
        CheckConstraint("jsonb_typeof(success_criteria) = 'array'", name="success_criteria_is_list"),
        CheckConstraint("starter_files IS NULL OR jsonb_typeof(starter_files) = 'object'", name="starter_is_object"),
        CheckConstraint("solution_files IS NULL OR jsonb_typeof(solution_files) = 'object'", name="solution_is_object"),
        Index("ix_labs_template_id", "template_id"),
    )

    id: Mapped[UuidPk]
    lesson_id: Mapped[UUID] = mapped_column(references("lessons.id", on_delete="CASCADE"), unique=True)
    template_id: Mapped[UUID] = mapped_column(references("lab_templates.id", on_delete="RESTRICT"))
    title: Mapped[str] = mapped_column(String(255), doc="What the lab is called.")
    description: Mapped[str | None] = mapped_column(Text, doc="What the lab is about, in a few sentences.")
    duration_minutes: Mapped[int] = mapped_column(server_default=text("60"), doc="How long a session may last.")
    difficulty: Mapped[LabDifficulty] = mapped_column(pg_enum(LabDifficulty, "lab_difficulty"), server_default="medium")
    instructions: Mapped[str] = mapped_column(Text, doc="What to do, in Markdown.")
    success_criteria: Mapped[JsonList] = mapped_column(Json(SuccessCriteria), doc="What has to hold to pass.")
    starter_files: Mapped[dict[str, Any] | None] = mapped_column(Json(LabFiles), doc="Files a learner begins with.")
    solution_files: Mapped[dict[str, Any] | None] = mapped_column(Json(LabFiles), doc="Files of one solution.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class LabSession(Base):
    """One learner's time in one lab. Only one is live per learner and lab, whatever the number of tabs."""

    __tablename__ = "lab_sessions"
    __table_args__ = (
        CheckConstraint("started_at < expires_at", name="expires_after_start"),
        CheckConstraint("completed_at >= started_at", name="completed_after_start"),
        CheckConstraint("reset_count >= 0", name="reset_count_not_negative"),
        CheckConstraint("status <> 'running' OR started_at IS NOT NULL", name="running_has_started"),
        CheckConstraint("status <> 'completed' OR completed_at IS NOT NULL", name="completed_has_a_date"),
        CheckConstraint(
            "validation_result IS NULL OR jsonb_typeof(validation_result) = 'object'", name="validation_is_object"
        ),
        Index(
            "uq_lab_sessions_live",
            "user_id",
            "lab_id",
            unique=True,
            postgresql_where=text("status IN ('pending', 'provisioning', 'running', 'paused')"),
        ),
        Index("ix_lab_sessions_user_id", "user_id"),
        Index("ix_lab_sessions_lab_id", "lab_id"),
        Index("ix_lab_sessions_status", "status"),
        Index("ix_lab_sessions_running", "user_id", "status", postgresql_where=text("status = 'running'")),
        Index("ix_lab_sessions_expires_at", "expires_at", postgresql_where=text("completed_at IS NULL")),
    )

    id: Mapped[UuidPk]
    # What a learner did stays on record when the lab is taken out of its lesson.
    lab_id: Mapped[UUID | None] = mapped_column(references("labs.id", on_delete="SET NULL"))
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    status: Mapped[SessionStatus] = mapped_column(pg_enum(SessionStatus, "session_status"), server_default="pending")
    container_id: Mapped[str | None] = mapped_column(String(100), doc="The container, where Docker runs it.")
    pod_name: Mapped[str | None] = mapped_column(String(100), doc="The pod, where Kubernetes runs it.")
    terminal_url: Mapped[str | None] = mapped_column(String(500), doc="Where the learner's terminal is.")
    started_at: Mapped[datetime | None] = mapped_column(doc="When the learner could begin.")
    expires_at: Mapped[datetime | None] = mapped_column(doc="When the session ends by itself.")
    completed_at: Mapped[datetime | None] = mapped_column(doc="When the session was over.")
    reset_count: Mapped[int] = mapped_column(server_default=text("0"), doc="How often it was set back to its start.")
    validation_result: Mapped[dict[str, Any] | None] = mapped_column(Json(ValidationResult), doc="The newest check.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
