"""The only place that takes a font of a district in: its file first, then the row that makes it count."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from sqlalchemy import insert, select

from skillhub.base import access, audit, clock, ids
from skillhub.base.access import Actor, Right, Role
from skillhub.base.db import unit_of_work
from skillhub.credentials import font_check, fonts, pdf
from skillhub.credentials.errors import FontRefused
from skillhub.credentials.model import DistrictFont
from skillhub.credentials.queries import district_fonts

MOST_TRIED = 500
"""So many of its characters are drawn once, to see that a paper can be made with it."""


def add(*, actor: Actor, district: str, data: bytes) -> str:
    """Take a font in for a district's certificates and return its handle; again is harmless.

    :raises NotFound: it is not the actor's district.
    :raises FontRefused: it cannot or may not be embedded, or brings no character that is missing.
    """
    access.require(actor, Right(Role.OFFICER, district=district))
    found = font_check.examined(data)
    new = fonts.missing_characters("".join(map(chr, found.characters)))
    if not new:
        raise FontRefused("nothing_new")
    sha256 = hashlib.sha256(data).hexdigest()
    _keep(sha256, data)
    if not pdf.can_draw(sha256, district_fonts.file_of(sha256), "".join(new[:MOST_TRIED])):
        raise FontRefused("damaged")
    with unit_of_work() as unit:
        kept = unit.session.scalar(
            select(DistrictFont.handle).where(
                DistrictFont.district_code == district, DistrictFont.sha256 == sha256
            )
        )
        if kept is not None:
            return unit.refer(kept)
        handle = ids.handle("f")
        unit.session.execute(
            insert(DistrictFont).values(
                handle=handle,
                district_code=district,
                sha256=sha256,
                name=found.name,
                characters=found.ranges,
                uploaded_by_id=actor.person_id,
                uploaded_at=clock.now(),
            )
        )
        subject = f"district_font:{handle}"
        audit.record(
            unit, actor=actor, verb="district_font.add", subject=subject, district=district, sha256=sha256
        )
        return unit.refer(handle)


def _keep(sha256: str, data: bytes) -> None:
    """Write the file in one step; one that no row names is of no use and no harm."""
    path = district_fonts.file_of(sha256)
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
