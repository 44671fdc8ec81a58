"""docs/errors.md lists every error code that the program knows, with its status, and no other."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import skillhub
from skillhub.base.errors import Invalid, Malformed, SkillHubError
from skillhub.web.errors import HTTP_ERRORS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "errors.md"
STARTS_SOMETHING = ("skillhub.migrations", "skillhub.wsgi", "skillhub.command.__main__")
STALE_FORM = ("stale_form", 400)
_LINE = re.compile(r"^\| `(?P<code>[a-z0-9_]+)` \| (?P<status>\d{3}) \| (?P<meaning>[^|]+) \|$", re.MULTILINE)


def documented() -> dict[str, tuple[int, str]]:
    """Return code, status and meaning of each line of the page."""
    return {
        line["code"]: (int(line["status"]), line["meaning"].strip())
        for line in _LINE.finditer(PAGE.read_text(encoding="utf-8"))
    }


@pytest.fixture(scope="module")
def raised() -> dict[str, set[int]]:
    """Every code with its statuses, as the classes of all modules have it."""
    for module in pkgutil.walk_packages(skillhub.__path__, "skillhub."):
        if not module.name.startswith(STARTS_SOMETHING):
            importlib.import_module(module.name)
    codes: dict[str, set[int]] = {}
    for kind in _kinds(SkillHubError):
        if kind.__module__.startswith("skillhub."):
            codes.setdefault(kind.code, set()).add(kind.status)
    for status, (code, _message) in HTTP_ERRORS.items():
        codes.setdefault(code, set()).add(status)
    code, status = STALE_FORM
    codes.setdefault(code, set()).add(status)
    return codes


def _kinds(root: type[SkillHubError]) -> Iterator[type[SkillHubError]]:
    yield root
    for kind in root.__subclasses__():
        yield from _kinds(kind)


def test_a_code_has_one_status(raised):
    assert {code: found for code, found in raised.items() if len(found) != 1} == {}


def test_every_code_is_on_the_page_and_nothing_else(raised):
    page = documented()
    assert len(page) > 40, "the control: the page is read"
    assert set(raised) - set(page) == set(), "not in docs/errors.md"
    assert set(page) - set(raised) == set(), "in docs/errors.md, but nowhere raised"
    assert {code: {status} for code, (status, _) in page.items()} == raised


def test_every_meaning_is_a_sentence_that_says_something_of_its_own():
    meanings = [meaning for _, meaning in documented().values()]
    assert all(meaning[0].isupper() and meaning.endswith(".") for meaning in meanings)
    assert len(meanings) == len(set(meanings))


def test_the_page_is_in_the_order_of_the_alphabet():
    codes = [line["code"] for line in _LINE.finditer(PAGE.read_text(encoding="utf-8"))]
    assert codes == sorted(set(codes))


def test_every_error_says_what_to_do(raised):
    """A class with a code of its own has words of its own, in its message or at the fields that it names."""
    kinds = [
        kind
        for kind in _kinds(SkillHubError)
        if "code" in kind.__dict__ and kind.__module__.startswith("skillhub.")
    ]
    assert len(kinds) >= len(raised) - len(HTTP_ERRORS), "the control: the classes are found"
    silent = [
        kind.__name__
        for kind in kinds
        if "message" not in kind.__dict__ and not issubclass(kind, Invalid | Malformed)
    ]
    assert silent == [], "these have a code of their own and the words of another"


def test_a_class_with_its_own_status_has_its_own_code():
    """Else two statuses would go by one name."""
    for path in sorted((ROOT / "skillhub").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                named = {
                    target.id
                    for each in node.body
                    if isinstance(each, ast.Assign)
                    for target in each.targets
                    if isinstance(target, ast.Name)
                }
                if {"status", "message"} <= named:
                    assert "code" in named, f"{path}: {node.name}"
