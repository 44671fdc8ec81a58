"""docs/security/data_classes.csv names every column: how delicate, what for, how long, in logs or not."""

from __future__ import annotations

import csv
from pathlib import Path

from sqlalchemy import LargeBinary

from skillhub.base import schema
from skillhub.base.db import Model

FILE = Path(__file__).parents[2] / "docs" / "security" / "data_classes.csv"
CLASSES = ("public", "internal", "personal", "sensitive", "secret")
LOGS = {"may be logged", "by id only", "never"}
ROWS = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))
SECRETS = ("token_hash", "code_hash", "ticket_hash", "password_hash", "code_sealed")
DELICATE = ("id_number_hash", "phone_hash", "phone_sealed", "id_number_sealed")


def _columns() -> dict[tuple[str, str], object]:
    schema.load_models()
    return {
        (table.name, column.name): column
        for table in Model.metadata.tables.values()
        for column in table.columns
    }


def test_every_column_is_named_once_and_no_other():
    listed = [(row["table"], row["column"]) for row in ROWS]
    columns = _columns()
    assert len(columns) > 250, "the control: the tables are found"
    assert set(columns) - set(listed) == set(), "not in data_classes.csv"
    assert set(listed) - set(columns) == set(), "in data_classes.csv, but in no table"
    assert len(listed) == len(set(listed))


def test_every_line_says_all_that_is_asked():
    for row in ROWS:
        told = f"{row['table']}.{row['column']}"
        assert row["class"] in CLASSES, told
        assert row["log"] in LOGS, told
        assert len(row["purpose"]) > 3, told
        assert len(row["retention"]) > 3, told


def test_what_is_delicate_never_stands_in_a_log():
    for row in ROWS:
        if row["class"] in ("sensitive", "secret"):
            assert row["log"] == "never", f"{row['table']}.{row['column']}"
        if row["class"] == "personal":
            assert row["log"] != "may be logged", f"{row['table']}.{row['column']}"


def test_what_is_sealed_or_hashed_is_classed_as_such():
    by_name = {(row["table"], row["column"]): row["class"] for row in ROWS}
    for (table, name), column in _columns().items():
        found = by_name[table, name]
        if isinstance(column.type, LargeBinary):
            assert name.endswith("_sealed"), f"{table}.{name} holds bytes that are not sealed"
            assert found in ("sensitive", "secret"), f"{table}.{name}"
        if name in SECRETS:
            assert found == "secret", f"{table}.{name}"
        if name in DELICATE:
            assert found == "sensitive", f"{table}.{name}"


def test_whoever_points_to_a_person_is_personal():
    by_name = {(row["table"], row["column"]): row["class"] for row in ROWS}
    for (table, name), column in _columns().items():
        if any(key.target_fullname == "person.id" for key in column.foreign_keys):
            assert CLASSES.index(by_name[table, name]) >= CLASSES.index("personal"), f"{table}.{name}"
