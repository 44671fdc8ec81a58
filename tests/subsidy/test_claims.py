import pytest
from sqlalchemy import select, update

from skillhub.accounts.queries import people
from skillhub.base.access import Role
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Forbidden, Invalid, NotFound
from skillhub.courses.model import Application
from skillhub.credentials.queries import certificates as certificate_queries
from skillhub.credentials.service import revocation
from skillhub.districts import snapshot
from skillhub.districts.service import districts
from skillhub.subsidy.errors import AlreadyClaimed, NoRules, NothingToClaim, WrongStep
from skillhub.subsidy.model import ClaimPerson
from skillhub.subsidy.queries import claims as queries
from skillhub.subsidy.rules.decisions import Verdict, together
from skillhub.subsidy.rules.steps import WAYS, State, Step, open_steps
from skillhub.subsidy.service import claims, previews
from skillhub.testing.factories.accounts import signed_in
from skillhub.testing.factories.base import TESTS
from skillhub.testing.factories.credentials import Classes, certificates


@pytest.fixture
def class_(persons):
    return Classes(persons).marked((82, 91), (75, 60), (40, 91))


@pytest.fixture
def certified(persons):
    made = Classes(persons).marked((82, 91), (75, 60))
    certificates(made)
    return made


@pytest.fixture
def officer(persons):
    return persons.officer()


def test_a_claim_decides_each_person_by_the_districts_rules_with_clauses(certified):
    made = claims.make(actor=certified.school.actor, batch=certified.code)

    view = queries.claim(certified.school.actor, made)
    persons = queries.persons(view.id)
    assert (view.state, view.verdict) == (State.DRAFT, Verdict.PAID)
    assert view.amount_fen == sum(each.amount_fen for each in persons) > 0
    assert {each.person_id for each in persons} == {each.person_id for each in certified.people}
    assert all(line["clause"] for each in persons for line in each.lines)
    assert view.rule_set is not None
    assert view.rule_set.plugin == "tangshan_lunan"
    assert len(view.rule_set.sha256) == 64
    assert not view.is_official


def test_the_preview_says_what_the_claim_will_say_when_nothing_changes(certified):
    person = certified.people[0]
    preview = previews.preview(actor=person.actor, person=person.handle, batch=certified.code)

    made = claims.make(actor=certified.school.actor, batch=certified.code)

    claimed = next(
        each
        for each in queries.persons(queries.claim(certified.school.actor, made).id)
        if each.person_id == person.person_id
    )
    assert (preview.amount_fen, preview.verdict) == (claimed.amount_fen, claimed.verdict)
    assert [line.text for line in preview.lines] == [line["text"] for line in claimed.lines]


def test_a_preview_before_the_end_names_what_is_missing_and_pays_nothing_yet(persons, class_):
    person = class_.people[0]

    preview = previews.preview(actor=person.actor, person=person.handle, batch=class_.code)

    assert preview.verdict is Verdict.REFUSED
    assert preview.missing
    assert preview.amount_fen == 0
    assert any(line.amount_fen for line in preview.lines)


def test_who_applied_without_the_subsidy_is_shown_no_sum(session, app, certified):
    person = certified.people[0]
    with unit_of_work() as unit:
        unit.session.execute(
            update(Application)
            .where(Application.person_id == person.person_id)
            .values(is_unsubsidised=True)
            .execution_options(synchronize_session=False)
        )

    preview = previews.preview(actor=person.actor, person=person.handle, batch=certified.code)
    shown = signed_in(app, person).get(f"/batches/{certified.code}/subsidy").text

    assert (preview.verdict, preview.amount_fen, len(preview.lines)) == (Verdict.REFUSED, 0, 1)
    assert "不享受补贴" in preview.lines[0].text
    assert "这个班没有补贴" in shown
    assert "元" not in shown.partition("<main")[2].partition("</main")[0]


def test_without_certificates_there_is_nothing_to_claim(class_):
    with pytest.raises(NothingToClaim):
        claims.make(actor=class_.school.actor, batch=class_.code)


def test_one_training_is_claimed_for_once(certified):
    claims.make(actor=certified.school.actor, batch=certified.code)

    with pytest.raises(AlreadyClaimed):
        claims.make(actor=certified.school.actor, batch=certified.code)


def test_a_claim_for_one_person_holds_only_that_person(certified):
    wanted = certified.people[1]

    made = claims.make(actor=certified.school.actor, batch=certified.code, person=wanted.handle)

    view = queries.claim(certified.school.actor, made)
    assert [each.person_id for each in queries.persons(view.id)] == [wanted.person_id]


def test_who_came_without_the_subsidy_is_not_claimed_for(certified):
    first, second = certified.people
    with unit_of_work() as unit:
        unit.session.execute(
            update(Application).where(Application.person_id == first.person_id).values(is_unsubsidised=True)
        )

    made = claims.make(actor=certified.school.actor, batch=certified.code)

    held = queries.persons(queries.claim(certified.school.actor, made).id)
    assert [each.person_id for each in held] == [second.person_id]


