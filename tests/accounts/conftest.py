"""Fixtures of these tests: what the audit holds, and the database as a file's reader would see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from skillhub.base.audit import AuditEntry


@pytest.fixture
def audited(session: Session) -> Callable[[], list[str]]:
    """The verbs of all audit rows so far."""
    return lambda: list(session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)))


@pytest.fixture
def dump(session: Session) -> Callable[[str], str]:
    """Every value of a table as text."""
    return lambda table: "\n".join(str(tuple(row)) for row in session.execute(text(f"SELECT * FROM {table}")))  # noqa: S608 (a table of ours)
