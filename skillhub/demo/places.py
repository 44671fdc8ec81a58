"""Loads where it all happens: the districts with their plugins, and the tree of sites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from skillhub.base import clock
from skillhub.base.db import Unit, unit_of_work
from skillhub.demo import data
from skillhub.demo.data import Row
from skillhub.demo.history import LOADER, in_units
from skillhub.districts import catalogue
from skillhub.districts.service import districts, sites


@dataclass(frozen=True)
class About:
    """What the table does not say of a district: its names, the area code, when its register begins."""

    short: str
    english: str
    area_code: str
    founded: str


ABOUT = {
    "130202": About("路南", "Lunan", "0315", "2024-12-01"),
    "500104": About("大渡口", "Dadukou", "023", "2025-01-02"),
    "440103": About("荔湾", "Liwan", "020", "2024-04-01"),
    "330102": About("上城", "Shangcheng", "0571", "2023-03-01"),
    "140403": About("潞州", "Luzhou", "0355", "2023-05-04"),
    "500105": About("江北", "Jiangbei", "023", "2025-01-02"),
    "500107": About("九龙坡", "Jiulongpo", "023", "2025-01-02"),
    "500108": About("南岸", "Nan'an", "023", "2025-01-02"),
    "440105": About("海珠", "Haizhu", "020", "2024-04-01"),
    "440106": About("天河", "Tianhe", "020", "2024-04-01"),
}
DISTRICTS = ("130202", "500104", "440103", "330102", "140403")
"""The districts of the demonstration, the one of the main story first; the others have sites alone."""


def founded(district: str) -> datetime:
    """Return when a district's register begins."""
    return data.on(data.known_day(ABOUT[district].founded))


def load_districts() -> Iterator[int]:
    """Load the districts, and switch on in each the plugin that is made for it."""
    rows = data.table("districts")
    with unit_of_work() as unit:
        for row in rows:
            _add(unit, row)
    yield len(rows)


def _add(unit: Unit, row: Row) -> None:
    code = row["code6"]
    about = ABOUT[code]
    with clock.frozen_at(founded(code)):
        districts.add_in(
            unit,
            actor=LOADER,
            code=code,
            name=row["name"],
            short_name=about.short,
            name_en=about.english,
            city=row["city"],
            province=row["province"],
            phone=f"{about.area_code}-0000000（虚构）",
        )
        for plugin in catalogue.plugins():
            if code in plugin.manifest.districts:
                districts.switch_in(
                    unit, actor=LOADER, district=code, plugin=plugin.manifest.name, is_on=True
                )


def load_sites() -> Iterator[int]:
    """Load markets, centres and stations, those above before those below."""
    rows = sorted(data.table("sites"), key=lambda row: (row["tier"], row["site_id"]))
    known: dict[str, int] = {}

    def load(unit: Unit, row: Row) -> None:
        with clock.frozen_at(founded(row["district_code"])):
            known[row["site_id"]] = sites.add_in(
                unit,
                actor=LOADER,
                code=row["site_id"],
                district=row["district_code"],
                name=row["name"],
                kind=row["kind"],
                tier=int(row["tier"]),
                address=row["address"] or row["name"],
                lon=float(row["lng"]) if row["lng"] else None,
                lat=float(row["lat"]) if row["lat"] else None,
                parent_id=known.get(row["parent_site_id"]),
            )

    yield from in_units(rows, load, 100)
