"""The only place that collects what is wrong with what somebody typed, to tell every fault at once."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from skillhub.base import texts
from skillhub.base.errors import FieldError, Invalid

FARTHEST = timedelta(days=2 * 366)


class Faults:
    """The faults found so far; each check returns the value in its kept form."""

    def __init__(self) -> None:
        self.found: list[FieldError] = []

    def add(self, field: str, code: str, message: str | LazyString) -> None:
        """Note one fault."""
        self.found.append(FieldError(field, code, message))

    def text(self, field: str, value: str, *, most: int, is_needed: bool = True) -> str:
        """Keep a text of at most so many characters, without blanks at its ends."""
        kept = unicodedata.normalize("NFC", value).strip()
        if texts.is_hidden(kept):
            self.add(field, "unprintable", _l("里面有看不见的控制字符。请删掉后重新输入。"))
        elif not kept and is_needed:
            self.add(field, "missing", _l("这一项没有填。请填写。"))
        elif len(kept) > most:
            self.add(
                field,
                "too_long",
                _l("填了%(count)s个字。请缩短到%(most)s个字以内。", count=len(kept), most=most),
            )
        return kept

    def whole(self, field: str, value: int, *, least: int, most: int) -> int:
        """Keep a whole number within its bounds."""
        if not least <= value <= most:
            self.add(
                field,
                "out_of_range",
                _l("填了%(value)s。请填%(least)s到%(most)s之间的整数。", value=value, least=least, most=most),
            )
        return value

    def day(self, field: str, value: date, *, today: date) -> date:
        """Keep a day that is today or later, and not further away than anyone plans."""
        if value < today:
            self.add(
                field,
                "in_the_past",
                _l(
                    "填的%(value)s已经过去。请填%(today)s或以后的日期。",
                    value=value.isoformat(),
                    today=today.isoformat(),
                ),
            )
        elif value > today + FARTHEST:
            self.add(field, "too_far", _l("填的%(value)s太远。请填两年以内的日期。", value=value.isoformat()))
        return value

    def instant(self, field: str, value: datetime, *, now: datetime) -> datetime:
        """Keep an aware instant within two years of now, on either side."""
        if value.tzinfo is None:
            self.add(field, "no_zone", _l("时间没有写时区。请写成2025-11-10T09:00:00+08:00的样子。"))
            return now
        if abs(value - now) > FARTHEST:
            self.add(field, "too_far", _l("这个时间离现在超过两年。请核对年份。"))
            return now
        return value

    def stop(self) -> None:
        """Go on only if nothing was wrong.

        :raises Invalid: with every fault found.
        """
        if self.found:
            raise Invalid(*self.found)
