"""A client of the GraphQL API, over HTTP through the whole stack."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


@dataclass
class Answer:
    """A response: `data`, `errors`, and how many SQL statements it cost."""

    status: int
    body: dict[str, Any]
    statements: list[str]

    @property
    def data(self) -> Any:
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def codes(self) -> list[str]:
        """The codes of the top-level errors."""
        return [error["extensions"]["code"] for error in self.body.get("errors", [])]


@dataclass
class Api:
    """Sends operations as one person, or as nobody."""

    client: Client = field(default_factory=Client)

    def as_(self, user: Any) -> "Api":
        """A client of its own that is logged in as `user`, by session cookie."""
        client = Client()
        client.force_login(user)
        return Api(client)

    @property
    def session(self) -> str:
        """The key of the session."""
        return self.client.cookies[settings.SESSION_COOKIE_NAME].value

    def __call__(self, query: str, **variables: Any) -> Answer:
        return self.send({"query": query, "variables": variables})

    def send(self, body: Any, **headers: str) -> Answer:
        """POST a body as it is."""
        with CaptureQueriesContext(connection) as captured:
            response = self.client.post(
                "/graphql", json.dumps(body), content_type="application/json", headers=headers
            )
        statements = [query["sql"] for query in captured.captured_queries]
        return Answer(response.status_code, json.loads(response.content), statements)

    def upload(self, query: str, files: dict[str, tuple[str, bytes]], **variables: Any) -> Answer:
        """POST files by the multipart specification; `files`: path in the request to (name, bytes)."""
        form: dict[str, Any] = {
            "operations": json.dumps({"query": query, "variables": variables}),
            "map": json.dumps({str(n): [path] for n, path in enumerate(files)}),
        }
        for number, (name, content) in enumerate(files.values()):
            form[str(number)] = SimpleUploadedFile(name, content)
        with CaptureQueriesContext(connection) as captured:
            response = self.client.post("/graphql", form)
        statements = [query["sql"] for query in captured.captured_queries]
        return Answer(response.status_code, json.loads(response.content), statements)
