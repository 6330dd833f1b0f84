"""A list of documents, as compilers of clients write it: a JSON object of SHA-256 hashes and texts."""

import hashlib
from pathlib import Path

import orjson


def digest(text: str) -> str:
    """The SHA-256 that a document goes by."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read(file: Path) -> dict[str, str]:
    """The documents of a list by their hashes. `ValueError` with a sentence for what is none."""
    try:
        listed = orjson.loads(file.read_bytes())
    except OSError:
        raise ValueError("the file can't be read") from None
    except orjson.JSONDecodeError:
        raise ValueError("the file is not JSON") from None
    if not isinstance(listed, dict) or not all(isinstance(text, str) for text in listed.values()):
        raise ValueError("the file is no object of hashes and texts")
    for sha256, text in listed.items():
        if digest(text) != sha256:
            raise ValueError(f"{sha256[:64]} is not the SHA-256 of its text")
    return listed
