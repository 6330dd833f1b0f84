"""Lists that a person has for themselves alone, asked for beside others'."""

import pytest

from tests.factories.users import UserFactory

LISTS = (
    "blockedPeople",
    "mutedPeople",
    "followedTopics",
    "hiddenPins",
    "seeingFewer",
    "homeFeed",
    "followingFeed",
)


@pytest.mark.parametrize("name", LISTS)
def test_the_viewers_is_answered_and_others_are_refused(api, db, name):
    ada, eve = UserFactory(), UserFactory()
    query = f"""query($ids: [ID!]!) {{
      nodes(ids: $ids) {{ ... on User {{ id {name} {{ totalCount edges {{ cursor }} }} }} }} }}"""
    answer = api.as_(ada)(query, ids=[str(eve.pk), str(ada.pk), str(ada.pk)])
    mine = {"id": str(ada.pk), name: {"totalCount": 0, "edges": []}}
    assert answer.body["data"]["nodes"] == [None, mine, mine]
    assert answer.codes == ["FORBIDDEN"]
    assert answer.body["errors"][0]["path"] == ["nodes", 0, name]
