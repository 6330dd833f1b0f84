"""Every setting that a deployment may change, read from the environment and checked at start.

Names are upper-case in the environment (`DATABASE_URL`). A value that is missing or wrong ends the
process with one sentence a setting, before anything is served.
"""

import sys
from pathlib import Path

from pydantic import (
    Field,
    PostgresDsn,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from apps.feed.ranking.scoring import WEIGHTS
from config.values import (
    BrokerUrl,
    CacheUrl,
    CommaList,
    EmailVerification,
    HostList,
    OriginList,
    PersistedDocuments,
    Stage,
)
from pinboard.graphql import listed

ROOT = Path(__file__).resolve().parent.parent

# Written by the embedded services while they run (pinboard.local), so that `./manage.py` finds them.
LOCAL_ENV_FILE = ROOT / ".local" / "services.env"

DEVELOPMENT_SECRET = "development-only-and-public-never-use-it-anywhere-else"  # noqa: S105
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


def _in_production(info: ValidationInfo) -> bool:
    return info.data.get("pinboard_env") is Stage.PRODUCTION


class Environment(BaseSettings):
    """The typed environment; one attribute a variable."""

    model_config = SettingsConfigDict(
        extra="ignore", env_file_encoding="utf-8", validate_default=True
    )

    pinboard_env: Stage = Field(Stage.DEVELOPMENT, description="development, test or production")
    secret_key: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET), description="at least 50 random characters"
    )
    allowed_hosts: CommaList = Field(
        LOCAL_HOSTS, description="the host names that it serves, by commas"
    )
    csrf_trusted_origins: OriginList = Field([], description="origins with scheme, by commas")
    trusted_proxies: int = Field(
        0, ge=0, le=10, description="how many proxies stand before the web process"
    )

    database_url: PostgresDsn = Field(description="postgresql://user:password@host:5432/name")
    database_replicas: HostList = Field(
        [],
        description="where replicas of it are, by commas: a:5432,b:5432; queries read from one of them,"
        " by the same name, user and password",
    )
    database_replica_seconds: int = Field(
        5,
        ge=1,
        le=60,
        description="how old what a replica gives may be; people who have written read from the primary"
        " for as long",
    )
    statement_timeout_ms: int = Field(
        10_000,
        ge=0,
        le=600_000,
        description="after how many milliseconds Postgres ends a statement of a web or live process;"
        " 0 is never",
    )
    cache_url: CacheUrl = Field(
        description="redis://host:6379/0, Valkey or Redis, or of a cluster some nodes:"
        " redis+cluster://a:6379,b:6379"
    )
    celery_broker_url: BrokerUrl = Field(
        description="redis://host:6379/1, a Valkey or Redis by itself, or RabbitMQ:"
        " amqp://user:password@host:5672/vhost"
    )
    id_shard: int = Field(0, ge=0, le=63, description="this primary's number in every id it mints")

    media_root: Path = Field(
        ROOT / ".local" / "media", description="where pictures are kept on disk"
    )
    media_url: str = Field("/media/", description="where pictures are served from")
    s3_bucket: str = Field("", description="set it to keep pictures in S3 instead of on disk")
    s3_endpoint_url: str = Field("", description="for an S3 that is not Amazon's")
    s3_region: str = Field("", description="the bucket's region")
    s3_public_host: str = Field("", description="the host that serves the bucket's `pictures/`")

    private_root: Path = Field(
        ROOT / ".local" / "private", description="where data exports are kept on disk"
    )

    frontend_url: str = Field("http://127.0.0.1:8000", description="where links in e-mails lead")
    email_verification: EmailVerification = Field(
        EmailVerification.MANDATORY,
        description="mandatory (log-in waits for it), optional (an e-mail is sent) or none; "
        "only mandatory keeps secret which addresses have an account",
    )
    email_folder: Path | None = Field(
        None, description="writes e-mails as files into this folder instead of sending them"
    )
    email_host: str = Field(
        "",
        description="SMTP server; on a laptop, without it and EMAIL_FOLDER, e-mails go to the console",
    )
    email_port: int = Field(587, ge=1, le=65535, description="SMTP port, STARTTLS")
    email_host_user: str = Field("", description="SMTP user")
    email_host_password: SecretStr = Field(SecretStr(""), description="SMTP password")
    default_from_email: str = Field(
        "Pinboard <hello@pinboard.invalid>", description="sender of e-mails"
    )
    graphql_introspection: bool | None = Field(
        None,
        description="whether clients may read the schema through the API, and errors suggest its names;"
        " if not set, everywhere but in production",
    )
    graphql_max_list_input: int = Field(
        2_000,
        ge=100,
        le=100_000,
        description="values a list of an input, at any depth; 2000, as many boards as a person may"
        " put in order, unless fields say less",
    )
    persisted_documents: PersistedDocuments | None = Field(
        None,
        description="automatic (clients register documents and send their hashes), listed (only "
        "those of PERSISTED_DOCUMENTS_FILE are taken) or off; if not set, automatic everywhere but "
        "in production, where it is off",
    )
    persisted_documents_file: Path | None = Field(
        None, description="JSON: SHA-256 hashes and the documents that they stand for"
    )
    rate_limit_points: int = Field(
        30_000,
        ge=10_000,
        le=2_000_000_000,
        description="points that a viewer or an address may save up",
    )
    rate_limit_refill: int = Field(
        300, ge=1, le=2_000_000_000, description="points that come back each second"
    )
    feed_push_max_followers: int = Field(
        100_000,
        ge=1_000,
        description="from how many followers on a person's pins are merged on read, not pushed",
    )
    feed_push_hysteresis: float = Field(
        0.8, gt=0, le=1, description="below which part of that they are pushed again"
    )
    feed_weights: dict[str, float] = Field(
        {},
        description='JSON: what the home feed\'s features count, such as {"freshness": 3.0}; '
        f"the others keep their defaults. Features: {', '.join(WEIGHTS)}, and the names of its"
        " sources' reasons, such as board or popular",
    )
    feed_popular_half_life_hours: int = Field(
        24,
        ge=1,
        le=1_000,
        description="after how many hours a save counts half for what is popular",
    )
    feed_popular_window_days: int = Field(
        7, ge=1, le=90, description="days after which a save counts nothing for what is popular"
    )
    feed_recommender: str = Field(
        "",
        pattern=r"^([A-Za-z_]\w*(\.[A-Za-z_]\w*)+)?$",
        description="dotted path of a callable that is given a person's id and a count, and gives the"
        " ids of pins that they may like; none without it",
    )
    slow_operation_ms: int = Field(
        500, ge=1, description="from how many milliseconds on an operation is logged as slow"
    )
    metrics_token: SecretStr = Field(
        SecretStr(""),
        description="bearer token for /metrics, which is served without one in development only",
    )
    prometheus_multiproc_dir: str = Field(
        "",
        description="folder in which the workers of one port count together, empty when they start",
    )
    otel_exporter_otlp_endpoint: str = Field(
        "", description="where to send spans, OTLP over HTTP; none are made without it"
    )
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="lowest level written"
    )

    max_boards: int = Field(2_000, ge=1, description="boards a person")
    max_sections: int = Field(500, ge=1, description="sections a board")
    max_pins: int = Field(200_000, ge=1, description="pins a person")
    max_blocks: int = Field(10_000, ge=1, description="people whom a person has blocked")
    max_mutes: int = Field(10_000, ge=1, description="people whom a person has muted")
    max_topics_followed: int = Field(200, ge=1, description="topics that a person follows")
    max_hidden_pins: int = Field(10_000, ge=1, description="pins that a person has hidden")
    max_seen_fewer: int = Field(
        2_000, ge=1, description="people, boards and topics of which a person wants to see fewer"
    )
    deletion_grace_days: int = Field(
        14, ge=0, description="days before a deleted account goes for good"
    )

    @field_validator("secret_key")
    @classmethod
    def _production_has_a_secret(cls, key: SecretStr, info: ValidationInfo) -> SecretStr:
        secret = key.get_secret_value()
        if _in_production(info) and (secret == DEVELOPMENT_SECRET or len(secret) < 50):
            raise ValueError("production needs its own")
        return key

    @field_validator("allowed_hosts")
    @classmethod
    def _production_has_hosts(cls, hosts: list[str], info: ValidationInfo) -> list[str]:
        if _in_production(info) and (not hosts or hosts == LOCAL_HOSTS):
            raise ValueError("production needs its own")
        return hosts

    @field_validator("email_host")
    @classmethod
    def _production_sends_mail(cls, host: str, info: ValidationInfo) -> str:
        if _in_production(info) and not host and info.data.get("email_folder") is None:
            # A log is no place for addresses, and for links that log somebody in.
            raise ValueError("production needs one, or EMAIL_FOLDER")
        return host

    @field_validator("persisted_documents_file")
    @classmethod
    def _a_list_can_be_read(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if info.data.get("persisted_documents") is PersistedDocuments.LISTED:
            if file is None:
                raise ValueError("PERSISTED_DOCUMENTS=listed needs it")
            listed.read(file)
        return file


def load() -> Environment:
    """The environment of this process, or an end with a sentence for each setting that is wrong."""
    try:
        # Production never reads a file: what runs there is what its operator has set.
        stage = BaseStage().pinboard_env
        env_file = LOCAL_ENV_FILE if stage is Stage.DEVELOPMENT else None
        return Environment(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as error:
        sys.exit("Pinboard cannot start:\n" + "\n".join(_sentences(error)))


class BaseStage(BaseSettings):
    """Read first: it decides where the rest may come from."""

    pinboard_env: Stage = Stage.DEVELOPMENT


def _sentences(error: ValidationError) -> list[str]:
    sentences = []
    for problem in error.errors(include_input=False, include_url=False):
        name = str(problem["loc"][0])
        field = Environment.model_fields.get(name)
        hint = f" Expected: {field.description}." if field else ""
        if problem["type"] == "missing":
            text = f"  {name.upper()} is not set."
            hint += " On a laptop, `make run` sets it." if name.endswith("_url") else ""
        else:
            text = f"  {name.upper()}: {problem['msg'].removeprefix('Value error, ')}."
        sentences.append(text + hint)
    return sentences
