"""Shows pages how far the demonstration is while it is being loaded; asked at most every two seconds."""

from __future__ import annotations

import time

from flask import Flask

from skillhub.base.db import db
from skillhub.demo import load
from skillhub.web import progress

ASK_AGAIN_AFTER_SECONDS = 2.0


class Watch:
    """How far the loading is, as this process last saw it."""

    def __init__(self) -> None:
        """Begin with no answer."""
        self._asked_at = float("-inf")
        self._now: tuple[str, int, int] | None = None

    def __call__(self) -> tuple[str, int, int] | None:
        """Return title, items done and items in all; None when nothing is being loaded."""
        if time.monotonic() - self._asked_at > ASK_AGAIN_AFTER_SECONDS:
            found = load.progress()
            db.session.rollback()  # a page begins with a transaction of its own
            self._now = (found.title, found.done, found.of) if found else None
            self._asked_at = time.monotonic()
        return self._now


def wire(app: Flask) -> None:
    """Let pages wait behind a progress bar while the demonstration is being loaded."""
    app.extensions[progress.KEY] = Watch()
