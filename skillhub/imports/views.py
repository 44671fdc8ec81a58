"""Pages where officers and clerks hand in a file, see what would become of each line, and import it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields import SelectChoice

from skillhub.accounts.rules.consents import BASIC, CURRENT
from skillhub.base import access, sheets
from skillhub.base.access import Role
from skillhub.base.sheets import LARGEST_FILE, SheetUnreadable
from skillhub.base.sheets.errors import REASONS
from skillhub.districts import queries as districts
from skillhub.imports import tables, words
from skillhub.imports.errors import ImportBlocked, ImportChanged
from skillhub.imports.forms import KINDS, DecisionForm, FileForm
from skillhub.imports.queries import files
from skillhub.imports.queries.files import FileView
from skillhub.imports.rules import headings
from skillhub.imports.rules.lines import Decision
from skillhub.imports.rules.reports import PEOPLE, SITES, Choices, Report
from skillhub.imports.service import files as service
from skillhub.web import forms, gate, requests
from skillhub.web.forms import Form

bp = Blueprint("imports", __name__)
SHOWN = 200
AGAIN_AFTER_SECONDS = 2
ROOM_FOR_FIELDS = 64 * 1024
COLUMNS = {
    PEOPLE: ("name", "id_type", "id_number", "phone", "street", "groups", "education", "job", "course"),
    SITES: ("code", "name", "kind", "tier", "parent", "address", "phone", "lon", "lat"),
}
STATUS = {
    Decision.OK: "ok",
    Decision.NORMALISED: "ok",
    Decision.MERGE: "ok",
    Decision.UNCHANGED: "none",
    Decision.FLAG: "wait",
    Decision.REFUSE: "bad",
}
gate.allow("imports.index", LARGEST_FILE + ROOM_FOR_FIELDS)


@bp.route("/office/imports", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """List one's files, and take another."""
    actor = requests.actor()
    access.require_role(actor, *files.ALLOWED)
    places = sorted(actor.districts(*files.ALLOWED))
    requests.show_district(places[0])
    form = FileForm()
    form.district.choices = [SelectChoice(code, districts.district(code).name) for code in places]
    if not actor.has(Role.OFFICER):
        form.kind.choices = [choice for choice in KINDS if choice.value == PEOPLE]
    if form.validate_on_submit():
        handle = _handed_in(form, places)
        if handle is not None:
            return redirect(url_for(".file", handle=handle))
    return render_template(
        "imports/index.html",
        form=form,
        files=files.latest(actor),
        states=_states(),
        kinds={choice.value: choice.label for choice in KINDS},
        has_districts=len(places) > 1,
        consent=CURRENT[BASIC],
    )


@bp.get("/office/imports/<any(people, sites):kind>.xlsx")
def template(kind: str) -> ResponseReturnValue:
    """Hand out an empty table to fill in."""
    access.require_role(requests.actor(), *files.ALLOWED)
    return Response(
        sheets.written(kind, headings.usual(kind, COLUMNS[kind])),
        content_type=sheets.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="skillhub-{kind}.xlsx"'},
    )


@bp.route("/office/imports/<handle>", methods=["GET", "POST"])
def file(handle: str) -> ResponseReturnValue:
    """Show what would become of the lines, or became of them; import with what is decided."""
    actor = requests.actor()
    found = files.own(actor, handle)
    requests.show_district(found.district)
    form = DecisionForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            choices = Choices(form.skips_refused.data, form.flagged.data or None)
            try:
                forms.once(lambda: service.decide(actor=actor, file=handle, choices=choices))
            except ImportBlocked as blocked:
                form.form_errors.append(blocked.text())
                return _page(found, form), blocked.status
            return redirect(url_for(".file", handle=handle))
    response = make_response(_page(found, form))
    if found.state in ("checking", "importing"):
        response.headers["Refresh"] = str(AGAIN_AFTER_SECONDS)
    return response


@bp.get("/office/imports/<handle>/report.csv")
def report(handle: str) -> ResponseReturnValue:
    """Hand out the report about every line."""
    found = files.own(requests.actor(), handle)
    kept = files.report(found)
    if kept is None:
        abort(404)
    return Response(
        "".join(tables.as_csv(kept.lines)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="report.csv"'},
    )


@bp.post("/office/imports/<handle>/removal")
def remove(handle: str) -> ResponseReturnValue:
    """Delete a file and its report."""
    actor = requests.actor()
    found = files.own(actor, handle)
    if Form().validate_on_submit():
        forms.once(lambda: service.remove(actor=actor, file=found.handle))
        flash(_("文件和报告已删除。已经导入的内容不受影响。"), "ok")
    return redirect(url_for(".index"))


def _handed_in(form: FileForm, places: list[str]) -> str | None:
    """Take the file; what is wrong with it stands at its field."""
    actor = requests.actor()
    given = form.file.data
    if not given:
        form.file.errors = [_("还没有选文件。请选一个 .xlsx 或 .csv 文件。")]
        requests.here().has_form_errors = True
        return None
    content = given.stream.read(LARGEST_FILE + 1)
    given.stream.seek(0)
    with forms.errors_on(form):
        try:
            return forms.once(
                lambda: service.hand_in(
                    actor=actor,
                    kind=form.kind.data,
                    district=form.district.data or places[0],
                    name=given.filename or "",
                    content=content,
                    has_consented=form.has_consented.data,
                )
            )
        except SheetUnreadable as unreadable:
            form.file.errors = [unreadable.text()]
            requests.here().has_form_errors = True
    return None


def _page(found: FileView, form: DecisionForm) -> str:
    kept = files.report(found)
    return render_template(
        "imports/file.html",
        file=found,
        form=form,
        act=Form(),
        report=kept,
        counts=[(decision, kept.counts[decision.value]) for decision in Decision] if kept else [],
        choices=found.choices,
        lines=_lines(kept) if kept else [],
        hidden_lines=max(0, _asked(kept) - SHOWN) if kept else 0,
        problem=_problem(found),
        words=words,
        status=STATUS,
        said=tables.said,
        states=_states(),
        written=ngettext("%(n)s行", "%(n)s行", found.written, n=found.written),
    )


def _lines(kept: Report) -> list[object]:
    """Return the lines to show: first those that somebody has to look at."""
    order = (Decision.REFUSE, Decision.FLAG, Decision.MERGE, Decision.NORMALISED)
    shown = sorted(
        (line for line in kept.lines if line.decision in order), key=lambda line: order.index(line.decision)
    )
    return list(shown[:SHOWN])


def _asked(kept: Report) -> int:
    counts = kept.counts
    return len(kept.lines) - counts[Decision.OK.value] - counts[Decision.UNCHANGED.value]


def _problem(found: FileView) -> str | None:
    if found.problem is None:
        return None
    if found.problem == ImportChanged.code:
        return str(ImportChanged.message)
    text = str(REASONS.get(found.problem, REASONS["damaged"]))
    return text % {"needed": words.field("name")} if "%(" in text else text


def _states() -> dict[str, tuple[str, str]]:
    return {
        "checking": (_("正在核对"), "wait"),
        "checked": (_("核对好了"), "wait"),
        "importing": (_("正在导入"), "wait"),
        "imported": (_("已导入"), "ok"),
        "unreadable": (_("没有办成"), "bad"),
        "deleted": (_("已删除"), "none"),
    }
