"""The order in which files are run: long ones first, so that no process begins one when all others end."""

LONG = (
    "tests/courses/test_lines_machine.py",
    "tests/journeys/",
    "tests/command/",
    "tests/demo/",
    "tests/imports/",
    "tests/credentials/test_killed.py",
)


def pytest_collection_modifyitems(items):
    """Put files with long tests first, otherwise leave all as it is."""
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(nodeid):
    return next((rank for rank, name in enumerate(LONG) if nodeid.startswith(name)), len(LONG))
