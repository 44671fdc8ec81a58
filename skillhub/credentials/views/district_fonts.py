"""The page where a district adds a font for characters that ours lacks."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.credentials import service
from skillhub.credentials.font_check import LARGEST_FONT
from skillhub.credentials.forms import FontForm
from skillhub.credentials.queries import district_fonts
from skillhub.web import forms, gate, requests

bp = Blueprint("district_fonts", __name__)
ROOM_FOR_FIELDS = 64 * 1024
gate.allow("district_fonts.index", LARGEST_FONT + ROOM_FOR_FIELDS)


@bp.route("/office/fonts", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """List the fonts that the reader's district has added, and take another one."""
    actor = requests.actor()
    district, found = district_fonts.listed(actor)
    requests.show_district(district)
    form = FontForm()
    if form.validate_on_submit():
        if form.file.data:
            data = form.file.data.read()
            with forms.errors_on(form):
                forms.once(lambda: service.district_fonts.add(actor=actor, district=district, data=data))
                flash(_("已加上。缺字的证书现在可以发了。"), "ok")
                return redirect(url_for(".index"))
        else:
            requests.here().has_form_errors = True
            form.file.errors = [_("请选一个字体文件。")]
    return render_template("credentials/fonts.html", form=form, fonts=found)
