"""The only place that reads the packages that officers uploaded, and what was decided on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.districts.model import PluginOffer, PluginPackage

OFFERED, APPROVED, DECLINED, REPLACED = "offered", "approved", "declined", "replaced"


@dataclass(frozen=True)
class OfferView:
    """A package that an officer has uploaded for a district."""

    id: int
    district: str
    sha256: str
    name: str
    version: str
    state: str
    offered_at: datetime
    offered_by_id: int
    decided_at: datetime | None
    report: Mapping[str, Any]


def offers(district: str) -> tuple[OfferView, ...]:
    """Return a district's packages, the latest first."""
    return _offers(PluginOffer.district_code == district)


def offer(district: str, sha256: str) -> OfferView:
    """Return one package of a district.

    :raises NotFound: the district has none such.
    """
    found = _offers(PluginOffer.district_code == district, PluginOffer.package_sha256 == sha256)
    if not found:
        raise NotFound
    return found[0]


def approved() -> Mapping[str, Mapping[str, str]]:
    """Return by district and name the content that two officers have agreed on."""
    found: dict[str, dict[str, str]] = {}
    rows = db.session.execute(
        select(PluginOffer.district_code, PluginPackage.name, PluginPackage.sha256)
        .join(PluginPackage, PluginPackage.sha256 == PluginOffer.package_sha256)
        .where(PluginOffer.state == APPROVED)
    )
    for district, name, sha256 in rows:
        found.setdefault(district, {})[name] = sha256
    return found


def is_kept(sha256: str) -> bool:
    """Tell whether the content of a package is in the database."""
    return db.session.scalar(select(PluginPackage.name).where(PluginPackage.sha256 == sha256)) is not None


def files(sha256: str) -> Mapping[str, str]:
    """Return the files of a package by their path."""
    found: dict[str, str] | None = db.session.scalar(
        select(PluginPackage.files).where(PluginPackage.sha256 == sha256)
    )
    if found is None:
        raise NotFound
    return found


def _offers(*conditions: ColumnElement[bool]) -> tuple[OfferView, ...]:
    rows = db.session.execute(
        select(
            PluginOffer.id,
            PluginOffer.district_code,
            PluginPackage.sha256,
            PluginPackage.name,
            PluginPackage.version,
            PluginOffer.state,
            PluginOffer.offered_at,
            PluginOffer.offered_by_id,
            PluginOffer.decided_at,
            PluginOffer.report,
        )
        .join(PluginPackage, PluginPackage.sha256 == PluginOffer.package_sha256)
        .where(*conditions)
        .order_by(PluginOffer.offered_at.desc(), PluginOffer.id.desc())
    )
    return tuple(OfferView(*row) for row in rows)
