"""The only place that knows which fonts a district has added, and which characters are still missing."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from skillhub.base import access
from skillhub.base.access import Actor, Role
from skillhub.base.db import db
from skillhub.credentials import fonts
from skillhub.credentials.errors import FontGone
from skillhub.credentials.model import DistrictFont
from skillhub.credentials.queries import issuer
from skillhub.credentials.rules.facts import Facts

FOLDER = "fonts"


@dataclass(frozen=True)
class FontView:
    """One font: its file is named by what is in it."""

    handle: str
    sha256: str
    name: str
    ranges: tuple[tuple[int, int], ...]
    uploaded_at: datetime

    @property
    def count(self) -> int:
        """How many characters it has."""
        return sum(last - first + 1 for first, last in self.ranges)

    def has(self, character: str) -> bool:
        """Tell whether it has a character."""
        place = bisect_right(self.ranges, (ord(character), 0x110000)) - 1
        return place >= 0 and ord(character) <= self.ranges[place][1]

    @property
    def path(self) -> Path:
        """Where its file lies."""
        return file_of(self.sha256)


def file_of(sha256: str) -> Path:
    """Return where the file of a font lies."""
    return issuer.config().data_folder / FOLDER / f"{sha256}.ttf"


def of_district(district: str) -> tuple[FontView, ...]:
    """Return the fonts of a district, the oldest first: in this order they are asked for a character."""
    rows = db.session.scalars(
        select(DistrictFont).where(DistrictFont.district_code == district).order_by(DistrictFont.id)
    )
    return tuple(
        FontView(
            handle=row.handle,
            sha256=row.sha256,
            name=row.name,
            ranges=tuple((first, last) for first, last in row.characters),
            uploaded_at=row.uploaded_at,
        )
        for row in rows
    )


def listed(actor: Actor) -> tuple[str, tuple[FontView, ...]]:
    """Return the actor's district and its fonts.

    :raises Forbidden: the actor is no officer.
    """
    access.require_role(actor, Role.OFFICER)
    district = min(actor.districts(Role.OFFICER))
    return district, of_district(district)


def missing_characters(text: str, district: str) -> tuple[str, ...]:
    """Return the characters that neither our font nor one of the district's can print."""
    missing = fonts.missing_characters(text)
    if not missing:
        return ()
    added = of_district(district)
    return tuple(each for each in missing if not any(font.has(each) for font in added))


def needed(facts: Facts) -> tuple[FontView, ...]:
    """Return the fonts of the district if these facts cannot be printed without them.

    :raises FontGone: the file of one is not there any more.
    """
    if not any(fonts.missing_characters(text) for text in facts.texts().values()):
        return ()
    found = of_district(facts.district)
    for each in found:
        if not each.path.is_file():
            raise FontGone(font=each.name)
    return found
