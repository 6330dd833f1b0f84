"""Staff look at somebody's feed: what they see of a person is on record."""

from django.db import transaction

from apps.feed.selectors.explained import Candidate, explained
from apps.users.selectors import active_people
from pinboard.audit.models import record
from pinboard.errors import NotFound


@transaction.atomic
def inspect_feed(*, actor_id: int, person_id: int, reason: str) -> list[Candidate]:
    """A person's home feed as it would be now, with all that led to it, and a line in the audit log.

    Nothing is changed by it: no scroll is begun, nothing counts as seen.
    """
    if not list(active_people([person_id])):
        raise NotFound("There is no such person, or they have no feed.")
    record(actor_id=actor_id, action="feed.inspect", subject_id=person_id, reason=reason)
    return explained(person_id)
