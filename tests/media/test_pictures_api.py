"""Uploading, seeing and using pictures through the API."""

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from apps.media.events import AvatarChanged, PictureReady, PictureUploaded
from apps.media.imaging.refusals import MAX_BYTES
from apps.media.models import Avatar, Picture, PictureUpload
from apps.media.services import uploading
from tests.api import Api
from tests.factories.media import PictureFactory
from tests.factories.users import UserFactory
from tests.media.samples import animation, encode, picture, png_that_claims, read

pytestmark = pytest.mark.usefixtures("empty_storage")

UPLOAD = """
mutation Upload($input: UploadPictureInput!) {
  uploadPicture(input: $input) {
    clientMutationId
    picture { id state reason message width height isAnimated dominantColor thumbhash
              image(size: W236) { url } }
    userErrors { field message code }
  }
}
"""
PICTURE = """
query Picture($id: ID!) {
  node(id: $id) {
    ... on Picture {
      state reason message width height isAnimated dominantColor thumbhash
      webp: image(size: W474) { url width height }
      jpeg: image(size: W1200, format: JPEG) { url width height }
      crop: image(size: CROP_400X300) { url width height }
    }
  }
}
"""
NODE = "query($id: ID!) { node(id: $id) { id } }"
SET_AVATAR = """
mutation Avatar($input: SetAvatarInput!) {
  setAvatar(input: $input) {
    viewer { username avatar { id } }
    user { username }
    userErrors { field message code }
  }
}
"""
AVATARS = """
query Avatars($ids: [ID!]!) {
  nodes(ids: $ids) { ... on User { username avatar { id image(size: CROP_150X150) { url } } } }
}
"""


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def eve(db):
    return UserFactory(username="eve")


def upload(api, content, name="picture.jpg", **input):
    return api.upload(
        UPLOAD, {"variables.input.file": (name, content)}, input={"file": None, **input}
    )


def uploaded_id(api, content):
    return upload(api, content).data["uploadPicture"]["picture"]["id"]


def test_from_upload_to_image(api, ada, outbox):
    mine = api.as_(ada)
    payload = upload(mine, encode(picture(640, 480), "png"), "any.txt").data["uploadPicture"]
    assert payload["userErrors"] == []
    id = payload["picture"].pop("id")
    assert payload["picture"] == {
        "state": "PROCESSING",
        "reason": None,
        "message": None,
        "width": 640,
        "height": 480,
        "isAnimated": False,
        "dominantColor": None,
        "thumbhash": None,
        "image": None,
    }
    assert outbox.published(PictureUploaded) == [PictureUploaded(int(id))]
    outbox.drain()
    assert outbox.published(PictureReady) == [PictureReady(int(id))]

    found = mine(PICTURE, id=id).data["node"]
    row = Picture.objects.get()
    folder = f"/media/pictures/{row.key.hex[:2]}/{row.key.hex}"
    assert found == {
        "state": "READY",
        "reason": None,
        "message": None,
        "width": 640,
        "height": 480,
        "isAnimated": False,
        "dominantColor": row.dominant_color,
        "thumbhash": row.thumbhash,
        "webp": {"url": f"{folder}/w474.webp", "width": 474, "height": 356},
        # Never enlarged: the next size that holds it whole.
        "jpeg": {"url": f"{folder}/w736.jpg", "width": 640, "height": 480},
        "crop": {"url": f"{folder}/crop_400x300.webp", "width": 400, "height": 300},
    }
    assert row.dominant_color.startswith("#")
    assert len(row.thumbhash) >= 20
    assert row.phash is not None
    assert row.mime == "image/png"
    for image in (found["webp"], found["jpeg"], found["crop"]):
        with default_storage.open(image["url"].removeprefix("/media/")) as file:
            content = read(file.read())
        assert (content.width, content.height) == (image["width"], image["height"])
    # What was uploaded may say where its maker lives: it is gone.
    assert default_storage.listdir("incoming") == ([], [])


