"""Following topics, through the API."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.follows.events import TopicFollowed, TopicUnfollowed
from apps.follows.models import TopicFollow
from apps.follows.selectors import TOPIC_FOLLOWERS, topics_followed_by
from apps.follows.services import follow_topic, forget_some_of_person, unfollow_topic
from apps.topics.models import Topic
from apps.topics.services import switch_off_topic, switch_on_topic
from pinboard.counters.counts import totals
from pinboard.errors import Invalid
from tests.factories.topics import TopicFactory, topic
from tests.factories.users import UserFactory

FOLLOW, UNFOLLOW = (
    f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) "
    "{ topic { slug followerCount isFollowedByViewer } userErrors { field code message } } }"
    for name in ("followTopic", "unfollowTopic")
)
MINE = "{ viewer { followedTopics { totalCount nodes { slug } } } }"


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


def mine(client):
    return [one["slug"] for one in client(MINE).data["viewer"]["followedTopics"]["nodes"]]


def test_follow_and_unfollow_are_idempotent(api, ada, outbox):
    bread = topic("bread")
    client, wanted = api.as_(ada), {"topicId": str(bread.pk)}
    for _ in range(2):
        answer = client(FOLLOW, input=wanted).data["followTopic"]
        assert answer["topic"] == {"slug": "bread", "followerCount": 1, "isFollowedByViewer": True}
    assert outbox.published(TopicFollowed) == [TopicFollowed(ada.pk, bread.pk)]
    for _ in range(2):
        answer = client(UNFOLLOW, input=wanted).data["unfollowTopic"]
        assert answer["topic"] == {"slug": "bread", "followerCount": 0, "isFollowedByViewer": False}
    assert outbox.published(TopicUnfollowed) == [TopicUnfollowed(ada.pk, bread.pk)]


def test_what_somebody_follows_newest_first_and_for_themselves_alone(api, ada):
    for slug in ("bread", "cats"):
        follow_topic(follower_id=ada.pk, topic_id=topic(slug).pk)
    client = api.as_(ada)
    assert mine(client) == ["cats", "bread"]
    assert mine(api.as_(UserFactory())) == []
    other = '{ user(username: "ada") { followedTopics { totalCount } } }'
    assert api(other).codes == api.as_(UserFactory())(other).codes == ["FORBIDDEN"]
    assert api('{ topic(slug: "cats") { isFollowedByViewer followerCount } }').data["topic"] == {
        "isFollowedByViewer": False,
        "followerCount": 1,
    }


@pytest.mark.parametrize("person", [True, False])
def test_what_is_no_topic_can_not_be_followed(api, ada, person):
    off = TopicFactory(is_active=False)
    wanted = ada.pk if person else off.pk
    assert api.as_(ada)(FOLLOW, input={"topicId": str(wanted)}).codes == ["NOT_FOUND"]
    assert not TopicFollow.objects.exists()


def test_one_has_to_be_logged_in(api, db):
    wanted = {"topicId": str(topic("bread").pk)}
    assert api(FOLLOW, input=wanted).codes == api(UNFOLLOW, input=wanted).codes
    assert api(FOLLOW, input=wanted).codes == ["UNAUTHENTICATED"]


def test_a_topic_that_is_off_is_followed_again_when_it_is_on(api, ada):
    bread, staff = topic("bread"), UserFactory(is_staff=True).pk
    follow_topic(follower_id=ada.pk, topic_id=bread.pk)
    switch_off_topic(actor_id=staff, topic_id=bread.pk, reason="a test")
    assert mine(api.as_(ada)) == topics_followed_by(ada.pk) == []
    switch_on_topic(actor_id=staff, topic_id=bread.pk, reason="a test")
    assert mine(api.as_(ada)) == ["bread"]
    assert topics_followed_by(ada.pk) == [bread.pk]


def test_there_is_a_limit(api, ada, settings):
    settings.MAX_TOPICS_FOLLOWED = 2
    one, other, third = (TopicFactory() for _ in range(3))
    for some in (one, other, one):
        follow_topic(follower_id=ada.pk, topic_id=some.pk)
    answer = api.as_(ada)(FOLLOW, input={"topicId": str(third.pk)}).data["followTopic"]
    assert answer["userErrors"] == [
        {
            "field": ["topicId"],
            "code": "LIMIT_REACHED",
            "message": "You follow 2 topics, as many as one may.",
        }
    ]
    unfollow_topic(follower_id=ada.pk, topic_id=one.pk)
    follow_topic(follower_id=ada.pk, topic_id=third.pk)
    assert set(topics_followed_by(ada.pk)) == {other.pk, third.pk}


def test_who_is_erased_follows_no_topic(ada):
    eve, bread = UserFactory(), topic("bread")
    for person in (ada, eve):
        follow_topic(follower_id=person.pk, topic_id=bread.pk)
    for _ in range(2):
        forget_some_of_person(person_id=ada.pk)
    assert TopicFollow.objects.get().follower_id == eve.pk
    assert totals(TOPIC_FOLLOWERS, [bread.pk]).get() == [1]


@pytest.mark.django_db(transaction=True)
def test_the_limit_and_the_count_are_exact_when_somebody_is_in_a_hurry(settings):
    settings.MAX_TOPICS_FOLLOWED = 3
    ada = UserFactory().pk
    topics = list(Topic.objects.order_by("pk").values_list("pk", flat=True)[:6])

    def follow(wanted):
        try:
            follow_topic(follower_id=ada, topic_id=wanted)
            return True
        except Invalid:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        done = list(threads.map(follow, topics * 2))
    assert sum(done[:6]) <= 3 <= sum(done)
    followed = topics_followed_by(ada)
    assert len(followed) == 3
    assert totals(TOPIC_FOLLOWERS, topics).get() == [one in followed for one in topics]
