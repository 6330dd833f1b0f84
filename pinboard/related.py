"""What is wanted of a page's records, and what comes along with them, so that it need not be read later.

It is `only` and `select_related` for records. Whoever asks says what is `Wanted`. A listing joins the
tables of what its records lead to, and each record brings the ones that it is related to; a resolver
takes what is there and reads the rest. A record of which no more is wanted than its loader's `brief`
columns has these alone, and another attribute of it is an `AttributeError`.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from django.db.models.expressions import Combinable

from pinboard.table import Layout, Make, Reader, Table, places


@dataclass(frozen=True, eq=False)
class Wanted:
    """What is asked of records, at one place of a plan. `columns`: their attributes, None where it can't be
    told which. `related`: by the names that their loader has for it, what is asked of that."""

    columns: frozenset[str] | None = None
    related: "Mapping[str, Wanted]" = field(default_factory=dict)

    @property
    def is_id_alone(self) -> bool:
        """Whether it is no more than their ids."""
        return self.is_within(("id",)) and not self.related

    def is_within(self, columns: Sequence[str]) -> bool:
        """Whether no other columns are asked for than these."""
        return self.columns is not None and self.columns.issubset(columns)

    @classmethod
    def both(cls, many: "Iterable[Wanted]") -> "Wanted":
        """What any of them asks for."""
        many = list(many)
        columns = [one.columns for one in many]
        names = sorted(set(chain.from_iterable(one.related for one in many)))
        return cls(
            None if None in columns else frozenset().union(*filter(None, columns)),
            {n: cls.both(one.related[n] for one in many if n in one.related) for n in names},
        )


EVERYTHING = Wanted()
NOTHING = Wanted(frozenset())


class Columns:
    """The columns of a kind of record, all or the brief ones, and what makes a record of their values."""

    def __init__(self, names: tuple[str, ...], make: Make) -> None:
        self.names = names
        self.layout = Layout(places(names), lambda values: make(values[: len(names)]))


class Breadth(NamedTuple):
    """Which columns are read, of records and of what they bring: what a statement's text depends on."""

    is_brief: bool
    related: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class RelatedRecord:
    """A record at the end of a foreign key, seen by whoever sees what leads to it. `columns`: those that it
    has, or the brief ones; its id is the first."""

    path: str
    columns: Callable[[bool], Columns]

    def is_brief_for(self, wanted: Wanted) -> bool:
        """Whether the brief columns are enough."""
        return wanted.is_within(self.columns(True).names)

    def expressions(self, *, is_brief: bool) -> list[Any]:
        """What to select: its columns."""
        return [f"{self.path}__{name}" for name in self.columns(is_brief).names]

    def reader(self, start: int, *, is_brief: bool) -> Reader:
        """What gives the records of rows in which the expressions begin at `start`; None where the foreign
        key leads nowhere."""
        layout = self.columns(is_brief).layout

        def read(rows: Table) -> Sequence[Any]:
            ids, found = rows.at(start), rows.within(start, layout)
            if None not in ids:
                return found
            return [None if id is None else one for one, id in zip(found, ids, strict=True)]

        return read


@dataclass(frozen=True)
class RelatedValue:
    """A value that an expression gives."""

    expression: Combinable

    def is_brief_for(self, _wanted: Wanted) -> bool:
        """A value is no wider for whatever is asked."""
        return False

    def expressions(self, *, is_brief: bool) -> list[Any]:
        """What to select."""
        return [self.expression]

    def reader(self, start: int, *, is_brief: bool) -> Reader:
        """What gives the values of rows in which the expression is at `start`."""
        return lambda rows: rows.at(start)


Related = RelatedRecord | RelatedValue


class Bringing:
    """Makes records that bring some of their related ones; `related` takes these out."""

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        related: Sequence[tuple[Related, str, bool]],
    ) -> None:
        """`related`: what comes along, its name, and whether it is brief."""
        self.expressions: list[Any] = list(columns)
        readers: dict[str, Reader] = {}
        for one, its_name, is_brief in related:
            readers[its_name] = one.reader(len(self.expressions), is_brief=is_brief)
            self.expressions += one.expressions(is_brief=is_brief)
        # A record is the whole row: what comes along stands behind its columns, without a name.
        nameless = [""] * (len(self.expressions) - len(columns))
        record = namedtuple(name, [*columns, *nameless], rename=True)  # type: ignore[misc]
        bringing = type(name, (record,), {"__slots__": ()})
        self.layout = Layout(places(columns), partial(tuple.__new__, bringing), readers)
        bringing.layout = self.layout  # type: ignore[attr-defined]


def related(records: Sequence[Any], name: str) -> Sequence[Any] | None:
    """What these records brought along as `name`; None where they brought none, or not all the same."""
    if type(records) is not Table:
        layouts = {getattr(one, "layout", None) for one in records}
        layout = layouts.pop() if len(layouts) == 1 else None
        if layout is None:
            return None
        records = Table.of(records, layout)
    return records.column(name)
