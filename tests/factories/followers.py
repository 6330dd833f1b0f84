"""Many followers at once."""

from apps.follows.models import PersonFollow
from apps.users.models import User


def make_followers(person_id, count):
    """So many new people who follow somebody, by id. Counters do not know of them."""
    names = [f"f_{person_id % 10**9}_{number}" for number in range(count)]
    User.objects.bulk_create([User(username=name, email=f"{name}@example.com") for name in names])
    people = User.objects.filter(username__in=names).order_by("pk").values_list("pk", flat=True)
    PersonFollow.objects.bulk_create(
        [PersonFollow(follower_id=one, person_id=person_id) for one in people]
    )
    return list(people)
