"""The demonstration says what the article says: each figure is counted from what the services wrote."""

import csv
import json
from pathlib import Path

from sqlalchemy import text

from skillhub.base.db import db
from skillhub.courses.queries import batches, counts, orders, results
from skillhub.credit.queries import engagements, ledger
from skillhub.credit.service import engagements as engagement_service
from skillhub.demo import data, history
from skillhub.demo.history import LOADER
from skillhub.districts import queries as districts
from skillhub.jobs import queries as jobs
from skillhub.reports.queries import districts as figures
from skillhub.reports.queries import funnels
from skillhub.subsidy.queries import claims
from skillhub.subsidy.rules.steps import State

FIGURES = Path(__file__).parents[3] / "shared" / "domain" / "demo" / "figures.csv"


def _funnel():
    found = funnels.funnel(orders.order("O-LN-01").id)
    return found.asked, found.enrolled, found.certified, found.hired


def test_order_o_ln_01_asked_30_enrolled_28_certified_25_and_hired_18(demonstration):
    assert _funnel() == (30, 28, 25, 18)
    rates = funnels.funnel(orders.order("O-LN-01").id).rates
    assert (rates.fill, rates.passed, rates.placed) == (93.3, 89.3, 72.0)


def test_removing_one_hire_moves_the_figure(demonstration):
    hire = next(each for each in engagements.of_order(orders.order("O-LN-01").id) if each.is_hire)

    engagement_service.remove(actor=LOADER, engagement=hire.public_id, reason="控制试验")

    assert _funnel() == (30, 28, 25, 17)


def test_taking_one_enrolment_back_moves_the_figure(demonstration):
    batch_id = batches.batch("LN-ORD-01").id
    connection = db.engines[None]
    for statement in (
        "DELETE FROM claim_person WHERE application_id = :id",
        "DELETE FROM certificate WHERE application_id = :id",
        "DELETE FROM result WHERE application_id = :id",
        "DELETE FROM attendance WHERE application_id = :id",
        "UPDATE application SET state = 'withdrawn' WHERE id = :id",
    ):
        connection.execute(
            text(statement).execution_options(outside_unit=True),
            {
                "id": connection.execute(
                    text("SELECT min(id) FROM application WHERE batch_id = :batch"), {"batch": batch_id}
                ).scalar()
            },
        )

    assert _funnel()[1] == 27


def test_each_number_of_the_order_has_exactly_its_people(demonstration):
    people = funnels.of_order(orders.order("O-LN-01"))

    assert people.hired < people.certified < people.enrolled
    assert len(people.at(funnels.Stage.HIRED)) == 18


def test_the_employers_eighteen_stars_are_in_the_ledger_and_it_balances(demonstration):
    given = [each.stars for each in engagements.of_order(orders.order("O-LN-01").id) if each.stars]

    assert len(given) == 18
    assert (ledger.total("star"), ledger.total("rating")) == (0, 0)


def test_the_class_of_the_order_has_been_paid_and_each_line_names_its_clause(demonstration):
    (claim,) = claims.of_batch(batches.batch("LN-ORD-01").id)

    assert claim.state is State.PAID
    assert claim.amount_fen == figures.funnel("130202").subsidy_fen > 0
    assert all(line["clause"] for each in claims.persons(claim.id) for line in each.lines)


def test_the_figures_of_the_article_are_counted(demonstration):
    historic = counts.of_district("130202", closed_only=True)
    sites = districts.sites("130202")

    assert historic.sessions == _article("路南 training sessions", 196)
    assert historic.person_times == _article("路南 person-times (article 1500余; 1512 chosen)", 1512)
    assert engagements.hires_of_district("130202") == _article("路南 hired through 家政 training", 73)
    assert sum(site.kind == "station" for site in sites) == _article("路南 stations", 133)
    assert sum(site.kind == "centre" for site in sites) == _article("路南 centres", 3)


def _article(figure, expected):
    """Return the figure; where the table of the article's figures is at hand, it must say the same."""
    if FIGURES.is_file():
        with FIGURES.open(encoding="utf-8") as file:
            table = {row["figure"]: row["expected"] for row in csv.DictReader(file)}
        assert int(table[figure]) == expected
    return expected


def test_the_jobs_of_the_district_are_read_from_the_dropped_file(demonstration):
    found = jobs.postings(district="130202", limit=100)

    assert len(found) == 19
    assert any(job.course and job.course.code == "C-LN-TIDY" for job in found)


def test_sign_ins_are_written_for_their_owner_alone(demonstration):
    path = demonstration / "demo-sign-ins.json"

    assert path.stat().st_mode & 0o077 == 0
    roles = {each["role"] for each in json.loads(path.read_text(encoding="utf-8"))}
    assert roles == {"operator", "officer", "auditor", "desk", "school", "employer", "trainer", "trainee"}


def test_nobody_of_the_tables_gets_a_password_by_loading(demonstration):
    connection = db.engines[None]
    with_password = connection.execute(
        text("SELECT count(*) FROM person WHERE password_hash IS NOT NULL")
    ).scalar()

    assert with_password == len(
        json.loads((demonstration / "demo-sign-ins.json").read_text(encoding="utf-8"))
    )


def test_every_outcome_is_the_one_in_the_table(demonstration):
    receipts = {}
    for code in {row["batch_id"] for row in data.table("results")}:
        for each in results.of_batch(batches.batch(code).id):
            receipts[(code, each.person_id)] = (each.outcome, each.minutes_planned, each.minutes_present)

    wrong = [
        row["enrolment_id"]
        for row in data.table("results")
        if receipts[(row["batch_id"], history.person_id(row["person_id"]))]
        != (row["outcome"], int(row["minutes_planned"]), int(row["minutes_attended"]))
    ]

    assert wrong == []
