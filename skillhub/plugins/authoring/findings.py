"""What a check has found in a package: which file and line, by which rule, and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from skillhub.plugins.errors import PackageInvalid


class Rule(StrEnum):
    """What a package owes; stable, so that reports can be compared and explained."""

    MANIFEST = "manifest"
    NAME = "name"
    FILES = "files"
    README = "readme"
    RULES = "rules"
    HOOKS = "hooks"
    IMPORTS = "imports"
    WALLS = "walls"
    LOADS = "loads"
    TRANSLATIONS = "translations"
    CASES = "cases"
    BUDGET = "budget"
    REMOVAL = "removal"


@dataclass(frozen=True)
class Finding:
    """One thing to put right; a warning does not keep a package out."""

    file: str
    line: int
    rule: Rule
    message: str
    is_error: bool = True


_HEADER = re.compile(r"^\s*\[")
_AT_LINE = re.compile(r"\(at line (\d+)")
_KEYS = re.compile(r"unknown key (\S+?);|needs the key|\b([a-z_]+)\b")


def of_file(folder: Path, error: PackageInvalid, rule: Rule) -> Finding:
    """Return what is wrong in a TOML file, with the line that it is about."""
    path = next(
        (each for each in (folder / error.file, folder / "translations" / error.file) if each.is_file()), None
    )
    text = path.read_text(encoding="utf-8", errors="replace") if path else ""
    name = path.relative_to(folder).as_posix() if path else error.file
    message = f"{error.where}: {error.message}" if error.where else error.message
    return Finding(name, line_of(text, error.where, error.message), rule, message)


def line_of(text: str, where: str, message: str) -> int:
    """Return the line of a TOML text that an error is about: its key if that can be found, else its table."""
    if found := _AT_LINE.search(message):
        return int(found[1])
    lines = text.splitlines()
    if "(at end of document)" in message:
        return max(1, len(lines))
    start = _table(lines, where)
    end = next(
        (number for number in range(start + 1, len(lines)) if _HEADER.match(lines[number])), len(lines)
    )
    for found in _KEYS.finditer(f"{where.rpartition(', ')[2]} {message}"):
        key = found[1] or found[2]
        for number in range(start, end):
            if key and re.match(rf"\s*\"?{re.escape(key)}\"?\s*[=.]", lines[number]):
                return number + 1
    return start + 1


def _table(lines: list[str], where: str) -> int:
    """Return the index of the line on which the table that an error names begins; 0 for the file's own."""
    numbered = re.match(r"(?:rule (\d+)|(\w+), row (\d+)|case (\d+))", where)
    if numbered:
        name = numbered[2] or ("rule" if numbered[1] else "case")
        number = int(numbered[1] or numbered[3] or numbered[4])
        heads = [index for index, line in enumerate(lines) if re.match(rf"\s*\[\[{name}\]\]", line)]
        return heads[number - 1] if number <= len(heads) else 0
    wanted = where.partition(", ")[0].strip()
    heads = [
        index
        for index, line in enumerate(lines)
        if wanted and re.match(rf"\s*\[+{re.escape(wanted)}\]", line)
    ]
    within = [index for index, line in enumerate(lines) if wanted and wanted in line]
    return (heads or within or [0])[0]
