"""Downloads of data exports."""

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.users.authentication import authenticate
from apps.users.selectors import export_file
from apps.users.services.exports import private_storage
from pinboard.errors import Unauthenticated
from pinboard.ids.layout import parse


@require_safe
@never_cache
def download_export(request: HttpRequest, export_id: str) -> HttpResponseBase:
    """The zip, to its owner only, who sends the session cookie or a bearer token.

    401 for nobody, and 404 for everybody else, also once it has expired.
    """
    try:
        viewer_id = authenticate(request)
    except Unauthenticated:
        viewer_id = None
    if viewer_id is None:
        return HttpResponse("Log in to do this.", status=401, content_type="text/plain")
    number = parse(export_id)
    name = number and export_file(viewer_id, number)
    if not name:
        return HttpResponse("There is no such export.", status=404, content_type="text/plain")
    return FileResponse(
        private_storage().open(name), as_attachment=True, filename="pinboard-export.zip"
    )
