"""What happens to pictures behind the API: workers, failures, two at once, clean-up."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from apps.media import handlers, services, store
from apps.media.events import PictureBroken, PictureDeleted, PictureReady, PictureUploaded
from apps.media.models import Avatar, Picture, PictureState, PictureUpload
from apps.media.services import cleaning
from pinboard.errors import Invalid, Reason
from pinboard.events import outbox as kernel_outbox
from pinboard.events.models import Delivery, Event
from tests.factories.media import PictureFactory, uploaded
from tests.factories.users import UserFactory
from tests.media.samples import encode, picture

pytestmark = pytest.mark.usefixtures("empty_storage")

PAST = datetime.now(UTC) - timedelta(minutes=1)


def files(folder=""):
    """All files in storage, by path."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return set()
    inner = [files(f"{folder}/{one}" if folder else one) for one in folders]
    return {f"{folder}/{name}" for name in names}.union(*inner)


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


def upload(owner, content=None):
    return services.upload_picture(owner_id=owner.pk, file=uploaded(content or encode()))


# --- workers ----------------------------------------------------------------------------------


def test_processing_twice_is_as_once(ada, outbox):
    id = upload(ada)
    event = PictureUploaded(id)
    handlers.process(event)
    once = (files("pictures"), Picture.objects.values().get())
    handlers.process(event)
    assert (files("pictures"), Picture.objects.values().get()) == once
    assert outbox.published(PictureReady) == [PictureReady(id)]
    assert len(once[0]) == 8


def test_a_worker_that_died_half_way_is_made_up_for(ada):
    id = upload(ada)
    row = Picture.objects.get()
    default_storage.save(f"pictures/{row.key.hex[:2]}/{row.key.hex}/w236.webp", uploaded(b"half"))
    handlers.process(PictureUploaded(id))
    assert len(files("pictures")) == 8
    path = store.url(row.key, 320, *_w236_webp()).removeprefix("/media/")
    assert default_storage.size(path) > 4


def _w236_webp():
    return store.Size.W236, store.Format.WEBP


def test_storage_that_is_away_is_tried_again(ada, outbox, tmp_path):
    id = upload(ada)
    pictures = tmp_path / "pictures"
    pictures.write_text("a file where the folder belongs")
    delivery = Delivery.objects.get()
    assert not kernel_outbox.deliver(delivery.pk)
    assert Picture.objects.get().state == PictureState.PROCESSING
    assert "Error at " in Delivery.objects.get().last_error
    pictures.unlink()
    outbox.drain()
    assert Picture.objects.get(pk=id).state == PictureState.READY


def test_an_original_that_was_lost_can_be_sent_again(ada, outbox):
    content = encode()
    id = upload(ada, content)
    store.drop_original(Picture.objects.get().key)
    outbox.drain()
    assert Picture.objects.get().state == PictureState.BROKEN
    assert outbox.published(PictureBroken) == [PictureBroken(id)]
    assert upload(ada, content) == id
    outbox.drain()
    assert Picture.objects.get().state == PictureState.READY


