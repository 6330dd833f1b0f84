"""`manage.py demo`: what it makes, that a seed decides it, and what it refuses."""

from functools import partial

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from apps.boards.models import Board
from apps.demo import bulk, delivery
from apps.demo.management.commands import demo
from apps.follows.models import PersonFollow, TopicFollow
from apps.follows.selectors import follower_counts
from apps.media.models import Picture
from apps.pins.models import Pin, PinTopic
from apps.users.models import User
from pinboard.events.models import Delivery
from tests.media.samples import encode, picture
from tests.pins.truth import assert_counts_are_true, assert_topics_are_true

PEOPLE = 6


@pytest.fixture(autouse=True)
def small(monkeypatch, capsys):
    """Few pictures: painting and shrinking them is what takes long."""
    monkeypatch.setattr(demo, "PICTURES", 5)


@pytest.fixture
def undelivered(monkeypatch):
    """For tests of what is made before anything is delivered, by which pictures get their sizes."""
    monkeypatch.setattr(delivery, "deliver_all", lambda bar: None)


@pytest.fixture
def photos(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(encode(picture(seed=number)))
    (tmp_path / "notes.txt").write_text("not a picture")
    return tmp_path


def make(seed=1, **options):
    call_command("demo", people=PEOPLE, seed=seed, **options)


def world():
    """All of it, by what people see."""
    return {
        "people": list(User.objects.order_by("pk").values_list("username", "about")),
        "boards": list(Board.objects.order_by("pk").values_list("owner__username", "name")),
        "pins": list(Pin.objects.order_by("pk").values_list("title", "board__slug", "link")),
        "pictures": [bytes(one) for one in Picture.objects.order_by("pk").values_list("sha256", flat=True)],
        "follows": set(PersonFollow.objects.values_list("follower__username", "person__username")),
    }  # fmt: skip


class _Undo(Exception):
    pass


def world_of(seed):
    """What a seed makes; nothing of it stays."""
    found = {}
    try:
        with transaction.atomic():
            make(seed)
            found = world()
            raise _Undo
    except _Undo:
        return found


def test_a_world_is_whole(db, api):
    make()
    assert User.objects.count() == PEOPLE + 1
    assert not Delivery.objects.exists()
    assert set(Picture.objects.values_list("state", flat=True)) == {"READY"}
    assert_counts_are_true()
    assert_topics_are_true()
    assert TopicFollow.objects.count() == PEOPLE * 3
    ada = User.objects.get(email="ada@pinboard.example")
    feed = api.as_(ada)("{ viewer { homeFeed { nodes { id } } } }").data["viewer"]["homeFeed"]
    assert feed["nodes"] != []


def test_a_seed_decides_all_of_it(db, undelivered):
    first = world_of(1)
    assert first == world_of(1)
    other = world_of(2)
    assert all(first[part] != other[part] for part in first)


def test_photos_are_used(db, photos):
    make(photos=photos)
    assert Picture.objects.count() == 3


def test_a_large_world_goes_by_copy_and_says_so(db, monkeypatch, capsys, api):
    monkeypatch.setattr(demo, "BY_COPY", PEOPLE)
    monkeypatch.setattr(bulk, "fill", partial(bulk.fill, pictures=6))
    make()
    assert f"{PEOPLE} people: by COPY" in capsys.readouterr().out
    assert Pin.objects.count() == PEOPLE * 30
    assert_counts_are_true()
    assert_topics_are_true()
    assert PinTopic.objects.exists()
    people = list(User.objects.filter(is_staff=False).values_list("pk", flat=True))
    assert follower_counts(people).get() == [
        PersonFollow.objects.filter(person_id=p).count() for p in people
    ]
    ada = User.objects.get(email="ada@pinboard.example")
    answer = api.as_(ada)("{ viewer { homeFeed(first: 5) { nodes { picture { state } } } } }")
    assert answer.data["viewer"]["homeFeed"]["nodes"] == [{"picture": {"state": "READY"}}] * 5


def test_a_second_world_is_refused_or_left_alone(db, undelivered):
    make()
    with pytest.raises(CommandError, match="There is a demo world already"):
        make()
    call_command("demo", if_empty=True)
    assert User.objects.count() == PEOPLE + 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"people": 1}, "A world needs two people"),
        ({"photos": "/nowhere"}, "is not a folder"),
        ({"photos": "empty"}, "holds no pictures"),
    ],
)
def test_what_is_refused(db, tmp_path, options, says):
    if options.get("photos"):
        options = {"photos": tmp_path / options["photos"].strip("/")}
        if says == "holds no pictures":
            options["photos"].mkdir()
    with pytest.raises(CommandError, match=says):
        call_command("demo", **options)
    assert not User.objects.exists()


def test_production_is_no_place_for_it(db, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="no place in production"):
        make()
