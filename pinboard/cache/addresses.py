"""Where Valkey is: `CACHE_URL`, of one server or of a cluster.

`redis://user:password@host:6379/0` is one server; `redis+cluster://user:password@a:6379,b:6379` is a
cluster, of which some nodes are named: the others are found through any of these. `rediss` is the same
over TLS.
"""

from urllib.parse import urlsplit

_CLUSTER = "+cluster"
SCHEMES = ("redis", "rediss", "redis+cluster", "rediss+cluster")


def is_cluster(url: str) -> bool:
    """Whether this is a cluster's address."""
    return urlsplit(url).scheme.endswith(_CLUSTER)


def of_nodes(url: str) -> list[str]:
    """An address for each node that is named; one for one server."""
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    scheme = parts.scheme.removesuffix(_CLUSTER)
    return [
        parts._replace(scheme=scheme, netloc=user + at + host).geturl() for host in hosts.split(",")
    ]


def checked(url: str) -> str:
    """The same address; `ValueError` with a sentence when it is none. It may hold a password."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ValueError(f"the scheme is none of {', '.join(SCHEMES)}")
    nodes = of_nodes(url)
    if is_cluster(url) and parts.path not in ("", "/", "/0"):
        raise ValueError("a cluster has no databases but 0")
    if not is_cluster(url) and len(nodes) > 1:
        raise ValueError("several hosts are a cluster: redis+cluster://a:6379,b:6379")
    for node in nodes:
        if not _has_host(node):
            raise ValueError("a host is missing, or a port is no number")
    return url


def _has_host(node: str) -> bool:
    parts = urlsplit(node)
    try:
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
