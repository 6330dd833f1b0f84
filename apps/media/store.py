"""Pictures' files in Django's storage: on disk or in S3.

    incoming/KEY                       what was uploaded, until a worker has seen it: never served
    pictures/KE/KEY/w236.webp          what is served, for ever the same under one name

`KEY` is 32 hexadecimal digits, random.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, default_storage, storages

from apps.media.imaging.render import File as Rendition
from apps.media.imaging.sizes import Format, Size, file_name, kept_name

_INCOMING = "incoming"


def put_original(key: UUID, file: "File[bytes]") -> None:
    """Keep an upload for the worker."""
    default_storage.save(_original(key), file)


def read_original(key: UUID) -> bytes:
    """The bytes of an upload. `FileNotFoundError` when they are gone."""
    with default_storage.open(_original(key)) as file:
        content: bytes = file.read()
    return content


def drop_original(key: UUID) -> None:
    """Delete an upload; no error when it is gone."""
    default_storage.delete(_original(key))


def originals_before(moment: datetime) -> Iterator[UUID]:
    """The keys of uploads that were stored before `moment`."""
    try:
        _, names = default_storage.listdir(_INCOMING)
    except FileNotFoundError:
        return
    for name in names:
        if default_storage.get_modified_time(f"{_INCOMING}/{name}") < moment:
            yield UUID(hex=name)


def put_rendition(key: UUID, rendition: Rendition) -> None:
    """Keep one rendition."""
    default_storage.save(f"{_folder(key)}/{rendition.name}", ContentFile(rendition.content))


def drop_renditions(key: UUID) -> None:
    """Delete all renditions that there may be; no error for those that are gone."""
    for size in Size:
        for format in Format:
            default_storage.delete(f"{_folder(key)}/{file_name(size, format)}")
    # On disk the empty folder is left; S3 has none, and deleting what is not there is no error.
    default_storage.delete(_folder(key))


def url(key: UUID, width: int, size: Size, format: Format) -> str:
    """Where a rendition of a picture of `width` is served. Asks neither storage nor database."""
    return f"{address()}{folder(key)}/{kept_name(size, format, width)}"


def address() -> str:
    """Where renditions are served from."""
    return _address(storages["default"])


@lru_cache(maxsize=4)
def _address(storage: Storage) -> str:
    """Where a storage serves pictures from: its own answer costs more than all the rest of a page."""
    return storage.url("pictures/")


def _original(key: UUID) -> str:
    return f"{_INCOMING}/{key.hex}"


def _folder(key: UUID) -> str:
    return f"pictures/{folder(key)}"


def folder(key: UUID) -> str:
    """Where the renditions of a picture are under `address`."""
    name = key.hex
    return f"{name[:2]}/{name}"
