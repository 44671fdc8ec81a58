"""Addresses of static files that change with their content, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import url_for

FOLDER = Path(__file__).parent / "static"


def static(name: str) -> str:
    """Return the address of a static file with the fingerprint of its content."""
    return url_for("web.static", filename=name, v=fingerprint(name))


@lru_cache(maxsize=64)
def fingerprint(name: str) -> str:
    """Return the first characters of a static file's SHA-256."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
