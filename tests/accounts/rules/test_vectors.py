"""The shared test vectors; where the folder of shared material is not there, the skip is visible."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from os import environ
from pathlib import Path

import pytest

from skillhub.accounts.rules import identity, names, phones, uscc
from skillhub.accounts.wrong import Wrong

FILE = Path(environ.get("SHARED", Path(__file__).parents[4] / "shared")) / "domain" / "id_vectors.csv"
RULES: dict[str, Callable[[str], object]] = {
    "resident_id": lambda value: identity.identity("resident_id", value, today=date(2025, 11, 10)),
    "uscc": uscc.uscc,
    "mobile": phones.mobile,
    "name": names.name,
}


def rows() -> Iterator[object]:
    if not FILE.is_file():
        yield pytest.param(None, marks=pytest.mark.skip(reason=f"no {FILE}; name its folder in SHARED"))
        return
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] in RULES:
                yield pytest.param(row, id=f"{row['kind']}-{row['value']}")


@pytest.mark.parametrize("row", list(rows()))
def test_a_shared_vector_is_judged_as_it_says(row):
    try:
        RULES[row["kind"]](row["value"])
    except Wrong:
        assert row["valid"] == "0"
    else:
        assert row["valid"] == "1"
