"""What is asked for: three pages, and what all contenders have to answer alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Page:
    """A page. `query`: for whoever speaks the product's schema. `told`: what counts of an answer."""

    query: str
    told: Callable[[Any], list[Any]]


_FEED = """
query FollowingFeed {
  viewer {
    followingFeed(first: SIZE) {
      edges {
        node {
          id
          title
          saveCount
          author { username displayName }
          board { name slug }
          picture { image(size: W236) { url width height } dominantColor }
        }
      }
    }
  }
}
"""
_THREE_LEVELS = """
query Boards {
  viewer {
    boards(first: 10) {
      nodes {
        id
        name
        pins(first: 10) { nodes { id title author { username displayName } } }
      }
    }
  }
}
"""


def _pins(data: Any) -> list[Any]:
    return [edge["node"] for edge in data["viewer"]["followingFeed"]["edges"]]


def _boards(data: Any) -> list[Any]:
    nodes: list[Any] = data["viewer"]["boards"]["nodes"]
    return nodes


PAGES = {
    "feed_25": Page(_FEED.replace("SIZE", "25"), _pins),
    "feed_100": Page(_FEED.replace("SIZE", "100"), _pins),
    "three_levels": Page(_THREE_LEVELS, _boards),
}
