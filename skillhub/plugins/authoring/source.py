"""What the code of a package says without being run: its hooks, its imports, what it reaches for."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import skillhub.plugins as border
from skillhub.plugins import package
from skillhub.plugins.authoring.findings import Finding, Rule
from skillhub.plugins.bus import SETTINGS
from skillhub.plugins.hooks import HOOKS

BORDER = "skillhub.plugins"
FRAMEWORKS = frozenset({"flask", "flask_sqlalchemy", "sqlalchemy", "psycopg", "sqlite3"})
REFUSED_BY_WALLS = frozenset(
    {"asyncio", "ctypes", "fcntl", "ftplib", "http", "mmap", "multiprocessing", "os", "pty", "resource"}
    | {"requests", "shutil", "signal", "smtplib", "socket", "ssl", "subprocess", "tempfile", "threading"}
    | {"urllib", "httpx"}
)
"""Modules whose use the walls around a plugin's process refuse, or for which a plugin has no business."""
CALLS_REFUSED = frozenset({"open", "input", "print"})
DYNAMIC = frozenset({"eval", "exec", "compile", "__import__", "breakpoint"})
_NO_ORDER = ("wrapper", "hookwrapper", "tryfirst", "trylast")


@dataclass
class Reached:
    """What code reaches for, by the places where it does."""

    third_party: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    dynamic: dict[str, str] = field(default_factory=dict)
    ours: dict[str, str] = field(default_factory=dict)
    native: dict[str, str] = field(default_factory=dict)


def read(folder: Path) -> tuple[list[Finding], Reached]:
    """Return what is wrong with the code of a package, and what it reaches for; nothing is imported."""
    findings: list[Finding] = []
    reached = Reached()
    for path in package.files(folder):
        name = path.relative_to(folder).as_posix()
        if path.suffix in {".so", ".pyd", ".pyc"}:
            reached.native[name] = name
        if path.suffix != ".py":
            continue
        try:
            tree = ast.parse(path.read_bytes(), name)
        except (SyntaxError, ValueError, RecursionError) as error:
            line = getattr(error, "lineno", None) or 1
            findings.append(Finding(name, line, Rule.LOADS, f"is not Python: {error}"))
            continue
        findings += _hooks(tree, name) if name == "__init__.py" else ()
        findings += _imports(tree, name, folder.name, reached)
        _calls(tree, name, reached)
    return findings, reached


def _hooks(tree: ast.Module, file: str) -> Iterator[Finding]:
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for mark in function.decorator_list:
            called = mark.func if isinstance(mark, ast.Call) else mark
            if getattr(called, "id", getattr(called, "attr", "")) == "hookimpl":
                yield from _hook(function, mark.keywords if isinstance(mark, ast.Call) else [], file)


def _hook(
    function: ast.FunctionDef | ast.AsyncFunctionDef, options: list[ast.keyword], file: str
) -> Iterator[Finding]:
    given = {each.arg: getattr(each.value, "value", None) for each in options}
    name, line = str(given.get("specname") or function.name), function.lineno
    spec = HOOKS.get(name)
    if spec is None:
        message = f"{name}: there is no such hook; there are {', '.join(sorted(HOOKS))}"
        yield Finding(file, line, Rule.HOOKS, message)
        return
    wrong = list(_arguments(function.args, (*spec.arguments, SETTINGS)))
    if isinstance(function, ast.AsyncFunctionDef):
        wrong.append((line, "write def, not async def; nobody awaits a hook"))
    wrong += [
        (line, f"leave out {option}; every plugin is asked alone, in no order")
        for option in _NO_ORDER
        if given.get(option)
    ]
    for at, message in wrong:
        yield Finding(file, at, Rule.HOOKS, f"{name}: {message}")
    if spec.removal is not None:
        yield Finding(file, line, Rule.REMOVAL, f"{name}: {spec.removal.told()}", is_error=False)


def _arguments(taken: ast.arguments, known: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    for each in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs):
        if each.arg not in known:
            yield (
                each.lineno,
                f"has no argument {each.arg}; name only those that you need of {', '.join(known)}",
            )
    for star in (taken.vararg, taken.kwarg):
        if star is not None:
            yield star.lineno, f"leave out the starred argument {star.arg} and name what you need"


def _imports(tree: ast.Module, file: str, own: str, reached: Reached) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named: list[tuple[str, tuple[str, ...]]] = [(each.name, ()) for each in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            named = [(node.module or "", tuple(each.name for each in node.names))]
        else:
            continue
        for module, members in named:
            top, place = module.partition(".")[0], f"{file}:{node.lineno}"
            if top == "skillhub":
                yield from _ours(module, members, file, node.lineno, reached)
            elif top in FRAMEWORKS:
                reached.ours[module] = place
                message = f"{module} is not for plugins; facts come as arguments, answers are returned"
                yield Finding(file, node.lineno, Rule.IMPORTS, message)
            elif top in REFUSED_BY_WALLS:
                reached.refused[module] = place
                message = f"{module}: the walls around a plugin refuse what it is for; do without"
                yield Finding(file, node.lineno, Rule.WALLS, message, is_error=False)
            elif top not in sys.stdlib_module_names and top != own:
                reached.third_party[top] = place


def _ours(module: str, members: tuple[str, ...], file: str, line: int, reached: Reached) -> Iterator[Finding]:
    if module != BORDER:
        reached.ours[module] = f"{file}:{line}"
        yield Finding(file, line, Rule.IMPORTS, f"{module} is ours; import from {BORDER} alone")
        return
    for member in members:
        if member not in border.__all__:
            yield Finding(
                file, line, Rule.IMPORTS, f"{BORDER} promises no {member}; see docs/plugins/hooks.md"
            )


def _calls(tree: ast.Module, file: str, reached: Reached) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = f"{file}:{node.lineno}"
            if node.func.id in DYNAMIC:
                reached.dynamic[node.func.id] = place
            elif node.func.id in CALLS_REFUSED:
                reached.refused[f"{node.func.id}()"] = place
