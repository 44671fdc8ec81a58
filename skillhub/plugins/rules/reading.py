"""From ``rules.toml`` to compiled rules; whatever is wrong in the file is found here, not when it is used."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from skillhub.plugins import facts
from skillhub.plugins.errors import PackageInvalid
from skillhub.plugins.facts import Kind
from skillhub.plugins.parameters import Parameters
from skillhub.plugins.rules.cel import Expression, Language
from skillhub.plugins.rules.phrases import Phrase, Translations
from skillhub.plugins.settings import SECRET, Setting
from skillhub.plugins.toml import Table
from skillhub.plugins.types import Eligibility, Outcome

FILE = "rules.toml"
PARAMETER = "p."
SETTING = "s."
SUBSIDY = "decide_subsidy"
COMPLETION = "decide_completion"
ELIGIBILITY = "decide_eligibility"
ALLOCATION = "allocation_plan"
HOOKS_WITH_RULES = (COMPLETION, SUBSIDY, ELIGIBILITY, ALLOCATION)
HOOKS_WITH_AMOUNTS = (SUBSIDY, ALLOCATION)
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    COMPLETION: tuple(outcome.value for outcome in Outcome if outcome is not Outcome.CERTIFIED),
    ELIGIBILITY: tuple(Eligibility),
}
"""What a rule that does not hold may lead to, for the hooks where the rule says so itself."""
MOST_RULES = 200
_OF_SETTING = {"int": Kind.WHOLE, "str": Kind.TEXT, "choice": Kind.TEXT, "bool": Kind.TRUTH}


class Rounding(StrEnum):
    """What happens to a part of a fen in the one division."""

    DOWN = "down"
    HALF_UP = "half_up"
    UP = "up"

    def divided(self, numerator: int, denominator: int) -> int:
        """Divide two whole numbers, neither of them negative, the second above zero."""
        whole, rest = divmod(numerator, denominator)
        if self is Rounding.UP:
            return whole + (rest > 0)
        return whole + (self is Rounding.HALF_UP and rest * 2 >= denominator)


@dataclass(frozen=True, kw_only=True)
class Amount:
    """Fen as a fraction, divided once, and at most the cap."""

    numerator: Expression
    denominator: Expression | None
    rounding: Rounding
    cap: Expression | None

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """All that has to be worked out."""
        return tuple(each for each in (self.numerator, self.denominator, self.cap) if each is not None)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One condition of a district, with the words by which people are told how it turned out."""

    hook: str
    code: str
    clause: str | None
    phrase: Phrase
    require: Expression | None
    when: Expression | None
    needs: tuple[str, ...]
    missing: Phrase | None
    amount: Amount | None
    otherwise: str | None
    group: str | None

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Every fact and parameter that the rule or its text names, in order, each once."""
        expressions = [self.when, self.require, *(self.amount.expressions if self.amount else ())]
        names = [*self.needs]
        for expression in expressions:
            names.extend(expression.reads if expression else ())
        return tuple(dict.fromkeys((*names, *self.phrase.reads)))


class Reader:
    """Reads the rules of one hook in the language of its facts, the package's parameters and settings."""

    def __init__(
        self, hook: str, parameters: Parameters, translations: Translations, settings: Sequence[Setting] = ()
    ) -> None:
        known = facts.variables(hook)
        of_table = {int: Kind.WHOLE, str: Kind.TEXT, tuple: Kind.TEXTS}
        self._hook = hook
        self._optional = known.optional
        self._translations = translations
        self.kinds: Mapping[str, Kind] = {
            **known.kinds,
            **{f"{PARAMETER}{name}": of_table[kind] for name, kind in parameters.kinds.items()},
            **{f"{SETTING}{each.key}": _OF_SETTING[each.kind] for each in settings if each.kind != SECRET},
        }
        self.language = Language(FILE, self.kinds)

    def rule(self, number: int, values: Any) -> Rule:
        """Read one ``[[rule]]``."""
        name = values.get("name") if isinstance(values, Mapping) else None
        table = Table(FILE, f"rule {number} “{name}”" if isinstance(name, str) else f"rule {number}", values)
        table.take("hook", str)
        name = table.take("name", str)
        rule = Rule(
            hook=self._hook,
            code=self._code(table, number),
            clause=table.take("clause", str, None),
            phrase=self._phrase(table, table.take("text", str, None) or name),
            require=self._expression(table, "require", Kind.TRUTH),
            when=self._expression(table, "when", Kind.TRUTH),
            needs=self._needs(table),
            missing=self._missing(table),
            amount=self._amount(table, table.take("amount", dict, None)),
            otherwise=self._otherwise(table),
            group=table.take("group", str, None),
        )
        table.end()
        self._whole(rule, table)
        return rule

    def _whole(self, rule: Rule, table: Table) -> None:
        """Refuse what is well-formed but means nothing."""
        if rule.require is None and rule.amount is None:
            raise table.wrong("needs require or an amount")
        if rule.amount is not None and self._hook not in HOOKS_WITH_AMOUNTS:
            raise table.wrong(f"amounts belong to {' and '.join(HOOKS_WITH_AMOUNTS)}")
        if (rule.otherwise is None) == (self._hook in OUTCOMES):
            raise table.wrong(
                f"otherwise = the outcome goes with {' and '.join(OUTCOMES)}, and only with them"
            )
        if (rule.group is None or rule.amount is None) == (self._hook == ALLOCATION):
            raise table.wrong(f"group and amount (its seats) go with {ALLOCATION}, group only with it")
        if rule.missing is not None and not rule.needs:
            raise table.wrong("missing_text goes with needs")

    def _code(self, table: Table, number: int) -> str:
        code: str = table.take("code", str, f"rule_{number}")
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,49}", code):
            raise table.wrong("code must be lower-case letters, digits and _")
        return code

    def _phrase(self, table: Table, source: str) -> Phrase:
        try:
            return Phrase(source, self._translations.english(source), self.kinds)
        except ValueError as error:
            raise table.wrong(str(error)) from error

    def _missing(self, table: Table) -> Phrase | None:
        text = table.take("missing_text", str, None)
        return None if text is None else self._phrase(table, text)

    def _needs(self, table: Table) -> tuple[str, ...]:
        needs = table.texts("needs")
        for name in needs:
            if name not in self._optional:
                names = ", ".join(sorted(self._optional))
                raise table.wrong(f"needs: {name} is never absent or does not exist; use one of {names}")
        return needs

    def _otherwise(self, table: Table) -> str | None:
        value: str | None = table.take("otherwise", str, None)
        known = OUTCOMES.get(self._hook)
        if value is not None and known is not None and value not in known:
            raise table.wrong(f"otherwise must be one of {', '.join(known)}")
        return value

    def _amount(self, table: Table, values: Any) -> Amount | None:
        if values is None:
            return None
        inner = Table(FILE, f"{table.where}, amount", values)
        numerator = self._expression(inner, "numerator", Kind.WHOLE)
        if numerator is None:
            raise inner.wrong("needs the key numerator")
        denominator = self._expression(inner, "denominator", Kind.WHOLE)
        rounding = inner.take("round", str, None)
        amount = Amount(
            numerator=numerator,
            denominator=denominator,
            rounding=self._rounding(inner, rounding, divides=denominator is not None),
            cap=self._expression(inner, "cap", Kind.WHOLE),
        )
        inner.end()
        return amount

    def _rounding(self, table: Table, value: str | None, *, divides: bool) -> Rounding:
        if divides and value is None:
            raise table.wrong(f"denominator needs round, one of {', '.join(Rounding)}")
        if value is not None and value not in list(Rounding):
            raise table.wrong(f"round must be one of {', '.join(Rounding)}")
        return Rounding(value or Rounding.DOWN)

    def _expression(self, table: Table, key: str, kind: Kind) -> Expression | None:
        text = table.take(key, str, None)
        return None if text is None else self.language.compile(text, kind, f"{table.where}, {key}")


def hook_of(number: int, values: Any) -> str:
    """Return the hook that a ``[[rule]]`` belongs to."""
    hook = values.get("hook") if isinstance(values, Mapping) else None
    if hook not in HOOKS_WITH_RULES:
        raise PackageInvalid(
            FILE, f"hook must be one of {', '.join(HOOKS_WITH_RULES)}", where=f"rule {number}"
        )
    return str(hook)
