"""Which pins of a list are wanted, through the API."""

import pytest

from pinboard.ids.layout import created_at
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.users import UserFactory


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def found(api, ada):
    """Four pins on a board of Ada's; `found(filter)` gives the titles of those that an argument leaves."""
    board = BoardFactory(owner=ada)
    walls = SectionFactory(board=board)
    make_pin(board, title="Rye bread", link="https://example.com/rye")
    make_pin(board, title="Oat bread", section_id=walls.pk)
    make_save(make_pin(title="Tea"), board)
    middle = make_save(make_pin(title="Teapot"), board, section_id=walls.pk)

    def of(arguments):
        arguments = arguments.replace("$middle", f'"{created_at(middle.pk).isoformat()}"')
        query = f"""query($id: ID!) {{ node(id: $id) {{ ... on Board {{
            pins(orderBy: OLDEST, {arguments}) {{ totalCount nodes {{ title }} }} }} }} }}"""
        pins = api(query, id=str(board.pk)).data["node"]["pins"]
        assert pins["totalCount"] == len(pins["nodes"])
        return [pin["title"] for pin in pins["nodes"]]

    return of


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        ("isSave: true", ["Tea", "Teapot"]),
        ("isSave: false", ["Rye bread", "Oat bread"]),
        ("hasLink: true", ["Rye bread"]),
        ("hasLink: false", ["Oat bread", "Tea", "Teapot"]),
        ("hasSection: true", ["Oat bread", "Teapot"]),
        ("hasSection: false", ["Rye bread", "Tea"]),
        ('titleContains: "BREAD"', ["Rye bread", "Oat bread"]),
        ('titleContains: "%"', []),
        ('hasSection: true, titleContains: "bread"', ["Oat bread"]),
        ("hasSection: null", ["Rye bread", "Oat bread", "Tea", "Teapot"]),
        ("createdSince: $middle", ["Teapot"]),
        ("createdBefore: $middle", ["Rye bread", "Oat bread", "Tea"]),
    ],
)
def test_filters(found, arguments, titles):
    assert found(arguments) == titles


def test_a_text_that_is_too_long_is_refused_by_its_name_in_the_api(api, ada):
    query = """query($id: ID!, $text: String) {
      node(id: $id) { ... on User { pins(titleContains: $text) { totalCount } } } }"""
    answer = api(query, id=str(ada.pk), text="x" * 101)
    assert answer.codes == ["BAD_INPUT"]
    assert answer.body["errors"][0]["message"] == (
        "`titleContains`: Ensure this value has at most 100 characters (it has 101)."
    )
