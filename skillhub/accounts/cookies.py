"""The only place that sets and clears the cookie of a sign-in at the pages."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, request, session
from werkzeug.wrappers import Response

from skillhub.config import Config

LANGUAGE = "language"


def name() -> str:
    """Return the cookie's name; with https the browser itself keeps it to this host and to https."""
    return "__Host-skillhub-session" if is_https() else "skillhub-session"


def is_https() -> bool:
    """Tell whether people reach us by https."""
    config = current_app.extensions["skillhub.config"]
    return isinstance(config, Config) and config.is_https


def token() -> str | None:
    """Return the token that the browser has sent."""
    return request.cookies.get(name()) or None


def give(response: Response, value: str, expires_at: datetime | None) -> Response:
    """Let the browser keep a new sign-in, until it is closed or until `expires_at`."""
    start_anew()
    response.set_cookie(
        name(), value, expires=expires_at, path="/", secure=is_https(), httponly=True, samesite="Lax"
    )
    return response


def take(response: Response) -> Response:
    """Let the browser forget the sign-in, and what it kept of our pages."""
    start_anew()
    response.delete_cookie(name(), path="/", secure=is_https(), httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def start_anew() -> None:
    """Drop what forms knew of the former visitor, the token against forged requests included."""
    language = session.get(LANGUAGE)
    session.clear()
    if language is not None:
        session[LANGUAGE] = language
