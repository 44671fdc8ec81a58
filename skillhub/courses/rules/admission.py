"""Whether somebody may be let into a batch: every condition with its clause, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from skillhub.accounts.rules import ages
from skillhub.courses.rules.applications import LABOUR_LAW, LEAST_AGE, Standing, State, Why

OWN_RULES = "平台报名规则"


class Weight(StrEnum):
    """What a condition that does not hold leads to."""

    REFUSES = "refuses"
    TAKES_SUBSIDY = "takes_subsidy"
    HOLDS = "holds"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is on file about a person who applies, without name or number."""

    birth_on: date | None
    sex: str | None
    groups: tuple[str, ...]
    district: str
    has_identity: bool
    has_passed: bool
    clash: str | None


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition, whichever way it turned out; a plugin's brings its own words."""

    code: str
    clause: str | None
    met: bool
    weight: Weight
    text: str | None = None
    text_en: str | None = None


@dataclass(frozen=True)
class Ruling:
    """What a district's rules say; `is_open` when they broke or disagree, so that a clerk decides."""

    conditions: tuple[Condition, ...] = ()
    is_open: bool = False
    allows_unsubsidised: bool = True


TEXTS: dict[str, LazyString] = {
    "below_16": _l("年满16周岁"),
    "identity_unverified": _l("身份证件已核对"),
    "class_clash": _l("上课时间不和自己的别的班冲突"),
    "course_passed": _l("没有取得过同一工种、同一等级的合格结果"),
    "rule_broken": _l("本区的报名规则能算出结果"),
}
"""The words of core's own conditions, as something that holds."""


def conditions(known: Known, *, on: date, ruling: Ruling) -> tuple[Condition, ...]:
    """Return every condition: core's own, then those of the district."""
    own = (
        *_age_and_papers(birth_on=known.birth_on, has_identity=known.has_identity, on=on),
        Condition(code="class_clash", clause=OWN_RULES, met=known.clash is None, weight=Weight.REFUSES),
        Condition(
            code="course_passed",
            clause=OWN_RULES,
            met=not known.has_passed,
            weight=Weight.TAKES_SUBSIDY,
        ),
    )
    open_line = Condition(code="rule_broken", clause=None, met=False, weight=Weight.HOLDS)
    return (*own, *ruling.conditions, *((open_line,) if ruling.is_open else ()))


def standing(found: Sequence[Condition], *, is_unsubsidised: bool, allows_unsubsidised: bool) -> Standing:
    """Say what the conditions come to.

    A rule that says no refuses with all its reasons; papers that are missing or a rule
    that broke hold the application for a clerk.
    """
    waived = is_unsubsidised and allows_unsubsidised
    against = [
        each
        for each in found
        if not each.met
        and (each.weight is Weight.REFUSES or (each.weight is Weight.TAKES_SUBSIDY and not waived))
    ]
    if against:
        return Standing(State.REFUSED, tuple(_why(each) for each in against))
    held = [each for each in found if not each.met and each.weight is Weight.HOLDS]
    if held:
        return Standing(State.UNDER_REVIEW, tuple(_why(each) for each in held))
    return Standing(None, ())


def by_age_and_papers(*, birth_on: date | None, has_identity: bool, on: date) -> Standing:
    """Say whether somebody may be let in by age and papers alone (earlier registers, jobs of our own)."""
    found = _age_and_papers(birth_on=birth_on, has_identity=has_identity, on=on)
    return standing(found, is_unsubsidised=False, allows_unsubsidised=False)


def may_without_subsidy(found: Sequence[Condition], *, allows_unsubsidised: bool) -> bool:
    """Tell whether only the subsidy stands in the way, and the district lets people come without it."""
    against = [each for each in found if not each.met]
    return (
        allows_unsubsidised
        and any(each.weight is Weight.TAKES_SUBSIDY for each in against)
        and not any(each.weight is Weight.REFUSES for each in against)
    )


def _age_and_papers(*, birth_on: date | None, has_identity: bool, on: date) -> tuple[Condition, Condition]:
    return (
        Condition(
            code="below_16",
            clause=LABOUR_LAW,
            met=birth_on is None or ages.age(birth_on, on) >= LEAST_AGE,
            weight=Weight.REFUSES,
        ),
        Condition(code="identity_unverified", clause=OWN_RULES, met=has_identity, weight=Weight.HOLDS),
    )


def _why(condition: Condition) -> Why:
    return Why(condition.code, condition.clause, condition.text)
