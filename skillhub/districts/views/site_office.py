"""Pages on which officers keep the directory: a new site, its words, its place in the tree, its clerks."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from skillhub.base.access import Right, Role, require, require_role
from skillhub.base.errors import Conflict, Invalid
from skillhub.districts import queries
from skillhub.districts.forms.sites import (
    AboutForm,
    ClerkForm,
    CloseForm,
    MoveForm,
    ReleaseForm,
    ReopenForm,
    SiteForm,
)
from skillhub.districts.queries.sites import SiteView, ids_below
from skillhub.districts.service import clerks, sites
from skillhub.web import forms, requests
from skillhub.web.forms import Form

bp = Blueprint("site_office", __name__)


@bp.route("/office/sites/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Add a site to the directory of the officer's district."""
    actor = requests.actor()
    require_role(actor, Role.OFFICER)
    district = min(actor.districts(Role.OFFICER))
    requests.show_district(district)
    form = SiteForm()
    form.parent.choices = _above(district)
    if form.validate_on_submit():
        with forms.errors_on(form):
            code = forms.once(
                lambda: sites.add(
                    actor=actor,
                    district=district,
                    about=form.about(),
                    kind=form.kind.data,
                    tier=int(form.tier.data),
                    parent=form.parent.data or None,
                )
            )
            flash(_("已加进名录。"), "ok")
            return redirect(_page_of(code))
    return render_template("districts/site_new.html", form=form)


@bp.route("/office/sites/<code>/edit", methods=["GET", "POST"])
def edit(code: str) -> ResponseReturnValue:
    """Change what the directory says of a site."""
    site = _own(code)
    position = "" if site.lon is None or site.lat is None else f"{site.lon},{site.lat}"
    filled = {"name": site.name, "address": site.address, "phone": site.phone, "position": position}
    form = AboutForm(data={**filled, "version": site.version})
    if form.validate_on_submit():
        with forms.errors_on(form):
            return _carried_out(
                site,
                lambda: sites.change(
                    actor=requests.actor(),
                    code=code,
                    about=form.about(),
                    version=requests.version(form.version.data),
                ),
                _("已改好，名录里马上能看到。"),
            )
    return render_template("districts/site_edit.html", form=form, site=site)


@bp.route("/office/sites/<code>/move", methods=["GET", "POST"])
def move(code: str) -> ResponseReturnValue:
    """Put a site below another one."""
    site = _own(code)
    form = MoveForm(data={"version": site.version})
    form.parent.choices = _above(site.district, besides=site)
    if form.validate_on_submit():
        with forms.errors_on(form):
            return _carried_out(
                site,
                lambda: sites.move(
                    actor=requests.actor(),
                    code=code,
                    parent=form.parent.data or None,
                    reason=form.reason.data or "",
                    version=requests.version(form.version.data),
                ),
                _("已移好，原来在哪里也记着。"),
            )
    return render_template("districts/site_move.html", form=form, site=site)


@bp.route("/office/sites/<code>/closing", methods=["GET", "POST"])
def close(code: str) -> ResponseReturnValue:
    """Close a site."""
    site = _own(code)
    form = CloseForm(data={"version": site.version})
    if form.validate_on_submit():
        with forms.errors_on(form):
            return _carried_out(
                site,
                lambda: sites.close(
                    actor=requests.actor(),
                    code=code,
                    reason=form.reason.data or "",
                    version=requests.version(form.version.data),
                ),
                _("已关停，不再列在公开名录里。"),
            )
    return render_template("districts/site_close.html", form=form, site=site)


@bp.post("/office/sites/<code>/reopening")
def reopen(code: str) -> ResponseReturnValue:
    """Open a site again."""
    site = _own(code)
    form = ReopenForm()
    return _tapped(
        site,
        form,
        lambda: sites.reopen(actor=requests.actor(), code=code, version=requests.version(form.version.data)),
        _("已重新开放。"),
    )


@bp.post("/office/sites/<code>/clerks")
def assign(code: str) -> ResponseReturnValue:
    """Let a clerk work at a site from now on."""
    site = _own(code)
    form = ClerkForm()
    form.person.choices = []
    return _tapped(
        site,
        form,
        lambda: clerks.assign(actor=requests.actor(), site=code, person=form.person.data),
        _("已记下，从现在起在这里办事。"),
    )


@bp.post("/office/sites/<code>/clerks/release")
def release(code: str) -> ResponseReturnValue:
    """Let a clerk work for the whole district again."""
    site = _own(code)
    form = ReleaseForm()
    return _tapped(
        site,
        form,
        lambda: clerks.release(actor=requests.actor(), site=code, person=form.person.data),
        _("已记下，从现在起在全区办事。"),
    )


def _own(code: str) -> SiteView:
    actor = requests.actor()
    require_role(actor, Role.OFFICER)
    site = queries.site(code)
    require(actor, Right(Role.OFFICER, district=site.district))
    requests.show_district(site.district)
    return site


def _carried_out(site: SiteView, call: Callable[[], str], said: str) -> ResponseReturnValue:
    """Carry out a change and show the site; a conflict is said there, above how the site stands now."""
    try:
        forms.once(call)
    except Conflict as conflict:
        flash(conflict.text(), "bad")
    else:
        flash(said, "ok")
    return redirect(_page_of(site.code))


def _tapped(site: SiteView, form: Form, call: Callable[[], str], said: str) -> ResponseReturnValue:
    """Carry out what a button asks for; what is wrong with it is said on the page of the site."""
    if not form.validate_on_submit():
        flash(_("没有收全，请再点一次。"), "bad")
        return redirect(_page_of(site.code))
    try:
        return _carried_out(site, call, said)
    except Invalid as invalid:
        flash(" ".join(str(each.message) for each in invalid.errors), "bad")
    return redirect(_page_of(site.code))


def _page_of(code: str) -> str:
    return url_for("site_tree.site", code=code)


def _above(district: str, besides: SiteView | None = None) -> list[SelectChoice]:
    """Return the open sites below which one can stand, in the order of the tree."""
    found = queries.sites(district)
    left_out = ids_below(found, besides.id) if besides else frozenset()
    rows = [node for node in queries.tree(found) if node.site.tier < 3 and node.site.id not in left_out]  # noqa: PLR2004 (nothing stands below the third level)
    return [
        SelectChoice("", _("没有上级，在最上面")),
        *(SelectChoice(node.site.code, "　" * node.depth + node.site.name) for node in rows),
    ]
