"""Reads the TOML files of a package and refuses what nobody would read: unknown keys, wrong types."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from skillhub.plugins.errors import PackageInvalid

MOST_BYTES = 1_000_000
"""Bytes in one TOML file of a package."""


def load(path: Path) -> dict[str, Any]:
    """Read one file.

    :raises PackageInvalid: it is not there, too long, not UTF-8, or not TOML.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise PackageInvalid(path.name, f"cannot be read: {error.strerror}") from error
    if len(raw) > MOST_BYTES:
        raise PackageInvalid(path.name, f"is longer than {MOST_BYTES} bytes")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PackageInvalid(path.name, "is not UTF-8; save it as UTF-8") from error
    return parse(text, path.name)


def parse(text: str, file: str) -> dict[str, Any]:
    """Read TOML from text.

    :raises PackageInvalid: it is not TOML; says the line.
    """
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PackageInvalid(file, f"is not TOML: {error}") from error


class Table:
    """One table of a file; takes each key once, by its type, and says which keys are left over."""

    def __init__(self, file: str, where: str, values: Any) -> None:
        self.file = file
        self.where = where
        if not isinstance(values, Mapping):
            raise PackageInvalid(file, "must be a table", where=where)
        self._left = dict(values)
        self._known: list[str] = []

    def take(self, key: str, kind: type | tuple[type, ...], default: Any = ...) -> Any:
        """Take one key; without a default it must be there."""
        self._known.append(key)
        value = self._left.pop(key, default)
        if value is ...:
            raise self.wrong(f"needs the key {key}")
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if value is not default and type(value) not in kinds:
            *names, last = (_NAMES.get(each, each.__name__) for each in kinds)
            wanted = f"{', '.join(names)} or {last}" if names else last
            raise self.wrong(f"{key} must be {wanted}, not {_NAMES.get(type(value), type(value).__name__)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a list of texts; none when the key is not there."""
        values = self.take(key, list, [])
        if not all(type(value) is str for value in values):
            raise self.wrong(f"{key} must be a list of texts")
        return tuple(values)

    def end(self) -> None:
        """Refuse every key that nobody took."""
        if self._left:
            known = ", ".join(self._known)
            raise self.wrong(f"unknown key {min(self._left)}; use one of {known}, or remove it")

    def wrong(self, message: str) -> PackageInvalid:
        """Return the error that names this table."""
        return PackageInvalid(self.file, message, where=self.where)


_NAMES: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    float: "a decimal number",
    date: "a date",
    list: "a list",
    dict: "a table",
}
