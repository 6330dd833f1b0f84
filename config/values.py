"""Kinds of values that settings have, beside those of Python and pydantic."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

from pinboard.cache import addresses


class PersistedDocuments(StrEnum):
    """Which documents clients may name by their hashes."""

    AUTOMATIC = "automatic"
    LISTED = "listed"
    OFF = "off"


class EmailVerification(StrEnum):
    """Whether a person who signs up has to follow the link in an e-mail."""

    MANDATORY = "mandatory"
    OPTIONAL = "optional"
    NONE = "none"


class Stage(StrEnum):
    """What this process is for."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


def _commas(value: object) -> object:
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


def _broker(url: str) -> str:
    if url.partition("://")[0] not in ("redis", "rediss", "amqp", "amqps"):
        raise ValueError("the scheme is none of redis, rediss, amqp, amqps")
    return url


def _host(text: str) -> str:
    if not re.fullmatch(r"[\w.-]+:\d{1,5}", text):
        raise ValueError("a host has a name and a port, as in db2.internal:5432")
    return text


def _origin(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("an origin begins with https:// or http://")
    return text


CommaList = Annotated[list[str], NoDecode, BeforeValidator(_commas)]
HostList = Annotated[
    list[Annotated[str, AfterValidator(_host)]], NoDecode, BeforeValidator(_commas)
]
OriginList = Annotated[
    list[Annotated[str, AfterValidator(_origin)]], NoDecode, BeforeValidator(_commas)
]
CacheUrl = Annotated[str, AfterValidator(addresses.checked)]
BrokerUrl = Annotated[str, AfterValidator(_broker)]
