"""Pages about the plugins of a district: an officer switches and sets them, an auditor reads."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from skillhub.base import access
from skillhub.base.access import Role
from skillhub.base.errors import VersionConflict
from skillhub.districts import catalogue, queries
from skillhub.districts.forms import plugins as district_forms
from skillhub.districts.queries import SwitchView, health
from skillhub.districts.queries import plugins as plugin_queries
from skillhub.districts.service import plugins as service
from skillhub.districts.service import rests
from skillhub.plugins.discover import LoadedPlugin
from skillhub.web import forms, menus, requests

bp = Blueprint("plugins", __name__)
LATEST = 10

menus.add(Role.OFFICER, "plugins.listed", _l("规则"), 90)
menus.add(Role.AUDITOR, "plugins.listed", _l("规则"), 90)


@bp.get("/office/plugins")
def listed() -> ResponseReturnValue:
    """List the plugins: which are on in the reader's district, and how they fare."""
    district = _district(Role.OFFICER, Role.AUDITOR)
    return render_template(
        "districts/plugins.html",
        district=queries.district(district),
        plugins=health.plugin_list(requests.actor()),
        failures=queries.failures(district=district, limit=LATEST),
        is_safe_mode=catalogue.is_safe_mode(),
    )


@bp.route("/office/plugins/<name>", methods=["GET", "POST"])
def plugin(name: str) -> ResponseReturnValue:
    """Show a plugin of the reader's district; an officer switches it on or off, and sets it."""
    actor = requests.actor()
    district = _district() if request.method == "POST" else _district(Role.OFFICER, Role.AUDITOR)
    if not health.require_known(district, name):
        return _missing(district, name)
    installed = health.plugin(district, name)
    settings = installed.manifest.settings
    now = queries.switch(district, name)
    form = district_forms.switch_form(settings)(
        data={"is_on": now.is_on, "version": str(now.version)} | district_forms.filled(now.settings, settings)
    )
    overtaken: list[tuple[str, object]] | None = None
    if form.validate_on_submit():
        with forms.errors_on(form):
            try:
                forms.once(
                    lambda: service.switch(
                        actor=actor,
                        district=district,
                        plugin=name,
                        is_on=form.is_on.data,
                        settings=district_forms.typed(form, settings),
                        version=requests.version(form.version.data),
                    )
                )
            except VersionConflict as conflict:
                form.form_errors.append(conflict.text())
                now = queries.switch(district, name)
                overtaken = district_forms.differences(form, now, settings)
                form.renew(now.version)
            else:
                flash(_("已保存，几秒钟内在本区生效。"), "ok")
                return redirect(url_for(".plugin", name=name))
    page = _page(form, installed, district, now, overtaken)
    return page, 200 if overtaken is None else HTTPStatus.CONFLICT


def _page(
    form: district_forms.SwitchForm,
    installed: LoadedPlugin,
    district: str,
    now: SwitchView,
    overtaken: list[tuple[str, object]] | None,
) -> str:
    name = installed.manifest.name
    rest = next(iter(plugin_queries.resting(district=district, plugin=name)), None)
    return render_template(
        "districts/plugin.html",
        form=form,
        overtaken=overtaken,
        trouble=health.trouble(district, name) if now.is_on else None,
        rest=rest,
        wake=district_forms.WakeForm(formdata=None) if rest else None,
        hooks=health.hooks(installed, {district}),
        walls=health.lacking_walls(installed),
        plugin=installed,
        fields=[form[district_forms.PREFIX + each.key] for each in installed.manifest.settings],
        now=now,
        district=queries.district(district),
        failures=queries.failures(district=district, plugin=name, limit=LATEST),
        may_change=district in requests.actor().districts(Role.OFFICER),
    )


def _missing(district: str, name: str) -> ResponseReturnValue:
    """Show a plugin that is on but not there; the officer may switch it off."""
    form = district_forms.switch_form(())(formdata=None)
    if request.method == "POST":
        forms.once(
            lambda: service.switch(actor=requests.actor(), district=district, plugin=name, is_on=False)
        )
        flash(_("已停用，几秒钟内在本区生效。"), "ok")
        return redirect(url_for(".listed"))
    return render_template(
        "districts/plugin_missing.html",
        form=form,
        name=name,
        reason=health.why_missing(district, name),
        may_change=district in requests.actor().districts(Role.OFFICER),
    )


@bp.post("/office/plugins/<name>/waking")
def wake(name: str) -> ResponseReturnValue:
    """Let a plugin that rests in the officer's district be asked again."""
    district = _district()
    health.require_known(district, name)
    district_forms.WakeForm()
    forms.once(lambda: rests.wake(actor=requests.actor(), district=district, plugin=name))
    flash(_("已恢复，几秒钟内在本区重新启用。"), "ok")
    return redirect(url_for(".plugin", name=name))


def _district(*roles: Role) -> str:
    """Return the reader's district: by one of these roles, as officer if none is named."""
    actor = requests.actor()
    roles = roles or (Role.OFFICER,)
    access.require_role(actor, *roles)
    district = min(actor.districts(*roles))
    requests.show_district(district)
    return district
