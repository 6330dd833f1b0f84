"""Staff look at somebody's feed: what they see of a person is on record."""

from django.db import transaction

from apps.feed.selectors.explained import Candidate, explained
from apps.users.selectors import find_anybody
from pinboard.audit.models import record
from pinboard.cache.looking import only_looking
from pinboard.errors import NotFound


@transaction.atomic
def inspect_feed(*, actor_id: int, person: str, reason: str) -> list[Candidate]:
    """The home feed of anybody as it would be now, with all that led to it, and a line in the audit log.

    `person`: an id or a `@username`, also of the suspended, the leaving and those long away. `NotFound`
    where there is no such account. Nothing else is changed by it: no timeline is built, no scroll is
    begun, nothing counts as seen.
    """
    person_id = find_anybody(person)
    if person_id is None:
        raise NotFound("There is no such person.")
    record(actor_id=actor_id, action="feed.inspect", subject_id=person_id, reason=reason)
    with only_looking():
        return explained(person_id)
