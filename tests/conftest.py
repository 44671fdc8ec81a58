"""The order in which files are run, and what stays together in one process.

Long files come first, so that no process begins one when all others end. Everything on SQLite comes before
everything on PostgreSQL, so that a process builds the application once for each database and not once for
each file.
"""

import re

import pytest
from xdist.scheduler import LoadScopeScheduling

LONG = (
    "tests/courses/test_lines_machine.py",
    "tests/journeys/",
    "tests/demo/",
    "tests/command/",
    "tests/contracts/",
    "tests/imports/",
    "tests/credentials/test_killed.py",
)
TOGETHER = ("tests/demo/",)
"""Folders whose files share something that takes long to make."""
BACKEND = re.compile(r"\[(?:.*-)?(sqlite|postgresql)(?:-.*)?\]$")


class ByFileAndDatabase(LoadScopeScheduling):
    """Gives a process the tests of one file (or of one folder) on one database."""

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        place = next((folder for folder in TOGETHER if file.startswith(folder)), file)
        return f"{place} {_backend(nodeid)}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Distribute by file and database where a run is distributed by file."""
    return ByFileAndDatabase(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items):
    """Put files with long tests first, SQLite before PostgreSQL, otherwise leave all as it is."""
    items.sort(key=lambda item: (_backend(item.nodeid) == "postgresql", _rank(item.nodeid)))


def _backend(nodeid):
    found = BACKEND.search(nodeid)
    return found[1] if found else ""


def _rank(nodeid):
    return next((rank for rank, name in enumerate(LONG) if nodeid.startswith(name)), len(LONG))
