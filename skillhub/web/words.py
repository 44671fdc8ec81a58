"""How dates, times, money, names and rates are written for people; the filters of all templates.

Chinese and English are written here by hand and not by catalogue, because their
order differs and not just their words. Times are shown in the district's zone.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import LazyString, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from skillhub.base import clock, money
from skillhub.base.access import Role
from skillhub.plugins import labels
from skillhub.web import requests

_WEEKDAYS = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PARTS_OF_DAY = ((5, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
_MASK = "＊"
_ANY_DASH = "–"


def is_english() -> bool:
    """Tell whether the reader reads English."""
    locale = get_locale()
    return locale is not None and locale.language == "en"


def local(at: datetime) -> datetime:
    """Return an instant as the district's clocks show it."""
    return at.astimezone(ZoneInfo(requests.zone()))


def civil(value: date | datetime) -> date:
    """Return the civil date of an instant in the district, a date as it is."""
    return local(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime | None) -> str:
    """Write a date, weekday first, the year only if it is another one: 周三（11月25日）, Wed 25 Nov."""
    if value is None:
        return ""
    on = civil(value)
    if is_english():
        return f"{_WEEKDAYS_EN[on.weekday()]} {_short_en(on)}"
    return f"周{_WEEKDAYS[on.weekday()]}（{_short_zh(on)}）"


def short_day(value: date | datetime | None) -> str:
    """Write a date for a dense table: 11月25日, 25 Nov."""
    if value is None:
        return ""
    on = civil(value)
    return _short_en(on) if is_english() else _short_zh(on)


def full_day(value: date | datetime | None) -> str:
    """Write a date with its year, for papers: 2025年11月25日, 25 November 2025."""
    if value is None:
        return ""
    on = civil(value)
    return f"{on.day} {_month_en(on)} {on.year}" if is_english() else f"{on.year}年{on.month}月{on.day}日"


def hour(value: datetime | None) -> str:
    """Write a time of day: 上午9:00, 9:00."""
    if value is None:
        return ""
    at = local(value)
    if is_english():
        return f"{at.hour}:{at.minute:02d}"
    return f"{_part(at)}{_twelve(at)}"


def moment(value: datetime | None) -> str:
    """Write a date and a time: 周三（11月25日）上午9:00, Wed 25 Nov, 9:00."""
    if value is None:
        return ""
    return f"{day(value)}{', ' if is_english() else ''}{hour(value)}"


def span(start: datetime, end: datetime) -> str:
    """Write from when to when: 周三（11月25日）上午9:00–12:00, Wed 25 Nov, 9:00–12:00."""
    return f"{day(start)}{', ' if is_english() else ''}{hours(start, end)}"


def hours(start: datetime, end: datetime) -> str:
    """Write from what time to what time; the date of the end only if it is another one."""
    first, last = local(start), local(end)
    if first.date() != last.date():
        return f"{hour(start)}{_ANY_DASH}{moment(end)}"
    if is_english():
        return f"{hour(start)}{_ANY_DASH}{hour(end)}"
    is_noon = (last.hour, last.minute) == (12, 0)  # 上午9:00–12:00 needs no 中午
    until = _twelve(last) if is_noon or _part(first) == _part(last) else hour(end)
    return f"{hour(start)}{_ANY_DASH}{until}"


def iso(value: date | datetime | None) -> str:
    """Write a date or an instant for machines (`datetime=` of a time element), with the district's offset."""
    if value is None:
        return ""
    return local(value).isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()


def yuan(amount_fen: int | None) -> str:
    """Write fen as yuan: 1,000.00."""
    return "" if amount_fen is None else money.yuan(amount_fen)


def masked(name: str | None) -> str:
    """Hide the middle of a name: 孙＊凤, 董＊. One mark, however long the name, so that columns hold."""
    if not name:
        return ""
    if len(name) == 1:
        return _MASK
    return name[0] + _MASK + (name[-1] if len(name) > 2 else "")  # noqa: PLR2004 (two characters: only the first is shown)


def percent(rate: float | None) -> str:
    """Write a rate given in per cent with one decimal, 93.3%; nothing to divide by is said in words."""
    return str(_("算不了")) if rate is None else f"{rate:.1f}%"


_ROLES: dict[Role, LazyString] = {
    Role.TRAINEE: _l("学员"),
    Role.TRAINER: _l("教师"),
    Role.SCHOOL: _l("培训机构"),
    Role.EMPLOYER: _l("用人单位"),
    Role.DESK: _l("站点工作人员"),
    Role.OFFICER: _l("区工作人员"),
    Role.AUDITOR: _l("审计人员"),
    Role.OPERATOR: _l("系统运维"),
}


def role(value: Role | str) -> str:
    """Name a role."""
    return str(_ROLES[Role(value)])


def fact(words: str) -> str:
    """Write the kept words for a fact of a rule in the reader's language."""
    return labels.in_english(words) if is_english() else words


def install(app: Flask) -> None:
    """Give the filters to all templates."""
    app.jinja_env.filters |= {
        "day": day,
        "short_day": short_day,
        "full_day": full_day,
        "hour": hour,
        "hours": hours,
        "moment": moment,
        "iso": iso,
        "yuan": yuan,
        "masked": masked,
        "percent": percent,
        "role": role,
        "fact": fact,
    }
    app.jinja_env.globals |= {"span_text": span, "hours_text": hours}


def _this_year(on: date) -> bool:
    return on.year == clock.today(requests.zone()).year


def _short_zh(on: date) -> str:
    year = "" if _this_year(on) else f"{on.year}年"
    return f"{year}{on.month}月{on.day}日"


def _short_en(on: date) -> str:
    year = "" if _this_year(on) else f" {on.year}"
    return f"{on.day} {_MONTHS_EN[on.month - 1]}{year}"


def _month_en(on: date) -> str:
    names = "January February March April May June July August September October November December"
    return names.split()[on.month - 1]


def _part(at: datetime) -> str:
    return next(word for before, word in _PARTS_OF_DAY if at.hour < before)


def _twelve(at: datetime) -> str:
    return f"{at.hour - 12 if at.hour > 12 else at.hour}:{at.minute:02d}"  # noqa: PLR2004 (noon)
