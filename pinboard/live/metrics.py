"""What streams did, for Prometheus, by operation name. How they began is counted as of any operation."""

from prometheus_client import Counter, Gauge, Histogram

OPEN = Gauge(
    "pinboard_live_streams", "Streams that are open.", ["operation"], multiprocess_mode="livesum"
)
EVENTS = Counter(
    "pinboard_live_events", "Events that streams told, by how they went.", ["operation", "outcome"]
)
SECONDS = Histogram(
    "pinboard_live_look_seconds",
    "How long it took to look whether there is something to tell, and to tell it.",
    ["operation"],
)
STATEMENTS = Counter("pinboard_live_statements", "SQL statements of looks.", ["operation"])
FAULTS = Counter("pinboard_live_faults", "Streams that ended by a fault of ours.", ["operation"])
