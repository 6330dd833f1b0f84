"""Every connection of the schema is Relay's, whole: each is compared with an oracle over its complete list.

The schema itself says which fields are connections and what orders they have. `tests/endpoint/lists.py` has a
recipe for each: a new connection fails `test_every_connection_has_a_recipe` until it has one too. The
complete list is read for its cursors, some entries are taken out of sight, and a window of what is left is
asked for, also by cursors of entries that are not there any more.

The feeds keep the same rules, but that the order of `homeFeed` is a ranking's own, and that a page of it
without a cursor begins a new scroll: its cursors are not those of the page before. What comes in meanwhile, and
feeds of which more is out of sight than a page looks at, `tests/kernel/test_paging.py` and `tests/feed/` have.
"""

import pytest
from graphql import get_named_type, is_object_type
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.schema import schema
from tests.endpoint.lists import IS_RANKED, KEEPS_PLACES, ORDERS, RECIPES, out_of_sight
from tests.factories.users import UserFactory

# How many entries a page has if nothing is said, and how many one may ask for, as docs/api.md promises.
DEFAULT_SIZE, MAX_SIZE = 25, 100
# Of the lists that windows are drawn on.
COUNT = 30
PAGE = """
query($id: ID!, $first: Int, $after: String, $last: Int, $before: String{more_variables}) {{
  node(id: $id) {{
    ... on {type} {{
      {field}(first: $first, after: $after, last: $last, before: $before{more_arguments}) {{
        edges {{ cursor node {{ id }} }}
        nodes {{ id }}
        pageInfo {{ hasPreviousPage hasNextPage startCursor endCursor }}
        totalCount
      }}
    }}
  }}
}}
"""

