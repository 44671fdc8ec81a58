from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from skillhub.accounts.model import Person
from skillhub.base import idempotency
from skillhub.base.db import in_unit_of_work, unit_of_work
from skillhub.courses.model import Application
from skillhub.courses.queries import applications as queries
from skillhub.courses.service import applications, results
from skillhub.courses.service.results import Marks
from skillhub.plugins import Eligibility, EligibilityDecision, EligibilityLine, hookimpl
from skillhub.testing.clients import hidden_fields
from skillhub.testing.factories.base import LIWAN
from tests.courses.browser import signed_in

DAY = timedelta(days=1)


def apply(batch, person, **more):
    receipt = applications.apply(actor=person.actor, batch=batch.code, channel="网页", **more)
    return queries.application(receipt)


def reasons(view):
    return [(each.code, each.clause) for each in view.reasons]


class Rules:
    """A plugin with one condition, which leads to this where it does not hold."""

    def __init__(self, *, met=False, otherwise=Eligibility.REFUSED, allows=True, lacks=(), raises=None):
        self.line = EligibilityLine(
            code="local",
            clause="某区规则 第3条",
            text="住在本街道",
            text_en="Lives in this street",
            met=met,
            otherwise=otherwise,
            lacks=lacks,
        )
        self.allows, self.raises = allows, raises

    @hookimpl
    def decide_eligibility(self):
        if self.raises:
            raise self.raises
        return EligibilityDecision(lines=(self.line,), allows_unsubsidised=self.allows)


class TestDistrict:
    def test_a_rule_that_says_no_refuses_with_its_paragraph(self, session, classes, persons, plugged):
        plugged(rules=Rules())

        view = apply(classes.published(), persons.trainee())

        assert (view.state, reasons(view)) == ("refused", [("local", "某区规则 第3条")])
        ruling = session.scalar(select(Application.ruling).where(Application.id == view.id))
        assert (ruling["plugin"], ruling["hook"]) == ("rules", "decide_eligibility")
        assert len(ruling["facts_sha256"]) == 64

    def test_a_rule_that_holds_lets_in(self, classes, persons, plugged):
        plugged(rules=Rules(met=True))

        assert apply(classes.published(), persons.trainee()).state == "enrolled"

    @pytest.mark.parametrize(
        "plugins",
        [
            {"rules": Rules(raises=ValueError("no table"))},
            {"one": Rules(met=True), "other": Rules(met=True)},
        ],
        ids=["broken", "two opinions"],
    )
    def test_rules_that_break_or_disagree_hold_for_a_clerk(self, classes, persons, plugged, plugins):
        plugged(**plugins)
        batch = classes.published()

        view = apply(batch, persons.trainee())

        assert (view.state, [each.code for each in view.reasons]) == ("under_review", ["rule_broken"])
        assert batch.view.taken == 0

    def test_what_is_not_on_file_holds_for_a_clerk(self, classes, persons, plugged):
        plugged(rules=Rules(lacks=("出生日期",)))

        assert apply(classes.published(), persons.trainee()).state == "under_review"

    def test_without_the_subsidy_people_may_come_where_the_district_allows_it(
        self, classes, persons, plugged
    ):
        plugged(rules=Rules(otherwise=Eligibility.UNSUBSIDISED))
        batch = classes.published()

        assert apply(batch, persons.trainee()).state == "refused"
        view = apply(batch, persons.trainee(), is_unsubsidised=True)
        assert (view.state, view.is_unsubsidised) == ("enrolled", True)

    def test_and_may_not_where_it_does_not(self, classes, persons, plugged):
        plugged(rules=Rules(otherwise=Eligibility.UNSUBSIDISED, allows=False))

        assert apply(classes.published(), persons.trainee(), is_unsubsidised=True).state == "refused"

    def test_facts_that_change_while_it_is_asked_are_asked_again_and_then_held(
        self, session, classes, persons, plugged
    ):
        person = persons.trainee()
        batch = classes.published()
        asked = []

        class Moves(Rules):
            @hookimpl
            def decide_eligibility(self, person):
                asked.append(person.groups)
                move(session, person.handle, len(asked))
                return EligibilityDecision()

        plugged(rules=Moves())

        view = apply(batch, person)

        assert len(asked) == len(set(asked)) == 3
        assert (view.state, [each.code for each in view.reasons]) == ("under_review", ["facts_changed"])


def move(session, handle, number):
    """Change what is on file about somebody, as another clerk might at this moment."""
    with unit_of_work() as unit:
        unit.session.execute(update(Person).where(Person.handle == handle).values(groups=[f"第{number}类"]))


class TestCore:
    def test_nobody_has_a_seat_in_two_classes_at_once(self, classes, persons):
        person = persons.trainee()
        first, other = classes.published(), classes.published()
        receipt = apply(first, person).receipt

        view = apply(other, person)
        assert (view.state, reasons(view)) == ("refused", [("class_clash", "平台报名规则")])

        applications.withdraw(actor=person.actor, receipt=receipt)
        assert apply(other, person).state == "enrolled"

    def test_who_passed_the_same_course_comes_without_the_subsidy(self, classes, persons, frozen):
        person = persons.trainee()
        batch = classes.published(lessons=1)
        receipt = apply(batch, person).receipt
        frozen.advance(days=3)
        classes.attend(batch, [receipt])
        results.record(actor=batch.school.actor, batch=batch.code, marks=[Marks(receipt, 90, 90)])
        later = classes.published(course=batch.course)

        view = apply(later, person)

        assert (view.state, [each.code for each in view.reasons]) == ("refused", ["course_passed"])
        assert apply(later, person, is_unsubsidised=True).state == "enrolled"


def test_with_a_district_that_is_asked_the_path_stays_short(session, classes, persons):
    batch = classes.published()
    warm, person, told = persons.trainee(), persons.trainee(), []
    apply(batch, warm)

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            told.append((statement.split()[0], in_unit_of_work()))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    with idempotency.carrying_out(idempotency.Call("person:1", "key", "POST /", "0" * 64)):
        applications.apply(actor=person.actor, batch=batch.code, channel="网页")
    event.remove(session.get_bind(), "before_cursor_execute", note)

    if session.get_bind().dialect.name == "sqlite":
        assert told == [("SELECT", False), ("UPDATE", True), *[("INSERT", True)] * 4]
    else:
        assert told == [("SELECT", False), ("WITH", True)]


class TestPage:
    def test_the_conditions_stand_on_the_page_before_the_tap(self, client, classes, persons, plugged):
        plugged(rules=Rules())
        batch = classes.published(opens_in=DAY)

        page = signed_in(client, persons.trainee()).get(f"/batches/{batch.code}").text

        assert "住在本街道" in page
        assert "某区规则 第3条" in page
        assert "不符合" in page

    def test_the_button_says_that_it_is_without_the_subsidy(self, client, classes, persons, plugged):
        plugged(rules=Rules(otherwise=Eligibility.UNSUBSIDISED))
        batch, person = classes.published(), persons.trainee()
        browser = signed_in(client, person)
        page = browser.get(f"/batches/{batch.code}").text

        answer = browser.post(
            f"/batches/{batch.code}/apply", data=hidden_fields(page) | {"unsubsidised": "1"}
        )

        assert "不享受补贴报名" in page
        assert queries.application(answer.location.rpartition("/")[2]).is_unsubsidised


def test_a_district_without_rules_stops_nobody(classes, persons):
    batch = classes.published(district=LIWAN)

    assert apply(batch, persons.trainee(LIWAN)).state == "enrolled"