def test_revoked_certificates_are_not_claimed_for(certified):
    first = certificate_queries.of_batch(certified.batch_id)[0]
    revocation.revoke(actor=certified.school.actor, certificate=first.public_id, reason="查实代考")

    made = claims.make(actor=certified.school.actor, batch=certified.code)

    held = queries.persons(queries.claim(certified.school.actor, made).id)
    assert first.person_id not in {each.person_id for each in held}


def test_a_claim_goes_from_the_school_to_the_officer_to_payment(certified, officer):
    made = claims.make(actor=certified.school.actor, batch=certified.code)

    claims.take(actor=certified.school.actor, claim=made, step=Step.SUBMISSION)
    claims.take(actor=officer.actor, claim=made, step=Step.APPROVAL)
    claims.take(actor=officer.actor, claim=made, step=Step.PAYMENT)

    view = queries.claim(officer.actor, made)
    assert view.state is State.PAID
    assert [each.state for each in queries.steps(view.id)] == [
        State.DRAFT,
        State.SUBMITTED,
        State.APPROVED,
        State.PAID,
    ]
    assert queries.paid_fen("130202") == view.amount_fen


def test_a_step_out_of_order_is_refused_and_says_where_the_claim_stands(certified, officer):
    made = claims.make(actor=certified.school.actor, batch=certified.code)

    with pytest.raises(WrongStep) as caught:
        claims.take(actor=officer.actor, claim=made, step=Step.PAYMENT)

    assert caught.value.facts == {"state": "draft"}


def test_a_return_needs_a_reason_and_the_next_submission_decides_anew(certified, officer):
    made = claims.make(actor=certified.school.actor, batch=certified.code)
    claims.take(actor=certified.school.actor, claim=made, step=Step.SUBMISSION)
    with pytest.raises(Invalid):
        claims.take(actor=officer.actor, claim=made, step=Step.RETURN, reason=" ")

    claims.take(actor=officer.actor, claim=made, step=Step.RETURN, reason="名册缺一页，请补上")
    gone = certificate_queries.of_batch(certified.batch_id)[0]
    revocation.revoke(actor=certified.school.actor, certificate=gone.public_id, reason="查实代考")
    before = queries.claim(officer.actor, made).amount_fen
    claims.take(actor=certified.school.actor, claim=made, step=Step.SUBMISSION)

    after = queries.claim(officer.actor, made)
    assert after.state is State.SUBMITTED
    assert 0 < after.amount_fen < before
    assert len(queries.persons(after.id)) == 1


def test_the_school_decides_nothing_and_the_officer_hands_nothing_in(certified, officer):
    made = claims.make(actor=certified.school.actor, batch=certified.code)

    with pytest.raises(Forbidden):
        claims.take(actor=officer.actor, claim=made, step=Step.SUBMISSION)
    claims.take(actor=certified.school.actor, claim=made, step=Step.SUBMISSION)
    with pytest.raises(Forbidden):
        claims.take(actor=certified.school.actor, claim=made, step=Step.APPROVAL)


def test_another_school_and_another_districts_officer_learn_nothing(persons, certified):
    made = claims.make(actor=certified.school.actor, batch=certified.code)

    for stranger in (persons.school(), persons.officer("440103")):
        with pytest.raises(NotFound):
            queries.claim(stranger.actor, made)


def test_without_rules_the_claim_stops_and_nothing_is_written(session, certified):
    with unit_of_work() as unit:
        districts.switch_in(
            unit,
            actor=TESTS,
            district="130202",
            plugin="tangshan_lunan",
            is_on=False,
        )
    snapshot.forget()

    with pytest.raises(NoRules):
        claims.make(actor=certified.school.actor, batch=certified.code)

    assert session.scalar(select(ClaimPerson.id)) is None


def test_one_undecided_person_holds_the_whole_claim():
    assert together([Verdict.PAID, Verdict.UNDECIDED]) is Verdict.UNDECIDED
    assert together([Verdict.PAID, Verdict.REFUSED]) is Verdict.PAID
    assert together([Verdict.REFUSED]) is Verdict.REFUSED


@pytest.mark.parametrize("state", list(State))
def test_every_state_but_the_last_has_a_way_on(state):
    assert bool(open_steps(state)) == (state is not State.CLAWED_BACK)
    assert all(state in WAYS[step].start for step in open_steps(state))


def test_a_program_previews_claims_and_pays(api, certified, officer):
    school = api.as_(certified.school, Role.SCHOOL)
    office = api.as_(officer, Role.OFFICER)
    handle = people.person(certified.people[0].person_id).handle

    preview = school.post("subsidy/previews", {"person": handle, "batch": certified.code})
    made = school.post("subsidy/claims", {"batch": certified.code})
    address = f"subsidy/claims/{made.json['id']}"
    steps = [
        school.post(f"{address}/submission", {}),
        office.post(f"{address}/approval", {}),
        office.post(f"{address}/payment", {}),
    ]

    assert preview.status_code == 200
    assert preview.json["amount_fen"] > 0
    assert made.status_code == 201
    assert [step.status_code for step in steps] == [200, 200, 200]
    paid = office.get(address).json
    assert paid["state"] == "paid"
    assert paid["amount_fen"] > 0
    assert {line["facts"]["person"] for line in paid["lines"]} == {each.handle for each in certified.people}
