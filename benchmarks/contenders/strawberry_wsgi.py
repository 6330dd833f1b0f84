"""strawberry-django's application: Django's own, with nothing of ours before it."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
