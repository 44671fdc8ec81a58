"""Modules and functions stay small enough to read at once; no exceptions are listed."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOPS = ("skillhub", "plugins_contrib", "benchmarks", "bin")
MODULES = sorted(
    path
    for top in TOPS
    for path in (ROOT / top).rglob("*.py")
    if "versions" not in path.parts and path.parts[-2] != "tests"
)
SOMEBODYS_MACHINE = re.compile(r"(?<![\w.])/(?:root|home)/\w+|--(?:extra-)?index-url \S+")
CLOCK = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_and_its_functions_are_short(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 50, node.name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for_and_imports_at_its_top(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "a module opens with the sentence that says what it is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            hidden = [each for each in ast.walk(node) if isinstance(each, ast.Import | ast.ImportFrom)]
            assert not hidden, f"{node.name} hides an import"


@pytest.mark.parametrize("path", [path for path in MODULES if ROOT / "skillhub" in path.parents], ids=str)
def test_only_the_clock_reads_the_clock(path):
    asked = {
        f"{ast.unparse(node.value)}.{node.attr}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    if path == ROOT / "skillhub" / "base" / "clock.py":
        assert asked & CLOCK, "the control: this is where the clock is read"
    else:
        assert not asked & CLOCK


def test_what_is_committed_speaks_of_the_project_alone():
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    told = []
    for name in filter(None, tracked):
        path = ROOT / name
        if not path.is_file() or path == Path(__file__) or path.suffix in {".png", ".csv", ".xlsx"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        told += [f"{name}: {found}" for found in SOMEBODYS_MACHINE.findall(text)]
    assert not told