def test_an_original_that_waits_again_is_kept(ada):
    whole = encode(picture(400, 300), "png")
    content = whole[: len(whole) // 2]
    id = upload(ada, content)
    handlers.process(PictureUploaded(id))
    upload(ada, content)
    # Late news of the first try.
    handlers.discard_original_of_broken(PictureBroken(id))
    assert len(files("incoming")) == 1


def test_news_of_a_picture_that_is_gone(db):
    handlers.process(PictureUploaded(2**40))
    handlers.discard_original_of_ready(PictureReady(2**40))
    handlers.discard_renditions(PictureDeleted(2**40, "0" * 32))
    assert files() == set()


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_from_many_at_once():
    people = [UserFactory() for _ in range(6)]
    content = encode(picture(seed=5))
    barrier = threading.Barrier(len(people))
    ids, failures = [], []

    def send(person):
        try:
            barrier.wait()
            ids.append(upload(person, content))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(ids) == 6
    assert len(set(ids)) == 1
    assert Picture.objects.count() == 1
    assert PictureUpload.objects.count() == 6
    assert Event.objects.filter(name="media.PictureUploaded").count() == 1
    assert files() == {f"incoming/{Picture.objects.get().key.hex}"}


# --- use --------------------------------------------------------------------------------------


def test_use(ada):
    mine, foreign = PictureFactory(owner=ada), PictureFactory()
    services.use_picture(owner_id=ada.pk, picture_id=mine.pk)
    with pytest.raises(Invalid) as caught:
        services.use_picture(owner_id=ada.pk, picture_id=foreign.pk, field="cover")
    [problem] = caught.value.problems
    assert (problem.field, problem.reason) == (("cover",), Reason.NOT_FOUND)


# --- clean-up ---------------------------------------------------------------------------------


def test_a_picture_that_nothing_uses_goes_after_a_day(ada, outbox):
    id = upload(ada)
    outbox.drain()
    assert services.delete_unused_pictures() == 0
    due = Picture.objects.get().check_at - datetime.now(UTC)
    assert timedelta(hours=23) < due <= timedelta(days=1)
    Picture.objects.update(check_at=PAST)
    assert services.delete_unused_pictures() == 1
    assert not Picture.objects.exists()
    assert not PictureUpload.objects.exists()
    assert len(files()) == 8
    outbox.drain()
    assert files() == set()
    assert [event.picture_id for event in outbox.published(PictureDeleted)] == [id]


def test_a_picture_in_use_stays_until_it_is_released(ada):
    used = PictureFactory(owner=ada, check_at=PAST)
    services.set_avatar(user_id=ada.pk, picture_id=used.pk)
    assert services.delete_unused_pictures() == 0
    assert Picture.objects.get().check_at is None
    services.set_avatar(user_id=ada.pk, picture_id=None)
    assert Picture.objects.get().check_at > datetime.now(UTC) + timedelta(hours=23)
    Picture.objects.update(check_at=PAST)
    assert services.delete_unused_pictures() == 1


def test_every_table_that_refers_to_a_picture_uses_it():
    tables = {relation.related_model._meta.label for relation in cleaning._relations()}
    assert tables >= {"media.Avatar", "pins.Pin"}
    assert "media.PictureUpload" not in tables


@pytest.mark.parametrize("pictures", [2, 40])
def test_looking_costs_the_same_for_many(db, pictures, django_assert_num_queries):
    for _ in range(pictures):
        Avatar.objects.create(user=UserFactory(), picture=PictureFactory(check_at=PAST))
    with django_assert_num_queries(5):
        assert services.delete_unused_pictures() == 0


def test_sent_again_is_a_day_more(ada):
    content = encode()
    upload(ada, content)
    Picture.objects.update(check_at=PAST, state=PictureState.READY)
    upload(ada, content)
    assert services.delete_unused_pictures() == 0
    assert Picture.objects.count() == 1


def test_what_is_stuck_is_given_up(ada, outbox):
    id = upload(ada)
    assert services.give_up_stuck_pictures() == 0
    Picture.objects.update(check_at=PAST)
    assert services.delete_unused_pictures() == 0
    assert services.give_up_stuck_pictures() == 1
    assert Picture.objects.get().state == PictureState.BROKEN
    assert outbox.published(PictureBroken) == [PictureBroken(id)]
    outbox.drain()
    assert files() == set()


def test_uploads_of_failed_transactions_are_swept(ada, monkeypatch):
    upload(ada)
    stray = store.UUID(int=1)
    store.put_original(stray, uploaded(b"left behind"))
    assert services.delete_stray_originals() == 0
    monkeypatch.setattr(cleaning, "STRAY_AFTER", timedelta(0))
    assert services.delete_stray_originals() == 1
    assert files() == {f"incoming/{Picture.objects.get().key.hex}"}


def test_a_person_who_goes_leaves_nothing(ada):
    shared, own = PictureFactory(owner=ada, check_at=None), PictureFactory(owner=ada)
    eve = UserFactory()
    PictureUpload.objects.create(picture=shared, owner=eve)
    Avatar.objects.create(user=ada, picture=own)
    Avatar.objects.create(user=eve, picture=shared)
    services.forget_person(user_id=ada.pk)
    assert not PictureUpload.objects.filter(owner=ada).exists()
    assert not Avatar.objects.filter(user=ada).exists()
    Picture.objects.update(check_at=PAST)
    assert services.delete_unused_pictures() == 1
    assert Picture.objects.get() == shared
