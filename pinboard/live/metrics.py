"""What streams did, for Prometheus."""

from prometheus_client import Counter, Gauge

OPEN = Gauge("pinboard_live_streams", "Streams that are open.", multiprocess_mode="livesum")
EVENTS = Counter("pinboard_live_events", "Events that streams told.")
FAULTS = Counter("pinboard_live_faults", "Streams that ended by a fault of ours.")
