"""django-filter's `FilterSet`s, the same in GraphQL and the admin."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django_filters import FilterSet

from pinboard.errors import BadInput


def narrow(
    filterset: type[FilterSet], filters: Mapping[str, Any], queryset: "QuerySet[Any, Any]"
) -> "QuerySet[Any, Any]":
    """The queryset with the filters applied; `BadInput` for a value that a filter refuses."""
    bound = filterset(data=dict(filters), queryset=queryset)
    if not bound.is_valid():
        name, messages = next(iter(bound.errors.items()))
        raise BadInput(f"`{_as_clients_write(name)}`: {messages[0]}")
    narrowed: QuerySet[Any, Any] = bound.qs
    return narrowed


def _as_clients_write(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)
