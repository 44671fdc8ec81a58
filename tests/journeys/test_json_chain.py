"""The chain from the employer's order to payment, by JSON alone, by a program that knows nothing of ours."""

import csv
import json
import subprocess
import sys
import urllib.request
import uuid
from pathlib import Path

import pytest

from tests.journeys.conftest import DAY, SKILLHUB, install

CLIENT = Path(__file__).parents[1] / "independent" / "chain_client.py"
PEOPLE = Path(__file__).parents[2] / "skillhub" / "demo" / "data"
SCOPES = ("read", "apply", "teach", "order", "decide", "claim")
COURSE = {"code": "C-LN-ORD", "trade": "家政", "occupation": "4-10-01-06"}

pytestmark = pytest.mark.processes


@pytest.fixture
def installation(tmp_path, fresh_postgresql_url):
    made = install(tmp_path / "data", fresh_postgresql_url)
    made.start("serve")
    made.start("worker")
    try:
        made.command("demo")
        made.wait_until_ready()
        yield made
    finally:
        made.end()


def rows(name):
    with (PEOPLE / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def newcomers():
    """Return 28 people of the Lunan demonstration who have been to a class and passed none of this trade."""
    of_trade = {row["course_id"] for row in rows("courses") if row["trade"] == COURSE["trade"]}
    batches = {row["batch_id"] for row in rows("batches") if row["course_id"] in of_trade}
    passed = {
        row["person_id"]
        for row in rows("results")
        if row["outcome"] == "certified" and row["batch_id"] in batches
    }
    taught = {row["person_id"] for row in rows("enrolments")} - passed
    found = [row for row in rows("people") if row["district_code"] == "130202" and row["person_id"] in taught]
    return found[:28]


def tokens_of(installation, role, *persons):
    words = ["tokens", "create", "--role", role, "--district", "130202", "--days", "1", "--json"]
    words += ["--scope", ",".join(SCOPES), *[word for person in persons for word in ("--person", person)]]
    return [json.loads(line)["token"] for line in installation.command(*words).stdout.splitlines()]


def handles(installation, desk_token, people):
    """Register the 28 at the desk: they are known by their documents, so each handle is the first one."""
    found = []
    for row in people:
        body = {
            "name": row["name"],
            "id_type": "resident_id",
            "id_number": row["id_number"],
            "phone": row["phone"],
            "groups": [],
            "consents": [{"purpose": "basic", "text_version": "2025-01"}],
        }
        asked = urllib.request.Request(
            f"{installation.base}/api/v1/people",
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {desk_token}",
                "Content-Type": "application/json",
                "Idempotency-Key": str(uuid.uuid4()),
            },
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert answer.status == 200, "the person was known before"
            found.append(json.loads(answer.read())["handle"])
    return found


def test_28_people_go_from_order_to_payment_by_json_alone_on_postgresql(installation):
    signed_in = {}
    for each in installation.json("demo", "--json")["sign_ins"]:
        signed_in.setdefault(each["role"], each)
    roles = ("employer", "officer", "school", "trainer", "desk")
    tokens = {role: tokens_of(installation, role, signed_in[role]["person"])[0] for role in roles}
    people = handles(installation, tokens["desk"], newcomers())
    own = tokens_of(installation, "trainee", *people)
    told = {
        "base": installation.base,
        "clock": [*SKILLHUB, "clock"],
        "district": "130202",
        "employer": "E-LN-0001",
        "course": COURSE,
        "trainer": signed_in["trainer"]["person"],
        "day": DAY,
        "tokens": tokens,
        "trainees": [{"handle": handle, "token": each} for handle, each in zip(people, own, strict=True)],
    }

    done = subprocess.run(
        [sys.executable, "-I", str(CLIENT)],
        input=json.dumps(told),
        env=installation.environ,
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, f"{done.stderr[-3000:]}\n{installation.logs()}"
    seen = json.loads(done.stdout)
    assert seen["funnel"] == {"asked": 30, "enrolled": 28, "attended": 28, "certified": 25, "hired": 18}
    assert seen["rates"] == {"fill": 93.3, "pass": 89.3, "placed": 72.0}
    assert seen["certificates"] == 25
    assert (seen["preview_verdict"], seen["claim_state"]) == ("paid", "paid")
    assert seen["claim_fen"] > seen["preview_fen"] > 0
    assert seen["clauses"]


def test_the_client_imports_nothing_of_ours():
    text = CLIENT.read_text(encoding="utf-8")

    assert "import skillhub" not in text
    assert "from skillhub" not in text
