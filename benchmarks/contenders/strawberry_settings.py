"""Django without Graphene, whose graphql-core is not strawberry's; and as little else as can be."""

from config.settings import *  # noqa: F403 - the same database, cache and apps
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [
    *(app for app in INSTALLED_APPS if app not in {"graphene_django", "pinboard.graphql"}),
    "strawberry_django",
]
ROOT_URLCONF = "benchmarks.contenders.strawberry"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # allauth does not start without it
]
