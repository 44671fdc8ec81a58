"""The only place that writes the public directory as a table that opens clean in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from skillhub.districts.queries.districts import DistrictView
from skillhub.districts.queries.sites import SiteView

BOM = "\ufeff"
MEDIA_TYPE = "text/csv"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
KINDS: dict[str, LazyString] = {
    "market": _l("零工市场"),
    "centre": _l("服务中心"),
    "station": _l("零工驿站"),
    "stall": _l("摊位"),
    "workshop": _l("工坊"),
}


def kind(code: str) -> str:
    """Return the kind of a site in words."""
    return str(KINDS.get(code, code))


def table(sites: Iterable[SiteView], districts: Iterable[DistrictView]) -> str:
    """Return the directory as CSV with a byte order mark, lines ended as spreadsheets expect."""
    names = {district.code: district.name for district in districts}
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow([_("名称"), _("种类"), _("区"), _("地址"), _("电话"), _("经度"), _("纬度")])
    for site in sites:
        cells = (
            site.name,
            kind(site.kind),
            names.get(site.district, site.district),
            site.address,
            site.phone,
        )
        rows.writerow([*(_harmless(cell or "") for cell in cells), _number(site.lon), _number(site.lat)])
    return BOM + written.getvalue()


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from running a cell as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.5f}"
