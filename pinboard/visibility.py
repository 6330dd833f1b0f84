"""Who may see a row: the one rule that every read of every app asks.

    visible  =  always  and  (the viewer owns it  or  open)

A model states its `Guard` once, in paths of its own table's joins. Every selector, loader, count and
`node` lookup filters by it, so a secret is a secret on every path. Staff pages do not ask it: the
admin sees everything, and its permissions are Django's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.db.models import Q
from django.db.models.expressions import Combinable

# Ids are positive, so nobody owns anything as this person.
NOBODY = 0


@dataclass(frozen=True)
class Guard:
    """`owner`: path to the owner's id. `open`: lookups that must hold for others to see the row.
    `always`: lookups that must hold even for the owner."""

    owner: str
    open: Mapping[str, Any] = field(default_factory=dict)
    always: Mapping[str, Any] = field(default_factory=dict)

    def public(self) -> Q:
        """What everybody sees."""
        return Q(**self.always) & Q(**self.open)

    def q(self, viewer: "int | Combinable | None") -> Q:
        """What `viewer` sees: a person's id, None for an anonymous one, or an SQL expression."""
        # Django drops an empty condition from an OR, where here it means that all is open.
        if viewer is None or not self.open:
            return self.public()
        return Q(**self.always) & (Q(**{self.owner: viewer}) | Q(**self.open))

    def through(
        self,
        path: str,
        *,
        owner: str | None = None,
        open: Mapping[str, Any] = MappingProxyType({}),
        always: Mapping[str, Any] = MappingProxyType({}),
    ) -> "Guard":
        """The guard of a row that hangs on this one by the relation `path`, with lookups added."""
        return Guard(
            owner=owner or f"{path}__{self.owner}",
            open={**{f"{path}__{name}": value for name, value in self.open.items()}, **open},
            always={**{f"{path}__{name}": value for name, value in self.always.items()}, **always},
        )
