"""What people send to GraphQL endpoints to bring them down, or to find things out.

Of OWASP's cheat sheet (https://cheatsheetseries.owasp.org/cheatsheets/GraphQL_Cheat_Sheet.html), of
graphql-armor's and graphql-cop's lists, and our own. A probe is the body of a POST: an object, or text
as it is. All of them have to be refused.
"""

import json
from typing import Any


def _times(count: int, text: str) -> str:
    return " ".join(text.replace("#", str(at)) for at in range(count))


def _nested(count: int, before: str, core: str, after: str) -> str:
    return before * count + core + after * count


def multiplied(levels: int, width: int, more: str = "") -> str:
    """A small document with a large plan: each fragment spreads the next one `width` times."""
    spreads = [
        _times(width, f"a#: boards(first: 1) {{ nodes {{ owner {{ id ...M{at + 1} }} }} }}")
        for at in range(levels)
    ]
    fragments = " ".join(f"fragment M{at} on User {{ {one} }}" for at, one in enumerate(spreads))
    return f"{{ {more} viewer {{ ...M0 }} }} {fragments} fragment M{levels} on User {{ id }}"


_CHAIN = _times(99, "fragment F# on User { id ...G# } fragment G# on User { id }")
_DOUBLING = " ".join(
    f"fragment F{at} on User {{ a: id ...F{at + 1} ...F{at + 1} }}" for at in range(98)
)
_PAIRS = " ".join(
    f"fragment P{at} on User {{ boards(first: {at}) {{ totalCount }} }}" for at in range(60)
)

