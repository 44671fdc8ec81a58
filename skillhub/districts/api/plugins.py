"""JSON addresses of plugins: what is installed, how it fares, and its switch in a district."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import Blueprint
from pydantic import Field

from skillhub.base import access
from skillhub.base.access import Right, Role, Scope
from skillhub.districts import queries
from skillhub.districts.queries import health
from skillhub.districts.queries.health import PluginView
from skillhub.districts.service import plugins as service
from skillhub.web import api, requests

bp = Blueprint("plugins_api", __name__, url_prefix="/api/v1")


class FailureShape(api.Shape):
    """What went wrong when a plugin was asked."""

    at: datetime
    hook: str
    error: str


class PluginShape(api.Shape):
    """An installed plugin; `on` are the districts of the reader in which it is on."""

    name: str
    version: str
    api: int
    on: list[str]
    health: str
    last_failure: FailureShape | None


class PluginsShape(api.Shape):
    """Every plugin; there are too few for pages, so `next` is null."""

    items: list[PluginShape]
    next: None = None


class SwitchPost(api.Shape):
    """Whether a plugin is on, with the district's settings, for the version that was read."""

    enabled: bool
    settings: Annotated[dict[str, int | str | bool], Field(max_length=100)]
    version: Annotated[int, Field(ge=0)]


class SwitchShape(api.Shape):
    """A plugin's switch in a district; the next change names this `version`."""

    district: str
    name: str
    enabled: bool
    settings: dict[str, int | str | bool]
    version: int


@bp.get("/plugins")
@api.operation("List plugins", scope=Scope.READ, answer=PluginsShape)
def listed() -> PluginsShape:
    """List the installed plugins with their health, for officers, auditors and operators."""
    return PluginsShape(items=[_plugin(view) for view in health.plugin_list(requests.actor())])


@bp.get("/districts/<code>/plugins/<name>")
@api.operation("Show a plugin's switch", scope=Scope.READ, answer=SwitchShape)
def shown(code: str, name: str) -> SwitchShape:
    """Show whether a plugin is on in a district, and its settings and version there."""
    actor = requests.actor()
    access.require(actor, *(Right(role, district=code) for role in (Role.OFFICER, Role.AUDITOR)))
    health.require_known(code, name)
    return _switch(code, name)


def _show(reference: str) -> SwitchShape:
    code, _, name = reference.partition("/")
    return _switch(code, name)


@bp.put("/districts/<code>/plugins/<name>")
@api.operation("Switch a plugin", scope=Scope.DECIDE, body=SwitchPost, answer=SwitchShape)
@api.writing(_show)
def switch(code: str, name: str) -> str:
    """Switch a plugin on or off in a district and set its settings there."""
    actor = requests.actor()
    access.require(actor, Right(Role.OFFICER, district=code))
    health.require_known(code, name)
    typed = api.read(SwitchPost)
    return service.switch(
        actor=actor,
        district=code,
        plugin=name,
        is_on=typed.enabled,
        settings=typed.settings,
        version=typed.version,
    )


def _plugin(view: PluginView) -> PluginShape:
    last = view.last_failure
    return PluginShape(
        name=view.name,
        version=view.version,
        api=view.api,
        on=list(view.on),
        health=view.health,
        last_failure=FailureShape(at=last.at, hook=last.hook, error=last.error) if last else None,
    )


def _switch(district: str, name: str) -> SwitchShape:
    found = queries.switch(district, name)
    return SwitchShape(
        district=district,
        name=name,
        enabled=found.is_on,
        settings=dict(found.settings),
        version=found.version,
    )
