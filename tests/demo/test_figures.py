"""Each figure of the articles is counted from what the services wrote, and moves when a record goes."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import text

from skillhub.base.db import db
from skillhub.credit.queries import engagements
from skillhub.credit.service import engagements as engagement_service
from skillhub.demo import data, figures
from skillhub.demo.history import LOADER

SHARED = Path(__file__).parents[3] / "shared" / "domain" / "demo"
ELSEWHERE = ("time bank", "skill shops", "orders per shop", "shop DS", "share", "大渡口", "上城 days")
"""Figures of parts that do not exist yet: time bank, shops, service counts."""


def told():
    path = SHARED / "figures.csv"
    if not path.is_file():
        pytest.skip("the articles' figures are not here: ../shared/domain/demo/figures.csv")
    with path.open(encoding="utf-8-sig") as file:
        return {row["figure"]: int(row["expected"]) for row in csv.DictReader(file)}


def deleted(*statements, **values):
    connection = db.engines[None]
    for statement in statements:
        connection.execute(text(statement).execution_options(outside_unit=True), values)


def moved(before, after):
    return {name: after[name] - before[name] for name in before if after[name] != before[name]}


def test_every_figure_that_belongs_here_is_the_articles(demonstration):
    expected = told()
    wanted = {name for name in expected if not any(word in name for word in ELSEWHERE)}

    counted = figures.counted()

    assert set(counted) == wanted
    assert counted == {name: expected[name] for name in wanted}


def test_taking_one_hire_back_moves_the_hires_alone(demonstration):
    before = figures.counted()
    orders = [row["order_id"] for row in data.table("placements") if row["order_id"]]
    hire = next(each for each in engagements.of_order(_order_id(orders[0])) if each.is_hire)

    engagement_service.remove(actor=LOADER, engagement=hire.public_id, reason="控制试验")

    assert moved(before, figures.counted()) == {
        "路南 hired through 家政 training": -1,
        "order O-LN-01 hired": -1,
    }


def _order_id(code):
    return db.session.execute(
        text("SELECT id FROM training_order WHERE code = :code"), {"code": code}
    ).scalar()


def test_deleting_one_enrolment_moves_its_class_alone(demonstration):
    before = figures.counted()
    one = db.session.execute(
        text(
            "SELECT min(application.id) FROM application JOIN batch ON batch.id = application.batch_id"
            " WHERE batch.code = 'LZ-DJ-01' AND application.state = 'enrolled'"
        )
    ).scalar()

    deleted(
        "DELETE FROM claim_person WHERE application_id = :id",
        "DELETE FROM certificate WHERE application_id = :id",
        "DELETE FROM result WHERE application_id = :id",
        "DELETE FROM attendance WHERE application_id = :id",
        "DELETE FROM application WHERE id = :id",
        id=one,
    )

    assert moved(before, figures.counted()) == {"潞州 堆锦 class (article 20多位; 22 chosen)": -1}


def test_deleting_one_station_moves_the_stations_alone(demonstration):
    before = figures.counted()
    one = db.session.execute(
        text("SELECT max(id) FROM site WHERE district_code = '130202' AND kind = 'station'")
    ).scalar()

    deleted("DELETE FROM site_change WHERE site_id = :id", "DELETE FROM site WHERE id = :id", id=one)

    assert moved(before, figures.counted()) == {"路南 stations": -1}
