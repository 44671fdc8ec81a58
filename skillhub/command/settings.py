"""Where commands get their settings: the environment and `settings.env` in the data folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from skillhub import config
from skillhub.config import Config

FILE = "settings.env"


def file_in(environ: Mapping[str, str]) -> Path:
    """Return where the settings file of this environment's data folder would be."""
    return Path(environ.get("SKILLHUB_DATA") or "var") / FILE


def read(*, defaults: Mapping[str, str] | None = None) -> Config:
    """Read the settings; `defaults` hold where nobody has said anything.

    :raises skillhub.config.SettingProblem: one is unknown or cannot be right.
    """
    return config.read(os.environ, file_in(os.environ), defaults=defaults)
