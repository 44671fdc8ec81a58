"""The application for a server that is not ours: `skillhub.wsgi:app`, set by the environment."""

from __future__ import annotations

import os
from pathlib import Path

from skillhub import config
from skillhub.app import create_app
from skillhub.base import signing
from skillhub.config import Profile

settings = config.read(os.environ, Path(os.environ.get("SKILLHUB_DATA") or "var") / "settings.env")
if settings.profile == Profile.PRODUCTION:
    signing.require_unreadable(settings.keys_folder)
app = create_app(settings)
