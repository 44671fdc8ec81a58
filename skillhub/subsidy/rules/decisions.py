"""What the district's answer means for one person, and for a claim of several."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from skillhub.plugins import SubsidyDecision
from skillhub.plugins.bus import Answer, Undecided


class Verdict(StrEnum):
    """Paid, refused with reasons, or held because nobody could decide."""

    PAID = "paid"
    REFUSED = "refused"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class RuleSet:
    """Which rules answered, so that the answer can be replayed years later."""

    plugin: str
    version: str
    sha256: str


@dataclass(frozen=True)
class Line:
    """One rule, whichever way it turned out; `facts` are what it saw.

    A rule that is neither met nor required does not apply to this person.
    """

    clause: str | None
    text: str
    text_en: str | None
    amount_fen: int
    met: bool
    is_required: bool
    facts: Mapping[str, str]


WAIVED = Line(
    clause=None,
    text="您报名时选了不享受补贴，这个班不申请补贴，也不占今年的机会。",
    text_en="You applied without the subsidy: nothing is claimed for this class, and it uses no chance.",
    amount_fen=0,
    met=False,
    is_required=True,
    facts={},
)


@dataclass(frozen=True)
class Decision:
    """What the rules say about one person."""

    verdict: Verdict
    amount_fen: int
    rule_set: RuleSet | None
    is_official: bool
    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    chances_used: int
    chances_limit: int | None

    @property
    def is_waived(self) -> bool:
        """Whether the person wanted none, so that no rule was asked."""
        return self.lines == (WAIVED,)

    def lines_as_json(self) -> list[dict[str, Any]]:
        """Return the lines as they are stored."""
        return [asdict(line) | {"facts": dict(line.facts)} for line in self.lines]


def from_answer(answer: Answer | Undecided, chances_used: int) -> Decision:
    """Translate what the plugins said; a failure or two opinions are held, never a refusal."""
    if isinstance(answer, Undecided):
        return Decision(
            verdict=Verdict.UNDECIDED,
            amount_fen=0,
            rule_set=None,
            is_official=False,
            lines=_held(answer),
            missing=(),
            chances_used=chances_used,
            chances_limit=None,
        )
    value: SubsidyDecision = answer.value
    return Decision(
        Verdict(value.verdict.value),
        value.amount_fen,
        RuleSet(answer.plugin, answer.version, answer.sha256),
        value.official,
        tuple(
            Line(
                each.clause,
                each.text,
                each.text_en,
                each.amount_fen,
                each.met,
                each.required,
                dict(each.facts),
            )
            for each in value.lines
        ),
        value.missing,
        chances_used,
        value.chances_limit,
    )


def waived(chances_used: int) -> Decision:
    """Say of somebody who applied without the subsidy that nothing is claimed; the district is not asked."""
    return Decision(
        verdict=Verdict.REFUSED,
        amount_fen=0,
        rule_set=None,
        is_official=True,
        lines=(WAIVED,),
        missing=(),
        chances_used=chances_used,
        chances_limit=None,
    )


def _held(undecided: Undecided) -> tuple[Line, ...]:
    """Return for each plugin why it stands in the way of a decision, for whoever decides instead."""
    told = [
        (each.plugin, f"规则 {each.plugin} 没有给出结论，由工作人员决定", "gave no answer; a clerk decides")
        for each in undecided.failures
    ]
    if not told:
        told = [
            (
                each.plugin,
                f"规则 {each.plugin} 和别的规则都有结论，由工作人员决定",
                "is not alone; a clerk decides",
            )
            for each in undecided.answers
        ]
    return tuple(
        Line(None, chinese, f"Rule set {name} {english}", 0, False, True, {"plugin": name})  # noqa: FBT003 (not met, and required)
        for name, chinese, english in told
    )


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on a claim of several: held if anyone is, paid if anyone is."""
    found = set(verdicts)
    if Verdict.UNDECIDED in found:
        return Verdict.UNDECIDED
    return Verdict.PAID if Verdict.PAID in found else Verdict.REFUSED


def facts_sha256(facts: Mapping[str, Any]) -> str:
    """Return the hash of the facts that a rule saw."""
    plain = {name: value if value is None else _plain(value) for name, value in facts.items()}
    return hashlib.sha256(
        json.dumps(plain, sort_keys=True, ensure_ascii=False, default=str).encode()
    ).hexdigest()


def _plain(value: Any) -> Any:
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value
