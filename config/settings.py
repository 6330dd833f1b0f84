"""Django's settings. What a deployment may change comes from `config.environment`; the rest is here."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url

from config.environment import ROOT, load
from config.staff import STAFF_GROUPS as STAFF_GROUPS
from config.staff import UNFOLD as UNFOLD
from config.values import Stage
from pinboard import logs
from pinboard.cache.addresses import is_cluster

ENV = load()

DEBUG = ENV.pinboard_env is Stage.DEVELOPMENT
PRODUCTION = ENV.pinboard_env is Stage.PRODUCTION
SECRET_KEY = ENV.secret_key.get_secret_value()
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENV.csrf_trusted_origins
FRONTEND_URL = ENV.frontend_url.rstrip("/")

INSTALLED_APPS = [
    "apps.users",  # first: its e-mail templates take the place of allauth's
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "allauth.usersessions",
    "django_filters",
    "django_structlog",
    "graphene_django",
    "pinboard.ids",
    "pinboard.events",
    "pinboard.counters",
    "pinboard.audit",
    "pinboard.graphql",
    "apps.media",
    "apps.topics",
    "apps.boards",
    "apps.pins",
    "apps.follows",
    "apps.feed",
    "apps.demo",
    "pinboard.staff",  # last: it hands out the permissions of all that come before
]

MIDDLEWARE = [
    "pinboard.health.middleware.HealthMiddleware",  # before hosts and sessions: a probe has neither
    "pinboard.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "apps.users.middleware.AuthFaultsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Postgres: the truth ------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **dj_database_url.parse(str(ENV.database_url), conn_max_age=600, conn_health_checks=True),
        "ENGINE": "pinboard.postgres",
        "OPTIONS": {
            "connect_timeout": 5,
            # What we prepare is planned once: its parameters say nothing that a plan could go by. It is
            # about some hundreds of rows: in large tables Postgres would put other processes to it,
            # which take longer to begin than it takes. A page is read in the order of its index, which ends
            # where the page does: at the price that Postgres has for a random read, a disk's, it reads
            # the whole list in the order of the table and sorts it. To compile a statement, where Postgres
            # can, takes longer than to read a page.
            "options": f"-c pinboard.shard={ENV.id_shard} -c lock_timeout=10s"
            " -c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0"
            " -c random_page_cost=1 -c jit=off",
        },
    }
}
if ENV.database_replicas:
    hosts, ports = zip(*(one.split(":") for one in ENV.database_replicas), strict=True)
    DATABASES["replica"] = {
        **DATABASES["default"],
        "HOST": ",".join(hosts),
        "PORT": ",".join(ports),
        "OPTIONS": {
            **DATABASES["default"]["OPTIONS"],
            "connect_timeout": 2,
            "load_balance_hosts": "random",
        },
    }
DATABASE_REPLICA_SECONDS = ENV.database_replica_seconds
STATEMENT_TIMEOUT_MS = ENV.statement_timeout_ms  # of web and live processes: `config.wsgi`
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Valkey: cache, sessions' cache, timelines --------------------------------------------------

CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": [ENV.cache_url],
        "KEY_PREFIX": "pinboard",
        "OPTIONS": {
            "CLIENT_CLASS": "pinboard.cache.cluster.Client"
            if is_cluster(ENV.cache_url)
            else "django_redis.client.DefaultClient",
            "CONNECTION_POOL_CLASS": "pinboard.cache.pool.LeanPool",
            "SOCKET_CONNECT_TIMEOUT": 2,
            "SOCKET_TIMEOUT": 5,
        },
    }
}

# --- Celery -------------------------------------------------------------------------------------

CELERY_BROKER_URL = ENV.celery_broker_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A worker keeps its connection to Postgres, as a web process does (`config.celery`), and not for a task.
CELERY_DB_REUSE_MAX = 2**63
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"pinboard.events.tasks.relay": {"queue": "relay"}}
# The most urgent first. New pins overtake all else. The relay, which hands out the work of all queues, does not
# wait for any of it but that, and so takes more along when there is much to do.
QUEUES = ("fanout", "relay", CELERY_TASK_DEFAULT_QUEUE, "media", "refill")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A request must not wait for a broker that is away: the sweep delivers what a kick could not.
CELERY_TASK_PUBLISH_RETRY = False
if ENV.celery_broker_url.startswith("amqp"):  # RabbitMQ: docs/running.md
    CELERY_TASK_DEFAULT_QUEUE_TYPE = CELERY_TASK_CREATE_MISSING_QUEUE_TYPE = "quorum"
    # Declared by each worker, for delayed tasks: of which there are none.
    CELERY_BROKER_NATIVE_DELAYED_DELIVERY_QUEUE_TYPE = "classic"
    CELERY_BROKER_CONNECTION_TIMEOUT = 1
    # A connection that died while nobody used it is found out by using it.
    CELERY_TASK_PUBLISH_RETRY = True
    CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0}
    # What the broker has not confirmed is as good as not sent.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"confirm_publish": True, "max_retries": 0}
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "queue_order_strategy": "pinboard.events.queues:InOrder",
        "visibility_timeout": 600,
        "socket_connect_timeout": 1,
        "max_retries": 0,  # of the connection when publishing; a worker's own goes on trying
        "socket_timeout": 5,
        "socket_keepalive": True,
    }
_BEAT = {
    "sweep-events": ("pinboard.events.tasks.relay", timedelta(seconds=5)),
    "prune-events": ("pinboard.events.tasks.prune", timedelta(hours=1)),
    "tidy-pictures": ("apps.media.tasks.tidy", timedelta(hours=1)),
    "audit-timelines": ("apps.feed.tasks.audit", timedelta(minutes=10)),
    "take-in-activity": ("apps.feed.tasks.take_in_activity", timedelta(seconds=5)),
    "prune-seen": ("apps.feed.tasks.prune_seen", timedelta(hours=1)),
    "prune-closeness": ("apps.feed.tasks.prune_closeness", timedelta(days=1)),
    "refresh-popular": ("apps.feed.tasks.refresh_popular", timedelta(minutes=10)),
    "prune-receipts": ("pinboard.graphql.tasks.prune_receipts", timedelta(hours=1)),
    "erase-accounts": ("apps.users.tasks.erase_accounts", timedelta(hours=1)),
    "prune-exports": ("apps.users.tasks.prune_exports", timedelta(hours=1)),
    "prune-sessions": ("apps.users.tasks.prune_sessions", timedelta(days=1)),
}
CELERY_BEAT_SCHEDULE = {
    name: {
        "task": task,
        "schedule": interval,
        # What piled up while no worker was there is not done a thousand times when one is back.
        "options": {"expires": max(interval, timedelta(hours=1)).total_seconds()},
    }
    for name, (task, interval) in _BEAT.items()
}

# --- People and their sessions ------------------------------------------------------------------

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
SESSION_ENGINE = "apps.users.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "csrftoken"

# --- Signing up and logging in: django-allauth, under /auth/ ------------------------------------

ACCOUNT_ADAPTER = "apps.users.adapters.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "apps.users.signup.SignupForm"
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_EMAIL_VERIFICATION = ENV.email_verification.value
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the session that signed up, and no other
ACCOUNT_CHANGE_EMAIL = True  # one address a person; the new one counts once it is verified
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # changing it wants the password again
ACCOUNT_EMAIL_NOTIFICATIONS = True  # tell of a changed password, address or second factor
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
# Rate limits are allauth's own, kept in the cache; addresses count as these proxies report them.
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.trusted_proxies
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Pinboard"
MFA_TOTP_TOLERANCE = 1  # clocks may be half a minute apart
HEADLESS_ONLY = True
HEADLESS_ADAPTER = "apps.users.adapters.HeadlessAdapter"
HEADLESS_TOKEN_STRATEGY = "apps.users.tokens.SessionTokens"  # noqa: S105 - a class
HEADLESS_FRONTEND_URLS = {
    "account_confirm_email": f"{FRONTEND_URL}/verify-email/{{key}}",
    "account_reset_password": f"{FRONTEND_URL}/reset-password",
    "account_reset_password_from_key": f"{FRONTEND_URL}/reset-password/{{key}}",
    "account_signup": f"{FRONTEND_URL}/signup",
}

# --- E-mail -------------------------------------------------------------------------------------

if ENV.email_folder:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(ENV.email_folder)
elif ENV.email_host:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
EMAIL_HOST = ENV.email_host
EMAIL_PORT = ENV.email_port
EMAIL_HOST_USER = ENV.email_host_user
EMAIL_HOST_PASSWORD = ENV.email_host_password.get_secret_value()
EMAIL_USE_TLS = True
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENV.default_from_email

# --- The API ------------------------------------------------------------------------------------

GRAPHENE = {"SCHEMA": "config.schema.schema", "CAMELCASE_ERRORS": True}
SCHEMA_FILE = ROOT / "schema.graphql"
GRAPHIQL = DEBUG
GRAPHQL_ENDPOINT = "config.api.endpoint"  # what is answered in front of Django's handler
GRAPHQL_INTROSPECTION = (
    not PRODUCTION if ENV.graphql_introspection is None else ENV.graphql_introspection
)
PERSISTED_DOCUMENTS = ENV.persisted_documents or ("off" if PRODUCTION else "automatic")
PERSISTED_DOCUMENTS_FILE = ENV.persisted_documents_file
GRAPHQL_MAX_LIST_INPUT = ENV.graphql_max_list_input
MAX_POINTS_A_REQUEST = 10_000
RATE_LIMIT_POINTS = ENV.rate_limit_points
RATE_LIMIT_REFILL = ENV.rate_limit_refill
SLOW_OPERATION_MS = ENV.slow_operation_ms
FEED_PUSH_MAX_FOLLOWERS = ENV.feed_push_max_followers
FEED_PUSH_HYSTERESIS = ENV.feed_push_hysteresis
FEED_WEIGHTS = ENV.feed_weights
FEED_POPULAR_HALF_LIFE = timedelta(hours=ENV.feed_popular_half_life_hours)
FEED_POPULAR_WINDOW = timedelta(days=ENV.feed_popular_window_days)
FEED_RECOMMENDER = ENV.feed_recommender
TRUSTED_PROXIES = ENV.trusted_proxies
SPANS_ENDPOINT = ENV.otel_exporter_otlp_endpoint
METRICS_TOKEN = ENV.metrics_token.get_secret_value()

# --- Files --------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "build" / "static"
MEDIA_ROOT: Path = ENV.media_root
MEDIA_URL = ENV.media_url
STORAGES = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": ENV.s3_bucket,
            "endpoint_url": ENV.s3_endpoint_url or None,
            "region_name": ENV.s3_region or None,
            "custom_domain": ENV.s3_public_host or None,
            "querystring_auth": False,
            "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
        },
    }
    if ENV.s3_bucket
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # As in S3: a picture that is processed twice has its files once.
        "OPTIONS": {"allow_overwrite": True},
    },
    # Data exports. Nothing serves it but a view that knows its owner.
    "private": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": ENV.s3_bucket,
            "endpoint_url": ENV.s3_endpoint_url or None,
            "region_name": ENV.s3_region or None,
            "location": "private",
            "default_acl": "private",
        },
    }
    if ENV.s3_bucket
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ENV.private_root},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Without `collectstatic`, static files come from where the apps keep them.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
# A picture may have 32 MB; whatever else a client sends has no reason to pass 1 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
MULTIPART_MAX_BYTES = 40_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# --- Limits of the product ----------------------------------------------------------------------

MAX_BOARDS_PER_PERSON = ENV.max_boards
MAX_SECTIONS_PER_BOARD = ENV.max_sections
MAX_PINS_PER_PERSON = ENV.max_pins
MAX_BLOCKS_PER_PERSON = ENV.max_blocks
MAX_MUTES_PER_PERSON = ENV.max_mutes
MAX_TOPICS_FOLLOWED = ENV.max_topics_followed
MAX_HIDDEN_PINS = ENV.max_hidden_pins
MAX_SEEN_FEWER = ENV.max_seen_fewer
DELETION_GRACE = timedelta(days=ENV.deletion_grace_days)
DATA_EXPORT_KEPT_FOR = timedelta(days=7)

# --- Staff pages: see `config.staff` too ---------------------------------------------------------

LOGIN_REDIRECT_URL = "/admin/"  # nobody else logs in through a page of ours

# --- The wire, the clock, the log ---------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusted_proxies else None
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
X_FRAME_OPTIONS = "DENY"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # an address is personal data
DJANGO_STRUCTLOG_USER_ID_FIELD = ""  # the endpoint says who asks; this would read the row for it
DJANGO_STRUCTLOG_CELERY_ENABLED = True  # a request's id goes with the tasks that it sends
LOGGING_CONFIG = None
logs.configure(ENV.log_level, readable=DEBUG)
