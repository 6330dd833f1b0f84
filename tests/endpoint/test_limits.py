"""Documents that cost more than they may are refused before they are validated."""

import pytest
from graphql import get_introspection_query

from tests.api import Api

FRAGMENTS = " ".join(f"fragment G{at} on User {{ id username about }}" for at in range(101))
ABUSES = {
    "one field, again and again": "{ " + "viewer { id } " * 21 + "}",
    "one leaf, again and again": "{ " + "__typename " * 4_900 + "}",
    "one field in one place below": "{ viewer { " + "boards { totalCount } " * 21 + "} }",
    "aliases": "{ " + " ".join(f"a{at}: __typename" for at in range(101)) + "}",
    "directives": "{ __typename " + "@skip(if: false) " * 101 + "}",
    "directives on the operation": "query " + "@skip(if: false) " * 101 + "{ __typename }",
    "spreads of one fragment": "{ viewer { " + "...A " * 51 + "} } fragment A on User { id }",
    "inline fragments": "{ viewer { " + "... { id } " * 51 + "} }",
    "fragments": "{ viewer { " + "...G0 " * 9 + "} } " + FRAGMENTS,
    "depth": "{ viewer { " + "boards { nodes { owner { " * 7 + "id" + " } } }" * 7 + " } }",
    "a fragment in itself": "{ viewer { ...A } } fragment A on User { ...A }",
    "tokens": "{ viewer { " + "id " * 5_001 + "} }",
}


@pytest.mark.parametrize("text", ABUSES.values(), ids=ABUSES.keys())
def test_abuse_is_refused(db, text):
    answer = Api()(text)
    assert "data" not in answer.body
    (error,) = answer.body["errors"]
    assert error["extensions"]["code"] in {"TOO_COMPLEX", "BAD_INPUT"}
    assert answer.statements == []


@pytest.mark.parametrize(("groups", "told"), [(49, None), (50, "1501 fields")])
def test_fields_are_counted_over_the_whole_document(db, groups, told):
    group = "... on User { " + "id username displayName about website location " * 5 + "}"
    answer = Api()("{ viewer { " + group * groups + " } }")
    if told is None:
        assert answer.data == {"viewer": None}
    else:
        assert answer.codes == ["TOO_COMPLEX"]
        assert told in answer.body["errors"][0]["message"]


@pytest.mark.parametrize("depth", [True, False])
def test_what_tools_ask_is_let_through(db, depth):
    text = get_introspection_query(
        descriptions=depth, specified_by_url=depth, input_value_deprecation=depth
    )
    assert "errors" not in Api()(text).body
