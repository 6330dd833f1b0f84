"""Who may see a topic: everybody, while it is in use."""

from pinboard.visibility import Guard

# Nobody owns a topic.
TOPIC = Guard(owner="pk", always={"is_active": True})
