"""A timeline is built of what it keeps, and of little else."""

from django.db import connection

from apps.feed import store, timelines
from apps.follows.models import BoardFollow
from apps.pins.models import Pin
from tests.effort import effort
from tests.factories.boards import BoardFactory
from tests.factories.crowds import make_crowd
from tests.factories.media import PictureFactory

_FOLLOWED, _AT_A_TIME = 300, 60


def test_those_who_pin_many_at_a_time_make_it_no_dearer(db):
    board = BoardFactory()
    picture = PictureFactory()
    pins = [
        Pin(owner_id=one.person, board_id=one.board, picture=picture, is_listed=True)
        for one in make_crowd(board, _FOLLOWED)
        for _ in range(_AT_A_TIME)
    ]
    Pin.objects.bulk_create(pins)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rows = effort(lambda: timelines.rebuild(board.owner_id))
    left_out = BoardFollow.objects.filter(follower=board.owner_id, is_following=False)
    followed = Pin.objects.exclude(board__in=left_out.values("board"))
    newest = followed.order_by("-pk")[: store.MAX_ENTRIES]
    assert store.read(board.owner_id) == list(newest.values_list("pk", flat=True))
    assert rows < 90_000
