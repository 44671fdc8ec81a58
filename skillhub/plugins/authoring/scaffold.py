"""Writes a new package that passes its check and its own tests, for an author to change."""

from __future__ import annotations

import importlib.util
import keyword
import re
import sys
from importlib.resources import files
from pathlib import Path
from string import Template

from skillhub.plugins.authoring import cases

_NAME = re.compile(r"[a-z][a-z0-9_]{1,49}")
_DISTRICT = re.compile(r"[1-9]\d{5}")
DATA = {
    "pyproject.toml": ("pyproject.toml",),
    "{name}/__init__.py": ("package/__init__.py",),
    "{name}/plugin.toml": ("package/plugin.toml",),
    "{name}/parameters.toml": ("package/parameters.toml",),
    "{name}/rules.toml": ("package/rules.toml",),
    "{name}/translations/en.toml": ("package/translations/en.toml",),
    "{name}/cases.toml": ("package/cases.toml",),
    "{name}/README.md": ("package/README.md",),
    "tests/test_{name}.py": ("tests/test_rules.py",),
}
"""By the file of the new project, the templates that it is put together from."""
CODE = DATA | {
    "{name}/__init__.py": ("package/__init___code.py",),
    "{name}/cases.toml": ("package/cases.toml", "package/cases_code.toml"),
}


class CannotWrite(Exception):
    """The project cannot be written; nothing has been."""


def write(name: str, *, into: Path, district: str, title: str, with_code: bool = False) -> tuple[Path, ...]:
    """Write a project into a new folder of its name and return its files.

    :raises CannotWrite: the name cannot be one, is taken, or the folder exists.
    """
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise CannotWrite("名称只能是2到50个小写字母、数字和下划线，以字母开头，比如 tangshan_lunan。")
    if name in sys.stdlib_module_names or importlib.util.find_spec(name) is not None:
        raise CannotWrite(f"已经有叫 {name} 的Python模块。请换一个名称。")
    if not _DISTRICT.fullmatch(district):
        raise CannotWrite("--district 请写六位区划代码，比如 130202。")
    if not title.strip() or not title.isprintable() or set('"\\$') & set(title):
        raise CannotWrite("--title 请写区县的名称，不带引号、反斜线和 $。")
    root = into / name
    if root.exists():
        raise CannotWrite(f"{root} 已经有了。请换一个名称，或者先移走它。")
    hooks = ("decide_completion", "decide_subsidy") if with_code else ("decide_subsidy",)
    words = {"name": name, "dashed": name.replace("_", "-"), "district": district, "title": title}
    words["hooks"] = ", ".join(f'"{hook}"' for hook in hooks)
    templates = CODE if with_code else DATA
    texts = {file.format(name=name): _text(parts, words) for file, parts in templates.items()}
    number = texts[f"{name}/{cases.FILE}"].count("[[case]]")
    written = []
    for file, text in texts.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("${cases}", str(number)), encoding="utf-8")
        written.append(path)
    return tuple(written)


def _text(parts: tuple[str, ...], words: dict[str, str]) -> str:
    folder = files("skillhub.plugins.authoring") / "scaffold"
    texts = [(folder / f"{part}.txt").read_text(encoding="utf-8") for part in parts]
    return Template("".join(texts)).substitute(words, cases="${cases}")