def test_an_animation_is_flagged(api, ada, outbox):
    mine = api.as_(ada)
    id = uploaded_id(mine, animation())
    outbox.drain()
    found = mine(PICTURE, id=id).data["node"]
    assert (found["state"], found["isAnimated"]) == ("READY", True)


@pytest.mark.parametrize(
    ("made", "code", "part"),
    [
        (lambda: b"", "UNSUPPORTED", "Send a JPEG, PNG, WebP, GIF or AVIF picture."),
        (lambda: b"<svg/>", "UNSUPPORTED", "Send a JPEG, PNG, WebP, GIF or AVIF picture."),
        (lambda: b"%PDF-1.4", "UNSUPPORTED", "Send a JPEG, PNG, WebP, GIF or AVIF picture."),
        (lambda: encode(kind="tif"), "UNSUPPORTED", "Send a JPEG, PNG, WebP, GIF or AVIF picture."),
        (lambda: png_that_claims(49, 200), "TOO_SHORT", "at least 50 pixels"),
        (lambda: png_that_claims(60_000, 60_000), "TOO_LONG", "100 megapixels"),
        (lambda: png_that_claims(50, 10_001), "INVALID", "Crop it"),
        (lambda: encode(kind="png")[:20], "INVALID", "damaged"),
        (lambda: encode() + bytes(MAX_BYTES), "TOO_LONG", "32 MB"),
    ],
    ids=["empty", "svg", "pdf", "tiff", "small", "bomb", "narrow", "cut", "large"],
)
def test_refused_at_once(api, ada, outbox, made, code, part):
    payload = upload(api.as_(ada), made()).data["uploadPicture"]
    assert payload["picture"] is None
    [error] = payload["userErrors"]
    assert (error["field"], error["code"]) == (["file"], code)
    assert part in error["message"]
    assert not Picture.objects.exists()
    assert outbox.published(PictureUploaded) == []


