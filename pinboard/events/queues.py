"""In which order a worker turns to its queues."""

from django.conf import settings
from kombu.utils.scheduling import priority_cycle


class InOrder(priority_cycle):
    """A worker's queues, as kombu's transports ask for them: the first of `settings.QUEUES` that is not
    empty is worked off before all that follow it. Queues of other names come last."""

    def consume(self, n: int) -> list[str]:
        """The first `n`."""
        return sorted(self.items, key=_place)[:n]


def _place(name: str) -> tuple[int, str]:
    known = settings.QUEUES
    return (known.index(name) if name in known else len(known)), name
