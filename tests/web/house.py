"""A tiny application on the web floor alone: things that can be made, seen and broken in every way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

from flask import Blueprint, Flask, flash, redirect, render_template_string, request, url_for
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from pydantic import AwareDatetime, Field
from sqlalchemy import insert, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from wtforms import BooleanField, DateField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from skillhub.base import i18n
from skillhub.base.access import ANONYMOUS, Actor, Grant, Role, Scope
from skillhub.base.db import db, guard, unit_of_work
from skillhub.base.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    Unauthenticated,
)
from skillhub.base.paging import Page
from skillhub.config import Config
from skillhub.web import api, forms, menus, requests, shell

ANN = Actor(person_id=7, grants=(Grant(Role.TRAINEE, "130202"),))
TOKENS = {
    "good": Actor(person_id=7, grants=ANN.grants, scopes=frozenset({Scope.READ, Scope.APPLY})),
    "reader": Actor(person_id=8, grants=ANN.grants, scopes=frozenset({Scope.READ})),
}


class Own(DeclarativeBase):
    """Tables of this application alone: those of the product stay as the migrations made them."""


class Thing(Own):
    """What the tests make; a code is given once."""

    __tablename__ = "test_thing"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Taken(Conflict):
    """The name is given."""

    code = "taken"


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class PartPost(api.Shape):
    starts_at: AwareDatetime
    minutes: Annotated[int, Field(ge=1, le=600)]


class ThingPost(api.Shape):
    """A new thing."""

    name: Annotated[str, Field(min_length=1, max_length=10)]
    seats: Annotated[int, Field(ge=1, le=500)] = 1
    colour: Colour | None = None
    is_big: bool = False
    on: date | None = None
    parts: Annotated[list[PartPost], Field(default_factory=list)]


class ThingShape(api.Shape):
    """A thing that is."""

    name: str
    made_at: datetime
    on: date


class ThingQuery(api.Shape):
    colour: Colour | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class Mark(api.Shape):
    receipt: str
    minutes: int | None


def make(name: str) -> str:
    with unit_of_work() as unit:
        if unit.session.scalar(select(Thing.id).where(Thing.name == name)):
            raise Taken(name=name)
        unit.session.execute(insert(Thing).values(name=name))
        return unit.refer(name)


def show(name: str) -> ThingShape:
    return ThingShape(name=name, made_at=datetime(2025, 11, 10, 1, 0, tzinfo=UTC), on=date(2025, 11, 10))


json = Blueprint("things_api", __name__, url_prefix="/api/v1")
pages = Blueprint("things", __name__)


@json.post("/things")
@api.operation("做一件", scope=Scope.APPLY, body=ThingPost, answer=ThingShape, status=201)
@api.writing(show)
def place() -> str | api.Outcome:
    """Make a thing."""
    asked = api.read(ThingPost)
    return api.Outcome(asked.name, status=200) if asked.name == "known" else make(asked.name)


@json.get("/things")
@api.operation("列出", scope=None, query=ThingQuery, answer=api.Listing[ThingShape], public=True)
def things() -> api.Listing[ThingShape]:
    """List things."""
    asked = api.query(ThingQuery)
    return api.listed(Page(("a", "b")[: asked.limit], "more"), show)


@json.get("/things/<int:number>/<name>")
@api.operation("看一件", scope=Scope.READ, answer=ThingShape)
def thing(number: int, name: str) -> ThingShape:
    """Show a thing."""
    return show(name)


@json.post("/things/<any(start, stop):step>")
@api.operation("走一步", scope=Scope.APPLY, answer=ThingShape)
@api.writing(show)
def step(step: str) -> str:
    """Take a step."""
    return make(step)


@json.put("/marks")
@api.operation("记", scope=Scope.READ, body=list[Mark], answer=ThingShape)
def marks() -> ThingShape:
    """Keep marks."""
    return show(str(len(api.read(list[Mark]))))


@json.get("/fails/<kind>")
@api.operation("坏", scope=None, answer=None, public=True)
def fails(kind: str) -> api.Listing[ThingShape]:
    """Fail in one way."""
    raise _failure(kind)


def _failure(kind: str) -> Exception:
    number = "110101199003078515"  # an ID number that must not reach the log
    return {
        "bug": ZeroDivisionError(number),
        "locked": OperationalError("SELECT ?", (number,), Exception("database is locked")),
        "full": OperationalError("INSERT", (number,), Exception("database or disk is full")),
        "other": OperationalError("SELECT", (number,), Exception(f"no such table {number}")),
        "many": TooMany(),
        "forbidden": Forbidden(),
        "nobody": Unauthenticated(),
        "absent": NotFound(number=number),
    }[kind]


class ThingForm(forms.Form):
    """Makes a thing."""

    name = StringField("名称", validators=[InputRequired(), Length(max=10)])
    seats = IntegerField("人数", default=8, validators=[InputRequired(), NumberRange(min=1, max=500)])
    wage = IntegerField("工资", validators=[NumberRange(min=1)], default=1, description="每天，元")
    on = DateField("日期", default=date(2025, 11, 10))
    kind = RadioField("结论", choices=forms.choices([("ok", "核准"), ("no", "不予核准")]), default="ok")
    agreed = BooleanField("我已看过说明")
    why = TextAreaField("原因")


FORM = """{% extends "web/base.html" %}
{% from "web/macros.html" import field, hidden with context %}
{% block title %}做一件{% endblock %}
{% block main %}<h1>做一件</h1>
<form method="post">{{ hidden(form) }}
{% for name in ("name", "seats", "wage", "on", "kind", "agreed", "why") %}
{{ field(form[name]) }}{% endfor %}
<button>提交</button></form>{% endblock %}"""


SEEN = """{% extends "web/base.html" %}
{% block title %}{{ name }}{% endblock %}
{% block main %}<h1>{{ name }}</h1>{% endblock %}"""


@pages.route("/things/new", methods=["GET", "POST"])
def new():  # type: ignore[no-untyped-def]  # a test's view
    form = ThingForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            if form.name.data == "odd":
                raise Invalid(
                    FieldError("name", "odd", "换一个名称。"), FieldError("elsewhere", "odd", "整体不对。")
                )
            name = forms.once(lambda: make(form.name.data))
            flash("做好了", "ok")
            return redirect(url_for(".seen", name=name))
    return render_template_string(FORM, form=form)


@pages.get("/things/<name>")
def seen(name: str):  # type: ignore[no-untyped-def]  # a test's view
    if name == "mine":
        if requests.actor() is ANONYMOUS:
            raise Unauthenticated
        requests.show_district("440103")
    return render_template_string(SEEN, name=name)


@pages.get("/fails/<kind>")
def page_fails(kind: str):  # type: ignore[no-untyped-def]  # a test's view
    raise _failure(kind)


@dataclass(frozen=True)
class SomeDistrict:
    code: str
    short_name: str
    name_en: str
    zone: str = "Asia/Shanghai"
    phone: str | None = "0315-0000000（虚构）"


DISTRICTS = {
    "130202": SomeDistrict("130202", "路南", "Lunan"),
    "440103": SomeDistrict("440103", "荔湾", "Liwan", phone=None),
}


def page_actor() -> tuple[Actor, requests.SignedIn | None]:
    """Somebody is signed in who has the cookie; a request without it is nobody's."""
    if request.cookies.get("who") == "ann":
        return ANN, requests.SignedIn("p-ann", "朱安英", "130202")
    return ANONYMOUS, None


def bearer(token: str) -> Actor:
    if token not in TOKENS:
        raise Unauthenticated
    return TOKENS[token]


def build(config: Config) -> Flask:
    """Put the web floor under the test's own rooms, in the order in which the product does it."""
    app = Flask("skillhub.web", static_folder=None)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=config.database,
        SESSION_COOKIE_NAME="skillhub-form",
        WTF_CSRF_TIME_LIMIT=None,
        TESTING=False,
    )
    app.secret_key = b"only for tests"
    db.init_app(app)
    with app.app_context():
        guard(db.engine)
    Babel(app, default_locale=i18n.SOURCE, locale_selector=i18n.reader_language)
    csrf = CSRFProtect(app)
    shell.init_app(app, config)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(json)
    app.register_blueprint(pages)
    csrf.exempt(json)
    requests.use(page=page_actor, bearer=bearer)
    requests.use_districts(DISTRICTS.__getitem__)
    menus.add(Role.TRAINEE, "things.new", "报名", 1)
    with app.app_context():
        db.create_all()
        Own.metadata.create_all(db.engine)
        db.session.execute(text("SELECT 1"))
    return app
