"""The table of files that were handed in at a page and wait to be imported."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model


class ImportFile(Model):
    """A file between being checked and being imported: sealed, its owner's alone, and soon deleted.

    `content_sealed` goes when the file has been imported, was thrown away or is too old;
    `report_sealed` holds the decisions about the lines, and goes with the row.
    """

    __tablename__ = "import_file"
    __table_args__ = (
        CheckConstraint("kind IN ('people', 'sites')", name="kind_known"),
        CheckConstraint(
            "state IN ('checking', 'checked', 'importing', 'imported', 'unreadable', 'deleted')",
            name="state_known",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    district_code: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[int] = mapped_column(index=True)
    name_sealed: Mapped[bytes]
    content_sealed: Mapped[bytes | None]
    report_sealed: Mapped[bytes | None]
    has_consented: Mapped[bool]
    skips_refused: Mapped[bool]
    flagged: Mapped[str | None]
    state: Mapped[str]
    problem: Mapped[str | None]
    lines: Mapped[int]
    done: Mapped[int]
    written: Mapped[int]
    job: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
