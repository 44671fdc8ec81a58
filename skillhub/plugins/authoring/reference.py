"""The reference of hooks and facts, written from their specifications; `python -m` prints the page."""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
import typing
from enum import Enum
from importlib.resources import files
from typing import Any

from skillhub.plugins.hooks import HOOKS, Hook

HEAD = "reference_head.md"


def page() -> str:
    """Return the whole page."""
    kinds: dict[str, type] = {}
    for hook in HOOKS.values():
        for hint in (*hook.arguments.values(), hook.answer):
            _gather(hint, kinds)
    head = files(__package__).joinpath(HEAD).read_text(encoding="utf-8")
    parts = [head, *(_hook(HOOKS[name]) for name in sorted(HOOKS)), "## Facts and answers\n"]
    parts += [_kind(kinds[name]) for name in sorted(kinds)]
    return "\n".join(parts)


def _hook(hook: Hook) -> str:
    told = re.sub(r":param (\w+):", r"- `\1`:", hook.told)
    told = re.sub(r":raises Exception:", "- when it raises:", told).replace("``", "`")
    title = f"### {hook.name}({', '.join(hook.arguments)})\n"
    types = [f"| `{name}` | `{_name(hint)}` |" for name, hint in hook.arguments.items()]
    table = "\n".join(["| argument | type |", "|---|---|", *types, f"| *answer* | `{_name(hook.answer)}` |"])
    return f"{title}\n{told}\n\n{table}\n"


def _kind(kind: type) -> str:
    first = (inspect.getdoc(kind) or "").replace("``", "`")
    if issubclass(kind, Enum):
        values = ", ".join(f"`{each.value}`" for each in kind)
        return f"### {kind.__name__}\n\n{first}\n\nOne of {values}.\n"
    members = typing.get_type_hints(kind)
    rows = [
        f"| `{field.name}` | `{_name(members[field.name])}` | {_default(field)} |"
        for field in dataclasses.fields(kind)  # type: ignore[arg-type]  # only dataclasses and enums are gathered
    ]
    return "\n".join(
        [f"### {kind.__name__}\n\n{first}\n", "| member | type | unless said |", "|---|---|---|", *rows, ""]
    )


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is dataclasses.MISSING:
        return "must be said" if field.default_factory is dataclasses.MISSING else "empty"
    return f"`{field.default!r}`"


def _gather(hint: Any, kinds: dict[str, type]) -> None:
    for each in typing.get_args(hint):
        _gather(each, kinds)
    if not isinstance(hint, type) or hint.__name__ in kinds:
        return
    if dataclasses.is_dataclass(hint):
        kinds[hint.__name__] = hint
        for member in typing.get_type_hints(hint).values():
            _gather(member, kinds)
    elif issubclass(hint, Enum):
        kinds[hint.__name__] = hint


def _name(hint: Any) -> str:
    if typing.get_origin(hint) is tuple:
        inner = ", ".join("…" if each is Ellipsis else _name(each) for each in typing.get_args(hint))
        return f"tuple[{inner}]"
    if typing.get_args(hint):
        return " or ".join(_name(each) for each in typing.get_args(hint))
    return "None" if hint is type(None) else str(getattr(hint, "__name__", hint))


if __name__ == "__main__":
    sys.stdout.write(page())
