"""All settings, each read from the environment as LEARNCRAFT_<NAME> or from a `.env` file."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from learncraft import hosts


class Settings(BaseSettings):
    """Everything an operator may change. docs/settings.md is generated from these fields."""

    model_config = SettingsConfigDict(env_prefix="LEARNCRAFT_", env_file=".env", extra="ignore")

    home: Annotated[
        Path,
        Field(description="Folder of all data: databases, files, keys and logs. One server at a time uses it."),
    ] = Path(platformdirs.user_data_dir("learncraft", appauthor=False))
    host: Annotated[str, Field(description="Address that the server listens on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port that the server listens on; 0 takes a free one.")] = (
        8501
    )
    processes: Annotated[
        int,
        Field(
            ge=1,
            le=64,
            description="Processes that serve pages. One serves about 100 learners at once; take one per core.",
        ),
    ] = 1
    base_url: Annotated[
        str | None,
        Field(description="Public address, such as https://learn.example.org. Links in e-mails start with it."),
    ] = None
    site_name: Annotated[str, Field(description="Name shown in the frame of every page.")] = "LearnCraft"
    database_url: Annotated[
        SecretStr | None,
        Field(description="PostgreSQL 15 or later with pgvector. Unset: an embedded server in the home folder."),
    ] = None
    app_database_url: Annotated[
        SecretStr | None,
        Field(
            description="The same database for a login that owns nothing and is a member of learncraft_app: people are "
            "served by it. Unset: by the owner's connections, which give up its rights in each transaction. The "
            "embedded server has such a login by itself."
        ),
    ] = None
    database_pool_size: Annotated[
        int, Field(ge=1, le=200, description="Connections kept open per process and login, if the server has so many.")
    ] = 20
    clickhouse_url: Annotated[
        SecretStr | None,
        Field(description="ClickHouse over HTTP, such as http://user:key@host:8123/learncraft. Unset: embedded."),
    ] = None
    clickhouse_cluster: Annotated[
        str | None, Field(description="Name of the ClickHouse cluster; every server of it then holds all events.")
    ] = None
    clickhouse_sharded: Annotated[
        bool, Field(description="Whether that cluster has several shards, each with the events of some courses.")
    ] = False
    events_ttl_months: Annotated[int, Field(ge=1, description="Months that the event store keeps an event.")] = 60
    metrics_token: Annotated[
        SecretStr | None,
        Field(
            min_length=16,
            description="Opens /metrics to who sends it as `Authorization: Bearer ...`. Unset: to this machine alone.",
        ),
    ] = None
    jobs_in_server: Annotated[
        bool,
        Field(description="Whether `serve` does background jobs itself. With no, run `learncraft worker` beside it."),
    ] = True
    backups: Annotated[
        bool,
        Field(description="Whether a backup is made each day, and the embedded database's log kept to go back by it."),
    ] = True
    backup_dir: Annotated[
        Path | None,
        Field(description="Folder of the backups; best on another disk. Unset: the folder backups in the home folder."),
    ] = None
    backup_keep_days: Annotated[
        int, Field(ge=1, description="Days for which every backup is kept, and any moment can be gone back to.")
    ] = 30
    backup_keep_weeks: Annotated[int, Field(ge=0, description="Weeks of which one backup is kept.")] = 12
    backup_keep_months: Annotated[int, Field(ge=0, description="Months of which one backup is kept.")] = 12
    secret_key: Annotated[
        SecretStr | None,
        Field(description="Signs form tokens and one-time links. Unset: made once and kept in the home folder."),
    ] = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", description="Money that prices are in, by ISO 4217.")] = "EUR"
    payment_note: Annotated[
        str,
        Field(description="How to pay when no payment service is configured, for example a bank account."),
    ] = "You will get an invoice. Your courses open as soon as the payment is in."
    stripe_secret_key: Annotated[
        SecretStr | None, Field(description="Key of a Stripe account. Unset: an admin confirms payments.")
    ] = None
    stripe_webhook_secret: Annotated[
        SecretStr | None, Field(description="Signs Stripe's messages to /hooks/stripe.")
    ] = None
    stripe_api_url: Annotated[
        str | None, Field(description="Another address of Stripe's interface, for a proxy or a trial.")
    ] = None
    stripe_prices: Annotated[
        dict[str, str],
        Field(description='Prices of subscriptions at Stripe by tier, such as {"pro": "price_123"}.'),
    ] = {}  # pydantic copies it
    badge_key_file: Annotated[
        Path | None,
        Field(description="RSA key (PEM) that signs badges. Unset: made once and kept in the home folder."),
    ] = None
    session_days: Annotated[
        int, Field(ge=1, le=365, description="Days without a visit after which a sign-in ends.")
    ] = 30
    course_review: Annotated[
        Literal["optional", "required"],
        Field(
            description="Who publishes a course: whoever teaches it (`optional`), or only content admins and system "
            "admins, who approve what was sent in for a review (`required`)."
        ),
    ] = "optional"
    sign_up_open: Annotated[bool, Field(description="Whether anyone may make an account.")] = True
    trusted_proxies: Annotated[
        str,
        Field(description="Addresses of proxies whose X-Forwarded-* headers are believed, separated by commas."),
    ] = "127.0.0.1"
    smtp_url: Annotated[
        SecretStr | None,
        Field(
            description="Mail server, smtp://user:password@host:587 (STARTTLS) or smtps://. Unset: messages are kept "
            "as files in the outbox folder of the home folder."
        ),
    ] = None
    mail_from: Annotated[str, Field(description="Sender of e-mails.")] = "LearnCraft <no-reply@localhost>"
    oidc_issuer: Annotated[
        str | None, Field(description="OpenID Connect issuer, such as https://login.example.org/realms/campus.")
    ] = None
    oidc_client_id: Annotated[str | None, Field(description="Client id at the issuer.")] = None
    oidc_client_secret: Annotated[SecretStr | None, Field(description="Client secret at the issuer.")] = None
    oidc_name: Annotated[str, Field(description="What the button of the sign-in form calls the issuer.")] = (
        "your organisation"
    )
    embedding_url: Annotated[
        str | None,
        Field(
            description="OpenAI-compatible endpoint that makes the vectors of the tutor's search, such as "
            "https://api.openai.com/v1. It is sent all texts of courses. Unset: the built-in model, on this machine."
        ),
    ] = None
    embedding_model: Annotated[
        str, Field(min_length=1, max_length=100, description="Model of that endpoint; it must give 1536 dimensions.")
    ] = "text-embedding-3-small"
    embedding_key: Annotated[SecretStr | None, Field(description="Key of that endpoint.")] = None
    tutor_url: Annotated[
        str | None,
        Field(
            description="OpenAI-compatible endpoint that words the tutor's answers, such as https://api.openai.com/v1. "
            "It is sent questions and passages of courses. Unset: answers quote the course, made on this machine."
        ),
    ] = None
    tutor_model: Annotated[str, Field(min_length=1, max_length=100, description="Language model of that endpoint.")] = (
        "gpt-4o-mini"
    )
    tutor_key: Annotated[SecretStr | None, Field(description="Key of that endpoint.")] = None
    tutor_timeout: Annotated[
        float, Field(gt=0, le=300, description="Seconds without a word from that endpoint until the course is quoted.")
    ] = 20.0
    tutor_price_in: Annotated[float, Field(ge=0, description="Price of 1,000 tokens that go in.")] = 0.0
    tutor_price_out: Annotated[float, Field(ge=0, description="Price of 1,000 tokens that come out.")] = 0.0
    tutor_answers_a_day: Annotated[
        dict[str, int],
        Field(description="Answers of the language model a day, by tier, as JSON. Beyond them the course is quoted."),
    ] = {"free": 30, "basic": 60, "pro": 200, "premium": 400, "enterprise": 1000}  # pydantic copies it
    tutor_questions_a_minute: Annotated[
        int, Field(ge=1, description="Questions that one person may ask the tutor in a minute.")
    ] = 20
    tutor_sends_names: Annotated[
        bool, Field(description="Whether names and e-mail addresses in questions are sent to that endpoint.")
    ] = False
    files_bucket: Annotated[
        str | None,
        Field(
            description="Bucket of a service that speaks S3, which then holds all files. Unset: the home folder does."
        ),
    ] = None
    files_bucket_url: Annotated[
        str | None, Field(description="Address of that service, such as https://s3.example.org. Unset: Amazon's.")
    ] = None
    files_bucket_region: Annotated[str | None, Field(description="Region of the bucket.")] = None
    files_bucket_key: Annotated[str | None, Field(description="Access key. Unset: as the machine provides.")] = None
    files_bucket_secret: Annotated[SecretStr | None, Field(description="Secret of that access key.")] = None
    upload_megabytes: Annotated[
        int, Field(ge=1, le=100_000, description="The largest file that may be uploaded to a course, in megabytes.")
    ] = 2048
    transcription_url: Annotated[
        str | None,
        Field(
            description="OpenAI-compatible endpoint that writes captions, such as https://api.openai.com/v1. "
            "It is sent the sound of videos. Unset: captions are uploaded."
        ),
    ] = None
    transcription_model: Annotated[
        str, Field(min_length=1, max_length=100, description="Model of that endpoint; it must give times of segments.")
    ] = "whisper-1"
    transcription_key: Annotated[SecretStr | None, Field(description="Key of that endpoint.")] = None
    link_check: Annotated[
        bool,
        Field(
            description="Whether links of courses to other sites are checked, so that the checklist can tell which are "
            "broken. Each site then sees the address of this server."
        ),
    ] = False
    link_check_private_hosts: Annotated[
        str | None,
        Field(
            description="Hosts of your own network that the link check may ask, separated by commas, each with a port "
            "or by the web's usual ones, such as `wiki.campus.example,10.1.2.3:8090`. All other private addresses "
            "are never asked."
        ),
    ] = None
    embed_hosts: Annotated[
        str | None,
        Field(
            description="Hosts whose pages lessons may show inside themselves, beside the sites that are built in, "
            "separated by commas, such as `video.example.org, *.maps.example.org`. Their pages run scripts of their "
            "own, and learn who looks."
        ),
    ] = None
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Field(description="How much is logged.")] = (
        "info"
    )

    @field_validator("embed_hosts")
    @classmethod
    def _check_embed_hosts(cls, given: str | None, info: ValidationInfo) -> str | None:
        hosts.read(given or "", own=info.data.get("base_url"))
        return given

    @cached_property
    def trusted_hosts(self) -> tuple[str, ...]:
        """Those of `embed_hosts`."""
        return tuple(hosts.read(self.embed_hosts or ""))

    @cached_property
    def files_dir(self) -> Path:
        """Where uploaded and imported files are stored."""
        return self.home / "files"

    @cached_property
    def workspace(self) -> Path:
        """Where archives are unpacked; what a kill has left there is cleared by `serve`."""
        return self.home / "incoming"

    @cached_property
    def archive_dir(self) -> Path:
        """Where the partitions go whose time in the database is over."""
        return self.home / "archive"

    @cached_property
    def backups_dir(self) -> Path:
        """Where backups are."""
        return (self.backup_dir or self.home / "backups").expanduser().resolve()

    def stripe_price_of(self, tier: str) -> str | None:
        """Stripe's name for the price of a tier; None when the tier isn't sold."""
        return self.stripe_prices.get(tier) if self.stripe_secret_key is not None else None

    @cached_property
    def oidc_is_configured(self) -> bool:
        """Whether the sign-in form offers the organisation's own sign-in."""
        return bool(self.oidc_issuer and self.oidc_client_id)
