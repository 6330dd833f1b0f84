"""The streams of activity in tests."""

from apps.feed import activity


def waiting():
    """Those in which something waits."""
    return [one for one in range(activity.PARTITIONS) if activity.is_waiting(one)]
