"""Asks a district whether somebody may be let in, before any unit, and remembers what it was told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from skillhub import plugins
from skillhub.base import clock
from skillhub.courses.queries.admissions import Look
from skillhub.courses.rules import admission, plans
from skillhub.courses.rules.admission import Condition, Ruling, Weight
from skillhub.districts import queries as districts
from skillhub.districts import switches
from skillhub.plugins.bus import Undecided

HOOK = "decide_eligibility"
WEIGHTS = {
    plugins.Eligibility.REFUSED: Weight.REFUSES,
    plugins.Eligibility.UNSUBSIDISED: Weight.TAKES_SUBSIDY,
}
ChancesUsed = Callable[[int, int], int]
_chances_used: list[ChancesUsed] = []


@dataclass(frozen=True)
class Asked:
    """What a district said, and what is kept of it with the application; `sha256` is of the facts."""

    ruling: Ruling
    sha256: str | None = None
    kept: dict[str, Any] | None = None


def use_chances(count: ChancesUsed) -> None:
    """Name who counts the subsidies that a person has used in a year (an upper floor does)."""
    _chances_used[:] = [count]


def today(look: Look) -> date:
    """Return the civil day whose rules apply."""
    return clock.today(districts.zone(look.door.district))


def facts_sha256(look: Look) -> str:
    """Return the hash of the facts that are read again under the lock."""
    known = look.known
    return plans.facts_sha256({**vars(known), "on": today(look), "batch": look.door.code})


def ask(look: Look) -> Asked:
    """Return what the district's rules say; without any, nothing stands in the way."""
    district = look.door.district
    if not switches.is_answered(HOOK, district=district):
        return Asked(Ruling())
    sha256 = facts_sha256(look)
    said = switches.decide(HOOK, district=district, **_facts(look))
    if said is None:
        return Asked(Ruling(), sha256)
    if isinstance(said, Undecided):
        return Asked(Ruling(is_open=True), sha256, {"hook": HOOK, "facts_sha256": sha256})
    kept = {
        "hook": HOOK,
        "plugin": said.plugin,
        "version": said.version,
        "sha256": said.sha256,
        "facts_sha256": sha256,
    }
    decision: plugins.EligibilityDecision = said.value
    return Asked(
        Ruling(_conditions(decision), allows_unsubsidised=decision.allows_unsubsidised), sha256, kept
    )


def conditions(look: Look, asked: Asked) -> tuple[Condition, ...]:
    """Return every condition, core's and the district's."""
    return admission.conditions(look.known, on=today(look), ruling=asked.ruling)


def _facts(look: Look) -> dict[str, Any]:
    on = today(look)
    known = look.known
    used = _chances_used[0](look.person_id, on.year) if _chances_used else 0
    return {
        "person": plugins.Person(
            handle=look.handle,
            birth_on=known.birth_on,
            sex=known.sex,
            groups=known.groups,
            district=known.district,
        ),
        "course": look.training.course,
        "batch": look.training.batch,
        "background": plugins.Background(
            has_identity=known.has_identity, has_passed=known.has_passed, clash=known.clash
        ),
        "chances": plugins.Chances(used=used),
        "on": on,
    }


def _conditions(decision: plugins.EligibilityDecision) -> tuple[Condition, ...]:
    return tuple(
        Condition(
            code=line.code,
            clause=line.clause,
            met=line.met,
            weight=Weight.HOLDS if line.lacks else WEIGHTS[line.otherwise],
            text=line.text,
            text_en=line.text_en,
        )
        for line in decision.lines
    )
