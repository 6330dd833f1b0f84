"""Objects of one kind as rows of values. Each is made when somebody looks at it; whoever wants the same
attribute of all of them reads a column, and none is made."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain
from operator import attrgetter
from types import MappingProxyType
from typing import Any, overload

Values = Sequence[Any]
Make = Callable[[Values], Any]
Reader = Callable[["Table"], Sequence[Any]]


class Layout:
    """How rows are read. `places`: where attributes are in them; `readers`: what gives others of all
    rows; `make`: makes an object of a row, from its first place to the end. `below`: where each has the rows
    of a list below the object, and how these are read."""

    __slots__ = ("below", "make", "places", "readers")

    def __init__(
        self,
        places: Mapping[str, int],
        make: Make,
        readers: Mapping[str, Reader] = MappingProxyType({}),
        below: "tuple[int, Layout] | None" = None,
    ) -> None:
        self.places = places
        self.readers = readers
        self.make = make
        self.below = below

    def bringing(self, place: int, layout: "Layout") -> "Layout":
        """The same, with a list below each object."""
        return Layout(self.places, self.make, self.readers, (place, layout))


def places(names: Sequence[str]) -> dict[str, int]:
    """Attributes that are in rows one after the other."""
    return {name: place for place, name in enumerate(names)}


class _Source:
    """Rows, and the same turned by a quarter, which is done once for all tables that read them."""

    __slots__ = ("columns", "rows")

    def __init__(self, rows: Sequence[Values]) -> None:
        self.rows = rows
        self.columns: list[tuple[Any, ...]] = []

    def turned(self) -> list[tuple[Any, ...]]:
        self.columns = list(zip(*self.rows, strict=True))
        return self.columns


class Table(Sequence[Any]):
    """Objects, one for each row, whose values begin at the place `start`."""

    __slots__ = ("_made", "_source", "layout", "start")

    def __init__(self, source: _Source, layout: Layout, start: int = 0) -> None:
        self._source = source
        self.layout = layout
        self.start = start
        self._made: list[Any] | None = None

    @classmethod
    def of(cls, rows: Sequence[Values], layout: Layout, start: int = 0) -> "Table":
        """The objects of some rows."""
        return cls(_Source(rows), layout, start)

    @property
    def rows(self) -> Sequence[Values]:
        return self._source.rows

    def column(self, name: str) -> Sequence[Any] | None:
        """An attribute of each object; None where the layout knows of none."""
        place = self.layout.places.get(name)
        if place is not None:
            return self.at(place)
        read = self.layout.readers.get(name)
        return None if read is None else read(self)

    def at(self, place: int) -> tuple[Any, ...]:
        """What is at a place of each row."""
        source = self._source
        return (source.columns or source.turned())[self.start + place]

    def within(self, place: int, layout: Layout) -> "Table":
        """Other objects, whose values begin at a place of the same rows."""
        return Table(self._source, layout, self.start + place)

    def __len__(self) -> int:
        return len(self._source.rows)

    def __iter__(self) -> Iterator[Any]:
        if self._made is None:
            self._made = list(map(self._make, self.rows))
        return iter(self._made)

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> "Table": ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return Table.of(self.rows[at], self.layout, self.start)
        return self._make(self.rows[at]) if self._made is None else self._made[at]

    def _make(self, row: Values) -> Any:
        return self.layout.make(row[self.start :] if self.start else row)


class Lists(Sequence[Sequence[Any]]):
    """Lists whose items are kept one after the other: all of them in `flat`, and how many each has. A list
    by itself is cut out when somebody looks at it."""

    def __init__(self, flat: Sequence[Any], sizes: Sequence[int]) -> None:
        self.flat = flat
        self.sizes = sizes

    @classmethod
    def of(cls, lists: Sequence[Sequence[Any]]) -> "Lists":
        """The same lists."""
        return lists if type(lists) is cls else cls(joined(lists), list(map(len, lists)))

    def holding(self, flat: Sequence[Any]) -> "Lists":
        """Lists as long as these, of other items."""
        return Lists(flat, self.sizes)

    @cached_property
    def _each(self) -> list[Sequence[Any]]:
        ends = accumulate(self.sizes)
        return [self.flat[end - n : end] for end, n in zip(ends, self.sizes, strict=True)]

    def __len__(self) -> int:
        return len(self.sizes)

    @overload
    def __getitem__(self, at: int) -> Sequence[Any]: ...
    @overload
    def __getitem__(self, at: slice) -> list[Sequence[Any]]: ...
    def __getitem__(self, at: int | slice) -> Any:
        return self._each[at]


def column(objects: Sequence[Any], name: str) -> Sequence[Any]:
    """An attribute of each of some objects."""
    found = objects.column(name) if type(objects) is Table else None
    return list(map(attrgetter(name), objects)) if found is None else found


def joined(lists: Sequence[Sequence[Any]]) -> Sequence[Any]:
    """Lists one after the other; tables that are alike are one table again."""
    lists = [one for one in lists if one]
    if len(lists) == 1:
        return lists[0]
    kinds = {(one.layout, one.start) if type(one) is Table else None for one in lists}
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind is None:
        return list(chain.from_iterable(lists))
    layout, start = kind
    rows = [one.rows for one in lists if isinstance(one, Table)]
    return Table.of(list(chain.from_iterable(rows)), layout, start)
