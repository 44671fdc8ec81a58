"""What a training body can choose from when it files a batch: courses, approved orders, trainers."""

from __future__ import annotations

from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from skillhub.accounts.queries import actors, organisations, people
from skillhub.base.access import Actor, Role
from skillhub.courses.forms.batches import BatchForm
from skillhub.courses.queries import courses, filers, orders
from skillhub.web import requests


def fill(form: BatchForm, actor: Actor) -> None:
    """Give a form its choices."""
    own = sorted(filers.districts_of(actor))
    if own:
        requests.show_district(own[0])
    form.course.choices = _courses(own)
    form.order.choices = _orders(own)
    form.trainer.choices = _trainers(actor)
    if form.order.data and not form.course.data:
        form.course.data = _course_of(form.order.data, own)


def _courses(districts: list[str]) -> list[SelectChoice]:
    taught = [course for district in districts for course in courses.of_district(district)]
    labels = [
        (
            each.code,
            _("%(name)s（%(trade)s，%(hours)s课时）", name=each.name, trade=each.trade, hours=each.hours),
        )
        for each in taught
    ]
    return [SelectChoice("", _("请选")), *(SelectChoice(code, label) for code, label in labels)]


def _orders(districts: list[str]) -> list[SelectChoice]:
    approved = [face for district in districts for face in orders.approved(district)]
    labels = [
        (
            face.order.code,
            _(
                "%(employer)s，%(trade)s，%(heads)s人（%(code)s）",
                employer=face.employer.name,
                trade=face.order.course_name or face.order.trade,
                heads=face.order.heads,
                code=face.order.code,
            ),
        )
        for face in approved
    ]
    return [SelectChoice("", _("不是订单班")), *(SelectChoice(code, label) for code, label in labels)]


def _trainers(actor: Actor) -> list[SelectChoice]:
    bodies = set(actor.organisations(Role.SCHOOL))
    for district in actor.districts(Role.DESK):
        if filers.files_as_clerk(actor, district):
            bodies |= {each.id for each in organisations.of_district(district, "training_body")}
    holders = {person for body in bodies for person in actors.holders(Role.TRAINER, organisation=body)}
    found = sorted(people.many(holders).values(), key=lambda person: (person.name, person.id))
    return [SelectChoice("", _("请选")), *(SelectChoice(each.handle, each.name) for each in found)]


def _course_of(order: str, districts: list[str]) -> str | None:
    for district in districts:
        for face in orders.approved(district):
            if face.order.code == order:
                return face.order.course
    return None
