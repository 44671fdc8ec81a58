"""Asks a district whether somebody may be let in, before any unit, and remembers what it was told."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Asked:
    """What a district said, and what is kept of it with the application; `sha256` is of the facts."""

    ruling: Ruling
    sha256: str | None = None
    kept: dict[str, Any] | None = None


def today(look: Look) -> date:
    """Return the civil day whose rules apply."""
    return clock.today(districts.zone(look.door.district))


def facts_sha256(look: Look) -> str:
    """Return the hash of what the district is told, as far as it can change until the application is kept."""
    told = {"on": today(look), "batch": look.door.code, "chances": look.chances_used}
    return plans.facts_sha256(vars(look.known) | told)


def has_changed(look: Look, asked: Asked | None) -> bool:
    """Tell whether the district would be told something else now than when it was asked."""
    return asked is not None and asked.sha256 is not None and facts_sha256(look) != asked.sha256


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
        "chances": plugins.Chances(used=look.chances_used),
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
