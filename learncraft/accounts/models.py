"""People, their preferences and their sign-ins."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, INET, TSVECTOR, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.accounts.shapes import AuditValues, Availability, Preferences
from learncraft.db import Base, CreatedAt, JsonObject, UpdatedAt, UuidPk, new_id, pg_enum, references
from learncraft.json_shapes import AnyObject, Json


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


class SubscriptionStatus(StrEnum):
    """Whether a subscription is paid for. Scheduled begins later; canceled and expired are over."""

    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    SCHEDULED = "scheduled"
    CANCELED = "canceled"
    EXPIRED = "expired"


class User(Base):
    """A person with an account. `deleted_at` closes it; the address may then be used again."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(metadata) = 'object'", name="metadata_is_object"),
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
    email: Mapped[str] = mapped_column(
        String(255), doc="The address that the person signs in with; lower case, unique among the living."
    )
    username: Mapped[str | None] = mapped_column(String(50), doc="A name to be found by; unique among the living.")
    password_hash: Mapped[str | None] = mapped_column(
        String(255), doc="Argon2id, or bcrypt of an older system; none signs in through the organisation only."
    )
    first_name: Mapped[str] = mapped_column(String(100), doc="The person's first name.")
    last_name: Mapped[str] = mapped_column(String(100), doc="The person's last name.")
    role: Mapped[UserRole] = mapped_column(pg_enum(UserRole, "user_role"), server_default="learner")
    subscription_tier: Mapped[SubscriptionTier] = mapped_column(
        pg_enum(SubscriptionTier, "subscription_tier"), server_default="free"
    )
    avatar_url: Mapped[str | None] = mapped_column(String(500), doc="The person's picture.")
    bio: Mapped[str | None] = mapped_column(Text, doc="What the person says of themselves.")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), doc="Whether the person may sign in.")
    is_email_verified: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Whether the address was confirmed."
    )
    oidc_issuer: Mapped[str | None] = mapped_column(String(500), doc="The organisation's sign-in service.")
    oidc_subject: Mapped[str | None] = mapped_column(String(255), doc="The person's name at that service.")
    last_login_at: Mapped[datetime | None] = mapped_column(doc="When the person last signed in.")
    extra: Mapped[JsonObject] = mapped_column(
        "metadata", Json(AnyObject), doc="What the organisation keeps about the person beside the columns."
    )
    search_vector: Mapped[Any | None] = mapped_column(
        TSVECTOR,
        deferred=True,
        deferred_raiseload=True,
        doc="The words of names and address, kept by the trigger keep_vector; only searches read it.",
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    deleted_at: Mapped[datetime | None] = mapped_column(doc="When the account was closed.")

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
    language: Mapped[str] = mapped_column(
        String(10), server_default="en", doc="The language of the interface, such as `en`."
    )
    theme: Mapped[str] = mapped_column(String(20), server_default="light", doc="`light`, `dark` or `system`.")
    time_zone: Mapped[str] = mapped_column(
        String(64), server_default="UTC", doc="Times are shown in this zone: an IANA name."
    )
    email_notifications: Mapped[bool] = mapped_column(server_default=text("true"), doc="Whether messages come by mail.")
    push_notifications: Mapped[bool] = mapped_column(
        server_default=text("true"), doc="Whether messages come to the browser."
    )
    extra: Mapped[JsonObject] = mapped_column(Json(Preferences), doc="What a feature remembers beside the columns.")
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
    family_id: Mapped[UUID] = mapped_column(doc="All tokens of one sign-in share it.")
    token_jti: Mapped[str] = mapped_column(String(64), unique=True, doc="The token's public name.")
    refresh_token_hash: Mapped[str] = mapped_column(String(64), doc="SHA-256 of the token's secret, hexadecimal.")
    successor_id: Mapped[UUID | None] = mapped_column(references("user_sessions.id", on_delete="SET NULL"), index=True)
    signed_in_at: Mapped[CreatedAt] = mapped_column(doc="When the person signed in; the same for the whole family.")
    created_at: Mapped[CreatedAt]
    first_used_at: Mapped[datetime | None] = mapped_column(doc="When the token was first presented.")
    last_used_at: Mapped[datetime | None] = mapped_column(doc="When the token was last presented.")
    expires_at: Mapped[datetime] = mapped_column(doc="When the token ends by itself.")
    revoked_at: Mapped[datetime | None] = mapped_column(doc="When the token was ended.")
    revoke_reason: Mapped[str | None] = mapped_column(
        String(50), doc="Why: signed_out, revoked, reused, password_changed."
    )
    user_agent: Mapped[str | None] = mapped_column(String(255), doc="What the browser said of itself.")
    ip_address: Mapped[str | None] = mapped_column(INET, doc="Where the request came from.")


class RateLimit(Base):
    """A counter that expires, shared by all server processes; nothing of value is lost with it."""

    __tablename__ = "rate_limits"

    key: Mapped[str] = mapped_column(
        String(255), primary_key=True, doc="What is counted, such as sign-ins of one address."
    )
    amount: Mapped[int] = mapped_column(doc="How often it happened since it was last empty.")
    expires_at: Mapped[datetime] = mapped_column(index=True, doc="When the count starts anew.")


class Subscription(Base):
    """A tier that a person has for a time. Paid times of one person never overlap, and one is active at most."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        CheckConstraint("current_period_start < current_period_end", name="period_in_order"),
        CheckConstraint("tier <> 'free'", name="free_needs_no_subscription"),
        Index("ix_subscriptions_user_id", "user_id"),
        Index("uq_subscriptions_active", "user_id", unique=True, postgresql_where=text("status = 'active'")),
        Index("ix_subscriptions_current_period_end", "current_period_end"),  # what is to renew or to end
        # Equality of people inside a range exclusion, without the extension btree_gist: see 0002_functions.sql.
        ExcludeConstraint(
            (text("uuid_as_inet(user_id) inet_ops"), "="),
            (text("tstzrange(current_period_start, current_period_end)"), "&&"),
            name="ex_subscriptions_period",
            using="gist",
            where=text("status IN ('trialing', 'active', 'past_due', 'scheduled')"),
        ),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    tier: Mapped[SubscriptionTier] = mapped_column(pg_enum(SubscriptionTier, "subscription_tier"))
    status: Mapped[SubscriptionStatus] = mapped_column(
        pg_enum(SubscriptionStatus, "subscription_status"), server_default="active"
    )
    stripe_subscription_id: Mapped[str | None] = mapped_column(
        String(100), unique=True, doc="The payment provider's name for it; none when it was given by hand."
    )
    current_period_start: Mapped[datetime] = mapped_column(doc="When the time that is paid for began.")
    current_period_end: Mapped[datetime] = mapped_column(doc="When the time that is paid for ends; exclusive.")
    cancel_at_period_end: Mapped[bool] = mapped_column(
        server_default=text("false"), doc="Whether it ends with the period instead of renewing."
    )
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Tutor(Base):
    """The public profile of a person who teaches. One row per person at most."""

    __tablename__ = "tutors"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(availability) = 'object'", name="availability_is_object"),
        Index("ix_tutors_specialization", "specialization", postgresql_using="gin"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"), unique=True)
    headline: Mapped[str | None] = mapped_column(String(200), doc="One line under the name.")
    bio: Mapped[str | None] = mapped_column(Text, doc="Who this person is, in Markdown.")
    specialization: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'::text[]"), doc="What the person teaches, as words to find them by."
    )
    availability: Mapped[JsonObject] = mapped_column(Json(Availability), doc="When the person can be met.")
    website_url: Mapped[str | None] = mapped_column(String(500), doc="The person's own page.")
    is_public: Mapped[bool] = mapped_column(server_default=text("true"), doc="Whether everybody may see the profile.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class UnsentWords(Base):
    """What a person has typed somewhere and not sent yet, so that it survives a closed tab. It goes once it is sent."""

    __tablename__ = "unsent_words"
    __table_args__ = (
        UniqueConstraint("user_id", "place"),
        CheckConstraint("words <> ''", name="words_not_empty"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"), doc="Who typed it.")
    place: Mapped[str] = mapped_column(String(200), doc="Where, such as `remark` and the lesson that it is about.")
    words: Mapped[str] = mapped_column(Text, doc="What was typed; of several fields, JSON.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class AuditLog(Base):
    """Who did what to which row, and whether it worked. Rows are only ever added.

    It has no foreign keys: what was done stays on record when the person or the row is gone.
    """

    __tablename__ = "audit_logs"
    __table_args__ = (
        PrimaryKeyConstraint("id", "created_at"),
        CheckConstraint("old_values IS NULL OR jsonb_typeof(old_values) = 'object'", name="old_values_is_object"),
        CheckConstraint("new_values IS NULL OR jsonb_typeof(new_values) = 'object'", name="new_values_is_object"),
        CheckConstraint("is_success OR error_message IS NOT NULL", name="failure_has_a_reason"),
        Index("ix_audit_logs_user_id", "user_id"),
        Index("ix_audit_logs_action", "action"),
        Index("ix_audit_logs_entity_type", "entity_type"),
        Index("ix_audit_logs_entity_id", "entity_id"),
        Index("ix_audit_logs_created_at", "created_at"),
        Index("ix_audit_logs_is_success", "is_success"),
        Index("ix_audit_logs_session_id", "session_id"),
        {"postgresql_partition_by": "RANGE (created_at)"},
    )

    id: Mapped[UUID] = mapped_column(
        default=new_id, server_default=text("new_id()"), insert_sentinel=True, doc="Identifies the entry."
    )
    user_id: Mapped[UUID | None] = mapped_column(doc="Who did it; none for the platform itself.")
    action: Mapped[str] = mapped_column(String(100), doc="What was done, such as insert, update, delete, sign_in.")
    entity_type: Mapped[str] = mapped_column(String(50), doc="The table of the row it was done to.")
    entity_id: Mapped[UUID | None] = mapped_column(doc="The row it was done to.")
    old_values: Mapped[dict[str, object] | None] = mapped_column(Json(AuditValues), doc="What changed, before.")
    new_values: Mapped[dict[str, object] | None] = mapped_column(Json(AuditValues), doc="What changed, after.")
    ip_address: Mapped[str | None] = mapped_column(INET, doc="Where the request came from.")
    user_agent: Mapped[str | None] = mapped_column(Text, doc="What the browser said of itself.")
    session_id: Mapped[str | None] = mapped_column(String(255), doc="The sign-in (family of tokens) it was done in.")
    is_success: Mapped[bool] = mapped_column(server_default=text("true"), doc="Whether it worked.")
    error_message: Mapped[str | None] = mapped_column(Text, doc="Why it didn't work.")
    created_at: Mapped[CreatedAt]
