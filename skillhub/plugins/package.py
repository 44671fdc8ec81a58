"""What lies in a plugin's folder, found without running it: code or only data, and its content hash."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

from skillhub.plugins.errors import PackageInvalid

MOST_FILES = 1_000
MOST_BYTES = 20_000_000
_LEFT_OUT = {"__pycache__", "tests"}


def files(folder: Path) -> tuple[Path, ...]:
    """Return the files that make a package what it is: without caches, tests and hidden files.

    :raises PackageInvalid: a link, too many files, or too much in them.
    """
    found = sorted(_walk(folder), key=lambda path: path.relative_to(folder).as_posix())
    if len(found) > MOST_FILES or sum(path.stat().st_size for path in found) > MOST_BYTES:
        raise PackageInvalid(folder.name, f"holds more than {MOST_FILES} files or {MOST_BYTES} bytes")
    return tuple(found)


def sha256(folder: Path) -> str:
    """Return the hash of a package's content: of every file its path, its length and its bytes, in order."""
    digest = hashlib.sha256()
    for path in files(folder):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def has_code(folder: Path) -> bool:
    """Say whether importing the package would run anything besides docstrings."""
    return any(path.suffix != ".py" or not _only_a_docstring(path) for path in _programs(folder))


def _programs(folder: Path) -> list[Path]:
    return [path for path in files(folder) if path.suffix in {".py", ".pyc", ".so", ".pyd", ".pth"}]


def _only_a_docstring(path: Path) -> bool:
    try:
        body = ast.parse(path.read_bytes()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return not body or (
        len(body) == 1
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    )


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in _LEFT_OUT:
            continue
        if path.is_symlink():
            raise PackageInvalid(folder.name, f"{path.name} is a link; put the file itself there")
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path
