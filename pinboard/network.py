"""Where a request comes from."""

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"


def client_network(request: HttpRequest) -> str:
    """The address of the client, or of its network: an IPv6 subscriber has a whole /64.

    Of `X-Forwarded-For` counts the entry that the outermost of `TRUSTED_PROXIES` wrote.
    """
    text = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        text = hops[-settings.TRUSTED_PROXIES :][0]
    try:
        address = ip_address(text.strip())
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)
