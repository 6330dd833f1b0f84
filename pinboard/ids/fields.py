"""The primary key of every object that the API can name."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db import models

from pinboard.ids.layout import MAX_KIND


class Mint(models.Func):
    """`pinboard_mint(kind)`: the database mints the id, in bulk inserts too."""

    function = "pinboard_mint"
    arity = 1
    output_field = models.BigIntegerField()


class IdField(models.BigIntegerField):  # type: ignore[type-arg]
    """A 64-bit primary key that carries `kind`, a number from 1 to 63 that no other model has.

    The layout is in `pinboard.ids.layout`.
    """

    def __init__(self, *, kind: int, **options: Any) -> None:
        if not 1 <= kind <= MAX_KIND:
            raise ValueError(f"kind must be from 1 to {MAX_KIND}, not {kind}")
        self.kind = kind
        defaults = {
            "primary_key": True,
            "editable": False,
            "db_default": Mint(models.Value(kind)),
            "help_text": "The object's one id, the same everywhere; digits, ordered by time of creation.",
        }
        super().__init__(**{**defaults, **options})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for implied in ("primary_key", "editable", "db_default", "help_text"):
            kwargs.pop(implied, None)
        return name, path, list(args), {**kwargs, "kind": self.kind}


@register
def check_kinds(**_: Any) -> list[CheckMessage]:
    """Two models with one kind would make `node(id:)` ambiguous."""
    seen: dict[int, type[models.Model]] = {}
    errors: list[CheckMessage] = []
    for model in apps.get_models():
        if isinstance(model._meta.pk, IdField):
            other = seen.setdefault(model._meta.pk.kind, model)
            if other is not model:
                errors.append(
                    Error(
                        f"{model.__name__} and {other.__name__} share a kind",
                        obj=model,
                        id="ids.E001",
                    )
                )
    return errors
