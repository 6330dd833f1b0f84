"""A new source is one file: what it leads to is in the feed, with its reason and its weight."""

import json
import shutil

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from apps.feed.ranking.reasons import Reason, vouched_by
from apps.feed.sources import SOURCES, in_order
from apps.feed.sources.popular import Popular
from apps.feed.sources.recommended import Recommended
from apps.follows.services import follow_person
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory
from tests.processes import ROOT, run

FILE = """
from apps.feed.ranking.reasons import Reason, vouched_by
from apps.feed.sources.base import Source

class Trending(Source):
    name = "trending"
    number = 5
    reasons = (
        Reason("trending", "TRENDING", "It is being saved a lot.", 9.0, vouched_by(number), "person"),
    )

    def candidates(self, viewer_id):
        return [{pin}]
"""
QUERY = """
{
  viewer { homeFeed { edges { node { id } reason { kind person { id } } } } }
  __type(name: "FeedReasonKind") { enumValues { name description } }
}
"""
READ = """
import json, sys
from django.test.utils import override_settings, setup_test_environment
from apps.feed.services import inspect_feed
from apps.users.models import User
from tests.api import Api
setup_test_environment()
ada = User.objects.get(pk=int(sys.argv[1]))
answer = Api().as_(ada)(sys.argv[2]).data
with override_settings(FEED_WEIGHTS={"trending": -9.0}):
    lowered = Api().as_(ada)(sys.argv[2]).data
looked = inspect_feed(actor_id=ada.pk, person=str(ada.pk), reason="a test")
print(json.dumps({
    "feed": answer["viewer"]["homeFeed"]["edges"],
    "lowered": lowered["viewer"]["homeFeed"]["edges"],
    "kinds": answer["__type"]["enumValues"],
    "inspector": [(one.fact.id, one.sources, one.features["trending"]) for one in looked],
}))
"""


@pytest.fixture
def with_file(tmp_path):
    """A tree of code with one more source in it."""

    def write(text):
        gone = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "apps", tmp_path / "apps", ignore=gone)
        for name in ("config", "pinboard", "tests"):
            (tmp_path / name).symlink_to(ROOT / name)
        (tmp_path / "apps" / "feed" / "sources" / "trending.py").write_text(text)
        return tmp_path

    return write


@pytest.mark.django_db(transaction=True)
def test_one_file_is_a_source(with_file):
    ada, board = UserFactory(), BoardFactory()
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    stranger = make_pin()
    pin = make_pin(board)
    tree = with_file(FILE.replace("{pin}", str(stranger.pk)))

    found = json.loads(run(READ, str(ada.pk), QUERY, root=tree)[0])
    of_stranger = {
        "node": {"id": str(stranger.pk)},
        "reason": {"kind": "TRENDING", "person": {"id": str(stranger.owner_id)}},
    }
    of_board = {
        "node": {"id": str(pin.pk)},
        "reason": {"kind": "FOLLOWED_PERSON", "person": {"id": str(board.owner_id)}},
    }
    assert found["feed"] == [of_stranger, of_board]
    assert found["lowered"] == [of_board, of_stranger]
    told = {"name": "TRENDING", "description": "It is being saved a lot."}
    assert [one["name"] for one in found["kinds"]][-3:] == ["TRENDING", "RECOMMENDED", "POPULAR"]
    assert told in found["kinds"]
    assert found["inspector"] == [
        [stranger.pk, ["trending", "popular"], 1.0],
        [pin.pk, ["followed", "popular"], 0.0],
    ]


def test_sources_are_found_by_their_turns():
    assert [(one.name, one.number) for one in SOURCES] == [
        ("followed", 1),
        ("topic", 2),
        ("recommended", 4),
        ("popular", 3),
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"number": 4}, "the number 4 is there twice"),
        ({"number": 7}, "Source popular: its number is not from 0 to 6"),
        ({"number": 5, "reasons": Recommended.reasons}, "the feature recommended is there twice"),
        (
            {"reasons": (Reason("quality", "GOOD", "It is good.", 1.0, vouched_by(3)),)},
            "the feature quality is there twice",
        ),
    ],
)
def test_two_that_claim_the_same_are_refused(changes, problem):
    with pytest.raises(ValueError, match=problem):
        in_order([type("Other", (Popular,), changes), Recommended])


def test_a_weight_of_nothing_ends_the_process_at_start(settings):
    settings.FEED_WEIGHTS = {"beauty": 1.0}
    with pytest.raises(ImproperlyConfigured, match="FEED_WEIGHTS: there is no feature beauty"):
        apps.get_app_config("feed").ready()
