"""While the application prepares itself (the demonstration is being loaded), pages show how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from skillhub.base.errors import Busy
from skillhub.web import requests

KEY = "skillhub.progress"
AGAIN_AFTER_SECONDS = 2
_OPEN = {"web.static", "health.healthz", "health.readyz", "health.metrics", "web.language"}


@dataclass(frozen=True)
class Progress:
    """What is being prepared, how much is done, and of how much; `of` is 0 while that is unknown."""

    title: str
    done: int
    of: int


def install(app: Flask) -> None:
    """Ask before each request whether something is being prepared; by default nothing ever is."""
    app.extensions.setdefault(KEY, _nothing)
    app.before_request(_wait)


def _nothing() -> None:
    return None


def _wait() -> ResponseReturnValue | None:
    if request.endpoint in _OPEN:
        return None
    ask: Callable[[], tuple[str, int, int] | None] = current_app.extensions[KEY]
    found = ask()
    if found is None:
        return None
    if requests.is_json() or request.method not in ("GET", "HEAD"):
        raise Busy
    requests.keep_bare()
    response = make_response(render_template("web/progress.html", progress=Progress(*found)))
    response.headers["Refresh"] = str(AGAIN_AFTER_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response
