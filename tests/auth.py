"""A client of `/auth/`, django-allauth's headless API."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.core import mail
from django.http import HttpResponse
from django.test import Client

PASSWORD = "correct-horse-battery"


def person(name: str) -> dict[str, str]:
    """What a person of that name signs up with."""
    return {"username": name, "email": f"{name}@example.com", "password": PASSWORD}


def session_of(user: Any) -> str:
    """The key of a session of somebody who is logged in, which is a bearer token too."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def mailed_key(page: str) -> str:
    """The key in the link to `page` of the latest e-mail."""
    found = re.search(rf"/{page}/(\S+)", mail.outbox[-1].body)
    assert found, mail.outbox[-1].body
    return unquote(found[1])


@dataclass
class Auth:
    """Sends requests as an app client (with a session token) or as a browser (with cookies)."""

    kind: str = "app"
    client: Client = field(default_factory=Client)
    token: str | None = None

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """One request; an app client keeps the session token that it gets."""
        if self.token:
            headers["X-Session-Token"] = self.token
        response = self.client.generic(
            method,
            f"/auth/{self.kind}/v1/{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers=headers,
        )
        if self.kind == "app":
            self.token = self._meta(response).get("session_token", self.token)
        return response

    def post(self, path: str, **body: Any) -> HttpResponse:
        return self.send("POST", path, body)

    def sign_up(self, name: str, **changes: str) -> HttpResponse:
        return self.post("auth/signup", **{**person(name), **changes})

    def verify(self) -> HttpResponse:
        """Follow the link in the latest e-mail."""
        return self.post("auth/email/verify", key=mailed_key("verify-email"))

    def log_in(self, password: str = PASSWORD, **credentials: str) -> HttpResponse:
        return self.post("auth/login", password=password, **credentials)

    def _meta(self, response: HttpResponse) -> dict[str, Any]:
        if not response.headers.get("Content-Type", "").startswith("application/json"):
            return {}
        return json.loads(response.content).get("meta", {})


def problems(response: HttpResponse) -> list[tuple[str | None, str]]:
    """The errors of an answer: parameter and code."""
    errors = json.loads(response.content).get("errors", [])
    return [(error.get("param"), error["code"]) for error in errors]


def pending(response: HttpResponse) -> list[str]:
    """The steps that an unfinished log-in waits for."""
    flows = json.loads(response.content)["data"]["flows"]
    return [flow["id"] for flow in flows if flow.get("is_pending")]
