"""Shapes: how the values of a position are completed, for all of its objects at once.

Each returns what belongs into the answer, one for one. A value that can't be completed is noted with
the run and leaves None; `outcome` sees later what else becomes null for it.
"""

from typing import Any

from graphql import GraphQLList, GraphQLNonNull, is_abstract_type, is_leaf_type

from pinboard.graphql.engine.shapes.base import Shape
from pinboard.graphql.engine.shapes.leaves import LeafShape
from pinboard.graphql.engine.shapes.lists import ListShape
from pinboard.graphql.engine.shapes.objects import AbstractShape, ObjectShape


def shape_of(of_type: Any, field: Any) -> Shape:
    """The shape of a type at a field's position."""
    nullable = not isinstance(of_type, GraphQLNonNull)
    if not nullable:
        of_type = of_type.of_type
    if isinstance(of_type, GraphQLList):
        return ListShape(field, nullable, shape_of(of_type.of_type, field))
    if is_leaf_type(of_type):
        return LeafShape(field, nullable, of_type)
    if is_abstract_type(of_type):
        return AbstractShape(field, nullable, of_type)
    return ObjectShape(field, nullable, of_type)
