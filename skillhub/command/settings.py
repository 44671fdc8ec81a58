"""Where commands get their settings: the environment and `settings.env` in the data folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

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


def _without_plugins(_context: click.Context, _option: click.Parameter, value: bool) -> None:  # noqa: FBT001 (click passes it by position)
    if value:
        os.environ["SKILLHUB_SAFE_MODE"] = "yes"  # the processes that we start read it there


safe_mode_option = click.option(
    "--safe-mode",
    is_flag=True,
    expose_value=False,
    callback=_without_plugins,
    help="不启用任何插件，查原因时用；要规则决定的事都转人工。",
)
