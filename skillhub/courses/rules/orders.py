"""What a training order may ask for, what its figures mean, and the words for its states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from skillhub.base.faults import Faults
from skillhub.courses.rules import levels

STATES = {
    "asked": _l("待审核"),
    "approved": _l("已核准"),
    "refused": _l("未核准"),
    "completed": _l("已办结"),
}
WAGE_UNITS = {"day": _l("天"), "month": _l("月"), "piece": _l("件")}
DECISIONS = ("approved", "refused")
MOST_HEADS = 1_000
MOST_WAGE_FEN = 10_000_000
MOST_SKILLS = 20
LONGEST_SKILL = 50
LONGEST_REASON = 500


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an employer asks for. Only orders from before this system may lack a wage in figures."""

    trade: str
    occupation: str | None
    level: str | None
    heads: int
    skills: tuple[str, ...]
    wage_fen: int | None
    wage_unit: str | None
    wage_text: str | None
    starts_on: date
    promised_jobs: int


def checked(wish: Wish, *, today: date | None) -> Wish:
    """Return the wish in its kept form.

    :param today: the civil day in the district; None for history, whose days lie in the past.
    :raises Invalid: with every fault found.
    """
    faults = Faults()
    kept = Wish(
        trade=levels.trade(faults, wish.trade),
        occupation=levels.occupation(faults, wish.occupation),
        level=levels.level(faults, wish.level),
        heads=faults.whole("heads", wish.heads, least=1, most=MOST_HEADS),
        skills=_skills(faults, wish.skills),
        wage_fen=wish.wage_fen,
        wage_unit=wish.wage_unit,
        wage_text=wish.wage_text,
        starts_on=wish.starts_on if today is None else faults.day("starts_on", wish.starts_on, today=today),
        promised_jobs=wish.promised_jobs,
    )
    _check_wage(faults, wish, is_history=today is None)
    _check_promise(faults, wish)
    faults.stop()
    return kept


def _skills(faults: Faults, skills: Sequence[str]) -> tuple[str, ...]:
    if len(skills) > MOST_SKILLS:
        faults.add(
            "skills",
            "too_many",
            _l("写了%(count)s项技能。请留下最要紧的%(most)s项以内。", count=len(skills), most=MOST_SKILLS),
        )
        return ()
    return tuple(faults.text("skills", each, most=LONGEST_SKILL) for each in skills)


def _check_wage(faults: Faults, wish: Wish, *, is_history: bool) -> None:
    if is_history and wish.wage_fen is None and wish.wage_text:
        return
    if wish.wage_unit not in WAGE_UNITS:
        faults.add(
            "wage_unit", "unknown", _l("请选一种计酬方式：day（按天）、month（按月）或piece（按件）。")
        )
    if wish.wage_fen is None:
        faults.add("wage_fen", "missing", _l("没有写报酬。请填具体数目，不能面议。"))
    elif not 0 < wish.wage_fen <= MOST_WAGE_FEN:
        faults.add(
            "wage_fen", "out_of_range", _l("报酬要大于0元，不超过100,000元。请填每天、每月或每件的数目。")
        )


def _check_promise(faults: Faults, wish: Wish) -> None:
    if wish.promised_jobs < 1:
        faults.add(
            "promised_jobs",
            "too_few",
            _l("填了%(value)s。订单培训至少要承诺1个岗位。", value=wish.promised_jobs),
        )
    elif wish.promised_jobs > wish.heads > 0:
        faults.add(
            "promised_jobs",
            "more_than_heads",
            _l(
                "承诺了%(promised)s个岗位，只培训%(heads)s人。请填不超过培训人数的数。",
                promised=wish.promised_jobs,
                heads=wish.heads,
            ),
        )


def reason_of(decision: str, reason: str | None) -> str:
    """Return the reason of a decision in its kept form; a refusal cannot do without.

    :raises Invalid: the decision is unknown, or the reason is missing or too long.
    """
    faults = Faults()
    if decision not in DECISIONS:
        faults.add("decision", "unknown", _l("请选approved（核准）或refused（不予核准）。"))
    kept = faults.text("reason", reason or "", most=LONGEST_REASON, is_needed=False)
    if decision == "refused" and not kept:
        faults.add("reason", "missing", _l("不予核准要写明原因：哪里不行，改成什么样可以再来。"))
    faults.stop()
    return kept


def percent(part: int, whole: int) -> float | None:
    """Return how many of a hundred, with one decimal (half a tenth goes up); None of nothing."""
    if whole <= 0:
        return None
    tenths = (part * 2000 + whole) // (2 * whole)
    return tenths / 10


@dataclass(frozen=True)
class Rates:
    """How well an order was filled, passed and placed, in percent; None where nothing can be divided by."""

    fill: float | None
    passed: float | None
    placed: float | None


@dataclass(frozen=True)
class Funnel:
    """How many people of one order were asked for, held a seat, came, were certified and were hired."""

    asked: int
    enrolled: int
    attended: int
    certified: int
    hired: int

    @property
    def rates(self) -> Rates:
        """The three rates that the figures give."""
        return Rates(
            fill=percent(self.enrolled, self.asked),
            passed=percent(self.certified, self.enrolled),
            placed=percent(self.hired, self.certified),
        )
