"""The name of every key in the cache, and of every topic (`pinboard.live.topics`), in one place.

Each function names one. Keys of one person share the tag in braces, hence a slot of a cluster.
"""


def timeline(person_id: int | str) -> str:
    """The newest pins for a person's feed, or of a topic (`apps.feed.store`). Topic: it has grown.

    A short name: ten letters more make each delivery a tenth dearer for Valkey, which reads it in Lua.
    """
    return f"feed:{{{person_id}}}"


def timelines_watched() -> str:
    """Whose timelines are watched: a sorted set of people, by until when."""
    return "timelines-watched"


def scrolls(person_id: int) -> str:
    """A person's scrolls of the home feed (`apps.feed.scrolls`): their last number, and what begins so."""
    return f"scroll:{{{person_id}}}"


def large_authors() -> str:
    """All who are large authors (`apps.feed.authors`)."""
    return "feed-large-authors"


def large_authors_followed(person_id: int) -> str:
    """Whom of them a person follows."""
    return f"feed-large-authors:{{{person_id}}}"


def topics_followed(person_id: int) -> str:
    """The topics that a person follows (`apps.feed.sources.topics`)."""
    return f"feed-topics:{{{person_id}}}"


def popular_pins() -> str:
    """What is popular, all lists (`apps.feed.sources.popular`)."""
    return "feed-popular"


def locale(person_id: int) -> str:
    """The country and the language that a person gave."""
    return f"feed-locale:{{{person_id}}}"


def timeline_turn(person_id: int) -> str:
    """Who rebuilds a person's timeline at the moment."""
    return f"timeline-rebuild:{{{person_id}}}"


def activity(partition: int) -> str:
    """A stream of what people report of their feeds (`apps.feed.activity`)."""
    return f"activity:{{{partition}}}"


def seen(person_id: int) -> str:
    """The pins, and first pins of lines, that a person has seen lately (`apps.feed.activity`)."""
    return f"seen:{{{person_id}}}"


def document(sha256: str) -> str:
    """The text of a GraphQL document."""
    return f"document:{sha256}"


def points(holder: str) -> str:
    """The points that somebody may spend (`pinboard.graphql.points`)."""
    return f"points:{{{holder}}}"


def session_viewer(digest: str) -> str:
    """Whose session it is, by the hash of its key."""
    return f"session-viewer:{digest}"


def session_ended(digest: str) -> str:
    """Topic: a session ended, by the hash of its key."""
    return f"session-ended:{digest}"


def picture_done(picture_id: int) -> str:
    """Topic: a picture is ready or broken."""
    return f"picture-done:{picture_id}"


def streams(person_id: int) -> str:
    """The streams that a person has open: a sorted set by when their leases end."""
    return f"streams:{{{person_id}}}"


def wrote(person_id: int) -> str:
    """A person has written, and reads from no replica (`pinboard.cache.writers`)."""
    return f"wrote:{{{person_id}}}"


def lock(key: str) -> str:
    """Held by whoever computes the value under `key`."""
    return f"lock:{key}"


def relay_asked() -> str:
    """A relay was asked for, and has not begun yet (`pinboard.events.outbox`)."""
    return "relay-asked"


def health(probe: str) -> str:
    """Written and read by one readiness check."""
    return f"health:{probe}"
