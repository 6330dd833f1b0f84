"""The bearer tokens of app clients: they are keys of sessions."""

from allauth.headless.internal.sessionkit import lookup_session
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, SessionBase

_LENGTH = 32


class SessionTokens(SessionTokenStrategy):
    """Looks a token up in the sessions' cache first, where allauth asks Postgres every time."""

    def lookup_session(self, session_token: str) -> SessionBase | None:
        """The session of a token; None when the token is malformed, unknown or has ended."""
        if len(session_token) != _LENGTH or set(session_token) - set(VALID_KEY_CHARS):
            return None
        return lookup_session(session_token)
