"""Batch resolvers: one call a level, whatever a document does with aliases, fragments and lists."""

from typing import NamedTuple

import graphene
import pytest

from pinboard.errors import NotFound
from pinboard.graphql.batch import batch
from tests.endpoint.schemas import ask, endpoint


class Leaf(NamedTuple):
    number: int
    index: int = 7
    level: int = 8
    object: int = 9


class Twig(NamedTuple):
    number: int


calls = []


class Plant(graphene.Interface):
    number = graphene.Int()
    double = graphene.Int()

    @classmethod
    def resolve_type(cls, instance, info):
        return {1: LeafType, 0: TwigType}[instance.number % 2]


def _double(objects, info, by=2):
    calls.append(("double", [one.number for one in objects]))
    return [ValueError("no") if one.number == 13 else one.number * by for one in objects]


def _leaves(objects, info, count=2):
    calls.append(("leaves", len(objects)))
    return [[Leaf(10 * one.number + n) for n in range(count)] for one in objects]


class LeafType(graphene.ObjectType):
    class Meta:
        interfaces = (Plant,)

    index, level, object = graphene.Int(), graphene.Int(), graphene.Int()
    double = graphene.Int(by=graphene.Int(), resolver=batch(_double))
    leaves = graphene.List(lambda: LeafType, count=graphene.Int(), resolver=batch(_leaves))


class TwigType(graphene.ObjectType):
    class Meta:
        interfaces = (Plant,)

    double = graphene.Int(by=graphene.Int(), resolver=batch(_double))


class Query(graphene.ObjectType):
    leaf = graphene.Field(LeafType)
    leaves = graphene.List(LeafType, numbers=graphene.List(graphene.Int))
    grid = graphene.List(graphene.List(LeafType))
    plants = graphene.List(Plant)
    short = graphene.List(LeafType)
    nothing = graphene.List(LeafType)
    missing = graphene.Field(LeafType)

    @batch
    def resolve_leaf(roots, info):
        return [Leaf(1)]

    @batch
    def resolve_leaves(roots, info, numbers=(1, 2, 3)):
        return [[None if n is None else Leaf(n) for n in numbers]]

    @batch
    def resolve_grid(roots, info):
        return [[[Leaf(1), None], None, [Leaf(3), Leaf(5)]]]

    @batch
    def resolve_plants(roots, info):
        return [[Leaf(1), Twig(2), Leaf(3), Twig(4)]]

    @batch
    def resolve_short(roots, info):
        return []

    @batch
    def resolve_nothing(roots, info):
        return None

    @batch
    def resolve_missing(roots, info):
        raise NotFound


@pytest.fixture
def run():
    calls.clear()
    view = endpoint(Query, types=[TwigType])
    return lambda query, **variables: ask(view, query, **variables)


def test_a_level_is_one_call(run):
    assert run("{ leaves { double } }")["data"] == {"leaves": [{"double": n} for n in (2, 4, 6)]}
    assert calls == [("double", [1, 2, 3])]


def test_levels_below_are_one_call_each(run):
    run("{ leaves { leaves { leaves { double } } } }")
    assert [name for name, _ in calls].count("leaves") == 2
    assert calls[:2] == [("leaves", 3), ("leaves", 6)]
    assert len(calls[2][1]) == 12


def test_one_field_under_two_aliases_keeps_its_arguments_apart(run):
    found = run("{ leaves { a: double, b: double(by: 3) } }")["data"]["leaves"]
    assert found == [{"a": 2 * n, "b": 3 * n} for n in (1, 2, 3)]
    assert len(calls) == 2


def test_one_list_under_two_aliases_is_two_levels(run):
    found = run("{ a: leaves { double } b: leaves(numbers: [9]) { double } }")["data"]
    assert found == {"a": [{"double": n} for n in (2, 4, 6)], "b": [{"double": 18}]}
    assert calls == [("double", [1, 2, 3]), ("double", [9])]


def test_fragments_that_meet_in_one_field_are_one_call(run):
    query = """
    query { leaves { ...A ...B leaves(count: 1) { number } } }
    fragment A on LeafType { double leaves(count: 1) { double } }
    fragment B on LeafType { double leaves(count: 1) { index } ... on Plant { number } }
    """
    found = run(query)["data"]["leaves"]
    assert found[0] == {
        "double": 2,
        "number": 1,
        "leaves": [{"double": 20, "index": 7, "number": 10}],
    }
    assert calls == [("double", [1, 2, 3]), ("leaves", 3), ("double", [10, 20, 30])]


def test_a_fragment_in_two_places_belongs_to_each(run):
    query = """
    query { leaf { ...F leaves(count: 1) { ...F } } leaves(numbers: [5]) { ...F } }
    fragment F on LeafType { double }
    """
    found = run(query)["data"]
    assert found["leaf"] == {"double": 2, "leaves": [{"double": 20}]}
    assert found["leaves"] == [{"double": 10}]


def test_a_field_that_some_objects_skip(run):
    found = run("query($no: Boolean!) { leaves { number double @skip(if: $no) } }", no=True)
    assert found["data"]["leaves"] == [{"number": n} for n in (1, 2, 3)]
    assert calls == []


def test_lists_of_lists_are_one_level(run):
    found = run("{ grid { double } }")["data"]["grid"]
    assert found == [[{"double": 2}, None], None, [{"double": 6}, {"double": 10}]]
    assert calls == [("double", [1, 3, 5])]


def test_an_abstract_list_is_a_level_for_each_type(run):
    query = """
    { plants { __typename number ... on LeafType { index double } ... on TwigType { double } } }
    """
    found = run(query)["data"]["plants"]
    assert [one["__typename"] for one in found] == ["LeafType", "TwigType"] * 2
    assert [one["double"] for one in found] == [2, 4, 6, 8]
    assert sorted(calls) == [("double", [1, 3]), ("double", [2, 4])]


def test_an_error_belongs_to_its_own_object(run):
    answer = run("{ leaves(numbers: [1, 13, 3]) { double } }")
    assert answer["data"]["leaves"] == [{"double": 2}, {"double": None}, {"double": 6}]
    assert [error["path"] for error in answer["errors"]] == [["leaves", 1, "double"]]


def test_a_raised_error_is_every_objects(run):
    answer = run("{ missing { number } leaf { number } }")
    assert answer["data"] == {"missing": None, "leaf": {"number": 1}}
    assert answer["errors"][0]["extensions"] == {"code": "NOT_FOUND"}


def test_missing_objects_are_null_and_have_no_level(run):
    answer = run("{ leaves(numbers: [1, null, 3]) { double } }")
    assert answer["data"]["leaves"] == [{"double": 2}, None, {"double": 6}]
    assert calls == [("double", [1, 3])]


def test_names_of_a_record_are_its_own(run):
    assert run("{ leaf { index level object } }")["data"]["leaf"] == {
        "index": 7,
        "level": 8,
        "object": 9,
    }


@pytest.mark.parametrize("field", ["short", "nothing"])
def test_a_resolver_that_gives_too_few_results_is_a_fault_of_ours(run, field):
    answer = run(f"{{ {field} {{ number }} leaf {{ number }} }}")
    assert answer["data"] == {field: None, "leaf": {"number": 1}}
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
