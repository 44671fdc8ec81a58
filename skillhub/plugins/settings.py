"""What an operator and a district may set of a plugin: declared with type and default, resolved purely."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skillhub.plugins.errors import SecretTyped, SettingInvalid
from skillhub.plugins.toml import Table

Value = int | str | bool

SECRET = "secret"  # noqa: S105 (the kind of a setting)
KINDS: dict[str, type] = {"int": int, "str": str, "bool": bool, "choice": str, SECRET: str}
_WORDS = {
    "int": "a whole number",
    "str": "a text",
    "bool": "true or false",
    "choice": "a text",
    SECRET: "the name of a secret",
}
_NAME_OF_SECRET = re.compile(r"(?=.{3,60}\Z)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
"""As environment variables are named; hardly a secret itself looks so."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One thing that can be set, with the words that a form shows."""

    key: str
    kind: str
    default: Value
    help: str
    choices: tuple[str, ...] = ()

    def checked(self, value: object) -> Value:
        """Return a value that this setting can take.

        :raises SettingInvalid: it cannot.
        """
        if type(value) is not KINDS[self.kind]:
            raise SettingInvalid(self.key, f"must be {_WORDS[self.kind]}, not {value!r:.40}")
        if self.kind == "choice" and value not in self.choices:
            raise SettingInvalid(self.key, f"must be one of {', '.join(self.choices)}, not {value!r:.40}")
        if self.kind == SECRET and value and not _NAME_OF_SECRET.fullmatch(str(value)):
            # What was typed is not repeated: it may be the secret.
            raise SecretTyped(
                self.key, "must be the name of a secret, such as LUNAN_TOKEN, not the secret itself"
            )
        assert isinstance(value, int | str)  # noqa: S101 (what the two lines above established, said to mypy)
        return value


def declared(file: str, tables: Mapping[str, Any]) -> tuple[Setting, ...]:
    """Read the ``[settings.…]`` tables of a manifest."""
    return tuple(_declared_one(Table(file, f"settings.{key}", values), key) for key, values in tables.items())


def resolve(
    settings: tuple[Setting, ...],
    *,
    operator: Mapping[str, object] | None = None,
    district: Mapping[str, object] | None = None,
) -> dict[str, Value]:
    """Return every setting's value: the default, over it the operator's, over that the district's.

    :raises SettingInvalid: a key that the plugin does not declare, or a value of a wrong type.
    """
    known = {setting.key: setting for setting in settings}
    values = {setting.key: setting.default for setting in settings}
    for layer in (operator or {}, district or {}):
        for key, value in layer.items():
            if key not in known:
                names = ", ".join(known) or "none"
                raise SettingInvalid(key, f"is no setting of this plugin; there are: {names}")
            values[key] = known[key].checked(value)
    return values


def _declared_one(table: Table, key: str) -> Setting:
    kind = table.take("type", str)
    if kind not in KINDS:
        raise table.wrong(f"type must be one of {', '.join(KINDS)}")
    default = table.take("default", (int, str, bool))
    help_text = table.take("help", str)
    choices = table.texts("choices")
    table.end()
    if bool(choices) != (kind == "choice"):
        raise table.wrong('choices go with type = "choice", and only with it')
    setting = Setting(key=key, kind=kind, default=default, help=help_text, choices=choices)
    try:
        setting.checked(default)
    except SettingInvalid as error:
        raise table.wrong(f"default {error.message}") from error
    return setting
