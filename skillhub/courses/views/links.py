"""Links to pages of upper floors, which exist only where those are installed."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for


def to(endpoint: str, **values: Any) -> str | None:
    """Return the address of a page, None if this application has no such page."""
    if endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, **values)
