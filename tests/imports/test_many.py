"""A hundred thousand bad rows: every one of them is told, at little cost in memory."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.processes
ROWS = 100_000
MOST_MEGABYTES = 200

PROGRAM = """
import json, resource, sys
from datetime import date
from pathlib import Path
from skillhub.base.sheets import header, opened
from skillhub.imports.rules import headings, judging, people
from skillhub.imports import tables

base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
frame = people.Frame(date(2025, 11, 10), {"130202": "路南区"}, "130202")
content = Path(sys.argv[1]).read_bytes()
table = header.found(opened("bad.csv", content), headings.names("people"), people.NEEDED, "")
read = [people.read(row.number, table.values(row), frame) for row in table.rows]
lines = judging.Judge(judging.Register()).lines(read)
refused = [line.number for line in lines if line.decision == "refuse" and line.reasons]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"lines": len(lines), "refused": len(refused), "distinct": len(set(refused)),
                  "megabytes": (peak - base) / 1024}))
"""


def test_a_hundred_thousand_bad_rows_are_all_told(tmp_path):
    path = tmp_path / "bad.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("序号,姓名,公民身份号码,联系电话\n")
        file.writelines(f"{n},王*{n % 10},13020219780311996{n % 7},1234567{n:06d}\n" for n in range(ROWS))

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
        timeout=300,
    )

    found = json.loads(done.stdout)
    assert (found["lines"], found["refused"], found["distinct"]) == (ROWS, ROWS, ROWS)
    assert found["megabytes"] < MOST_MEGABYTES
