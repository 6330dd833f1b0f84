"""One HTTP exchange over a socket of its own, with no client in between that would put things right."""

import json
import socket
from dataclasses import dataclass
from http.client import HTTPResponse, RemoteDisconnected

SECONDS = 20
# A stream that has something to tell does it at once.
STREAM_SECONDS = 0.3


@dataclass(frozen=True)
class Request:
    """What is sent. `is_cut`: the connection ends before its body does."""

    method: str
    target: str
    headers: tuple[tuple[str, bytes], ...]
    body: bytes
    is_cut: bool = False

    def __bytes__(self):
        length = len(self.body) + (10 if self.is_cut else 0)
        headers = [*self.headers, ("Content-Length", str(length).encode())]
        lines = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in headers)
        return f"{self.method} {self.target} HTTP/1.1\r\n".encode() + lines + b"\r\n" + self.body


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    media_type: str
    text: str

    @property
    def bodies(self):
        """The GraphQL answers in it: one, or those of a stream as far as it was read."""
        if self.media_type != "text/event-stream":
            return [json.loads(self.text)]
        whole = self.text.rpartition("\n\n")[0].split("\n\n")
        return [
            json.loads(event.removeprefix("event: next\ndata: "))
            for event in whole
            if event not in ("event: complete\ndata: ", ":", "")
        ]


def exchange(port, request):
    """The answer; None where a request was cut and the server said nothing of it."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        try:
            connection.sendall(bytes(request))
            if request.is_cut:
                connection.shutdown(socket.SHUT_WR)
            response = HTTPResponse(connection, method=request.method)
            response.begin()
        except (RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            assert request.is_cut, "the server hung up"
            return None
        media_type = response.headers.get("Content-Type", "").partition(";")[0]
        read = _events if media_type == "text/event-stream" else HTTPResponse.read
        if media_type == "text/event-stream":
            connection.settimeout(STREAM_SECONDS)
        return Answer(response.status, media_type, read(response).decode())


def _events(response):
    """A stream, up to where it ends or pauses."""
    content = b""
    try:
        while some := response.read1():
            content += some
    except TimeoutError:
        pass
    return content
