"""The whole schema: what every part of it has to have."""

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_directive,
    is_specified_scalar_type,
)

from config.schema import schema

SCHEMA = schema.graphql_schema


def _parts():
    """Every (path, element) that a client can read about."""
    for name, of_type in SCHEMA.type_map.items():
        if is_introspection_type(of_type) or is_specified_scalar_type(of_type):
            continue
        yield name, of_type
        if isinstance(of_type, (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)):
            for field_name, field in of_type.fields.items():
                yield f"{name}.{field_name}", field
                for argument_name, argument in getattr(field, "args", {}).items():
                    yield f"{name}.{field_name}({argument_name})", argument
        if isinstance(of_type, GraphQLEnumType):
            for value_name, value in of_type.values.items():
                yield f"{name}.{value_name}", value
    for directive in SCHEMA.directives:
        if not is_specified_directive(directive):
            yield f"@{directive.name}", directive


def test_everything_has_a_description():
    assert [path for path, part in _parts() if not (part.description or "").strip()] == []


def test_every_deprecation_gives_a_reason_and_a_date():
    vague = [
        path
        for path, part in _parts()
        if (reason := getattr(part, "deprecation_reason", None)) is not None
        if not any(word[:4].isdigit() for word in reason.split())
    ]
    assert vague == []


def test_mutations_take_one_input_and_tell_user_errors():
    for name, field in SCHEMA.mutation_type.fields.items():
        assert set(field.args) == {"input"}, name
        payload = getattr(field.type, "of_type", field.type)
        assert str(payload.fields["userErrors"].type) == "[UserError!]!", name
        assert "clientMutationId" in payload.fields, name


def test_every_connection_is_whole():
    connections = [t for name, t in SCHEMA.type_map.items() if name.endswith("Connection")]
    assert connections
    for one in connections:
        assert {"edges", "nodes", "pageInfo", "totalCount"} <= set(one.fields), one.name


def test_every_list_of_nodes_is_a_page():
    """Whatever gives a connection takes all four arguments."""
    for path, part in _parts():
        of_type = getattr(getattr(part, "type", None), "of_type", getattr(part, "type", None))
        if str(of_type).endswith("Connection"):
            assert {"first", "after", "last", "before"} <= set(part.args), path
