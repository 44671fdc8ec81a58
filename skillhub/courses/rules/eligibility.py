"""What people are told about joining a batch, said from its own facts and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from skillhub.base import money
from skillhub.courses.rules import orders


@dataclass(frozen=True, kw_only=True)
class Promise:
    """The work that stands behind a batch, as its training order promises it."""

    employer: str
    jobs: int
    wage_fen: int | None
    wage_unit: str | None
    wage_text: str | None


def wage(promise: Promise) -> str | None:
    """Return the pay in words (180.00元/天), as the order states it."""
    if promise.wage_fen is None or promise.wage_unit not in orders.WAGE_UNITS:
        return promise.wage_text
    unit = orders.WAGE_UNITS[promise.wage_unit]
    return str(_l("%(yuan)s元/%(unit)s", yuan=money.yuan(promise.wage_fen), unit=unit))


def texts(*, theory_hours: int, practice_hours: int, promise: Promise | None) -> list[str]:
    """Return the sentences, in the reader's language."""
    said: list[str | LazyString] = [
        _l("培训不收费。"),
        _l(
            "共%(hours)s课时：理论%(theory)s，实操%(practice)s。",
            hours=theory_hours + practice_hours,
            theory=theory_hours,
            practice=practice_hours,
        ),
    ]
    if promise is not None:
        said.append(
            _l(
                "%(employer)s的订单班，承诺合格后提供%(jobs)s个岗位。",
                employer=promise.employer,
                jobs=promise.jobs,
            )
        )
        pay = wage(promise)
        if pay:
            said.append(_l("岗位报酬：%(pay)s。", pay=pay))
    return [str(each) for each in said]
