"""Documents: what they lead to is there, and the examples of how to write GraphQL work as they stand."""

import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)#?([^)\s]*)\)")
BUILD = """
import django
django.setup()
{examples}
from pinboard.graphql.types import build_schema

class Query(graphene.ObjectType):
    viewer = graphene.Field(UserType)

class Mutation(BoardsMutation, graphene.ObjectType):
    pass

class Subscription(FeedSubscription, graphene.ObjectType):
    pass

print(build_schema(Query, Mutation, Subscription))
"""


def anchors(page):
    """What GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    broken = []
    for path, anchor in LINK.findall(page.read_text()):
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(f"{path}#{anchor}")
    assert broken == []


def examples(page, section):
    """The indented blocks of a section, one after the other."""
    (text,) = re.findall(rf"^## {section}$(.+?)^## ", page.read_text(), re.M | re.S)
    return "\n".join(map(dedent, re.findall(r"^\n((?:(?:    .*)?\n)+)", text, re.M)))


def test_the_examples_of_how_to_write_graphql_make_a_schema():
    script = BUILD.format(examples=examples(ROOT / "docs" / "graphql.md", "Writing"))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stderr == ""
    made = re.findall(r"^type Board .+?^}", done.stdout, re.M | re.S)
    assert re.findall(r"^  (\w+): (.+)$", "".join(made), re.M) == [
        ("name", "String!"),
        ("description", "String!"),
        ("slug", "String!"),
        ("id", "ID!"),
        ("owner", "User"),
        ("pinCount", "Int"),
    ]
    for field in ("boards(", "createBoard(", "homeFeedGrew:"):
        assert f"\n  {field}" in done.stdout
