"""What the feeds show in a random history, held against the model (`tests.feed.model`)."""

from contextlib import suppress

from django.db import connection, reset_queries

from apps.feed.selectors import following_feed
from pinboard.events import outbox
from pinboard.events.models import Delivery
from pinboard.paging import Window
from tests.api import Api
from tests.factories.boards import BoardFactory
from tests.factories.users import UserFactory
from tests.feed.model import Model

PEOPLE, BOARDS_EACH = 4, 2
ADA = 0  # who reads by the API after each step, and is never suspended

FEEDS = """
{ viewer {
  followingFeed(first: 100) { nodes { id } }
  homeFeed(first: 100) { edges { cursor node { id } } }
} }
"""
PAGE = """
query($after: String!) {
  viewer { homeFeed(first: 3, after: $after) {
    edges { cursor node { id } } pageInfo { hasNextPage }
  } }
}
"""


class World:
    """Four people with two boards each, and somebody of the staff: the same in each history."""

    def __init__(self):
        users = [UserFactory() for _ in range(PEOPLE)]
        self.people = [user.pk for user in users]
        self.boards = [BoardFactory(owner=user) for user in users for _ in range(BOARDS_EACH)]
        self.staff = UserFactory(is_staff=True).pk
        self.api = Api().as_(users[ADA])


class Looks:
    """Reads as Ada, who asks the API, and as everybody at quiet points."""

    world: World
    model: Model
    scroll: list[tuple[str, int]] | None

    def _scroll_on(self):
        """The next page of a scroll that has begun, or the beginning of one."""
        if self.scroll is None:
            edges = self._read()[1]
            self.scroll = [(edge["cursor"], int(edge["node"]["id"])) for edge in edges]
            self.pictures = [self.model.pins[pin].picture for _, pin in self.scroll]
            self.place = 0
        elif self.place < len(self.scroll):
            self._next_page()

    def _next_page(self):
        after, _ = self.scroll[self.place]
        found = self.world.api(PAGE, after=after).data["viewer"]["homeFeed"]
        shown = [self._allowed_picture(int(edge["node"]["id"])) for edge in found["edges"]]
        ahead = self.pictures[self.place + 1 :]
        # In the order in which they were, none twice, and nothing that came since.
        places = [ahead.index(picture) for picture in shown]
        assert places == sorted(set(places))
        until = places[-1] if found["pageInfo"]["hasNextPage"] else len(ahead)
        for place, (_, pin) in enumerate(self.scroll[self.place + 1 :][:until]):
            assert place in places or not self._is_followed(pin), "skipped"
        self.place += 1 + (until if found["pageInfo"]["hasNextPage"] else len(ahead))

    def _allowed_picture(self, pin):
        assert self._is_followed(pin)
        return self.model.pins[pin].picture

    def _is_followed(self, pin):
        ada = self.world.people[ADA]
        return self.model.wants(ada, pin) and self.model.follows_pin(ada, pin)

    def _look(self):
        """Ada sees nothing that is not for her, now."""
        self._commit()
        following, home = self._read()
        expected = self.model.following_feed(self.world.people[ADA])
        allowed = set(expected)
        assert [pin for pin in following if pin not in allowed] == []
        assert following == sorted(set(following), reverse=True)
        shown = [int(edge["node"]["id"]) for edge in home]
        pictures = [self.model.pins[pin].picture for pin in shown if pin in allowed]
        assert len(set(pictures)) == len(shown)
        assert set(pictures) <= self.model.home_pictures(self.world.people[ADA])

    def _quiet(self, reverse):
        while waiting := self._waiting():
            for delivery in sorted(waiting, reverse=reverse):
                assert outbox.deliver(delivery), Delivery.objects.get(pk=delivery).last_error
        self._commit()
        self._compare()

    def _compare(self):
        following, home = self._read()
        ada = self.world.people[ADA]
        assert following == self.model.following_feed(ada)
        pictures = {self.model.pins[int(edge["node"]["id"])].picture for edge in home}
        assert pictures == self.model.home_pictures(ada)
        for who in self.world.people:
            (page,) = following_feed(who).pages([who], Window(first=100)).get()
            assert [row.id for row in page.rows] == self.model.following_feed(who)

    def _read(self):
        reset_queries()  # Django keeps some thousand, and a history has more
        viewer = self.world.api(FEEDS).data["viewer"]
        following = [int(node["id"]) for node in viewer["followingFeed"]["nodes"]]
        return following, viewer["homeFeed"]["edges"]

    def _waiting(self):
        """Deliveries to the feed; those to other apps are not what is tried here."""
        Delivery.objects.exclude(subscriber__startswith="feed.").delete()
        return list(Delivery.objects.order_by("pk").values_list("pk", flat=True))

    @staticmethod
    def _commit():
        """Do what waits for a commit, which never comes: the history is one transaction."""
        waiting, connection.run_on_commit = connection.run_on_commit, []
        for entry in waiting:
            if entry[1] is not outbox.kick:
                with suppress(Exception):
                    entry[1]()
