"""The only place where an officer switches a plugin on or off, with settings that the plugin declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.db import unit_of_work
from skillhub.base.errors import FieldError, Invalid
from skillhub.districts.queries import health
from skillhub.districts.service import districts
from skillhub.plugins import settings as plugin_settings
from skillhub.plugins.errors import SecretTyped, SettingInvalid


def switch(
    *,
    actor: Actor,
    district: str,
    plugin: str,
    is_on: bool,
    settings: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> str:
    """Switch an installed plugin and return district and name, with a stroke between.

    One that is switched on but no longer installed can be switched off, so that it holds nothing any more.

    :param settings: the district's settings for it; None keeps those that there are.
    :param version: the version that the actor has read; None overwrites whatever there is.
    :raises NotFound: no such plugin, or the actor is the officer of another district.
    :raises Invalid: a setting that the plugin does not declare, or a value that it cannot take.
    :raises VersionConflict: somebody else has changed the switch since.
    """
    require(actor, Right(Role.OFFICER, district=district))
    if is_on or health.require_known(district, plugin):
        declared = health.plugin(district, plugin).manifest.settings
    else:
        declared, settings = (), None
    try:
        plugin_settings.resolve(declared, district=settings)
    except SecretTyped as wrong:
        said = _l("这里只填密钥的名字，比如 LUNAN_TOKEN。密钥本身请运维放进环境变量，不进数据库。")
        raise Invalid(FieldError(f"settings.{wrong.key}", "secret_typed", said)) from wrong
    except SettingInvalid as wrong:
        said = _l("这一项设置不对，或者插件没有这一项。请对照插件的说明填写。")
        raise Invalid(FieldError(f"settings.{wrong.key}", "setting_invalid", said)) from wrong
    with unit_of_work() as unit:
        districts.switch_in(
            unit,
            actor=actor,
            district=district,
            plugin=plugin,
            is_on=is_on,
            settings=settings,
            version=version,
        )
        return unit.refer(f"{district}/{plugin}")
