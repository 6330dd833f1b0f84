"""What a change of the schema does to clients, and the check that refuses what breaks them."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from pinboard.graphql.evolution import Changes, compare

BEFORE = """
type Query {
  "Stays."
  pin(id: ID!): Pin
  goes: String
  announced: String @deprecated(reason: "Ask for `pin`. Goes on 2027-01-01.")
}
type Pin { title: String, size: Size }
enum Size { SMALL, LARGE }
"""


def check(before, tmp_path):
    """What `schema --check` says against an older schema."""
    file = tmp_path / "before.graphql"
    file.write_text(before)
    output = StringIO()
    call_command("schema", "--check", "--against", str(file), stdout=output)
    return output.getvalue()


def test_nothing_changed():
    assert compare(BEFORE, BEFORE) == Changes([], [], [], [])


def test_what_goes_breaks_unless_it_was_announced():
    after = BEFORE.replace("  goes: String\n", "")
    after = re.sub(r"  announced: .*\n", "", after)
    assert compare(BEFORE, after) == Changes(
        breaking=["Query.goes was removed."],
        announced=["Query.announced was removed."],
        dangerous=[],
        safe=[],
    )


def test_what_is_asked_for_more_breaks():
    after = BEFORE.replace("pin(id: ID!)", "pin(id: ID!, at: String!)")
    changes = compare(BEFORE, after)
    assert changes.breaking == ["A required arg at on Query.pin was added."]


def test_another_value_is_dangerous():
    changes = compare(BEFORE, BEFORE.replace("LARGE }", "LARGE, HUGE }"))
    assert changes.breaking == changes.announced == []
    assert changes.dangerous == ["HUGE was added to enum type Size."]


def test_another_field_is_safe():
    changes = compare(BEFORE, BEFORE.replace("title: String", "title: String, note: String"))
    assert changes == Changes([], [], [], safe=["Pin.note was added."])


def test_the_committed_schema_is_that_of_the_code():
    output = StringIO()
    call_command("schema", "--check", stdout=output)
    assert output.getvalue() == "schema.graphql is up to date\n"


def test_against_an_older_one_it_tells_what_changed(tmp_path):
    present = settings.SCHEMA_FILE.read_text()
    older = present.replace(
        "type Topic implements Node {", "type Topic implements Node {\n  gone: ID", 1
    )
    with pytest.raises(CommandError, match="1 changes break clients"):
        check(older, tmp_path)
    announced = older.replace("gone: ID", 'gone: ID @deprecated(reason: "Goes on 2027-01-01.")')
    assert check(announced, tmp_path) == (
        "breaking, announced: Topic.gone was removed.\nschema.graphql is up to date\n"
    )


def test_every_client_knows_what_a_node_may_be():
    present = settings.SCHEMA_FILE.read_text()
    nodes = set(re.findall(r"^type (\w+) implements Node", present, re.MULTILINE))
    for file in ("docs/clients.md", "tests/clients/apollo.mjs"):
        (told,) = re.findall(r"possibleTypes: \{ Node: \[(.*?)\]", Path(file).read_text())
        assert set(re.findall(r'"(\w+)"', told)) == nodes
