"""Occupation, trade and level: the three parts of a course's key in the trade."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l

from skillhub.base.faults import Faults

LEVELS = {
    "apprentice": _l("学徒工"),
    "5": _l("五级（初级工）"),
    "4": _l("四级（中级工）"),
    "3": _l("三级（高级工）"),
    "2": _l("二级（技师）"),
    "1": _l("一级（高级技师）"),
    "special": _l("特级技师"),
    "chief": _l("首席技师"),
}
SPOKEN = {
    "学徒工": "apprentice",
    "五级": "5",
    "初级工": "5",
    "四级": "4",
    "中级工": "4",
    "三级": "3",
    "高级工": "3",
    "二级": "2",
    "技师": "2",
    "一级": "1",
    "高级技师": "1",
    "特级技师": "special",
    "首席技师": "chief",
}
LONGEST_TRADE = 30
_OCCUPATION = re.compile(r"\d-\d{2}-\d{2}-\d{2}")


def trade(faults: Faults, value: str) -> str:
    """Keep the name of a trade."""
    return faults.text("trade", value, most=LONGEST_TRADE)


def occupation(faults: Faults, value: str | None) -> str | None:
    """Keep an occupation's code in the national list, or none."""
    if value is None or not value.strip():
        return None
    kept = value.strip()
    if not _OCCUPATION.fullmatch(kept):
        faults.add(
            "occupation",
            "not_a_code",
            _l("填了%(value)s。请填职业编码，比如4-10-01-06；不知道就留空。", value=kept[:30]),
        )
    return kept


def level(faults: Faults, value: str | None) -> str | None:
    """Keep the code of a level, also when its Chinese name was typed; none for courses below any level."""
    if value is None or not value.strip():
        return None
    kept = SPOKEN.get(value.strip(), value.strip())
    if kept not in LEVELS:
        faults.add(
            "level",
            "unknown",
            _l(
                "填了%(value)s。请填等级代码%(codes)s之一；不分等级就留空。",
                value=kept[:30],
                codes="、".join(LEVELS),
            ),
        )
    return kept
