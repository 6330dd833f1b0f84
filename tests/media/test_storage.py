"""Where files are kept: what is configured, what is served, and large uploads on their way."""

import json
import os
import subprocess
import sys

import numpy as np
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile

from apps.media import services, store
from apps.media.imaging.sizes import Format, Size
from apps.media.models import Picture, PictureState
from tests.factories.users import UserFactory
from tests.media.samples import encode, pyvips
from tests.media.test_pictures_api import upload

KEY = store.UUID("0123456789abcdef0123456789abcdef")
S3 = """
import json, django
django.setup()
from django.core.files.storage import default_storage as storage
from apps.media import store
from apps.media.imaging.sizes import Format, Size
print(json.dumps({
    "bucket": storage.bucket_name,
    "endpoint": storage.endpoint_url,
    "region": storage.region_name,
    "overwrite": storage.file_overwrite,
    "acl": storage.default_acl,
    "cache": storage.object_parameters["CacheControl"],
    "url": store.url(store.UUID("0123456789abcdef0123456789abcdef"), 900, Size.W236, Format.WEBP),
}))
"""


def s3(**environment):
    """What a process with these variables would use; it reaches no network."""
    ran = subprocess.run(
        [sys.executable, "-c", S3],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ran.stdout)


def test_a_bucket_by_one_setting():
    found = s3(S3_BUCKET="pins", S3_REGION="eu-north-1")
    assert found["bucket"] == "pins"
    assert found["region"] == "eu-north-1"
    assert found["endpoint"] is None
    # A rendition that is written twice is one file; nothing is public but by the bucket's policy.
    assert found["overwrite"] is True
    assert found["acl"] is None
    assert found["cache"] == "public, max-age=31536000, immutable"
    address, _, query = found["url"].partition("?")
    assert address.endswith("/pictures/01/0123456789abcdef0123456789abcdef/w236.webp")
    assert "pins" in address
    assert query == ""


def test_a_bucket_of_somebody_elses_behind_a_host():
    found = s3(
        S3_BUCKET="pins",
        S3_ENDPOINT_URL="https://objects.example.com",
        S3_PUBLIC_HOST="img.example.com",
    )
    assert found["endpoint"] == "https://objects.example.com"
    assert found["url"] == (
        "https://img.example.com/pictures/01/0123456789abcdef0123456789abcdef/w236.webp"
    )


def test_addresses_on_disk():
    assert store.url(KEY, 900, Size.W236, Format.JPEG) == (
        "/media/pictures/01/0123456789abcdef0123456789abcdef/w236.jpg"
    )


def noise(width=900, height=700):
    """A picture that no format makes small."""
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    return encode(pyvips.Image.new_from_array(pixels, interpretation="srgb"), "png")


def test_an_upload_that_does_not_fit_in_memory(api, db, outbox):
    content = noise()
    assert len(content) > 1_500_000
    payload = upload(api.as_(UserFactory()), content).data["uploadPicture"]
    assert payload["userErrors"] == []
    row = Picture.objects.get()
    assert store.read_original(row.key) == content
    outbox.drain()
    row.refresh_from_db()
    assert row.state == PictureState.READY


def test_a_temporary_file_is_moved_not_copied(db):
    content = noise(800, 600)
    with TemporaryUploadedFile("noise.png", "image/png", len(content), None) as file:
        file.write(content)
        file.seek(0)
        path = file.temporary_file_path()
        services.upload_picture(owner_id=UserFactory().pk, file=file)
        assert not os.path.exists(path)
    assert store.read_original(Picture.objects.get().key) == content


FORK = """
import os, signal, sys
from apps.media.imaging.render import Rendering
data = open(sys.argv[1], "rb").read()
if (child := os.fork()) == 0:
    signal.alarm(20)
    os._exit(0 if len(list(Rendering(data).files())) == 8 else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_worker_decodes(tmp_path):
    """Celery's workers are forks of a process that has loaded libvips."""
    file = tmp_path / "picture"
    file.write_bytes(encode())
    subprocess.run([sys.executable, "-c", FORK, file], check=True)


def test_incoming_is_not_served(client, settings):
    default_storage.save("incoming/secret", store.ContentFile(b"metadata"))
    try:
        for path in ("/media/incoming/secret", "/media/pictures/../incoming/secret"):
            assert client.get(path).status_code == 404
    finally:
        default_storage.delete("incoming/secret")
