"""The only place that reads files that were handed in; they are seen by who handed them in alone."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from skillhub.base import seal
from skillhub.base.access import Actor, Role, require_role
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.imports.model import ImportFile
from skillhub.imports.rules import reports
from skillhub.imports.rules.reports import Choices, Report

ALLOWED = (Role.DESK, Role.OFFICER)
LATEST = 20


@dataclass(frozen=True)
class FileView:
    """A file and how far it is."""

    handle: str
    kind: str
    district: str
    person_id: int
    name: str
    state: str
    problem: str | None
    lines: int
    done: int
    written: int
    has_consented: bool
    choices: Choices
    made_at: datetime
    done_at: datetime | None


def own(actor: Actor, handle: str) -> FileView:
    """Return a file of the actor's own.

    :raises NotFound: there is none, or somebody else handed it in.
    """
    require_role(actor, *ALLOWED)
    found = file(handle)
    if found.person_id != actor.person_id or found.district not in actor.districts(*ALLOWED):
        raise NotFound
    return found


def file(handle: str) -> FileView:
    """Return a file (for background work).

    :raises NotFound: there is none.
    """
    row = db.session.scalar(select(ImportFile).where(ImportFile.handle == handle))
    if row is None:
        raise NotFound
    return _view(row)


def latest(actor: Actor) -> tuple[FileView, ...]:
    """Return the files that the actor handed in, the latest first."""
    require_role(actor, *ALLOWED)
    rows = db.session.scalars(
        select(ImportFile)
        .where(ImportFile.person_id == actor.person_id, ImportFile.state != "deleted")
        .order_by(ImportFile.id.desc())
        .limit(LATEST)
    )
    return tuple(_view(row) for row in rows)


def content(handle: str) -> bytes | None:
    """Open the seal of a file, None when it has been deleted."""
    sealed = db.session.scalar(select(ImportFile.content_sealed).where(ImportFile.handle == handle))
    if sealed is None:
        return None
    return base64.b64decode(seal.keyring().opened(sealed, bound_to=f"import_file.content:{handle}"))


def report(view: FileView) -> Report | None:
    """Open the seal of what was decided about the lines, None when there is nothing (any more)."""
    sealed = db.session.scalar(select(ImportFile.report_sealed).where(ImportFile.handle == view.handle))
    if sealed is None:
        return None
    text = seal.keyring().opened(sealed, bound_to=f"import_file.report:{view.handle}")
    return Report(view.kind, reports.read(text), view.written, is_written=view.state == "imported")


def _view(row: ImportFile) -> FileView:
    return FileView(
        handle=row.handle,
        kind=row.kind,
        district=row.district_code,
        person_id=row.person_id,
        name=seal.keyring().opened(row.name_sealed, bound_to=f"import_file.name:{row.handle}"),
        state=row.state,
        problem=row.problem,
        lines=row.lines,
        done=row.done,
        written=row.written,
        has_consented=row.has_consented,
        choices=Choices(row.skips_refused, row.flagged),
        made_at=row.made_at,
        done_at=row.done_at,
    )
