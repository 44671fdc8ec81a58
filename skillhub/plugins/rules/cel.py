"""The only module that knows the CEL engine: typed variables in, a value or a named reason out."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cel_expr_python import cel

from skillhub.plugins.errors import PackageInvalid, RuleBroken
from skillhub.plugins.facts import Kind

_TYPES: dict[Kind, Any] = {
    Kind.TEXT: cel.Type.STRING,
    Kind.WHOLE: cel.Type.INT,
    Kind.DECIMAL: cel.Type.DOUBLE,
    Kind.TRUTH: cel.Type.BOOL,
    Kind.MOMENT: cel.Type.TIMESTAMP,
    Kind.TEXTS: cel.Type.List(cel.Type.STRING),
}
_WORDS = {Kind.TRUTH: "true or false", Kind.WHOLE: "a whole number"}
_ABSENT = "No value with name"
_PLACE = re.compile(r"<input>:(\d+):(\d+): (.*)")
_TEXTS = re.compile(r'r?("""|\'\'\').*?\1|r?"(?:\\.|[^"\\])*"|r?\'(?:\\.|[^\'\\])*\'|//[^\n]*', re.DOTALL)
_NAMES = re.compile(r"[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*")


class Absent(Exception):
    """An expression asked for a fact that is not there, and could not do without."""


class Expression:
    """One compiled expression, with the names that it reads."""

    def __init__(self, text: str, where: str, reads: tuple[str, ...], program: Any) -> None:
        self.text = text
        self.reads = reads
        self._where = where
        self._program = program

    def value(self, given: Any) -> Any:
        """Work it out.

        :raises Absent: it needs a fact that is not there.
        :raises RuleBroken: it cannot be worked out, for instance because a number grows too large.
        """
        result = self._program.eval(given)
        plain = result.plain_value()
        if result.type() == cel.Type.ERROR or result.type() == cel.Type.UNKNOWN:
            if _ABSENT in str(plain):
                raise Absent
            raise RuleBroken(f"{self._where}: {plain}")
        return plain


class Language:
    """CEL with the variables of one hook and the parameters of one package."""

    def __init__(self, file: str, kinds: Mapping[str, Kind]) -> None:
        self._file = file
        self._kinds = kinds
        self._env = cel.NewEnv(
            variables={name: _TYPES[kind] for name, kind in kinds.items()},
            extensions=[_functions()],
        )

    def compile(self, text: str, kind: Kind, where: str) -> Expression:
        """Compile one expression of a kind.

        :raises PackageInvalid: names the rule and the line and column in the expression.
        """
        try:
            program = self._env.compile(text)
        except (RuntimeError, ValueError) as error:
            raise PackageInvalid(self._file, _placed(str(error)), where=where) from error
        if program.return_type() != _TYPES[kind]:
            message = f"line 1, column 1: must give {_WORDS[kind]}, gives {program.return_type().name()}"
            raise PackageInvalid(self._file, message, where=where)
        return Expression(text, where, self._names(text), program)

    def given(self, values: Mapping[str, Any]) -> Any:
        """Return values in the form that expressions take."""
        return self._env.Activation(dict(values))

    def _names(self, text: str) -> tuple[str, ...]:
        """Return the variables that a text reads, in the order of the text, each once."""
        read: list[str] = []
        for found in _NAMES.finditer(_TEXTS.sub(" ", text)):
            parts = re.split(r"\s*\.\s*", found[0])
            for length in range(len(parts), 0, -1):
                name = ".".join(parts[:length])
                if name in self._kinds:
                    read.append(name)
                    break
        return tuple(dict.fromkeys(read))


def add_months(moment: datetime, months: int) -> datetime:
    """Return the same day of a later month; the last day of the month where there is none such."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _functions() -> Any:
    overload = cel.Overload(
        "add_months_timestamp_int",
        return_type=cel.Type.TIMESTAMP,
        parameters=[cel.Type.TIMESTAMP, cel.Type.INT],
        impl=add_months,
    )
    return cel.CelExtension("skillhub", [cel.FunctionDecl("add_months", [overload])])


def _placed(message: str) -> str:
    places = [f"line {line}, column {column}: {said}" for line, column, said in _PLACE.findall(message)]
    return "; ".join(places) or message
