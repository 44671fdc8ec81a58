"""How the rules of one hook turn out for the facts of one question, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from skillhub.plugins import facts as flat_facts
from skillhub.plugins import labels
from skillhub.plugins.errors import NoParameter, RuleBroken
from skillhub.plugins.parameters import Parameter, Parameters
from skillhub.plugins.rules.cel import Absent, Expression, Language
from skillhub.plugins.rules.reading import PARAMETER, SETTING, Amount, Rule

MOST_FEN = 10**12
"""No single line of a claim comes near to this; whatever does is a slip in a table."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One rule for one question. ``required`` is False when it only adds an amount, or does not apply."""

    rule: Rule
    met: bool
    required: bool
    amount_fen: int
    missing: tuple[str, ...]
    text: str
    text_en: str | None
    facts: tuple[tuple[str, str], ...]

    @property
    def stands(self) -> bool:
        """Say whether the line is nothing that anyone is refused for."""
        return self.met or not self.required


@dataclass(frozen=True)
class NoTable:
    """The day has no row in some tables, so that nothing may be decided by them."""

    parameters: tuple[NoParameter, ...]


@dataclass(frozen=True)
class Judged:
    """Every line, the rows of the day's tables, and whether all of them are official."""

    lines: tuple[Line, ...]
    rows: Mapping[str, Parameter]

    @property
    def official(self) -> bool:
        """Say whether every number comes from an official table."""
        return all(row.official for row in self.rows.values())


@dataclass(frozen=True)
class Judge:
    """The rules of one hook of one package."""

    hook: str
    rules: tuple[Rule, ...]
    language: Language
    parameters: Parameters
    more_parameters: tuple[str, ...] = ()

    @cached_property
    def reads(self) -> frozenset[str]:
        """Every fact and parameter that some rule or text names."""
        return frozenset(name for rule in self.rules for name in rule.reads)

    @cached_property
    def used(self) -> tuple[str, ...]:
        """The tables that the rules read, in the order of the rules."""
        read = [name for rule in self.rules for name in rule.reads if name.startswith(PARAMETER)]
        return tuple(dict.fromkeys(name.removeprefix(PARAMETER) for name in (*read, *self.more_parameters)))

    def judge(self, facts: Mapping[str, Any], on: date) -> Judged | NoTable:
        """Work out every rule on a day.

        :raises RuleBroken: a rule cannot be worked out for these facts.
        """
        rows = self._rows(on)
        if isinstance(rows, NoTable):
            return rows
        values = flat_facts.flat(self.hook, facts)
        values.update({f"{PARAMETER}{name}": row.value for name, row in rows.items()})
        values.update({f"{SETTING}{name}": value for name, value in facts.get("settings", {}).items()})
        read = self.reads & values.keys()
        given = self.language.given({name: flat_facts.for_rules(values[name]) for name in read})
        lines = tuple(_line(rule, values, given) for rule in self.rules)
        return Judged(lines, rows)

    def _rows(self, on: date) -> dict[str, Parameter] | NoTable:
        rows: dict[str, Parameter] = {}
        lacking: list[NoParameter] = []
        for name in self.used:
            try:
                rows[name] = self.parameters.at(name, on)
            except NoParameter as error:
                lacking.append(error)
        return NoTable(tuple(lacking)) if lacking else rows


class _Lacking(Exception):
    """Some facts are not there, and the rule cannot do without them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names


def _line(rule: Rule, values: Mapping[str, Any], given: Any) -> Line:
    applies, met, amount_fen = True, False, 0
    lacking: tuple[str, ...] = ()
    try:
        applies = _true(rule.when, values, given)
        if applies:
            _there(rule.needs, values)
            met = _true(rule.require, values, given)
            amount_fen = _fen(rule.amount, values, given) if met and rule.amount else 0
    except _Lacking as error:
        met, lacking = False, error.names
    required = rule.require is not None and applies
    return Line(
        rule=rule,
        met=met and applies,
        required=required,
        amount_fen=amount_fen,
        missing=_words(rule, lacking, values) if required else (),
        text=rule.phrase.chinese(values),
        text_en=rule.phrase.english(values),
        facts=tuple((name, flat_facts.for_people(values[name])) for name in rule.reads if name in values),
    )


def _there(names: tuple[str, ...], values: Mapping[str, Any]) -> None:
    absent = tuple(name for name in names if values.get(f"{name}.{flat_facts.EXISTS}") is False)
    if absent:
        raise _Lacking(absent)


def _value(expression: Expression, values: Mapping[str, Any], given: Any) -> Any:
    try:
        return expression.value(given)
    except Absent:
        raise _Lacking(tuple(name for name in expression.reads if name not in values)) from None


def _true(expression: Expression | None, values: Mapping[str, Any], given: Any) -> bool:
    return True if expression is None else bool(_value(expression, values, given))


def _fen(amount: Amount, values: Mapping[str, Any], given: Any) -> int:
    numerator = _value(amount.numerator, values, given)
    denominator = 1 if amount.denominator is None else _value(amount.denominator, values, given)
    if denominator <= 0 or numerator < 0:
        raise RuleBroken(f"an amount came to {numerator} / {denominator}")
    fen = amount.rounding.divided(numerator, denominator)
    if amount.cap is not None:
        fen = min(fen, _value(amount.cap, values, given))
    if not 0 <= fen < MOST_FEN:
        raise RuleBroken(f"an amount came to {fen} fen")
    return fen


def _words(rule: Rule, names: tuple[str, ...], values: Mapping[str, Any]) -> tuple[str, ...]:
    """Name what is not there, once for a whole record: not its number, its date and its trade apiece."""
    if not names:
        return ()
    if rule.missing is not None and set(names) <= set(rule.needs):
        return (rule.missing.chinese(values),)
    return tuple(dict.fromkeys(labels.label(_whole(name, values)) for name in names))


def _whole(name: str, values: Mapping[str, Any]) -> str:
    record = name.partition(".")[0]
    return record if values.get(f"{record}.{flat_facts.EXISTS}") is False else name
