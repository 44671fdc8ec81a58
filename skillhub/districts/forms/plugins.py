"""The form of a plugin's switch; its settings become fields as the plugin declares them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, IntegerField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from skillhub.districts.queries import SwitchView
from skillhub.plugins.settings import SECRET, Setting, Value
from skillhub.web.forms import Form

PREFIX = "settings-"


class WakeForm(Form):
    """A plugin is asked again: no more than a tap."""


class SwitchForm(Form):
    """Whether a plugin is on, for the version that was read."""

    is_on = BooleanField(_l("在本区启用"))
    version = HiddenField()

    def renew(self, version: int) -> None:
        """Keep what was typed, to be saved over a version that the reader now sees."""
        self.version.data = str(version)
        self.idempotency_key.data = str(uuid.uuid4())


def switch_form(settings: Sequence[Setting]) -> type[SwitchForm]:
    """Return the form for a plugin with these settings."""
    return type("PluginForm", (SwitchForm,), {PREFIX + each.key: _field(each) for each in settings})


def typed(form: SwitchForm, settings: Sequence[Setting]) -> dict[str, Value]:
    """Return what was filled in, as values of the kinds that the settings have."""
    return {each.key: form[PREFIX + each.key].data for each in settings}


def filled(values: Mapping[str, Any], settings: Sequence[Setting]) -> dict[str, Any]:
    """Return the fields' contents for a district's values, the defaults for the rest."""
    return {PREFIX + each.key: values.get(each.key, each.default) for each in settings}


def differences(form: SwitchForm, now: SwitchView, settings: Sequence[Setting]) -> list[tuple[str, object]]:
    """Return label and value of each field that somebody else has saved otherwise than it was typed."""
    saved: dict[str, Any] = {"is_on": now.is_on, **filled(now.settings, settings)}
    return [(form[name].label.text, value) for name, value in saved.items() if form[name].data != value]


def _field(setting: Setting) -> Field:
    if setting.kind == "bool":
        return BooleanField(setting.help)
    if setting.kind == "int":
        return IntegerField(setting.help, validators=[InputRequired()])
    if setting.kind == "choice":
        return SelectField(setting.help, choices=[SelectChoice(each, each) for each in setting.choices])
    if setting.kind == SECRET:
        hint = _l("只填密钥的名字，比如 LUNAN_TOKEN；密钥本身不进数据库。")
        return StringField(setting.help, validators=[Optional(), Length(max=60)], description=hint)
    return StringField(setting.help, validators=[Optional(), Length(max=500)])
