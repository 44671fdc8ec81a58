"""The rules of one package as answers to hooks: from lines to a subsidy or to how a training ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from skillhub.plugins import toml
from skillhub.plugins.errors import NoParameter, PackageInvalid
from skillhub.plugins.parameters import Parameter, Parameters
from skillhub.plugins.rules import reading
from skillhub.plugins.rules.judging import Judge, Line, NoTable
from skillhub.plugins.rules.phrases import Translations
from skillhub.plugins.rules.reading import ALLOCATION, COMPLETION, ELIGIBILITY, PARAMETER, SUBSIDY, Reader
from skillhub.plugins.settings import Setting
from skillhub.plugins.toml import Table
from skillhub.plugins.types import (
    AllocationPlan,
    CompletionDecision,
    Eligibility,
    EligibilityDecision,
    EligibilityLine,
    Outcome,
    Reason,
    SeatQuota,
    SubsidyDecision,
    SubsidyLine,
    Verdict,
)

NO_TABLE = "no_table"


@dataclass(frozen=True)
class RuleBook:
    """All rules of a package, by hook."""

    judges: Mapping[str, Judge]
    chances_table: str | None
    release_table: str | None = None
    allows_unsubsidised: bool = True

    @property
    def hooks(self) -> tuple[str, ...]:
        """The hooks that the rules answer."""
        return tuple(sorted(self.judges))

    @property
    def texts(self) -> frozenset[str]:
        """Every text that people may see and that therefore wants a translation."""
        return frozenset(rule.phrase.source for judge in self.judges.values() for rule in judge.rules)

    def subsidy(self, facts: Mapping[str, Any], on: date) -> SubsidyDecision:
        """Decide on a subsidy: paid when every required rule holds, the sum of all lines that are met.

        :raises RuleBroken: a rule cannot be worked out for these facts.
        """
        judge = self.judges[SUBSIDY]
        judged = judge.judge(facts, on)
        if isinstance(judged, NoTable):
            line = _no_table_line(judged.parameters, judge.parameters, on)
            return SubsidyDecision(verdict=Verdict.REFUSED, amount_fen=0, official=False, lines=(line,))
        total = sum(line.amount_fen for line in judged.lines)
        paid = total > 0 and all(line.stands for line in judged.lines)
        limit = judged.rows[self.chances_table].value if self.chances_table else None
        return SubsidyDecision(
            verdict=Verdict.PAID if paid else Verdict.REFUSED,
            amount_fen=total if paid else 0,
            official=judged.official,
            lines=tuple(_subsidy_line(line) for line in judged.lines),
            missing=tuple(dict.fromkeys(word for line in judged.lines for word in line.missing)),
            chances_limit=limit if isinstance(limit, int) else None,
        )

    def completion(self, facts: Mapping[str, Any], on: date) -> CompletionDecision | None:
        """Decide how a training ended: by the first rule that does not hold, with all that do not.

        None without a table for the day, or while that first rule lacks a mark.

        :raises RuleBroken: a rule cannot be worked out for these facts.
        """
        judged = self.judges[COMPLETION].judge(facts, on)
        if isinstance(judged, NoTable):
            return None
        against = [line for line in judged.lines if not line.stands]
        if not against:
            return CompletionDecision(outcome=Outcome.CERTIFIED)
        first = against[0].rule.otherwise
        if against[0].missing or first is None:
            return None
        return CompletionDecision(outcome=Outcome(first), reasons=tuple(_reason(line) for line in against))

    def eligibility(self, facts: Mapping[str, Any], on: date) -> EligibilityDecision | None:
        """Decide by which conditions somebody may be let in; None without a table for the day.

        :raises RuleBroken: a rule cannot be worked out for these facts.
        """
        judged = self.judges[ELIGIBILITY].judge(facts, on)
        if isinstance(judged, NoTable):
            return None
        return EligibilityDecision(
            lines=tuple(_eligibility_line(line) for line in judged.lines if line.required),
            allows_unsubsidised=self.allows_unsubsidised,
        )

    def allocation(self, facts: Mapping[str, Any], on: date) -> AllocationPlan | None:
        """Decide which seats are kept for which groups; None when none are, or without a table for the day.

        :raises RuleBroken: a rule cannot be worked out for these facts.
        """
        judged = self.judges[ALLOCATION].judge(facts, on)
        if isinstance(judged, NoTable):
            return None
        quotas = tuple(
            SeatQuota(group=line.rule.group or "", seats=line.amount_fen, clause=line.rule.clause)
            for line in judged.lines
            if line.amount_fen > 0
        )
        if not quotas:
            return None
        hours = judged.rows[self.release_table].value if self.release_table else None
        return AllocationPlan(
            mode="quotas", quotas=quotas, release_hours=hours if isinstance(hours, int) else None
        )


def load(
    folder: Path, parameters: Parameters, translations: Translations, settings: Sequence[Setting] = ()
) -> RuleBook:
    """Read the ``rules.toml`` of a package.

    :raises PackageInvalid: names the rule, and the line and column in its expression.
    """
    return read(toml.load(folder / reading.FILE), parameters, translations, settings)


def read(
    values: Mapping[str, Any],
    parameters: Parameters,
    translations: Translations,
    settings: Sequence[Setting] = (),
) -> RuleBook:
    """Read rules from parsed TOML."""
    table = Table(reading.FILE, "", values)
    rules = table.take("rule", list)
    limits = Table(reading.FILE, "limits", table.take("limits", dict, {}))
    chances = limits.take("chances", str, None)
    release = limits.take("release_hours", str, None)
    allows_unsubsidised = limits.take("unsubsidised", bool, True)  # noqa: FBT003 (the value when nothing is said)
    limits.end()
    table.end()
    if len(rules) > reading.MOST_RULES:
        raise table.wrong(f"holds more than {reading.MOST_RULES} rules")
    of_hook: dict[str, list[tuple[int, Any]]] = {}
    for number, each in enumerate(rules, start=1):
        of_hook.setdefault(reading.hook_of(number, each), []).append((number, each))
    tables = {
        SUBSIDY: _whole_table("chances", chances, SUBSIDY, parameters, of_hook),
        ALLOCATION: _whole_table("release_hours", release, ALLOCATION, parameters, of_hook),
    }
    judges = {
        hook: _judge(
            Reader(hook, parameters, translations, settings), hook, each, parameters, tables.get(hook)
        )
        for hook, each in of_hook.items()
    }
    return RuleBook(judges, tables[SUBSIDY], tables[ALLOCATION], allows_unsubsidised)


def _judge(
    reader: Reader,
    hook: str,
    numbered: list[tuple[int, Any]],
    parameters: Parameters,
    chances_table: str | None,
) -> Judge:
    rules = tuple(reader.rule(number, values) for number, values in numbered)
    codes = [rule.code for rule in rules]
    for code in codes:
        if codes.count(code) > 1:
            raise PackageInvalid(reading.FILE, f"two rules of {hook} have the code {code}")
    more = () if chances_table is None else (chances_table,)
    return Judge(hook, rules, reader.language, parameters, more)


def _whole_table(
    key: str, text: str | None, hook: str, parameters: Parameters, hooks: Mapping[str, object]
) -> str | None:
    """Return the name of a table of whole numbers that a limit names."""
    if text is None:
        return None
    name = text.removeprefix(PARAMETER)
    if parameters.kinds.get(name) is not int or name == text or hook not in hooks:
        raise PackageInvalid(
            reading.FILE, f"{key} must be p. and the name of a table of whole numbers", where="limits"
        )
    return name


def _subsidy_line(line: Line) -> SubsidyLine:
    return SubsidyLine(
        code=line.rule.code,
        clause=line.rule.clause,
        text=line.text,
        text_en=line.text_en,
        amount_fen=line.amount_fen,
        met=line.met,
        required=line.required,
        facts=line.facts,
    )


def _eligibility_line(line: Line) -> EligibilityLine:
    return EligibilityLine(
        code=line.rule.code,
        clause=line.rule.clause,
        text=line.text,
        text_en=line.text_en,
        met=line.met,
        lacks=line.missing,
        otherwise=Eligibility(line.rule.otherwise or Eligibility.REFUSED),
    )


def _reason(line: Line) -> Reason:
    return Reason(code=line.rule.code, clause=line.rule.clause, text=line.text, text_en=line.text_en)


def _no_table_line(lacking: tuple[NoParameter, ...], parameters: Parameters, on: date) -> SubsidyLine:
    day = on.isoformat()
    chinese, english = _why_none([parameters.rows(error.name) for error in lacking], on)
    return SubsidyLine(
        code=NO_TABLE,
        text=f"这一天（{day}）没有补贴标准{chinese}",
        text_en=f"There is no subsidy table for this day ({day}){english}",
        met=False,
        required=True,
        facts=(("on", day), *((f"{PARAMETER}{error.name}", "") for error in lacking)),
    )


def _why_none(tables: Sequence[Sequence[Parameter]], on: date) -> tuple[str, str]:
    """Say in both languages when the tables ended or begin; nothing of a gap between two rows."""
    past = [
        [row.last_day for row in rows if row.last_day is not None and row.last_day < on] for rows in tables
    ]
    ahead = [[row.first_day for row in rows if row.first_day > on] for rows in tables]
    if all(past) and not any(ahead):
        last = min(max(days) for days in past).isoformat()
        return f"：标准到 {last} 为止（含当日）", f": the tables ended with {last}"
    if all(ahead) and not any(past):
        first = max(min(days) for days in ahead).isoformat()
        return f"：标准从 {first} 开始", f": the tables begin on {first}"
    return "", ""
