"""Where the home feed's candidates come from: each source is a small class behind one interface."""

from apps.feed.sources.base import Source
from apps.feed.sources.followed import Followed
from apps.feed.sources.popular import Popular
from apps.feed.sources.recommended import Recommended
from apps.feed.sources.topics import FollowedTopics

# In this order, until there are enough candidates: what is popular fills up.
SOURCES: tuple[Source, ...] = (Followed(), FollowedTopics(), Recommended(), Popular())
