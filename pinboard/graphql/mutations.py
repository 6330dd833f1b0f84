"""The base of every mutation: one `input`, one payload with `userErrors`, safe retries.

    class CreateBoard(Mutation):
        \"\"\"Make a board.\"\"\"

        class Input:
            name = graphene.String(required=True, description="...")

        board = payload(BoardType, "The new board.")

        @classmethod
        def perform(cls, viewer, name):
            return {"board": services.create_board(owner_id=viewer, name=name)}

`perform` gives ids and plain values, as JSON can hold them: they are also the receipt of a retry.
A mutation that writes nothing to Postgres says `transactional = False`: no transaction is opened for
it, and no receipt kept. `points` and `points_of_item` say what it costs.
Arguments of type ID, and lists of them, arrive as integers; those inside of input objects do not.
"""

from functools import partial
from typing import Any

import graphene
from django.db import transaction
from graphene.relay import ClientIDMutation
from graphene.utils.str_converters import to_camel_case

from pinboard.errors import BadInput, Invalid, Reason
from pinboard.graphql.batch import at_most, batch
from pinboard.graphql.receipts import once
from pinboard.graphql.types import Load, RecordType, parse_id, parse_ids
from pinboard.sql import Later

MAX_IDS = 2_000

_REASON_TEXTS = {
    Reason.REQUIRED: "The value is missing.",
    Reason.INVALID: "The value is not of the form that the message tells.",
    Reason.TOO_SHORT: "The value is too short.",
    Reason.TOO_LONG: "The value is too long.",
    Reason.TAKEN: "Somebody or something else has this value already.",
    Reason.LIMIT_REACHED: "There are as many as there may be.",
    Reason.SELF_REFERENCE: "One can't do this with oneself.",
    Reason.NOT_FOUND: "What the value names does not exist.",
    Reason.UNSUPPORTED: "The value is of a kind that is not supported.",
}
UserErrorCode = graphene.Enum.from_enum(
    Reason,
    name="UserErrorCode",
    description=lambda value: _REASON_TEXTS[value] if value else "Why a value was refused.",
)


class UserError(graphene.ObjectType):
    """One value of the input that was refused, and what to do about it."""

    field = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description='The path of the value in the input, such as `["name"]`.',
    )
    message = graphene.String(required=True, description="What to do, for the person to read.")
    code = graphene.Field(UserErrorCode, required=True, description="The same for programs.")


class Mutation(ClientIDMutation):
    """See the module."""

    class Meta:
        abstract = True

    # Whether it runs in one transaction with the receipt of its `clientMutationId`.
    transactional = True
    # In points, beside the objects of the payload: once, and for each value in a list of the input.
    points = 10
    points_of_item = 1

    @classmethod
    def __init_subclass_with_meta__(cls, **options: Any) -> None:
        options.setdefault("description", (cls.__doc__ or "").strip())
        # Graphene makes the input type from these, and its description from the docstring.
        about = {"__doc__": f"What `{cls.__name__[0].lower()}{cls.__name__[1:]}` takes."}
        resolver: Any = partial(cls.mutate)
        resolver.price = cls.price_of
        super().__init_subclass_with_meta__(input_fields=about, resolver=resolver, **options)
        cls.Input._meta.fields["client_mutation_id"].description = (
            "The client's own name for this request. Sent again within a day with the same input, "
            "nothing happens twice and the first answer is returned."
            if cls.transactional
            else "The client's own name for this request, which the answer repeats."
        )
        # Graphene's own argument and payload field have no description.
        cls._meta.arguments["input"] = graphene.Argument(
            cls.Input, required=True, description="All that the mutation takes."
        )
        cls._meta.fields["client_mutation_id"] = graphene.Field(
            graphene.String, name="clientMutationId", description="As the client sent it."
        )
        cls._meta.fields["user_errors"] = graphene.Field(
            graphene.List(graphene.NonNull(UserError)),
            required=True,
            description="What was wrong with the input; empty when all was done.",
            resolver=lambda root, info: getattr(root, "user_errors", None) or [],
        )

    @classmethod
    def price_of(cls, arguments: Any) -> int:
        """What it costs to do this, in points."""
        return cls.points + cls.points_of_item * _items(arguments)

    @classmethod
    def perform(cls, viewer: int, *args: Any, **input: Any) -> dict[str, Any]:
        """Do it for the person `viewer`; the payload's ids and values."""
        raise NotImplementedError

    @classmethod
    def mutate_and_get_payload(
        cls, root: Any, info: Any, client_mutation_id: str | None = None, **input: Any
    ) -> Any:
        viewer = info.context.require_viewer()
        values = _with_ids(cls.Input, input)
        try:
            if not cls.transactional:
                answer = cls.perform(viewer, **values)
            else:
                answer = cls._in_transaction(viewer, client_mutation_id, values)
        except Invalid as refused:
            return cls._refused(refused)
        return cls(**answer)

    @classmethod
    def _in_transaction(
        cls, viewer: int, client_mutation_id: str | None, values: dict[str, Any]
    ) -> dict[str, Any]:
        with transaction.atomic():
            if client_mutation_id is None:
                return cls.perform(viewer, **values)
            return once(
                viewer,
                client_mutation_id,
                cls.__name__,
                values,
                lambda: cls.perform(viewer, **values),
            )

    @classmethod
    def _refused(cls, refused: Invalid) -> Any:
        payload = cls()
        payload.user_errors = [
            UserError(
                field=[to_camel_case(part) for part in problem.field],
                message=problem.message,
                code=problem.reason,
            )
            for problem in refused.problems
        ]
        return payload