def test_broken_pixels_end_in_a_state_with_a_reason(api, ada, outbox):
    mine = api.as_(ada)
    whole = encode(picture(400, 300), "png")
    id = uploaded_id(mine, whole[: len(whole) // 2])
    assert outbox.drain() == 3
    found = mine(PICTURE, id=id).data["node"]
    assert (found["state"], found["reason"]) == ("BROKEN", "BROKEN")
    assert found["message"].startswith("The file is damaged")
    assert found["webp"] is None
    assert default_storage.listdir("incoming") == ([], [])


def test_broken_bytes_sent_again_are_tried_again(api, ada, outbox):
    mine = api.as_(ada)
    whole = encode(picture(400, 300), "png")
    id = uploaded_id(mine, whole[: len(whole) // 2])
    outbox.drain()
    again = upload(mine, whole[: len(whole) // 2]).data["uploadPicture"]["picture"]
    assert (again["id"], again["state"], again["reason"]) == (id, "PROCESSING", None)
    assert outbox.drain() == 3
    assert mine(PICTURE, id=id).data["node"]["state"] == "BROKEN"


def test_the_same_bytes_are_one_picture(api, ada, eve, outbox):
    content = encode(picture(seed=7))
    first = uploaded_id(api.as_(ada), content)
    outbox.drain()
    again = upload(api.as_(ada), content).data["uploadPicture"]["picture"]
    others = upload(api.as_(eve), content, "other.jpg").data["uploadPicture"]["picture"]
    assert (again["id"], again["state"]) == (first, "READY")
    assert (others["id"], others["state"]) == (first, "READY")
    assert Picture.objects.count() == 1
    assert set(PictureUpload.objects.values_list("owner__username", flat=True)) == {"ada", "eve"}
    assert len(outbox.published(PictureUploaded)) == 1


def test_one_file_may_be_given_to_two_fields(api, ada):
    query = """mutation($file: Upload!) {
      one: uploadPicture(input: {file: $file}) { picture { id } userErrors { code } }
      other: uploadPicture(input: {file: $file}) { picture { id } userErrors { code } } }"""
    done = api.as_(ada).upload(query, {"variables.file": ("a.jpg", encode())}, file=None).data
    assert done["one"]["userErrors"] == []
    assert done["other"] == done["one"]


def test_a_retry_happens_once(api, ada, outbox):
    mine, content = api.as_(ada), encode()
    answers = [
        upload(mine, content, clientMutationId="one").data["uploadPicture"] for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(outbox.published(PictureUploaded)) == 1


def test_a_picture_is_its_uploaders(api, ada, eve):
    id = uploaded_id(api.as_(ada), encode())
    assert api.as_(ada)(NODE, id=id).data["node"] == {"id": id}
    assert api.as_(eve)(NODE, id=id).data["node"] is None
    assert api(NODE, id=id).data["node"] is None


def test_nobody_uploads_nothing(api):
    answer = upload(Api(Client()), encode())
    assert answer.codes == ["UNAUTHENTICATED"]
    assert not Picture.objects.exists()


def test_only_so_many_may_wait(api, ada, monkeypatch, outbox):
    monkeypatch.setattr(uploading, "MAX_WAITING", 2)
    mine = api.as_(ada)
    for seed in (1, 2):
        uploaded_id(mine, encode(picture(seed=seed)))
    [error] = upload(mine, encode(picture(seed=3))).data["uploadPicture"]["userErrors"]
    assert (error["field"], error["code"]) == (["file"], "LIMIT_REACHED")
    outbox.drain()
    assert upload(mine, encode(picture(seed=3))).data["uploadPicture"]["userErrors"] == []


def test_avatar(api, ada, outbox):
    mine = api.as_(ada)
    id = str(PictureFactory(owner=ada).pk)
    payload = mine(SET_AVATAR, input={"pictureId": id}).data["setAvatar"]
    assert payload == {
        "viewer": {"username": "ada", "avatar": {"id": id}},
        "user": {"username": "ada"},
        "userErrors": [],
    }
    # Again is no change.
    mine(SET_AVATAR, input={"pictureId": id})
    assert outbox.published(AvatarChanged) == [AvatarChanged(ada.pk)]
    payload = mine(SET_AVATAR, input={"pictureId": None}).data["setAvatar"]
    assert payload["viewer"]["avatar"] is None
    assert not Avatar.objects.exists()
    assert len(outbox.published(AvatarChanged)) == 2


def test_an_avatar_is_a_whole_picture_of_ones_own(api, ada, eve):
    theirs = PictureFactory(owner=eve)
    broken = PictureFactory(owner=ada, state="BROKEN", reason="TOO_MANY_PIXELS")
    mine = api.as_(ada)
    errors = [
        mine(SET_AVATAR, input={"pictureId": str(one.pk)}).data["setAvatar"]["userErrors"][0]
        for one in (theirs, broken)
    ]
    assert [(error["field"], error["code"]) for error in errors] == [
        (["pictureId"], "NOT_FOUND"),
        (["pictureId"], "INVALID"),
    ]
    assert "megapixels" in errors[1]["message"]
    assert not Avatar.objects.exists()


@pytest.mark.parametrize("people", [1, 12])
def test_avatars_cost_one_statement(api, people):
    ids = []
    for _ in range(people):
        user = UserFactory()
        Avatar.objects.create(user=user, picture=PictureFactory())
        ids.append(str(user.pk))
    answer = api(AVATARS, ids=ids)
    assert all(node["avatar"]["image"]["url"] for node in answer.data["nodes"])
    # People, their avatars; addresses cost none.
    assert len(answer.statements) == 2


def test_a_picture_costs_one_statement(api, ada):
    mine = api.as_(ada)
    id = str(PictureFactory(owner=ada).pk)
    mine("{ __typename }")  # from now on it is known who asks
    bare = len(mine("{ __typename }").statements)
    assert len(mine(PICTURE, id=id).statements) == bare + 1
