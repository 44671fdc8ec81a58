"""The only place that reads a line about a site: every cell in the form in which it is kept, or why not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from skillhub.accounts.rules import phones
from skillhub.accounts.rules.text import half_width
from skillhub.accounts.wrong import Wrong
from skillhub.base.sheets import cells
from skillhub.base.sheets.cells import Cell, Formula
from skillhub.imports.rules.lines import Remark, remark
from skillhub.imports.rules.people import Frame

NEEDED = ("kind",)
KINDS = {
    "market": "market",
    "零工市场": "market",
    "市场": "market",
    "centre": "centre",
    "center": "centre",
    "服务中心": "centre",
    "中心": "centre",
    "station": "station",
    "零工驿站": "station",
    "驿站": "station",
    "站": "station",
    "就业e站": "station",
    "stall": "stall",
    "摊位": "stall",
    "集市摊位": "stall",
    "workshop": "workshop",
    "工坊": "workshop",
}
LONGEST, TIERS = 100, ("1", "2", "3")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_TIER_NAMES = {
    "区": "1",
    "区级": "1",
    "街道": "2",
    "镇街": "2",
    "街道级": "2",
    "村": "3",
    "社区": "3",
    "村级": "3",
}
_EAST, _NORTH = (70.0, 140.0), (3.0, 55.0)


@dataclass(slots=True)
class Site:
    """A line as it was understood; what the file leaves empty is None."""

    number: int
    name: str = ""
    code: str | None = None
    kind: str = ""
    tier: int | None = None
    parent: str | None = None
    district: str = ""
    address: str | None = None
    phone: str | None = None
    position: tuple[float, float] | None = None
    refusals: list[Remark] = field(default_factory=list)
    flags: list[Remark] = field(default_factory=list)
    normalised: list[str] = field(default_factory=list)


def read(number: int, values: Mapping[str, Cell], frame: Frame) -> Site:
    """Read one line; everything that is wrong with it is said at once."""
    line = Site(number)
    for name, value in values.items():
        if isinstance(value, Formula):
            line.refusals.append(remark("formula", field=name))
    line.name = _kept(line, "name", values) or ""
    if not line.name:
        line.refusals.append(remark("site_name_missing"))
    line.address = _kept(line, "address", values)
    if max(len(line.name), len(line.address or "")) > LONGEST:
        line.refusals.append(remark("site_name_long"))
    line.parent = _kept(line, "parent", values)
    _code(line, values)
    _kind(line, values.get("kind"))
    _tier(line, values.get("tier"))
    _phone(line, values)
    _position(line, values)
    _district(line, values.get("district"), frame)
    return line


def _kept(line: Site, name: str, values: Mapping[str, Cell]) -> str | None:
    """Return a text with single spaces, and note when it was written otherwise."""
    written = cells.text(values.get(name))
    kept = " ".join(written.lstrip("'").split())
    if kept != written:
        line.normalised.append(name)
    return kept or None


def _code(line: Site, values: Mapping[str, Cell]) -> None:
    typed = half_width(_kept(line, "code", values) or "")
    if typed and not _CODE.fullmatch(typed):
        line.refusals.append(remark("site_code_form"))
    line.code = typed or None


def _kind(line: Site, cell: Cell) -> None:
    typed = "".join(half_width(cells.text(cell)).split()).lower()
    kind = KINDS.get(typed)
    if kind is None:
        line.refusals.append(remark("site_kind_unknown"))
        return
    line.kind = kind
    if typed != cells.text(cell):
        line.normalised.append("kind")


def _tier(line: Site, cell: Cell) -> None:
    typed = "".join(half_width(cells.text(cell)).split()).removesuffix("级")
    tier = _TIER_NAMES.get(typed, typed)
    if not tier:
        return
    if tier not in TIERS:
        line.refusals.append(remark("tier_form"))
        return
    line.tier = int(tier)


def _phone(line: Site, values: Mapping[str, Cell]) -> None:
    written = cells.text(values.get("phone"))
    if not written.strip():
        return
    try:
        line.phone = phones.contact(written.lstrip("'"))
    except Wrong as wrong:
        line.refusals.append(remark(wrong.code))
        return
    if line.phone != written:
        line.normalised.append("phone")


def _position(line: Site, values: Mapping[str, Cell]) -> None:
    typed = [half_width(cells.text(values.get(name))).strip() for name in ("lon", "lat")]
    if not any(typed):
        return
    try:
        lon, lat = (float(each) for each in typed)
    except ValueError:
        line.refusals.append(remark("position_form"))
        return
    if _EAST[0] <= lon <= _EAST[1] and _NORTH[0] <= lat <= _NORTH[1]:
        line.position = (lon, lat)
    elif _EAST[0] <= lat <= _EAST[1] and _NORTH[0] <= lon <= _NORTH[1]:
        line.refusals.append(remark("position_swapped"))
    else:
        line.refusals.append(remark("position_form"))


def _district(line: Site, cell: Cell, frame: Frame) -> None:
    typed = cells.text(cell).strip().lstrip("'")
    code = frame.district
    if typed and typed != code:
        code = {name: code for code, name in frame.districts.items()}.get(typed, typed)
    if code is None:
        line.refusals.append(remark("district_missing_here"))
    elif code not in frame.districts or (frame.district is not None and code != frame.district):
        line.refusals.append(remark("district_other", value=typed[:20]))
    else:
        line.district = code
