"""The application in which the features' commands run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from skillhub.app import create_app
from skillhub.command import ready, settings


@contextmanager
def application() -> Iterator[None]:
    """Build the application and enter it; commands may wait for the database as long as the worker."""
    config = settings.read()
    ready.data_folder(config)
    ready.database(config)
    with create_app(config, is_worker=True).app_context():
        yield
