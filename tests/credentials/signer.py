"""A program for tests: signs what waits, again and again, on the installation that its arguments name."""

from __future__ import annotations

import sys
import time

from skillhub.app import create_app
from skillhub.config import Config
from skillhub.credentials.service import signing


def config(url: str, data: str) -> Config:
    """Return the settings of the installation."""
    return Config(profile="test", data=data, keys=f"{data}/keys", database_url=url)


def main(url: str, data: str) -> None:
    """Sign until somebody kills the process."""
    with create_app(config(url, data), is_worker=True).app_context():
        while True:
            signing.bring_up_to_date()
            time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