def payload(
    of: type[RecordType],
    description: str,
    *,
    load: Load | None = None,
    deprecation_reason: str | None = None,
) -> graphene.Field:
    """A payload's field that holds an object, of which `perform` gave the id.

    `load`: what loads it, if not what loads the type's.
    """
    load_it = load or of.load

    def resolve(payloads: list[Any], info: Any) -> Later[Any]:
        loaded: Later[Any] = load_it(info.context.viewer_id, _given(payloads, info))
        return loaded

    return graphene.Field(
        of,
        description=description,
        deprecation_reason=deprecation_reason,
        resolver=batch(resolve),
    )


def payload_list(of: type[RecordType], description: str, *, most: int) -> graphene.Field:
    """A payload's field that holds objects, of which `perform` gave the ids; null for one that is not to be
    seen. `most`: how many, for the price."""

    def resolve(payloads: list[Any], info: Any) -> list[None] | Later[Any]:
        (ids,) = _given(payloads, info)  # a payload is alone at its level
        if ids is None:
            return [None]
        loaded: Later[Any] = of.load(info.context.viewer_id, ids)
        return loaded.then(lambda found: [found])

    resolver = at_most(most)(batch(resolve))
    return graphene.Field(graphene.List(of), description=description, resolver=resolver)


def _given(payloads: list[Any], info: Any) -> list[Any]:
    """What `perform` gave for the field that is resolved, of each payload."""
    fields = type(payloads[0])._meta.fields
    attribute = next(one for one in fields if to_camel_case(one) == info.field_name)
    return [getattr(one, attribute) for one in payloads]


def _items(value: Any) -> int:
    """How many values are in lists, however deep inside of others."""
    if isinstance(value, dict):
        return sum(map(_items, value.values()))
    if isinstance(value, list):
        return len(value) + sum(map(_items, value))
    return 0


def _with_ids(of: type[graphene.InputObjectType], values: dict[str, Any]) -> dict[str, Any]:
    """The input with every ID read as an integer."""
    return {name: _read(of._meta.fields[name], name, value) for name, value in values.items()}


def _read(field: Any, name: str, value: Any) -> Any:
    of_type = field.type
    while hasattr(of_type, "of_type"):
        of_type = of_type.of_type
    if of_type is not graphene.ID or value is None:
        return value
    argument = to_camel_case(name)
    if isinstance(value, list):
        if len(value) > MAX_IDS:
            raise BadInput(f"`{argument}` holds {len(value)} ids. Send {MAX_IDS:,} at most.")
        return parse_ids(value, argument)
    return parse_id(value, argument)
