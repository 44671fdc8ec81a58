"""Which statements that reach a database change nothing in it."""

import re

_READS = re.compile(r"\s*(SELECT|SAVEPOINT|RELEASE|ROLLBACK)\b", re.IGNORECASE)


def is_read(statement: str) -> bool:
    """Tell whether a statement reads, or only sets and leaves points to go back to."""
    return _READS.match(statement) is not None
