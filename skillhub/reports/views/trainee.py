"""A trainee's home: the next lesson in the largest type, then class, applications and certificates."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from skillhub.accounts.queries import people
from skillhub.accounts.queries.people import PersonView
from skillhub.base import clock
from skillhub.base.access import Actor, Role, require_role
from skillhub.base.errors import NotFound
from skillhub.courses.queries import batch_lists
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.rules.batches import PARTS
from skillhub.courses.rules.results import WORDS as OUTCOMES
from skillhub.credit.queries import engagements, ledger
from skillhub.districts import queries as districts
from skillhub.reports.queries import learning
from skillhub.reports.queries.learning import ClassProgress, Learning, Lesson
from skillhub.subsidy.errors import NoRules
from skillhub.subsidy.queries import facts
from skillhub.subsidy.rules.decisions import Verdict
from skillhub.subsidy.service import previews
from skillhub.web import menus, requests, words

bp = Blueprint("trainee", __name__)
menus.add(Role.TRAINEE, "trainee.home", _l("首页"), 0)

Stop = tuple[str, str, str]
SHOWN = 4
PASSED = "certified"


@dataclass(frozen=True)
class Chances:
    """How many of the year's subsidies are used; the limit is known where the district's rules say it."""

    used: int
    limit: int | None
    amount_fen: int | None
    is_official: bool
    batch: BatchView | None

    @property
    def left(self) -> int | None:
        """How many are left, None where no rule limits them."""
        return None if self.limit is None else max(0, self.limit - self.used)


@bp.get("/me")
def home() -> ResponseReturnValue:
    """Show what comes next for this person."""
    actor = requests.actor()
    require_role(actor, Role.TRAINEE)
    if actor.person_id is None:
        raise NotFound
    person = people.person(actor.person_id)
    requests.show_district(person.district)
    found = learning.of_person(person.id)
    coming = batch_lists.coming(district=person.district, limit=SHOWN).items
    lesson = found.current.next_lesson if found.current else None
    return render_template(
        "reports/trainee.html",
        person=person,
        learning=found,
        current=found.current,
        when=_when(lesson, districts.district(person.district).zone) if lesson else "",
        is_now=lesson is not None and lesson.session.starts_at <= clock.now(),
        parts=PARTS,
        outcomes=OUTCOMES,
        stops=_stops(found.current) if found.current else [],
        chances=_chances(actor, person, found, coming),
        coming=coming,
        stars=ledger.stars(person.handle),
        work=engagements.of_person(person.id),
    )


def _when(lesson: Lesson, zone: str) -> str:
    """Return the word that may stand before a date: today or tomorrow."""
    days = (lesson.session.starts_at.astimezone(ZoneInfo(zone)).date() - clock.today(zone)).days
    return str({0: _("今天"), 1: _("明天")}.get(days, ""))


def _chances(actor: Actor, person: PersonView, found: Learning, coming: tuple[BatchView, ...]) -> Chances:
    """Return what is used of the year's chances, asked of the rules with the class that is nearest."""
    year = clock.today(districts.district(person.district).zone).year
    current = found.current
    own = current.batch if current and not current.application.is_unsubsidised else None
    asked = own or next(iter(coming), None)
    used = facts.chances_used(person.id, year)
    if asked is None:
        return Chances(used, None, None, is_official=True, batch=None)
    try:
        decision = previews.preview(actor=actor, person=person.handle, batch=asked.code)
    except NoRules:
        return Chances(used, None, None, is_official=True, batch=own)
    amount = decision.amount_fen if decision.verdict is Verdict.PAID else None
    return Chances(used, decision.chances_limit, amount, is_official=decision.is_official, batch=own)


def _stops(current: ClassProgress) -> list[Stop]:
    """Return the line of a class: theory, practice, the test, the certificate."""
    parts = [
        (label, _days(lessons), _state(lessons, current.next_lesson))
        for label, lessons in ((_("理论"), current.part("theory")), (_("实操"), current.part("practice")))
        if lessons
    ]
    test = _test(current)
    return [*parts, test] if test[2] == "halt" else [*parts, test, _paper(current)]


def _days(lessons: tuple[Lesson, ...]) -> str:
    first, last = lessons[0].session, lessons[-1].session
    when = words.day(first.starts_at)
    if len(lessons) > 1:
        when = _("%(first)s到%(last)s", first=when, last=words.day(last.starts_at))
    return str(_("%(days)s，%(n)s次课", days=when, n=len(lessons)))


def _state(lessons: tuple[Lesson, ...], coming: Lesson | None) -> str:
    if all(each.is_over for each in lessons):
        return "done"
    return "now" if coming in lessons else "todo"


def _test(current: ClassProgress) -> Stop:
    result = current.result
    if result is None:
        is_next = current.next_lesson is None
        return (
            _("考核"),
            _("等学校登记成绩") if is_next else _("课上完以后考"),
            "now" if is_next else "todo",
        )
    marks = [_("理论%(n)s分", n=result.theory)] if result.theory is not None else []
    marks += [_("实操%(n)s分", n=result.practice)] if result.practice is not None else []
    passed = result.outcome == PASSED
    return (_("考核"), _("，").join([str(OUTCOMES[result.outcome][0]), *marks]), "done" if passed else "halt")


def _paper(current: ClassProgress) -> Stop:
    is_next = current.result is not None and current.result.outcome == PASSED
    return (_("领证"), _("学校发证以后，短信通知您"), "now" if is_next else "todo")
