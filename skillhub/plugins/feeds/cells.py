"""Small converters from what people type into a cell; what cannot be read is None, never guessed."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from skillhub.plugins.types import PayUnit

MOST_TEXT = 2_000
"""Characters of one cell that are kept; a longer one is cut and flagged."""
MOST_ITEMS = 50

_NOT_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s].*)?", re.ASCII)
_COUNT = re.compile(r"(\d{1,6})\s*(?:人|名|位|个|小时|星|级|颗星)?", re.ASCII)
_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,9}(?:\.\d{1,2})?)"
_TO = r"\s*[-~–—～至到]\s*"
_BY = r"(?:/|每|一|／)?\s*"
_SUM = rf"{_NUMBER}\s*(?:元)?(?:{_TO}{_NUMBER})?\s*元?\s*"
_UNITS = {
    PayUnit.DAY: "天|日",
    PayUnit.MONTH: "月|个月",
    PayUnit.HOUR: "小时|时|h",
    PayUnit.PIECE: "件|套|单|个|次|条",
    PayUnit.SHIFT: "班|班次|场|场次",
}
_PREFIXES = {
    PayUnit.DAY: "日薪|日工资|每天|每日",
    PayUnit.MONTH: "月薪|月工资|每月",
    PayUnit.HOUR: "时薪|每小时|小时工资",
    PayUnit.PIECE: "计件|每件|单价",
    PayUnit.SHIFT: "每班|每场",
}
_PAY = [
    (unit, re.compile(pattern, re.ASCII))
    for unit in PayUnit
    for pattern in (
        rf"{_SUM}{_BY}(?:{_UNITS[unit]})",
        rf"(?:{_PREFIXES[unit]})[:：]?\s*{_SUM}(?:{_BY}(?:{_UNITS[unit]}))?",
    )
]


@dataclass(frozen=True)
class Pay:
    """A wage that could be read without doubt."""

    min_fen: int
    max_fen: int
    unit: PayUnit


def text(cell: str) -> str:
    """Return plain text: one form of each character, no control characters, no spaces around it."""
    return unicodedata.normalize("NFC", _NOT_TEXT.sub(" ", cell)).strip()


def narrow(cell: str) -> str:
    """Return text with full-width digits and signs made narrow, to be read as a number or a date."""
    return unicodedata.normalize("NFKC", text(cell))


def day(cell: str) -> date | None:
    """Read 2026-03-05, 2026/3/5, 2026.3.5, 2026年3月5日, also with a time behind it."""
    found = _DATE.fullmatch(narrow(cell))
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def count(cell: str) -> int | None:
    """Read a whole number, also one with its counter: 3人, 5星."""
    found = _COUNT.fullmatch(narrow(cell))
    return None if found is None else int(found[1])


def degree(cell: str, most: float) -> float | None:
    """Read a longitude or latitude."""
    try:
        value = float(narrow(cell))
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= most else None


def items(cell: str) -> tuple[str, ...]:
    """Split a list at ； ; 、 ， , and line ends; each item once."""
    parts = (text(part) for part in re.split(r"[；;、，,\n|]", cell))
    return tuple(dict.fromkeys(part for part in parts if part))[:MOST_ITEMS]


def pay(cell: str) -> Pay | None:
    """Read 180元/天, 6500元/月, 5000-7000元/月, 月薪400元, 计件0.8元; None for 面议 and for all else."""
    said = narrow(cell).replace(" ", "")
    for unit, pattern in _PAY:
        found = pattern.fullmatch(said)
        if found is not None:
            low = _fen(found[1])
            high = _fen(found[2]) if found[2] else low
            return Pay(low, high, unit) if 0 < low <= high else None
    return None


def _fen(number: str) -> int:
    yuan = Decimal(number.replace(",", ""))
    return int((yuan * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