PLACES = st.sampled_from([0, 1, COUNT // 2, COUNT - 2, COUNT - 1])
SIZES = st.sampled_from([0, 1, 2, COUNT - 2, COUNT - 1, COUNT, MAX_SIZE])
GONE = st.sets(PLACES) | st.builds(lambda *ends: set(range(*ends)), PLACES, PLACES)
WINDOWS = st.builds(
    lambda size, cursors: {**size, **cursors},
    st.just({}) | st.builds(lambda *size: dict([size]), st.sampled_from(["first", "last"]), SIZES),
    st.fixed_dictionaries({}, optional={"after": PLACES, "before": PLACES}),
)


def connections():
    """Every field of the schema that gives a connection, by its path."""
    return {
        f"{of_type.name}.{name}": field
        for of_type in schema.graphql_schema.type_map.values()
        if is_object_type(of_type)
        for name, field in of_type.fields.items()
        if get_named_type(field.type).name.endswith("Connection")
    }


CONNECTIONS = connections()


def orders_in(path):
    """The enum of the orders that can be asked of a connection; None where there is one order alone."""
    argument = CONNECTIONS[path].args.get("orderBy")
    return argument and get_named_type(argument.type)


def orders_of(path):
    """The orders of a connection; None is that of a list of which none is asked."""
    orders = orders_in(path)
    return [None, *(orders.values if orders else [])]


def page_of(places, first=None, after=None, last=None, before=None):
    """The oracle: the places of a page, and whether it has a previous and a next one.

    It is the algorithm of Relay's specification over a complete list, the ascending `places` of its entries, with
    what that leaves to servers: flags are true in both directions; a cursor whose entry is gone is where it
    was, and one behind the other leaves nothing between them; a page has a size when none is asked for, and is
    of the end where `before` alone is given.
    """
    behind = [one for one in places if after is not None and one <= after]
    ahead = [one for one in places if before is not None and one >= before]
    between = [one for one in places if one not in behind and one not in ahead]
    is_of_end = last is not None or (first is None and before is not None)
    size = next((one for one in (first, last) if one is not None), DEFAULT_SIZE)
    start = max(len(between) - size, 0) if is_of_end else 0
    end = len(between) if is_of_end else min(size, len(between))
    return between[start:end], bool(behind) or start > 0, bool(ahead) or end < len(between)


class Reader:
    """Reads a connection of a parent with some entries, as one who sees them."""

    def __init__(self, api, path, count):
        viewer = UserFactory()
        self.path = path
        self.parent, self.entries = RECIPES[path](viewer, count)
        self._api = api.as_(viewer)
        self._known = {}

    def ask(self, order=None, **window):
        """The answer to a query for a window in an order."""
        of_type, field = self.path.split(".")
        orders = orders_in(self.path)
        query = PAGE.format(
            type=of_type,
            field=field,
            more_variables=f", $order: {orders}" if orders else "",
            more_arguments=", orderBy: $order" if orders else "",
        )
        variables = {"order": order} if orders else {}
        return self._api(query, id=str(self.parent.pk), **variables, **window)

    def page(self, order=None, **window):
        """The page that a window shows."""
        return self.ask(order, **window).data["node"][self.path.split(".")[1]]

    def whole(self, order=None):
        """The complete list: its entries in order, and their cursors."""
        if order not in self._known or self.path in IS_RANKED:
            edges = self.page(order, first=MAX_SIZE)["edges"]
            shown = [edge["node"]["id"] for edge in edges]
            entries = self._in_order(order, shown)
            assert shown == [str(one.pk) for one in entries]
            self._known[order] = entries, [edge["cursor"] for edge in edges]
        return self._known[order]

    def _in_order(self, order, shown):
        if self.path in IS_RANKED:
            return sorted(self.entries, key=lambda one: shown.index(str(one.pk)))
        if order is None:
            return self.entries
        return sorted(self.entries, key=ORDERS[f"{orders_in(self.path)}.{order}"])


of_every_connection = pytest.mark.parametrize("path", sorted(CONNECTIONS.keys() & RECIPES.keys()))


def test_every_connection_has_a_recipe():
    assert CONNECTIONS.keys() ^ RECIPES.keys() == set(), (
        "Each connection of the schema, and nothing else, has a recipe in tests/endpoint/lists.py: a function that"
        " makes a parent with so many entries. Write one for what is new, and the tests here cover it."
    )
    orders = {
        f"{orders_in(path)}.{order}" for path in CONNECTIONS for order in orders_of(path) if order
    }
    assert ORDERS.keys() ^ orders == set()


@of_every_connection
def test_a_window_is_what_the_oracle_says(api, path):
    reader = Reader(api, path, COUNT)

    @settings(max_examples=40, deadline=None, database=None)
    @given(st.sampled_from(orders_of(path)), GONE, WINDOWS)
    @example(None, set(), {})
    @example(None, set(), {"before": COUNT - 1})
    @example(None, {0}, {"first": 0, "after": 0})
    @example(None, {COUNT - 1}, {"last": 0, "before": COUNT - 1})
    def check(order, gone, window):
        entries, all_cursors = reader.whole(order)
        left = [n for n in range(COUNT) if path in KEEPS_PLACES or n not in gone]
        places, has_previous, has_next = page_of(left, **window)
        asked = {
            name: all_cursors[value] if name in ("after", "before") else value
            for name, value in window.items()
        }
        with out_of_sight([entries[n] for n in gone]):
            page = reader.page(order, **asked)
        expected = [None if n in gone else {"id": str(entries[n].pk)} for n in places]
        assert page["nodes"] == [edge["node"] for edge in page["edges"]] == expected
        found = [edge["cursor"] for edge in page["edges"]]
        if path not in IS_RANKED or asked.keys() & {"after", "before"}:
            assert found == [all_cursors[n] for n in places]
        assert page["pageInfo"] == {
            "hasPreviousPage": has_previous,
            "hasNextPage": has_next,
            "startCursor": found[0] if found else None,
            "endCursor": found[-1] if found else None,
        }
        assert page["totalCount"] == len(left)

    check()


@of_every_connection
def test_a_walk_is_the_list_in_both_directions(api, path):
    reader = Reader(api, path, 5)

    def walk(size, beyond, start, has_more):
        pages, window = [], {size: 2}
        while window:
            page = reader.page(**window)
            pages.append([node["id"] for node in page["nodes"]])
            info = page["pageInfo"]
            window = {size: 2, beyond: info[start]} if info[has_more] else None
        return pages

    entries, _ = reader.whole()
    ids = [str(one.pk) for one in entries]
    forward = walk("first", "after", "endCursor", "hasNextPage")
    assert forward == [ids[:2], ids[2:4], ids[4:]]
    backward = walk("last", "before", "startCursor", "hasPreviousPage")
    assert backward == [ids[3:], ids[1:3], ids[:1]]


@of_every_connection
def test_what_is_no_window_is_refused(api, path):
    reader = Reader(api, path, 1)
    for order in orders_of(path):
        _, (cursor,) = reader.whole(order)
        forged = ("A" if cursor[0] != "A" else "B") + cursor[1:]
        for window in (
            {"first": 1, "last": 1},
            *({name: size} for name in ("first", "last") for size in (-1, MAX_SIZE + 1)),
            *({name: bad} for name in ("after", "before") for bad in ("", "nonsense", forged)),
        ):
            assert reader.ask(order, **window).codes == ["BAD_INPUT"], (order, window)


def test_a_cursor_of_another_kind_of_list_or_of_another_order_is_refused(api, db):
    lists = [
        (get_named_type(CONNECTIONS[path].type).name, order, Reader(api, path, 1))
        for path in RECIPES
        for order in orders_of(path)
    ]
    cursors = [
        (kind, order, reader.page(order, first=1)["pageInfo"]["endCursor"])
        for kind, order, reader in lists
    ]
    taken = [
        (reader.path, order, other_kind, other_order)
        for kind, order, reader in lists
        for other_kind, other_order, cursor in cursors
        if kind != other_kind or (order and other_order and order != other_order)
        if reader.ask(order, after=cursor).codes != ["BAD_INPUT"]
    ]
    assert taken == []
