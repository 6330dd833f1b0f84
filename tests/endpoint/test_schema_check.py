"""What a change of the schema does to clients, and which changes `manage.py schema` refuses."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from pinboard.graphql.evolution import Changes, compare

BEFORE = """
enum Colour { RED BLUE GREY @deprecated(reason: "Use BLUE.") }
input Filter { colour: Colour }
type Shade { name: String }
type Query {
  pins(filter: Filter, first: Int, page: Int @deprecated(reason: "Use first.")): [String]
  boards: [String]
  shade: Shade @deprecated(reason: "Goes on 2030-01-01.")
}
"""


def changes(**kinds):
    return Changes(**{"breaking": [], "announced": [], "dangerous": [], "safe": [], **kinds})


# What is replaced in BEFORE, by what, and what this means.
CHANGES = {
    "nothing": ("", "", changes()),
    "a field removed": ("boards: [String]", "", changes(breaking=["Query.boards was removed."])),
    "a value removed": ("RED", "", changes(breaking=["RED was removed from enum type Colour."])),
    "an argument removed": (
        "first: Int,",
        "",
        changes(breaking=["Query.pins arg first was removed."]),
    ),
    "a type changed": (
        "boards: [String]",
        "boards: String",
        changes(breaking=["Query.boards changed type from [String] to String."]),
    ),
    "a required argument added": (
        "first: Int,",
        "first: Int, last: Int!,",
        changes(breaking=["A required arg last on Query.pins was added."]),
    ),
    "a required input field added": (
        "colour: Colour }",
        "colour: Colour size: Int! }",
        changes(breaking=["A required field size on input type Filter was added."]),
    ),
    "a deprecated field removed": (
        'shade: Shade @deprecated(reason: "Goes on 2030-01-01.")',
        "",
        changes(announced=["Query.shade was removed."]),
    ),
    "a deprecated value removed": (
        'GREY @deprecated(reason: "Use BLUE.")',
        "",
        changes(announced=["GREY was removed from enum type Colour."]),
    ),
    "a deprecated argument removed": (
        'page: Int @deprecated(reason: "Use first.")',
        "",
        changes(announced=["Query.pins arg page was removed."]),
    ),
    "a value added": (
        "RED",
        "RED GREEN",
        changes(dangerous=["GREEN was added to enum type Colour."]),
    ),
    "an argument added": (
        "first: Int,",
        "first: Int, last: Int,",
        changes(dangerous=["An optional arg last on Query.pins was added."]),
    ),
    "an input field added": (
        "colour: Colour }",
        "colour: Colour size: Int }",
        changes(dangerous=["An optional field size on input type Filter was added."]),
    ),
    "a field added": (
        "boards: [String]",
        "boards: [String] topics: [String]",
        changes(safe=["Query.topics was added."]),
    ),
    "a type added": (
        "type Query {",
        "type Topic { name: String } type Query {",
        changes(safe=["Topic was added."]),
    ),
    "a deprecation": (
        "boards: [String]",
        'boards: [String] @deprecated(reason: "Use pins.")',
        changes(),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_of_one_class(name):
    old, new, expected = CHANGES[name]
    assert old in BEFORE
    assert compare(BEFORE, BEFORE.replace(old, new, 1) if old else BEFORE) == expected


def test_a_type_may_go_with_the_only_field_that_led_to_it():
    after = BEFORE.replace('shade: Shade @deprecated(reason: "Goes on 2030-01-01.")', "")
    found = compare(BEFORE, after.replace("type Shade { name: String }", ""))
    assert found.breaking == []
    assert sorted(found.announced) == ["Query.shade was removed.", "Shade was removed."]


def test_a_type_that_is_still_promised_may_not_go():
    before = BEFORE.replace("boards: [String]", "boards: [String] best: Shade")
    after = before.replace("best: Shade", "").replace("type Shade { name: String }", "")
    after = after.replace('shade: Shade @deprecated(reason: "Goes on 2030-01-01.")', "")
    found = compare(before, after)
    assert sorted(found.breaking) == ["Query.best was removed.", "Shade was removed."]
    assert found.announced == ["Query.shade was removed."]


def test_a_deprecation_in_the_change_itself_announces_nothing():
    before = BEFORE.replace(' @deprecated(reason: "Goes on 2030-01-01.")', "")
    after = BEFORE.replace('shade: Shade @deprecated(reason: "Goes on 2030-01-01.")', "")
    assert compare(before, after).breaking == ["Query.shade was removed."]


@pytest.fixture
def against(tmp_path):
    """Checks the schema against the committed file with some lines replaced, and gives what is told."""

    def check(*replaced, **options):
        text = settings.SCHEMA_FILE.read_text()
        for now, then in replaced:
            assert text.count(now) == 1
            text = text.replace(now, then)
        old = tmp_path / "old.graphql"
        old.write_text(text)
        out = StringIO()
        try:
            call_command("schema", check=True, against=old, stdout=out, **options)
        except CommandError as error:
            return out.getvalue().splitlines(), str(error)
        return out.getvalue().splitlines(), None

    return check


BOARD = "type Board implements Node {\n"
RATE = '  """What may be spent, and what this request costs."""\n  rateLimit: RateLimit!\n'


def test_the_committed_file_is_up_to_date():
    out = StringIO()
    call_command("schema", check=True, stdout=out)
    assert out.getvalue() == "schema.graphql is up to date\n"


def test_a_file_that_is_out_of_date_fails(tmp_path, settings):
    text = settings.SCHEMA_FILE.read_text()
    settings.SCHEMA_FILE = tmp_path / "schema.graphql"
    settings.SCHEMA_FILE.write_text(text.replace(RATE, ""))
    out = StringIO()
    with pytest.raises(CommandError, match="is out of date"):
        call_command("schema", check=True, stdout=out)
    assert out.getvalue() == "safe: Query.rateLimit was added.\n"
    call_command("schema", stdout=out)
    assert settings.SCHEMA_FILE.read_text() == text


def test_a_removal_without_announcement_fails(against):
    told, error = against((BOARD, BOARD + "  motto: String\n"))
    assert told == ["breaking: Board.motto was removed."]
    assert error.startswith("1 changes break clients. Deprecate what is to go")


def test_a_removal_that_was_announced_passes(against):
    told, error = against(
        (BOARD, BOARD + '  motto: String @deprecated(reason: "Nobody reads it.")\n')
    )
    assert told == ["breaking, announced: Board.motto was removed.", "schema.graphql is up to date"]
    assert error is None


def test_what_breaks_can_be_allowed(against):
    told, error = against((BOARD, BOARD + "  motto: String\n"), allow_breaking=True)
    assert told == ["breaking: Board.motto was removed.", "schema.graphql is up to date"]
    assert error is None


def test_dangerous_and_safe_changes_are_told_apart_and_pass(against):
    told, error = against((RATE, ""), ('  """All sizes are there."""\n  READY\n', ""))
    assert told == [
        "dangerous: READY was added to enum type PictureState.",
        "safe: Query.rateLimit was added.",
        "schema.graphql is up to date",
    ]
    assert error is None


def test_a_file_that_is_not_there_is_no_schema_to_keep_to(tmp_path):
    with pytest.raises(CommandError, match="does not exist"):
        call_command("schema", check=True, against=tmp_path / "none.graphql")


def test_every_client_knows_what_a_node_may_be():
    present = settings.SCHEMA_FILE.read_text()
    nodes = set(re.findall(r"^type (\w+) implements Node", present, re.MULTILINE))
    for file in ("docs/clients.md", "tests/clients/apollo.mjs"):
        (told,) = re.findall(r"possibleTypes: \{ Node: \[(.*?)\]", Path(file).read_text())
        assert set(re.findall(r'"(\w+)"', told)) == nodes
