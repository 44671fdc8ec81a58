"""How a child ends when the process that started it is gone, even if that one was killed."""

from __future__ import annotations

import os
import signal
import threading
import time

import click

LOOKS_EVERY_SECONDS = 1.0

follow_option = click.option(
    "--follow", "parent", type=int, hidden=True, help="End when this process is no longer our parent."
)


def follow(parent: int | None) -> None:
    """Send ourselves SIGTERM when the parent is gone; None follows nobody."""
    if parent is not None:
        threading.Thread(target=_watch, args=(parent,), name="follow", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOKS_EVERY_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
