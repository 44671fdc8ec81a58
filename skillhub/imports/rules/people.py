"""The only place that reads a line about a person: every cell in the form in which it is kept, or why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from skillhub.accounts.rules import ages, identity, names, phones, wishes
from skillhub.accounts.rules.identity import Identity, IdType
from skillhub.accounts.rules.text import half_width
from skillhub.accounts.wrong import Wrong
from skillhub.base.sheets import cells
from skillhub.base.sheets.cells import Cell, Formula
from skillhub.imports.rules import dates
from skillhub.imports.rules.lines import Remark, remark

Value = TypeVar("Value")
WishKey = tuple[str, str, date | None]

NEEDED = ("id_number", "phone")
_APOSTROPHES = ("'", "\u2018", "\u2019", "\uff07", "`")
_NOBODY = frozenset(["不留名", "未留名", "无名", "匿名", "不详", "未知", "无", "空"])
_SEXES = {
    "男": "男",
    "女": "女",
    "男性": "男",
    "女性": "女",
    "m": "男",
    "f": "女",
    "male": "男",
    "female": "女",
    "1": "男",
    "2": "女",
}
_YES = frozenset(["是", "同意", "已同意", "1", "√", "✓", "y", "yes", "true"])
_BETWEEN = re.compile(r"[、，,;；/|\s]+")
_LOST = re.compile(r"[0-9.]+[eE]\+?[0-9]+")
_PERMITS = ("81", "82", "83")
DIGITS_KEPT = 15
SHORT_TEXT = 60


@dataclass(frozen=True)
class Frame:
    """What holds for every line: the day, the districts that may be named, and the one that is meant."""

    today: date
    districts: Mapping[str, str]
    district: str | None
    has_consented: bool = False


@dataclass(slots=True)
class Person:
    """A line as it was understood; `refusals` and `flags` say what cannot be taken, or not without a look."""

    number: int
    written: str
    name: str = ""
    document: Identity | None = None
    phone: str | None = None
    sex: str | None = None
    district: str = ""
    street: str | None = None
    education: str | None = None
    groups: tuple[str, ...] = ()
    wishes: tuple[WishKey, ...] = ()
    has_consented: bool = False
    refusals: list[Remark] = field(default_factory=list)
    flags: list[Remark] = field(default_factory=list)
    normalised: list[str] = field(default_factory=list)

    @property
    def key(self) -> str | None:
        """The document as text, None without one."""
        return f"{self.document.id_type}:{self.document.number}" if self.document else None


def read(number: int, values: Mapping[str, Cell], frame: Frame) -> Person:
    """Read one line; everything that is wrong with it is said at once."""
    line = Person(number, cells.text(values.get("name")).strip()[:SHORT_TEXT])
    for name, value in values.items():
        if isinstance(value, Formula) and name not in ("starts_on", "sex"):
            line.refusals.append(remark("formula", field=name))
    _name(line, values.get("name"))
    _document(line, values, frame.today)
    _phone(line, values.get("phone"))
    _sex(line, values.get("sex"))
    _age(line, values.get("starts_on"), frame.today)
    _district(line, values.get("district"), frame)
    _wishes(line, values, frame.today)
    line.street = _short(values.get("street"))
    line.education = _short(values.get("education"))
    line.groups = _taken(line, lambda: wishes.groups(_split(values.get("groups")))) or ()
    said = half_width(cells.text(values.get("consent"))).strip().lower()
    line.has_consented = said in _YES if said else frame.has_consented
    if cells.is_blank(values.get("id_number")) and cells.is_blank(values.get("phone")):
        line.refusals.append(remark("phone_and_number_missing"))
    return line


def _taken(line: Person, rule: Callable[[], Value]) -> Value | None:
    try:
        return rule()
    except Wrong as wrong:
        line.refusals.append(remark(wrong.code))
        return None


def _bare(cell: Cell) -> str:
    """Return a cell without the apostrophe by which a spreadsheet was told to leave it alone."""
    text = cells.text(cell).strip()
    return text.lstrip("".join(_APOSTROPHES)).strip() if text.startswith(_APOSTROPHES) else text


def _name(line: Person, cell: Cell) -> None:
    if isinstance(cell, Formula):
        return
    typed = _bare(cell)
    kept = _taken(line, lambda: names.name("" if typed in _NOBODY else typed))
    if kept is not None:
        line.name = kept
        if kept != cells.text(cell):
            line.normalised.append("name")


def _document(line: Person, values: Mapping[str, Cell], today: date) -> None:
    cell = values.get("id_number")
    typed = _bare(cell)
    if not typed or isinstance(cell, Formula):
        return
    if (isinstance(cell, int | float) and len(typed) >= DIGITS_KEPT) or _LOST.fullmatch(half_width(typed)):
        line.refusals.append(remark("id_number_lost"))
        return
    kind = _bare(values.get("id_type")) or _kind(half_width(typed))
    document = _taken(line, lambda: identity.identity(kind, typed, today=today))
    if document is not None:
        line.document = document
        if document.number != cells.text(cell):
            line.normalised.append("id_number")


def _kind(typed: str) -> str:
    """Return which document a number without a kind must be, by how it begins."""
    if typed.startswith(_PERMITS):
        return IdType.RESIDENCE_PERMIT
    return IdType.FOREIGNER_ID if typed.startswith("9") else IdType.RESIDENT_ID


def _phone(line: Person, cell: Cell) -> None:
    typed = _bare(cell)
    if not typed:
        return
    try:
        line.phone = phones.mobile(typed)
    except Wrong as wrong:
        is_lost = _LOST.fullmatch(half_width(typed))
        if wrong.code == "phone_landline" and line.document is not None:
            line.flags.append(remark("phone_landline"))
        else:
            line.refusals.append(remark("phone_lost" if is_lost else wrong.code))
        return
    if line.phone != cells.text(cell):
        line.normalised.append("phone")


def _sex(line: Person, cell: Cell) -> None:
    typed = half_width(_bare(cell)).lower()
    said = _SEXES.get(typed)
    of_document = line.document.sex if line.document else None
    line.sex = of_document or said
    if typed and said is None:
        line.flags.append(remark("sex_unknown", value=typed[:10]))
    elif said and of_document and said != of_document:
        line.flags.append(remark("sex_differs", cell=said, document=of_document))
    elif typed and said != cells.text(cell):
        line.normalised.append("sex")


def _age(line: Person, cell: Cell, today: date) -> None:
    """Ask for sixteen years on the first day of the class where the file names it, and today."""
    on = _day(line, "starts_on", cell)
    born = line.document.birth_on if line.document else None
    if born is None:
        return
    age = ages.age(born, min(on, today) if on else today)
    if age < ages.LEAST_TO_REGISTER:
        line.refusals.append(remark("too_young_on", age=age, day=min(on, today) if on else today))


def _day(line: Person, name: str, cell: Cell) -> date | None:
    if cells.is_blank(cell):
        return None
    try:
        found, is_kept = dates.day(cell)
    except Wrong as wrong:
        line.flags.append(remark(wrong.code, field=name))
        return None
    if not is_kept:
        line.normalised.append(name)
    return found


def _district(line: Person, cell: Cell, frame: Frame) -> None:
    typed = _bare(cell)
    code = frame.district
    if typed and typed != code:
        code = {name: code for code, name in frame.districts.items()}.get(typed, typed)
    if code is None:
        line.refusals.append(remark("district_missing_here"))
    elif code not in frame.districts or (frame.district is not None and code != frame.district):
        line.refusals.append(remark("district_other", value=typed[:20]))
    else:
        line.district = code


def _wishes(line: Person, values: Mapping[str, Cell], today: date) -> None:
    on = _day(line, "registered_on", values.get("registered_on"))
    if on is not None and on > today:
        line.flags.append(remark("date_ahead", field="registered_on"))
        on = None
    made = []
    for kind in ("job", "course"):
        trade = " ".join(_bare(values.get(kind)).split())
        if len(trade) > wishes.TRADE_LENGTH:
            line.refusals.append(remark("trade_long", field=kind))
        elif trade:
            made.append((kind, trade, on))
    line.wishes = tuple(made)


def _split(cell: Cell) -> tuple[str, ...]:
    return tuple(part for part in _BETWEEN.split(_bare(cell)) if part)


def _short(cell: Cell) -> str | None:
    return _bare(cell)[:SHORT_TEXT] or None
