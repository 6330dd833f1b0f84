"""What the feeds show in a random history, held against the model (`tests.feed.model`)."""

from contextlib import suppress

from django.db import connection, reset_queries
from prometheus_client import REGISTRY

from apps.feed import authors, store, tasks, timelines
from apps.feed.ranking.facts import Flag
from apps.feed.ranking.rules import Drop
from apps.feed.selectors import following_feed
from apps.feed.selectors.explained import explained
from apps.feed.sources import popular, topics
from apps.feed.sources.followed import Followed
from pinboard.events import outbox
from pinboard.events.models import Delivery
from pinboard.paging import Window
from tests.api import Api
from tests.factories.boards import BoardFactory
from tests.factories.topics import topic
from tests.factories.users import UserFactory
from tests.feed.model import Model

PEOPLE, BOARDS_EACH = 4, 2
EVERYBODY = 1_000  # more timelines than there are
# Words, and the topics that they are about: their own, and those above it.
WORDS = {"Bread": ("bread", "baking", "food"), "Kitten": ("cats", "animals")}
# By the names that staff know them by. Nobody recommends anything.
SOURCES = {"followed": Followed(), "topic": topics.FollowedTopics(), "popular": popular.Popular()}
DROPS = frozenset(Drop)
METRICS = ("pinboard_feed_missing_total", "pinboard_feed_extra_total")
_TRIED = r"^(feed|follows|pins|boards)\."
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
    """Four people with two boards each, and somebody of the staff, with whom each history begins."""

    def __init__(self):
        users = [UserFactory() for _ in range(PEOPLE)]
        self.people = [user.pk for user in users]
        self.boards = [
            BoardFactory(owner=user, name="Plain") for user in users for _ in range(BOARDS_EACH)
        ]
        self.about = {
            word: frozenset(topic(slug).pk for slug in slugs) for word, slugs in WORDS.items()
        }
        self.about[""] = frozenset()
        self.topics = [topic(slug).pk for slug in ("bread", "baking", "cats")]
        self.staff = UserFactory(is_staff=True).pk
        self.api = Api().as_(users[ADA])


class Looks:
    """Reads as Ada, who asks the API, and as everybody at quiet points."""

    world: World
    model: Model
    people: list[int]
    sources: list[str]
    scroll: list[tuple[str, int]] | None
    has_lost = False

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
        assert self._may_be_shown(pin)
        return self.model.pins[pin].picture

    def _may_be_shown(self, pin):
        """In the home feed, now. Words may be new, and not yet topics."""
        ada = self.people[ADA]
        if not self.model.wants(ada, pin):
            return False
        if "popular" in self.sources or self.model.follows_pin(ada, pin):
            return True
        return "topic" in self.sources and (
            self.model.follows_topic(ada, pin)
            or Delivery.objects.filter(subscriber__startswith="pins.tag").exists()
        )

    def _is_followed(self, pin):
        ada = self.people[ADA]
        return self.model.wants(ada, pin) and self.model.follows_pin(ada, pin)

    def _look(self):
        """Ada sees nothing that is not for her, now."""
        self._commit()
        following, home = self._read()
        ada = self.people[ADA]
        allowed = set(self.model.following_feed(ada))
        assert [pin for pin in following if pin not in allowed] == []
        assert following == sorted(set(following), reverse=True)
        self._look_at_home(home)

    def _look_at_home(self, edges):
        """Nothing in a new ranking is not for Ada, or saved by her, or there twice; and it is varied."""
        shown = [int(edge["node"]["id"]) for edge in edges]
        assert [pin for pin in shown if not self._may_be_shown(pin)] == []
        ada = self.people[ADA]
        assert [pin for pin in shown if self.model.has_saved(ada, pin)] == []
        assert len(self._pictures(shown)) == len(shown)
        _assert_varied([self.model.pins[pin].owner for pin in shown])

    def _quiet(self, reverse):
        while waiting := self._waiting():
            for delivery in sorted(waiting, reverse=reverse):
                assert outbox.deliver(delivery), Delivery.objects.get(pk=delivery).last_error
        self._commit()
        if self.has_lost:
            self._mend()
        self._compare()

    def _mend(self):
        """What comes of what was lost is over: what is kept for ten minutes, and what the audit finds."""
        for who in self.people:
            authors.forget_followed(who)
            topics.forget_followed(who)
        self._audit()
        self.has_lost = False

    def _audit(self):
        """Have beat audit all timelines that there are; the entries that were missing and too many, as
        its metrics tell."""
        before = [REGISTRY.get_sample_value(name) for name in METRICS]
        tasks.audit()
        after = [REGISTRY.get_sample_value(name) for name in METRICS]
        return tuple(int(now - then) for now, then in zip(after, before, strict=True))

    def _build_anew(self):
        for one in store.sample(EVERYBODY):
            timelines.rebuild(one)

    def _compare(self):
        # What a process has at hand is over in seconds, and beat weighs what is popular.
        topics.forget_newest()
        if "popular" in self.sources:
            popular.refresh()
        following, home = self._read()
        self._look_at_home(home)
        ada = self.people[ADA]
        assert following == self.model.following_feed(ada)
        for who in self.people:
            (page,) = following_feed(who).pages([who], Window(first=100)).get()
            assert [row.id for row in page.rows] == self.model.following_feed(who)
        kept = {who: self._compare_candidates(who) for who in self.people}
        shown = {int(edge["node"]["id"]) for edge in home}
        assert self._pictures(shown) == self._pictures(kept[ada])

    def _compare_candidates(self, who):
        """Each source of the home feed offers what it has, and no rule drops too much or too little of it;
        the pins that are left."""
        candidates, offered = explained(who), self.model.offered(who)
        for name in self.sources:
            found = {one.fact.id for one in candidates if name in one.sources}
            assert offered[name] - found == set(), name
        kept = {one.fact.id: one for one in candidates if not DROPS.intersection(one.dropped)}
        expected = set().union(*(offered[name] for name in self.sources))
        expected = {pin for pin in expected if not self.model.has_saved(who, pin)}
        assert expected - set(kept) == set()
        for pin, one in kept.items():
            # Saves may be popular too: of an author the three lines that are saved most.
            assert pin in expected or ("popular" in self.sources and self.model.wants(who, pin))
            assert not self.model.has_saved(who, pin)
            assert bool(one.fact.flags & Flag.FEWER) == self.model.sees_fewer(who, pin)
        return set(kept)

    def _pictures(self, pins):
        return {self.model.pins[pin].picture for pin in pins}

    def _read(self):
        reset_queries()  # Django keeps some thousand, and a history has more
        viewer = self.world.api(FEEDS).data["viewer"]
        following = [int(node["id"]) for node in viewer["followingFeed"]["nodes"]]
        return following, viewer["homeFeed"]["edges"]

    def _waiting(self):
        """Deliveries to the feed, and to apps whose rows it reads; those to others are not what is tried
        here."""
        Delivery.objects.exclude(subscriber__regex=_TRIED).delete()
        return list(Delivery.objects.order_by("pk").values_list("pk", flat=True))

    @staticmethod
    def _commit():
        """Do what waits for a commit, which never comes: the history is one transaction."""
        waiting, connection.run_on_commit = connection.run_on_commit, []
        for entry in waiting:
            if entry[1] is not outbox.kick:
                with suppress(Exception):
                    entry[1]()


def _assert_varied(owners):
    """Never three in a row of one author, as long as anybody else's are left. A board has one author, so
    the same is true of boards."""
    for place in range(2, len(owners)):
        if len(set(owners[place - 2 : place + 1])) == 1:
            assert len(set(owners[place:])) == 1
