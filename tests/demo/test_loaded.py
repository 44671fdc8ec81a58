"""What the loaders leave in the database is what the tables say, and nothing that nobody asked for."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from skillhub.accounts.queries import people
from skillhub.base.db import Model, db
from skillhub.courses.queries import applications, batches, results
from skillhub.credit.queries import ledger
from skillhub.demo import data
from skillhub.demo.history import Known
from skillhub.demo.places import DISTRICTS
from skillhub.districts import queries as districts
from skillhub.jobs import queries as jobs
from skillhub.jobs import service as job_service

SOURCE = Path(__file__).parents[3] / "shared" / "domain" / "demo"
TABLES = (
    "attendance", "batches", "courses", "districts", "employers", "enrolments", "jobs", "orders", "people",
    "placements", "ratings", "results", "rooms", "sessions", "sites", "trainers", "training_bodies", "wishes",
)  # fmt: skip
STATES = {
    "enrolled": "enrolled",
    "moved_up": "enrolled",
    "withdrawn": "withdrawn",
    "carried": "lapsed",
    "waiting": "waitlisted",
}


def rows(name):
    return db.session.scalar(select(func.count()).select_from(Model.metadata.tables[name]))


@pytest.mark.parametrize("name", TABLES)
def test_the_package_carries_the_table_row_by_row(name):
    if not SOURCE.is_dir():
        pytest.skip(f"no {SOURCE}")
    with (SOURCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))

    assert data.table(name) == told


def test_everybody_of_the_tables_is_fictitious():
    assert {row["fictitious"] for name in ("people", "trainers") for row in data.table(name)} == {"1"}


def test_everybody_is_on_the_register_once(demonstration):
    known = people.aliases("demo")

    assert {row["person_id"] for row in data.table("people")} <= known.keys()
    assert len(set(known.values())) == len(known)


def test_every_application_stands_where_the_table_leaves_it(demonstration):
    known = Known()
    wrong = []
    for code, told in data.grouped(data.of_batches("enrolments"), "batch_id").items():
        held = {each.historic_number: each for each in applications.of_batch(batches.batch(code).id)}
        wrong += [
            row["enrolment_id"]
            for row in told
            if held[row["receipt_no"]].state != STATES[row["state"]]
            or held[row["receipt_no"]].person_id != known.person(row["person_id"])
            or held[row["receipt_no"]].order_no != int(row["receipt_no"])
        ]

    assert wrong == []


def test_who_was_carried_over_is_told_so_and_stands_in_the_next_batch(demonstration):
    (first, *_) = applications.of_batch(batches.batch("LW-UAV-01").id, "lapsed")

    assert [why.code for why in first.reasons] == ["carried_over"]
    assert [
        each
        for each in applications.of_batch(batches.batch("LW-UAV-02").id)
        if each.person_id == first.person_id
    ]


def test_counters_and_rows_of_every_batch_agree(demonstration):
    wrong = []
    for row in data.batches():
        batch = batches.batch(row["batch_id"])
        states = Counter(each.state for each in applications.of_batch(batch.id))
        if (batch.taken, batch.waiting) != (states["enrolled"], states["waitlisted"]):
            wrong.append(batch.code)

    assert wrong == []


def test_every_result_of_every_district_is_the_one_of_the_table(demonstration):
    known = Known()
    wrong = []
    for code, told in data.grouped(data.of_batches("results"), "batch_id").items():
        found = {each.person_id: each for each in results.of_batch(batches.batch(code).id)}
        wrong += [
            row["enrolment_id"]
            for row in told
            if (
                found[known.person(row["person_id"])].outcome,
                found[known.person(row["person_id"])].minutes_present,
            )
            != (row["outcome"], int(row["minutes_attended"]))
        ]

    assert wrong == []


def test_certificates_bear_the_numbers_of_the_table_and_no_paper_was_drawn(demonstration):
    certificate = Model.metadata.tables["certificate"]
    numbers = set(db.session.scalars(select(certificate.c.number)))

    assert {row["certificate_no"] for row in data.of_batches("results") if row["certificate_no"]} <= numbers
    assert not list(demonstration.rglob("*.pdf"))


def test_ratings_that_were_reversed_are_in_the_ledger_twice_and_count_no_more(demonstration):
    entry, rating = Model.metadata.tables["ledger_entry"], Model.metadata.tables["rating"]
    reversals = db.session.scalar(select(func.count()).where(entry.c.reverses_id.is_not(None)))
    reversed_ones = db.session.scalar(select(func.count()).where(rating.c.state == "reversed"))

    assert reversals == reversed_ones == 3
    assert (ledger.total("star"), ledger.total("rating")) == (0, 0)
    assert sum(ledger.stars_given_in(code) for code in DISTRICTS) == rows("rating") - 3


def test_every_district_has_dropped_its_jobs_in_its_own_names(demonstration):
    counted = {code: jobs.posted(code) for code in DISTRICTS}
    told = Counter(row["district_code"] for row in data.table("jobs"))

    assert counted == {code: told[code] for code in DISTRICTS}
    dropped = {path.parent.name for path in demonstration.glob("*/jobs.*")}
    assert dropped == set(DISTRICTS)
    assert job_service.drop_folder("330102").joinpath("jobs.json").read_text(encoding="utf-8").startswith("[")


def test_every_role_of_every_district_can_sign_in(demonstration):
    found = json.loads((demonstration / "demo-sign-ins.json").read_text(encoding="utf-8"))
    roles = Counter((each["district"], each["role"]) for each in found)

    for code in DISTRICTS:
        assert roles[(code, "officer")] == 2
        assert {role for district, role in roles if district == code} == {
            "officer", "auditor", "desk", "school", "trainer", "employer", "trainee",
        }  # fmt: skip
    assert roles[(None, "operator")] == 1
    words = {(each["district"], each["password"]) for each in found}
    assert len(words) == len({word for _district, word in words}) == len(DISTRICTS) + 1, (
        "no word opens two districts"
    )


def test_eight_pairs_share_a_phone(demonstration):
    shared = [row for row in data.table("people") if row["phone_shared_with"]]
    found = {row["phone"]: people.with_phone(row["phone"]) for row in shared}

    assert len(found) == 8
    assert all(len(persons) == 2 for persons in found.values())


def test_sites_of_districts_that_are_only_mentioned_are_in_the_directory(demonstration):
    assert {site.code for site in districts.sites("500107")} == {"S-CQ-03", "S-CQ-04"}
    assert len(districts.sites()) == len(data.table("sites"))
