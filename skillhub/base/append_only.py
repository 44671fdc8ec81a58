"""The tables whose rows the database itself never lets change, and the one way to lift that.

The triggers come with the migrations. Only the demonstration's reset lifts them; an
installation in production has no code that does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import bindparam, text

from skillhub.base.db import Unit

TABLES = ("application_event", "audit_entry", "audit_seal", "ledger_entry", "ledger_leg")


@contextmanager
def lifted(unit: Unit) -> Iterator[None]:
    """Let rows of these tables be deleted inside the block; the unit puts the guard back or rolls back."""
    if unit.session.get_bind().dialect.name == "sqlite":
        found = unit.session.execute(
            text(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN :tables"
            ).bindparams(bindparam("tables", TABLES, expanding=True))
        ).all()
        for name, _ in found:
            unit.session.execute(text(f"DROP TRIGGER {name}"))
        yield
        for _, made_by in found:
            unit.session.execute(text(made_by))
        return
    for table in TABLES:
        unit.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    yield
    for table in TABLES:
        unit.session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
