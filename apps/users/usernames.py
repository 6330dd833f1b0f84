"""Usernames that nobody may have: a profile's address must not pass for a page of the product."""

from django.core.exceptions import ValidationError

_NAMES = """
    about abuse account accounts admin administrator api app apps auth billing blog board boards
    business careers categories contact cookies create dashboard data deleted developer developers
    discover docs download edit email erased everyone explore export exports faq favicon feed
    followers following forgot graphql health help home ideas images inbox info invite jobs legal
    live local login logout mail manage me media messages metrics mfa mod moderation moderator new
    news nobody notifications null oauth official password pin pinboard pins policy popular press
    privacy profile public register report robots root rss search section sections security server
    session sessions settings setup signin signup sitemap staff static status support system team
    terms test topic topics trending undefined upload uploads user username users verify viewer
    webmaster websocket www
"""
RESERVED = frozenset(_NAMES.split())


TAKEN = "This username is taken. Choose another one."


def not_reserved(username: str) -> None:
    """Refuse the product's own names, whatever their case."""
    if username.lower() in RESERVED:
        raise ValidationError("This username is reserved. Choose another one.", code="reserved")
