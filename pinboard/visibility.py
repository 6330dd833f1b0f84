"""Who may see a row: the one rule that every read of every app asks.

    visible  =  always  and  (the viewer owns it  or  open)  and  its owner is not barred for the viewer

A model states its `Guard` once, in paths of its own table's joins. Every selector, loader, count and
`node` lookup filters by it, so a secret is a secret on every path. Staff pages do not ask it: the
admin sees everything, and its permissions are Django's.
"""

from collections.abc import Callable, Mapping
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
    `always`: lookups that must hold even for the owner. `barred`: gives, for a viewer (an id, or
    an expression without columns) and the path to the owner's id, which rows that viewer does not see
    because of whose they are."""

    owner: str
    open: Mapping[str, Any] = field(default_factory=dict)
    always: Mapping[str, Any] = field(default_factory=dict)
    barred: Callable[[Any, str], Q] | None = None

    def public(self) -> Q:
        """What everybody sees who is not logged in."""
        return Q(**self.always) & Q(**self.open)

    def q(self, viewer: "int | Combinable | None") -> Q:
        """What `viewer` sees: a person's id, None for an anonymous one, or an SQL expression."""
        if viewer is None:
            return self.public()
        seen = Q(**self.always)
        # Django drops an empty condition from an OR, where here it means that all is open.
        if self.open:
            seen &= Q(**{self.owner: viewer}) | Q(**self.open)
        if self.barred is not None:
            seen &= ~self.barred(viewer, self.owner)
        return seen

    def through(
        self,
        path: str,
        *,
        owner: str | None = None,
        open: Mapping[str, Any] = MappingProxyType({}),
        always: Mapping[str, Any] = MappingProxyType({}),
    ) -> "Guard":
        """The guard of a row that hangs on this one by the relation `path`, with lookups added.

        `owner`: the row's own path to the owner's id, where it has one. It is the same person, so
        what is asked of them is asked on this path, which spares a join.
        """
        far = f"{path}__{self.owner}"
        near = owner or far

        def along(lookups: Mapping[str, Any]) -> dict[str, Any]:
            paths = {f"{path}__{name}": value for name, value in lookups.items()}
            return {_moved(name, far, near): value for name, value in paths.items()}

        return Guard(
            owner=near,
            open={**along(self.open), **open},
            always={**along(self.always), **always},
            barred=self.barred,
        )


def _moved(lookup: str, far: str, near: str) -> str:
    """A lookup of the owner's row, on another path to it; `far` and `near` are those to their id."""
    begins = _row_of(far)
    return _row_of(near) + lookup.removeprefix(begins) if lookup.startswith(begins) else lookup


def _row_of(owner: str) -> str:
    """What a lookup of the owner's row begins with: `board__owner__` for `board__owner_id`."""
    return f"{owner.removesuffix('id').rstrip('_')}__"
