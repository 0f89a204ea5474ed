"""People, their preferences and their sign-ins."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.dialects.postgresql import INET, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.db import Base, CreatedAt, JsonObject, UpdatedAt, UuidPk, pg_enum, references


class UserRole(StrEnum):
    """What a person may do. Each role may do all that a learner may."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    CONTENT_ADMIN = "content_admin"
    SYSTEM_ADMIN = "system_admin"


class SubscriptionTier(StrEnum):
    """What a person's subscription opens."""

    FREE = "free"
    BASIC = "basic"
    PRO = "pro"
    PREMIUM = "premium"
    ENTERPRISE = "enterprise"


class User(Base):
    """A person with an account. `deleted_at` closes it; the address may then be used again."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email = lower(email) AND position('@' in email) > 1", name="email_is_lowercase_address"),
        Index("uq_users_email_living", "email", unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index("uq_users_username_living", "username", unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index("ix_users_role", "role"),
        Index("ix_users_subscription_tier", "subscription_tier"),
        Index("ix_users_created_at", "created_at"),
        Index("ix_users_is_active_deleted_at", "is_active", "deleted_at"),
        Index("ix_users_search_vector", "search_vector", postgresql_using="gin"),
        Index(
            "uq_users_oidc_subject",
            "oidc_issuer",
            "oidc_subject",
            unique=True,
            postgresql_where=text("oidc_subject IS NOT NULL AND deleted_at IS NULL"),
        ),
    )

    id: Mapped[UuidPk]
    email: Mapped[str] = mapped_column(String(255))
    username: Mapped[str | None] = mapped_column(String(50))
    password_hash: Mapped[str | None] = mapped_column(String(255))  # none: signs in through the organisation only
    first_name: Mapped[str] = mapped_column(String(100))
    last_name: Mapped[str] = mapped_column(String(100))
    role: Mapped[UserRole] = mapped_column(pg_enum(UserRole, "user_role"), server_default="learner")
    subscription_tier: Mapped[SubscriptionTier] = mapped_column(
        pg_enum(SubscriptionTier, "subscription_tier"), server_default="free"
    )
    avatar_url: Mapped[str | None] = mapped_column(String(500))
    bio: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    is_email_verified: Mapped[bool] = mapped_column(server_default=text("false"))
    oidc_issuer: Mapped[str | None] = mapped_column(String(500))
    oidc_subject: Mapped[str | None] = mapped_column(String(255))
    last_login_at: Mapped[datetime | None]
    extra: Mapped[JsonObject] = mapped_column("metadata")
    # The words of names and address, kept by the trigger keep_vector; only searches read it.
    search_vector: Mapped[Any | None] = mapped_column(TSVECTOR, deferred=True, deferred_raiseload=True)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    deleted_at: Mapped[datetime | None]

    @property
    def full_name(self) -> str:
        """First and last name as shown to others."""
        return f"{self.first_name} {self.last_name}".strip()


class UserPreferences(Base):
    """How one person likes the platform to look and speak. One row per user."""

    __tablename__ = "user_preferences"
    __table_args__ = (
        CheckConstraint("theme IN ('light', 'dark', 'system')", name="theme_known"),
        CheckConstraint("jsonb_typeof(extra) = 'object'", name="extra_is_object"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"), unique=True)
    language: Mapped[str] = mapped_column(String(10), server_default="en")
    theme: Mapped[str] = mapped_column(String(20), server_default="light")
    time_zone: Mapped[str] = mapped_column(String(64), server_default="UTC")  # an IANA name
    email_notifications: Mapped[bool] = mapped_column(server_default=text("true"))
    push_notifications: Mapped[bool] = mapped_column(server_default=text("true"))
    extra: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"), default=dict)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class UserSession(Base):
    """One token of one sign-in. Rotation adds a row to the same family and names it as successor.

    A token is `token_jti` and a secret; only the secret's hash is here. A token that is presented after its
    successor was used has been copied: the whole family is revoked.
    """

    __tablename__ = "user_sessions"
    __table_args__ = (
        Index("ix_user_sessions_user_id", "user_id"),
        Index("ix_user_sessions_family_id", "family_id"),
        Index("ix_user_sessions_expires_at", "expires_at"),
        CheckConstraint("expires_at > created_at", name="expires_after_creation"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    family_id: Mapped[UUID]
    token_jti: Mapped[str] = mapped_column(String(64), unique=True)
    refresh_token_hash: Mapped[str] = mapped_column(String(64))  # SHA-256, hexadecimal
    successor_id: Mapped[UUID | None] = mapped_column(references("user_sessions.id", on_delete="SET NULL"), index=True)
    signed_in_at: Mapped[CreatedAt]  # the same for the whole family
    created_at: Mapped[CreatedAt]
    first_used_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoke_reason: Mapped[str | None] = mapped_column(String(50))  # signed_out, revoked, reused, password_changed
    user_agent: Mapped[str | None] = mapped_column(String(255))
    ip_address: Mapped[str | None] = mapped_column(INET)


class RateLimit(Base):
    """A counter that expires, shared by all server processes; nothing of value is lost with it."""

    __tablename__ = "rate_limits"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    amount: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)
