"""Django with as little before the endpoint as can be."""

from config.settings import *  # noqa: F403 - the same database, cache and apps

ROOT_URLCONF = "benchmarks.contenders.stock"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # allauth does not start without it
]
GRAPHQL_ENDPOINT = None
GRAPHENE = {"SCHEMA": "benchmarks.contenders.stock_schema.schema"}
