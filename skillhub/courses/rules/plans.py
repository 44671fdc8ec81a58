"""What a plan of allocation may look like, and the times that follow from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from skillhub.base.faults import Faults
from skillhub.courses.rules.allocation import Mode, Plan, Pool, Quota

OFFER_LASTS = timedelta(hours=24)
"""So long somebody may think about an offered seat, but never past the cut-off."""
CUT_OFF_BEFORE = timedelta(hours=24)
"""So long before the class seats are no longer passed on, unless the plan says otherwise."""
LAST_MOMENT = timedelta(seconds=5)
"""Whoever applied just before the end may wait so long for the batch's row: nothing is concluded before."""
PROMISE_STANDS = timedelta(hours=24)
"""So long before closing the promise of a draw must be public."""
AS_TEN_DIGITS = 10_000_000_000
"""Added to an order number it makes the key of a place in line, in arithmetic that every database has."""
MOST_QUOTAS = 6
LONGEST_GROUP = 30
MODES: dict[str, LazyString] = {
    Mode.FIRST_COME: _l("先到先得"),
    Mode.DRAW: _l("报名结束后抽签"),
    Mode.QUOTAS: _l("给几类人员留名额，其余先到先得"),
}


def default_cut_off(*, closes_at: datetime, first_at: datetime) -> datetime:
    """Return from when on no seat is passed on: a day before the class, but not while people apply."""
    return max(closes_at, first_at - CUT_OFF_BEFORE)


def offer_until(*, now: datetime, cut_off: datetime) -> datetime:
    """Return how long an offer made now stands."""
    return min(now + OFFER_LASTS, cut_off)


def line_key(*, order_no: int, is_carried: bool = False, ticket: str | None = None) -> str:
    """Return the key by which those who wait are sorted: carried over, then by arrival or by ticket."""
    if is_carried:
        return f"0{order_no:010d}"
    return str(AS_TEN_DIGITS + order_no) if ticket is None else f"1{ticket}"


def check(faults: Faults, plan: Plan, *, opens_at: datetime, closes_at: datetime, first_at: datetime) -> None:
    """Note what is wrong with a plan; `seats` and the hours of applying have been checked before."""
    if not closes_at <= plan.cut_off <= first_at:
        faults.add(
            "cut_off", "out_of_place", _l("停止递补的时间要在报名结束以后、第一次上课以前。请改时间。")
        )
    if plan.mode is not Mode.QUOTAS:
        if plan.quotas or plan.release_at:
            faults.add("quotas", "not_in_this_mode", _l("只有quotas方式才能留名额。请清空，或改方式。"))
        return
    _check_quotas(faults, plan)
    if plan.release_at is None or not opens_at <= plan.release_at <= plan.cut_off:
        faults.add(
            "release_at", "out_of_place", _l("放开留存名额的时间要在报名开始以后、停止递补以前。请改时间。")
        )


def _check_quotas(faults: Faults, plan: Plan) -> None:
    groups = [quota.group.strip() for quota in plan.quotas]
    if not plan.quotas or len(plan.quotas) > MOST_QUOTAS:
        faults.add("quotas", "count", _l("请填1到%(most)s类人员，各留几个名额。", most=MOST_QUOTAS))
    if len(set(groups)) != len(groups) or any(not 0 < len(group) <= LONGEST_GROUP for group in groups):
        faults.add("quotas", "groups", _l("每类人员填一次，写人员类别的名称，比如“登记失业人员”。"))
    if (
        any(quota.seats < 1 for quota in plan.quotas)
        or sum(quota.seats for quota in plan.quotas) > plan.seats
    ):
        faults.add("quotas", "seats", _l("留的名额每类至少1个，加起来不能超过总名额%(n)s。", n=plan.seats))


def stored(plan: Plan) -> dict[str, Any]:
    """Return a plan as it is kept and published."""
    return {
        "mode": plan.mode.value,
        "seats": plan.seats,
        "quotas": [{"group": quota.group, "seats": quota.seats} for quota in plan.quotas],
        "release_at": None if plan.release_at is None else _text(plan.release_at),
        "cut_off": _text(plan.cut_off),
    }


def read(values: Mapping[str, Any]) -> Plan:
    """Return a kept plan."""
    release_at = values["release_at"]
    return Plan(
        mode=Mode(values["mode"]),
        seats=values["seats"],
        quotas=quotas(values["quotas"]),
        release_at=None if release_at is None else datetime.fromisoformat(release_at),
        cut_off=datetime.fromisoformat(values["cut_off"]),
    )


def quotas(values: Sequence[Mapping[str, Any]]) -> tuple[Quota, ...]:
    """Return kept quotas."""
    return tuple(Quota(group=each["group"], seats=each["seats"]) for each in values)


def kept_pools(pools: Mapping[str, Pool]) -> dict[str, list[int]]:
    """Return pools as a batch keeps them."""
    return {name: [pool.seats, pool.taken] for name, pool in pools.items()}


def pools_of(values: Mapping[str, Sequence[int]]) -> dict[str, Pool]:
    """Return the pools that a batch keeps."""
    return {name: Pool(seats, taken) for name, (seats, taken) in values.items()}


def facts_sha256(facts: Mapping[str, object]) -> str:
    """Return the hash of what a plugin was told, by which it is found out that something changed."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
