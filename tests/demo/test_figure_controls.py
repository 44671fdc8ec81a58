"""Each figure of the articles is a query over what the services wrote: take one thing away, and it moves."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import select

from skillhub.base import append_only
from skillhub.base.db import Model, db, unit_of_work
from skillhub.credit.queries import engagements
from skillhub.credit.service import engagements as engagement_service
from skillhub.demo import figures
from skillhub.demo.history import LOADER

ARTICLES = Path(__file__).parents[3] / "shared" / "domain" / "demo" / "figures.csv"
ELSEWHERE = ("time bank", "skill shops", "orders per shop", "shop DS", "share", "大渡口", "上城 days")
"""Figures of parts that do not exist yet: time bank, shops, service counts."""


def erase(name, *ids):
    """Delete rows, and before them everything that refers to them."""
    with unit_of_work() as unit, append_only.lifted(unit):
        _erase(unit.session, Model.metadata.tables[name], list(ids))


def _erase(session, table, ids):
    if not ids:
        return
    for other in Model.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table:
                found = session.scalars(select(other.c.id).where(key.parent.in_(ids))).all()
                _erase(session, other, found)
    session.execute(table.delete().where(table.c.id.in_(ids)))


def moved(before):
    return {name: (before[name], now) for name, now in figures.counted().items() if before[name] != now}


def one(statement):
    return db.session.execute(statement).first()


def table(name):
    return Model.metadata.tables[name]


def seated_in(code):
    application, batch = table("application"), table("batch")
    return (
        select(application.c.id)
        .join(batch, batch.c.id == application.c.batch_id)
        .where(batch.c.code == code, application.c.state == "enrolled")
        .order_by(application.c.id)
    )


def hire_in(place, batch):
    engagement, taught = table("engagement"), table("batch")
    return (
        select(engagement.c.id, engagement.c.pay_fen)
        .join(taught, taught.c.id == engagement.c.batch_id, isouter=batch is None)
        .where(
            engagement.c.place == place, taught.c.code == batch if batch else engagement.c.batch_id.is_(None)
        )
        .order_by(engagement.c.id)
    )


def test_every_figure_that_belongs_here_is_what_the_article_says(demonstration):
    if not ARTICLES.is_file():
        pytest.skip(f"no {ARTICLES}")
    with ARTICLES.open(encoding="utf-8") as file:
        told = {row["figure"]: int(row["expected"]) for row in csv.DictReader(file)}
    wanted = {name: value for name, value in told.items() if not any(each in name for each in ELSEWHERE)}

    assert figures.counted() == wanted


def test_taking_one_enrolment_away_moves_the_class_and_nothing_else(demonstration):
    before = figures.counted()

    erase("application", one(seated_in("LZ-DJ-01")).id)

    assert moved(before) == {"潞州 堆锦 class (article 20多位; 22 chosen)": (22, 21)}


def test_taking_one_enrolment_of_the_order_away_moves_every_figure_that_rests_on_it(demonstration):
    before = figures.counted()

    erase("application", one(seated_in("LN-ORD-01")).id)

    names = {name for name, _values in moved(before).items()}
    assert "order O-LN-01 enrolled of 30" in names
    assert names <= {
        "order O-LN-01 enrolled of 30",
        "order O-LN-01 certified",
        "路南 person-times (article 1500余; 1512 chosen)",
    }


def test_taking_one_hire_away_moves_the_hires_through_household_training_alone(demonstration):
    before = figures.counted()

    erase("engagement", one(hire_in("唐山市", "LN-01")).id)

    assert moved(before) == {"路南 hired through 家政 training": (73, 72)}


def test_a_hire_that_is_taken_back_counts_for_its_order_no_more(demonstration):
    before = figures.counted()
    order = one(select(table("training_order").c.id).where(table("training_order").c.code == "O-LN-01")).id
    hire = next(each for each in engagements.of_order(order) if each.is_hire)

    engagement_service.remove(actor=LOADER, engagement=hire.public_id, reason="控制试验")

    assert moved(before) == {
        "路南 hired through 家政 training": (73, 72),
        "order O-LN-01 hired": (18, 17),
    }


def test_a_hire_in_tianjin_counts_among_the_hires_and_among_those_sent_there(demonstration):
    before = figures.counted()

    erase("engagement", one(hire_in("天津市", "LN-HIGH-01")).id)

    assert moved(before) == {
        "路南 hired through 家政 training": (73, 72),
        "路南 sent to 京津 (counted inside the 73, our reading)": (28, 27),
    }


def test_taking_one_placement_away_moves_the_times_and_the_income_by_its_pay(demonstration):
    before = figures.counted()
    found = one(hire_in("杭州市上城区", None))

    erase("engagement", found.id)

    assert moved(before) == {
        "上城 placements, month one": (2015, 2014),
        "上城 income, fen": (80_300_000, 80_300_000 - found.pay_fen),
    }


def test_taking_one_station_away_moves_the_stations_alone(demonstration):
    before = figures.counted()
    site = table("site")

    erase("site", one(select(site.c.id).where(site.c.district_code == "130202", site.c.kind == "station")).id)

    assert moved(before) == {"路南 stations": (133, 132)}


def test_taking_one_mark_of_presence_away_moves_the_person_times_alone(demonstration):
    before = figures.counted()
    mark, application, batch = table("attendance"), table("application"), table("batch")
    found = one(
        select(mark.c.id)
        .join(application, application.c.id == mark.c.application_id)
        .join(batch, batch.c.id == application.c.batch_id)
        .where(batch.c.code == "LN-01", mark.c.state == "present")
    )

    erase("attendance", found.id)

    assert moved(before) == {"路南 person-times (article 1500余; 1512 chosen)": (1512, 1511)}
