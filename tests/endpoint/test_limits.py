"""How long lists in inputs may be, and how deep values."""

import pytest

from tests.factories.users import UserFactory

FIND = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
REPORT = """mutation($input: ReportFeedActivityInput!) {
    reportFeedActivity(input: $input) { userErrors { code } }
}"""
ONE_BY_ONE = "Send them in several requests."


@pytest.fixture
def ada(api, db):
    return api.as_(UserFactory())


def _nested(depth):
    value = "1"
    for _ in range(depth - 1):
        value = [value]
    return value


def test_a_list_among_the_variables_may_have_so_many_values(ada):
    answer = ada(FIND, ids=["1"] * 2_001)
    assert answer.codes == ["TOO_COMPLEX"]
    assert answer.body["errors"][0]["message"] == (
        f"A list in `$ids` has 2,001 values, and may have 2,000. {ONE_BY_ONE}"
    )


def test_a_field_has_a_tighter_limit_of_its_own(ada):
    found = ada(FIND, ids=["1"] * 2_000)
    assert found.codes == ["BAD_INPUT"]
    assert "100 at most" in found.body["errors"][0]["message"]
    reported = ada(REPORT, input={"opens": ["1"] * 101}).data["reportFeedActivity"]
    assert reported == {"userErrors": [{"code": "TOO_LONG"}]}


@pytest.mark.parametrize(
    "variables",
    [
        {"input": {"opens": ["1"] * 101}},
        {"input": {"opens": [["1"] * 101]}},
        {"input": {"opens": [], "nothing": [{"of": {"ours": [None] * 101}}]}},
        {"input": {}, "nobody's": [0] * 101},
    ],
)
def test_a_list_counts_wherever_it_is(ada, settings, variables):
    settings.GRAPHQL_MAX_LIST_INPUT = 100
    answer = ada(REPORT, **variables)
    assert answer.codes == ["TOO_COMPLEX"]
    assert "has 101 values, and may have 100." in answer.body["errors"][0]["message"]


@pytest.mark.parametrize(
    "document",
    [
        "{ nodes(ids: [#]) { id } }",
        "query($ids: [ID!]! = [#]) { nodes(ids: $ids) { id } }",
        "{ __typename @skip(if: [[#]]) }",
        "query($a: Int @deprecated(reason: [#])) { __typename }",
        "mutation { reportFeedActivity(input: {opens: [#]}) { userErrors { code } } }",
        "{ viewer { ...A } } fragment A on User { boards(name: {of: [{a: [#]}]}) { totalCount } }",
    ],
)
def test_a_list_that_is_written_into_the_document_counts_too(ada, settings, document):
    settings.GRAPHQL_MAX_LIST_INPUT = 100
    answer = ada(document.replace("#", '"1" ' * 101))
    assert answer.codes == ["TOO_COMPLEX"]
    assert answer.body["errors"][0]["message"] == (
        f"A list in the document has 101 values, and may have 100. {ONE_BY_ONE}"
    )
    assert ada(document.replace("#", '"1" ' * 100)).codes != ["TOO_COMPLEX"]


@pytest.mark.parametrize("depth", [21, 900])
def test_a_value_may_be_nested_so_deep(ada, depth):
    for answer in (ada(FIND, ids=_nested(depth)), ada(REPORT, input={"opens": _nested(depth)})):
        assert answer.codes == ["TOO_COMPLEX"]
        assert "is nested deeper than 20 levels." in answer.body["errors"][0]["message"]
    assert ada(FIND, ids=_nested(20)).codes == ["BAD_INPUT"]


def test_a_value_in_the_document_may_be_nested_as_deep(ada):
    codes = [
        ada("{ node(id: " + "[" * (depth - 1) + "1" + "]" * (depth - 1) + ") { id } }").codes
        for depth in (20, 21, 100)
    ]
    assert codes == [["BAD_INPUT"], ["TOO_COMPLEX"], ["TOO_COMPLEX"]]
