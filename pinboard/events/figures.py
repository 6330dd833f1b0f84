"""How the outbox is doing, in numbers."""

from dataclasses import dataclass

from pinboard.sql import rows


@dataclass(frozen=True)
class Figures:
    """`depth`: deliveries to be made, by queue. `lag_seconds`: age of the oldest event that still
    waits. `dead`: dead letters."""

    depth: dict[str, int]
    lag_seconds: float
    dead: int


def figures() -> Figures:
    """Two statements over what is not delivered yet, which is little when all is well."""
    waiting = rows(
        "SELECT d.queue, count(*), extract(epoch FROM clock_timestamp() - min(e.created_at)) "
        "FROM events_delivery d JOIN events_event e ON e.id = d.event_id "
        "WHERE d.dead_at IS NULL GROUP BY d.queue ORDER BY d.queue",
        [],
    )
    dead = rows("SELECT count(*) FROM events_delivery WHERE dead_at IS NOT NULL", [])
    return Figures(
        depth={queue: count for queue, count, _ in waiting},
        lag_seconds=max((float(age) for _, _, age in waiting), default=0.0),
        dead=dead[0][0],
    )
