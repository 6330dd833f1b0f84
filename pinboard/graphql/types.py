"""Object types over records, the `Node` interface, and what upper floors add to lower types."""

from collections.abc import Callable, Sequence
from typing import Any

import graphene
from graphene.types.mountedtype import MountedType
from graphene.types.unmountedtype import UnmountedType
from graphene_django import DjangoObjectType

from pinboard.errors import BadInput
from pinboard.graphql.batch import batch
from pinboard.ids import layout
from pinboard.ids.fields import IdField
from pinboard.sql import Later, together

Load = Callable[[int | None, Sequence[int | None]], Later[Any]]

MAX_NODES = 100

_by_kind: dict[int, "type[RecordType]"] = {}


class Node(graphene.Interface):
    """An object with an id of its own."""

    id = graphene.ID(required=True, description="The object's id: digits, the same everywhere.")

    @classmethod
    def resolve_type(cls, instance: Any, info: Any) -> "type[RecordType]":
        return _by_kind[layout.kind_of(instance.id)]


class RecordType(DjangoObjectType):
    """The base of object types: fields from a model, values from records.

    `Meta.model` gives the fields named in `Meta.fields` with their descriptions. `Meta.load` is the
    selector `(viewer_id, ids) -> records`, which applies the viewer's visibility.
    """

    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(cls, load: Load | None = None, **options: Any) -> None:
        if load is None:
            raise TypeError(f"{cls.__name__}.Meta needs `load`")
        super().__init_subclass_with_meta__(interfaces=(Node,), use_connection=False, **options)
        cls.load = staticmethod(load)
        key = options["model"]._meta.pk
        if not isinstance(key, IdField):
            raise TypeError(f"{cls.__name__}: a node's primary key is an IdField")
        _by_kind[key.kind] = cls

    # What a loader gave is of the loader's type: nobody needs to ask each record.
    is_type_of = None

    # graphene-django's own reads `pk`; without it, `id` is read as any other attribute.
    resolve_id = None


class NodeQuery:
    """`node` and `nodes`: any object by its id."""

    node = graphene.Field(
        Node,
        id=graphene.ID(required=True, description="The object's id."),
        description="The object with this id; null when there is none that the viewer may see.",
    )
    nodes = graphene.List(
        Node,
        required=True,
        ids=graphene.List(
            graphene.NonNull(graphene.ID),
            required=True,
            description=f"Ids of objects of any kind, {MAX_NODES} at most.",
        ),
        description="The objects with these ids, in order; null where there is none to see.",
    )

    @batch
    def resolve_node(roots, info, id):  # type: ignore[no-untyped-def]
        return _load_any(info.context.viewer_id, [parse_id(id, "id")])

    @batch
    def resolve_nodes(roots, info, ids):  # type: ignore[no-untyped-def]
        if len(ids) > MAX_NODES:
            raise BadInput(f"`ids` holds {len(ids)} ids. Ask for {MAX_NODES} at most.")
        return [_load_any(info.context.viewer_id, parse_ids(ids, "ids"))]


def _load_any(viewer_id: int | None, wanted: list[int]) -> list[Any]:
    by_kind: dict[int, list[int]] = {}
    for one in wanted:
        by_kind.setdefault(layout.kind_of(one), []).append(one)
    asked = {kind: ids for kind, ids in by_kind.items() if kind in _by_kind}
    read = together([_by_kind[kind].load(viewer_id, ids) for kind, ids in asked.items()])
    found: dict[int, Any] = {}
    for ids, records in zip(asked.values(), read, strict=True):
        found.update(zip(ids, records, strict=True))
    return [found.get(one) for one in wanted]


def parse_id(text: object, argument: str) -> int:
    """The id that an argument holds. `BadInput` when it cannot be one."""
    value = layout.parse(text)
    if value is None:
        raise BadInput(f"`{argument}` is not an id. Ids are texts of digits, as the API gave them.")
    return value


def parse_ids(texts: Sequence[object], argument: str) -> list[int]:
    """The ids that a list holds. `BadInput` says which of them cannot be one, from 0."""
    return [parse_id(text, f"{argument}[{place}]") for place, text in enumerate(texts)]


class _Built:
    """Whether the schema stands; from then on no type may change."""

    done = False


def extend(target: type[graphene.ObjectType], **fields: Any) -> None:
    """Add fields to a type of a lower floor. `extend(BoardType, pin_count=graphene.Int(...))`.

    Legal until the schema is built, and refused for a name that is taken. A field brings its own
    resolver: `graphene.Field(..., resolver=batch(resolve_pin_count))`.
    """
    if _Built.done:
        raise RuntimeError(f"{target.__name__} can't be extended: the schema is built")
    for name, field in fields.items():
        if name in target._meta.fields:
            raise ValueError(f"{target.__name__} has a field {name} already")
        if isinstance(field, UnmountedType):
            field = graphene.Field.mounted(field)
        if not isinstance(field, MountedType):
            raise TypeError(f"{target.__name__}.{name} must be a field")
        target._meta.fields[name] = field


def build_schema(
    query: type[graphene.ObjectType],
    mutation: type[graphene.ObjectType],
    subscription: type[graphene.ObjectType] | None = None,
) -> graphene.Schema:
    """The schema, from roots joined of every app's mixins. Closes the types to `extend`."""
    schema = graphene.Schema(query=query, mutation=mutation, subscription=subscription)
    _Built.done = True
    return schema