DOCUMENTS = {
    # Too much of one kind.
    "aliases of a leaf": "{ " + _times(1_600, "a#: __typename") + " }",
    "aliases of an object": "{ " + _times(800, "a#: viewer { id }") + " }",
    "aliases of an expensive field": "{ viewer { "
    + _times(101, "a#: homeFeed { totalCount }")
    + " } }",
    "aliases of node, to guess ids": "{ " + _times(500, 'a#: node(id: "#") { id }') + " }",
    "aliases of a mutation, to guess": "mutation { "
    + _times(200, 'a#: deletePin(input: {pinId: "#"}) { deletedPinId }')
    + " }",
    "one leaf, again and again": "{ " + "__typename " * 4_900 + "}",
    "one object, again and again": "{ " + "viewer { id } " * 1_200 + "}",
    "one field below, again and again": "{ viewer { " + "boards { totalCount } " * 1_000 + "} }",
    "one directive, again and again": "{ __typename " + "@skip(if: false) " * 700 + "}",
    "many unknown directives": "{ __typename " + _times(700, "@a#") + "}",
    "directives on the operation": "query " + "@skip(if: false) " * 700 + "{ __typename }",
    "directives on a fragment": "{ ...A } fragment A on Query " + "@a " * 700 + "{ __typename }",
    "tokens": "{ viewer { " + "id " * 20_000 + "} }",
    "comments": "# a\n" * 24_000 + "{ nothing }",
    "values of one list": "{ nodes(ids: [" + "1 " * 2_500 + "]) { id } }",
    "values of a list in an object": "mutation { reportFeedActivity(input: {opens: ["
    + "1 " * 2_500
    + "]}) { clientMutationId } }",
    "tokens of one string list": "{ nodes(ids: [" + '"1" ' * 20_000 + "]) { id } }",
    "many operations": _times(1_500, "query Q# { __typename }"),
    "many variables": "query(" + _times(1_200, "$a#: Int") + ") { __typename }",
    "many fragments": "{ __typename } " + _times(600, "fragment A# on User { id }"),
    "spreads of one fragment": "{ viewer { " + "...A " * 1_500 + "} } fragment A on User { id }",
    "inline fragments": "{ viewer { " + "... { id } " * 1_000 + "} }",
    "empty inline conditions": "{ viewer { "
    + "... on User @include(if: true) { id } " * 300
    + "} }",
    # Too deep.
    "deep fields": "{ viewer { "
    + _nested(200, "boards { nodes { owner { ", "id", " } } }")
    + " } }",
    "deep braces": _nested(2_000, "{ a ", "", "}"),
    "deep inline fragments": "{ " + _nested(1_200, "... { ", "__typename", " }") + " }",
    "deep list literal": "{ nodes(ids: " + _nested(2_000, "[", '"1"', "]") + ") { id } }",
    "a list literal as deep as the parser goes": "{ nodes(ids: "
    + _nested(150, "[", '"1"', "]")
    + ") { id } }",
    "deep object literal": "{ node(id: " + _nested(1_200, "{a: ", "1", "}") + ") { id } }",
    "deep list type": "query($a: " + _nested(2_000, "[", "Int", "]") + ") { __typename }",
    "a fragment in itself": "{ viewer { ...A } } fragment A on User { ...A }",
    "fragments in each other": "{ viewer { ...A } } fragment A on User { ...B } fragment B on User { ...A }",
    "a long chain of fragments": "{ viewer { ...F0 } } "
    + _CHAIN
    + _times(40, "fragment H# on User { id }"),
    "fragments that contradict": "{ viewer { " + _times(60, "...P#") + " } } " + _PAIRS,
    "fragments that multiply": multiplied(levels=5, width=6),
    "fragments that multiply, at great width": multiplied(levels=3, width=32),
    # Too much to merge.
    "the same fields, side by side": "{ viewer { "
    + ("... on User { " + "id username displayName about website location " * 5 + "} ") * 48
    + "} }",
    "the same fields, by fragments": "{ viewer { "
    + _times(49, "...S#")
    + " } } "
    + _times(
        49, "fragment S# on User { id username displayName about website location bio: about }"
    ),
    "the same fields, below the same fields": "{ viewer { "
    + ("boards { " + ("nodes { " + "id name " * 8 + "} ") * 8 + "} ") * 8
    + "} }",
    "the same fields, in what nobody asks for": "{ __typename } fragment A on User { "
    + ("... on User { " + "id username displayName about website location " * 5 + "} ") * 48
    + "}",
    # Too dear.
    "pages of pages": "{ viewer { boards(first: 100) { nodes { pins(first: 100) { nodes { id } } } } } }",
    "pages of pages of pages": "{ viewer { followers(first: 50) { nodes { boards(first: 50) { nodes {"
    " pins(first: 50) { nodes { id } } } } } } } }",
    "the same list, many times": "{ viewer { "
    + _times(90, "a#: boards(first: 100) { nodes { id owner { id } } }")
    + " } }",
    "nodes with everything below": "{ nodes(ids: ["
    + '"1" ' * 100
    + "]) { ... on User { boards(first: 100) { nodes { id } } } } }",
    "pages above the limit": "{ viewer { boards(first: 1000000) { nodes { id } } } }",
    "a page as large as can be": "{ viewer { boards(first: 2147483647) { nodes { id } } } }",
    "the schema, many times": "{ "
    + _times(99, "a#: __schema { types { fields { args { type { name } } } } }")
    + " }",
    "all types, many times": "{ __schema { " + _times(99, "a#: types { fields { name } }") + " } }",
    # What validation is slow at.
    "many unknown fields": "{ viewer { " + _times(1_400, "field#") + " } }",
    "many misspelt fields": "{ viewer { " + _times(1_400, "usernam#") + " } }",
    "many unknown arguments": "{ " + _times(90, "x#: viewer(a#: 1) { id }") + " }",
    "many unknown types": "{ viewer { " + _times(49, "... on Type# { id }") + " } }",
    "many unknown variables": "{ " + _times(90, "x#: node(id: $a#) { id }") + " }",
    "many unknown fragments": "{ viewer { " + _times(50, "...A#") + " } }",
    "many wrong literals": "{ " + _times(90, "x#: node(id: true) { id }") + " }",
    "a long name": "{ " + "a" * 500_000 + " }",
    "a number that Python can't read": "{ viewer { boards(first: "
    + "1" * 5_000
    + ") { totalCount } } }",
    "a long string": '{ node(id: "' + "a" * 900_000 + '") { id } }',
    "a long number": "{ viewer { boards(first: " + "1" * 4_000 + ") { totalCount } } }",
    "a long comment": "# " + "a" * 900_000 + "\n{ nothing }",
    "a block string of lines": '{ node(id: """' + "\n  a" * 200_000 + '""") { id } }',
    "overlapping fields of many shapes": "{ "
    + _times(90, "x#: viewer { boards { nodes { id name } } }")
    + " viewer { id } viewer { boards(first: 1) { totalCount } boards(first: 2) { totalCount } } }",
    # What should not be told.
    "introspection in circles": "{ __schema { types { "
    + _nested(6, "fields { type { ", "name", " } }")
    + " } } }",
    "introspection of possible types in circles": "{ __schema { types { "
    + _nested(5, "possibleTypes { interfaces { ", "name", " } }")
    + " } } }",
    "an id of a database": "{ node(id: \"1' OR '1'='1\") { id } }",
    "an id that overflows": '{ node(id: "99999999999999999999") { id } }',
    "a negative id": '{ node(id: "-1") { id } }',
    "an id of Relay's kind": '{ node(id: "VXNlcjox") { id } }',
    "a cursor of one's own": '{ viewer { boards(after: "eyJpZCI6MX0=") { totalCount nodes { id } } } }',
    "U+0000": '{ node(id: "1\\u0000") { id } }',
    "half a surrogate pair": '{ user(username: "\\uD83D") { id } }',
    "syntax": "{",
    "nothing": "   ",
    "a schema": "type Query { a: Int }",
    "an extension of the schema": "extend type Query { a: Int }",
    "a subscription": "subscription { homeFeedGrew { count } }",
}
_FIND = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
_REPORT = (
    "mutation($input: ReportFeedActivityInput!) {"
    " reportFeedActivity(input: $input) { clientMutationId } }"
)
_REPORTS = (
    "mutation($ids: [ID!]!) { "
    + _times(90, "a#: reportFeedActivity(input: {opens: $ids}) { accepted }")
    + " }"
)
_PAGE = "query($first: Int) { viewer { boards(first: $first) { nodes { id } } } }"
BODIES: dict[str, Any] = {
    "a batch": [{"query": "{ __typename }"}] * 1_000,
    "no JSON": "{",
    "deep JSON": _nested(400_000, "[", "", "]"),
    "deep JSON of objects": _nested(150_000, '{"a":', "1", "}"),
    "deep variables": '{"query": "{ nothing }", "variables": '
    + _nested(50_000, '{"a":', "1", "}")
    + "}",
    "a million ids": {"query": _FIND, "variables": {"ids": ["1"] * 200_000}},
    "ids that are none": {"query": _FIND, "variables": {"ids": ["x"] * 1_000}},
    "ids of a wrong type": {"query": _FIND, "variables": {"ids": [{}] * 10_000}},
    "a list in an input": {"query": _REPORT, "variables": {"input": {"opens": ["1"] * 100_000}}},
    "one list for many mutations": {"query": _REPORTS, "variables": {"ids": ["1"] * 2_000}},
    "lists in a list": {"query": _FIND, "variables": {"ids": [["1"] * 500] * 200}},
    "empty lists in a list": {"query": _FIND, "variables": {"ids": [[]] * 150_000}},
    "a list that nobody asked for": {
        "query": "{ __typename }",
        "variables": {"ids": ["1"] * 100_000},
    },
    "a list as deep as JSON may be": '{"query": "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",'
    ' "variables": {"ids": ' + _nested(1_000, "[", "1", "]") + "}}",
    "an input of unknown fields": {
        "query": _REPORT,
        "variables": {"input": {f"opens{at}": at for at in range(25_000)}},
    },
    "an input in an input": '{"query": "mutation($input: ReportFeedActivityInput!) {'
    ' reportFeedActivity(input: $input) { clientMutationId } }", "variables": {"input": '
    + _nested(500, '{"input":', "1", "}")
    + "}}",
    "a page size that is a text": {"query": _PAGE, "variables": {"first": "1; DROP TABLE"}},
    "a page size that is no integer": {"query": _PAGE, "variables": {"first": 1e300}},
    "a page size below zero": {"query": _PAGE, "variables": {"first": -(2**31)}},
    "variables that are a list": {"query": "{ __typename }", "variables": [1]},
    "an operation of no name": {"query": "query A { __typename }", "operationName": "B"},
    "an operation name that is none": {"query": "{ __typename }", "operationName": {}},
    "a document that is a list": {"query": ["{ __typename }"]},
    "no document": {"variables": {}},
    "more than a megabyte": {"query": "{ __typename }", "variables": {"a": "a" * 1_100_000}},
    "U+0000 in a variable": {"query": _FIND, "variables": {"ids": ["\x00"]}},
    "a hash of another document": {
        "query": "{ __typename }",
        "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}},
    },
}
# Not refused, since it costs nothing: fields that are asked for again and again are asked for once.
HARMLESS = "{ viewer { ...F0 } } " + _DOUBLING + " fragment F98 on User { id }"
PROBES = {
    **{name: json.dumps({"query": text}) for name, text in DOCUMENTS.items()},
    **{name: body if isinstance(body, str) else json.dumps(body) for name, body in BODIES.items()},
}
