"""The only place that writes the public directory as a table that opens clean in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from skillhub.base import spreadsheets
from skillhub.districts.queries.districts import DistrictView
from skillhub.districts.queries.sites import SiteView
from skillhub.districts.rules import kinds

MEDIA_TYPE = spreadsheets.MEDIA_TYPE


def table(sites: Iterable[SiteView], districts: Iterable[DistrictView]) -> str:
    """Return the directory as CSV, one site a line."""
    names = {district.code: district.name for district in districts}
    head = [_("名称"), _("种类"), _("区"), _("地址"), _("电话"), _("经度"), _("纬度")]
    rows = (
        (
            site.name,
            kinds.word(site.kind),
            names.get(site.district, site.district),
            site.address,
            site.phone,
            _number(site.lon),
            _number(site.lat),
        )
        for site in sites
    )
    return spreadsheets.table(head, rows)


def _number(value: float | None) -> spreadsheets.Number | None:
    return None if value is None else spreadsheets.Number(f"{value:.5f}")
