"""Files in GraphQL, by the GraphQL multipart request specification (Jayden Seric, version 2).

A request has the form fields `operations` (the request as JSON, with null where a file belongs) and
`map` (which file goes where), then the files.
"""

import re
from typing import Any

import graphene
import orjson
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from graphql import GraphQLError

from pinboard.errors import BadInput

MAX_FILES = 10
MAX_PATHS = 100
_INDEX = re.compile(r"[0-9]{1,6}")
_SPECIFICATION = "Send it as the GraphQL multipart request specification says."


class Upload(graphene.Scalar):
    """A file, sent in a multipart request. There is no literal for it: use a variable."""

    @staticmethod
    def parse_value(value: Any) -> "UploadedFile[bytes]":
        if not isinstance(value, UploadedFile):
            raise GraphQLError(f"Expected a file. {_SPECIFICATION}")
        return value

    @staticmethod
    def parse_literal(node: Any, _variables: Any = None) -> Any:
        raise GraphQLError("A file can't be written into the document. Use a variable.")

    @staticmethod
    def serialize(value: Any) -> Any:
        raise GraphQLError("A file is for input only.")


def read_multipart(request: HttpRequest) -> dict[str, Any]:
    """The request's operation with its files put in their places."""
    operations = _object(request.POST.get("operations"), "operations")
    places = _object(request.POST.get("map"), "map")
    if len(places) > MAX_FILES:
        raise BadInput(f"The request has {len(places)} files. Send {MAX_FILES} at most.")
    for name, paths in places.items():
        file = request.FILES.get(name)
        if file is None:
            raise BadInput(f"The file `{name}` of `map` is missing. {_SPECIFICATION}")
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise BadInput(f"`map` must give lists of paths. {_SPECIFICATION}")
        if len(paths) > MAX_PATHS:
            raise BadInput(f"`map` gives a file {len(paths)} paths. Give {MAX_PATHS} at most.")
        for path in paths:
            _put(operations, path, file)
    return operations


def _object(text: str | None, name: str) -> dict[str, Any]:
    try:
        value = orjson.loads(text or "")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise BadInput(f"`{name}` must be a JSON object. {_SPECIFICATION}")
    return value


def _put(operations: dict[str, Any], path: str, file: "UploadedFile[bytes]") -> None:
    """Replace the null at `path`, such as `variables.input.file` or `variables.files.0`."""
    *way, last = path.split(".")
    target: Any = operations
    for step in way:
        target = _child(target, step)
    if not way or way[0] != "variables" or _child(target, last, missing=file) is not None:
        raise BadInput(f"`map` has the path `{path}`, but there is no null in the variables.")
    target[int(last) if isinstance(target, list) else last] = file


def _child(target: Any, step: str, missing: Any = None) -> Any:
    if isinstance(target, dict):
        return target.get(step, missing)
    if isinstance(target, list) and _INDEX.fullmatch(step) and int(step) < len(target):
        return target[int(step)]
    return missing
