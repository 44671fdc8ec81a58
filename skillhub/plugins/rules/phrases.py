"""Texts of rules with the values that they name put in, in both languages."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from skillhub.plugins import facts, toml
from skillhub.plugins.errors import PackageInvalid

FILE = "translations/en.toml"

_PLACE = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"([a-z_][\w.]*)(:yuan)?")
_NOTHING = "—"


class Translations:
    """English texts by their Chinese source."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)

    @classmethod
    def load(cls, folder: Path) -> Translations:
        """Read ``translations/en.toml`` of a package; without the file nothing is translated."""
        path = folder / FILE
        if not path.is_file():
            return cls({})
        table = toml.Table(FILE, "", toml.load(path))
        texts = table.take("texts", dict)
        table.end()
        for source, text in texts.items():
            if type(text) is not str:
                raise PackageInvalid(FILE, "must be a text", where=source)
            if _places(source) != _places(text):
                raise PackageInvalid(FILE, "names other values in {…} than its source", where=source)
        return cls(texts)

    def english(self, source: str) -> str | None:
        """Return the English of a source text, None if there is none."""
        return self._texts.get(source)

    @property
    def sources(self) -> frozenset[str]:
        """Every source text that has a translation."""
        return frozenset(self._texts)


class Phrase:
    """One text; ``{p.name}`` is replaced by the value, ``{p.name_fen:yuan}`` by the sum in yuan."""

    def __init__(self, source: str, english: str | None, known: Collection[str]) -> None:
        self.source = source
        self.english_source = english
        self.reads = tuple(name for name, _yuan in _places(source))
        for name in self.reads:
            if name not in known:
                raise ValueError(f"{{{name}}} names no fact and no parameter")

    def chinese(self, values: Mapping[str, object]) -> str:
        """Return the source text with its values."""
        return _filled(self.source, values)

    def english(self, values: Mapping[str, object]) -> str | None:
        """Return the English text with its values."""
        return None if self.english_source is None else _filled(self.english_source, values)


def _places(text: str) -> list[tuple[str, bool]]:
    found = []
    for place in _PLACE.findall(text):
        name = _NAME.fullmatch(place)
        if name is None:
            raise PackageInvalid("texts", f"write {{name}} or {{name:yuan}}, not {{{place}}}", where=text)
        found.append((name[1], bool(name[2])))
    return sorted(found)


def _filled(text: str, values: Mapping[str, object]) -> str:
    def fill(place: re.Match[str]) -> str:
        name, _, form = place[1].partition(":")
        value = values.get(name)
        if form and isinstance(value, int):
            whole, rest = divmod(value, 100)
            return f"{whole}.{rest:02d}" if rest else str(whole)
        return _NOTHING if value is None else facts.for_people(value)

    return _PLACE.sub(fill, text)
