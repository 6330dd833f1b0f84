"""GraphiQL in development opens logged in as the demo world's person, so that its feed query works."""

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest

from apps.demo.world import PERSON


def log_in_demo_person(request: HttpRequest) -> None:
    """Log the demo's person in where nobody is. Does nothing outside of development."""
    if not settings.DEBUG or request.user.is_authenticated:
        return
    person = get_user_model().objects.filter(email=PERSON).first()
    if person is not None:
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
