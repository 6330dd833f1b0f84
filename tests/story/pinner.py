"""A person with an app: sign-up, GraphQL and uploads over real HTTP."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx

PASSWORD = "correct-horse-battery"


class Pinner:
    """One person. What the API says of errors fails the test."""

    def __init__(self, address: str, mailbox: Path, name: str) -> None:
        self.name = name
        self._mailbox = mailbox
        self._http = httpx.Client(base_url=address, timeout=20)

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def sign_up(self) -> None:
        """The whole way: form, e-mail, link."""
        form = {"username": self.name, "email": f"{self.name}@example.com", "password": PASSWORD}
        pending = self._auth("auth/signup", form, 401)
        self._http.headers["X-Session-Token"] = pending["meta"]["session_token"]
        verified = self._auth("auth/email/verify", {"key": self._mailed_key()}, 200)
        token = verified["meta"].get("session_token", pending["meta"]["session_token"])
        del self._http.headers["X-Session-Token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def ask(self, query: str, **variables: Any) -> Any:
        """The data that the API answers with."""
        return self._data(
            self._http.post("/graphql", json={"query": query, "variables": variables})
        )

    def change(self, mutation: str, result: str, **fields: Any) -> Any:
        """A mutation's payload, or the part of it that `result` selects."""
        input_type = f"{mutation[0].upper()}{mutation[1:]}Input"
        query = (
            f"mutation($input: {input_type}!) {{ done: {mutation}(input: $input) "
            f"{{ {result} userErrors {{ field message }} }} }}"
        )
        if "file" in fields:
            return self._upload(query, fields.pop("file"))
        done = self.ask(query, input=fields)["done"]
        assert done["userErrors"] == []
        return done

    def _upload(self, query: str, content: bytes) -> Any:
        operations = {"query": query, "variables": {"input": {"file": None}}}
        form = {
            "operations": json.dumps(operations),
            "map": json.dumps({"0": ["variables.input.file"]}),
        }
        done = self._data(self._http.post("/graphql", data=form, files={"0": ("a", content)}))
        assert done["done"]["userErrors"] == []
        return done["done"]

    def _auth(self, path: str, body: dict[str, str], status: int) -> Any:
        answer = self._http.post(f"/auth/app/v1/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def _mailed_key(self) -> str:
        letters = [path.read_text() for path in self._mailbox.iterdir()]
        (mine,) = [letter for letter in letters if f"To: {self.name}@example.com" in letter]
        found = re.search(r"/verify-email/(\S+)", mine)
        assert found
        return unquote(found[1])

    def _data(self, answer: httpx.Response) -> Any:
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]


def eventually(what: Callable[[], Any], seconds: float = 30) -> Any:
    """The first true answer: workers take a moment."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.2)
    return found
