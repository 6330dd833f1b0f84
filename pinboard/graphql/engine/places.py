"""Where values stand in the answer. Worked out only for those of which something is told: errors."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

from graphql.pyutils import Path


class Frame:
    """Objects whose selection is run together: which places of the level above they fill."""

    __slots__ = ("live", "places")

    def __init__(self, places: "Places | None", live: "range | list[int]") -> None:
        self.places = places
        self.live = live

    def path(self, index: int) -> Path | None:
        """The path of an object; None of the root."""
        return None if self.places is None else self.places.path(self.live[index])

    def order(self, index: int) -> list[int]:
        """The path in numbers, which sort as the document has it."""
        return [] if self.places is None else self.places.order(self.live[index])


class Places:
    """The values of one field for the objects of a frame; or, `above` given, the items of its lists."""

    def __init__(
        self,
        values: Sequence[Any],
        field: Any,
        shape: Any,
        frame: Frame | None = None,
        *,
        above: "Places | None" = None,
    ) -> None:
        self.values = values
        self.field = field
        self.shape = shape
        self.frame = frame
        self.above = above

    @cached_property
    def _ends(self) -> list[int]:
        """Where each list above ends among the items."""
        assert self.above is not None
        return list(accumulate(0 if one is None else len(one) for one in self.above.values))

    def _list_of(self, index: int) -> tuple[int, int]:
        """The list that an item is in, and its place there."""
        number = bisect_right(self._ends, index)
        return number, index - (self._ends[number - 1] if number else 0)

    def path(self, index: int) -> Path:
        """The path of a value."""
        if self.above is None:
            assert self.frame is not None
            return Path(self.frame.path(index), self.field.key, self.field.parent_type.name)
        number, position = self._list_of(index)
        return Path(self.above.path(number), position, None)

    def order(self, index: int) -> list[int]:
        """The path in numbers, which sort as the document has it."""
        if self.above is None:
            assert self.frame is not None
            return [*self.frame.order(index), self.field.index]
        number, position = self._list_of(index)
        return [*self.above.order(number), position]

    def nulled(self, index: int) -> int:
        """How many steps of the path lead to what becomes null when this value can't be: 0 is all."""
        places: Places = self
        depth = len(self.path(index).as_list())
        while not places.shape.nullable:
            depth -= 1
            if places.above is not None:
                index, places = places._list_of(index)[0], places.above
                continue
            frame = places.frame
            if frame is None or frame.places is None:
                return 0
            index, places = frame.live[index], frame.places
        return depth
