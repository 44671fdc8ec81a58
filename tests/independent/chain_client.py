"""Drives a training order from the employer's wish to payment by JSON alone; imports nothing of ours.

Reads one JSON object from standard input (`base`, `clock`: the command that moves the
demonstration's clock, `district`, `employer`, `course`, `trainer`, `day`, `tokens` by role,
`trainees`: [{`handle`, `token`}]) and prints one with what it saw. Standard library only.
"""

import json
import subprocess
import sys
import threading
import time
import uuid
from datetime import datetime, timedelta
from urllib import error, request

SEATS = 30
CERTIFIED = 25
HIRED = 18
WORK_WAIT_SECONDS = 60


class Refused(Exception):
    """The server said no where the chain needs a yes."""


class Program:
    """One program with one token."""

    def __init__(self, base, token):
        self.base = base
        self.token = token

    def call(self, method, path, body=None, key=None):
        """Return (status, headers, JSON) of one call."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        if method != "GET":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        asked = request.Request(f"{self.base}/api/v1/{path}", data=data, headers=headers, method=method)
        try:
            with request.urlopen(asked, timeout=30) as answer:
                return answer.status, dict(answer.headers), json.loads(answer.read() or b"null")
        except error.HTTPError as refused:
            return refused.code, dict(refused.headers), json.loads(refused.read() or b"null")

    def must(self, method, path, body=None, status=200):
        """Return the JSON of a call that has to succeed."""
        got, _, found = self.call(method, path, body)
        if got != status:
            raise Refused(f"{method} {path}: {got} {found}")
        return found


class Chain:
    """The steps of the chain, in order."""

    def __init__(self, told):
        self.told = told
        self.day = datetime.fromisoformat(told["day"])
        self.as_ = {role: Program(told["base"], token) for role, token in told["tokens"].items()}
        self.trainees = [(each["handle"], Program(told["base"], each["token"])) for each in told["trainees"]]

    def clock(self, instant):
        """Move the demonstration's clock and let the processes notice."""
        subprocess.run([*self.told["clock"], "set", instant.isoformat()], check=True, capture_output=True)
        time.sleep(1.1)

    def at(self, days, hour, minute=0):
        """Return a local hour so many days after the first."""
        return self.day.replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(days=days)

    def order(self):
        """The employer asks, the officer visits and approves."""
        placed = self.as_["employer"].must(
            "POST",
            "orders",
            {
                "district": self.told["district"],
                "employer": self.told["employer"],
                "course": self.told["course"]["code"],
                "occupation": self.told["course"]["occupation"],
                "trade": self.told["course"]["trade"],
                "heads": SEATS,
                "skills": ["家务服务", "客户沟通"],
                "wage_fen": 18000,
                "wage_unit": "day",
                "starts_on": self.at(20, 9).date().isoformat(),
                "promised_jobs": 20,
            },
            201,
        )
        code = placed["code"]
        self.as_["officer"].must(
            "POST", f"orders/{code}/visit", {"on": self.day.date().isoformat(), "result": "属实"}
        )
        approved = self.as_["officer"].must(
            "POST", f"orders/{code}/approval", {"decision": "approved", "reason": "真实用工"}
        )
        assert approved["state"] == "approved", approved
        return code

    def batch(self, order):
        """The school files a batch for the order, the officer publishes it."""
        sessions = [
            {
                "starts_at": self.at(7 + index, 9).isoformat(),
                "ends_at": self.at(7 + index, 12).isoformat(),
                "part": "theory" if index < 2 else "practice",
            }
            for index in range(6)
        ]
        filed = self.as_["school"].must(
            "POST",
            "batches",
            {
                "course": self.told["course"]["code"],
                "order": order,
                "seats": SEATS,
                "mode": "first_come",
                "opens_at": self.at(1, 9).isoformat(),
                "closes_at": self.at(6, 18).isoformat(),
                "sessions": sessions,
                "place": {"name": "家政实训室", "address": "友谊街道（虚构）", "position": "118.16,39.62"},
                "trainer": self.told["trainer"],
            },
            201,
        )
        self.as_["officer"].must("POST", f"batches/{filed['code']}/publication", {})
        return filed["code"]

    def apply(self, batch):
        """Before the opening nobody gets in; then everybody applies at once, and the first retries."""
        early, _, refused = self.trainees[0][1].call(
            "POST", f"batches/{batch}/applications", {"channel": "api"}
        )
        assert (early, refused["code"]) == (409, "not_open"), refused
        self.clock(self.at(1, 9))
        answers = {}
        start = threading.Barrier(len(self.trainees))

        def run(handle, program):
            key = str(uuid.uuid4())
            start.wait()
            first = program.call("POST", f"batches/{batch}/applications", {"channel": "api"}, key)
            again = program.call("POST", f"batches/{batch}/applications", {"channel": "api"}, key)
            answers[handle] = (first, again)

        threads = [threading.Thread(target=run, args=each) for each in self.trainees]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        receipts = {}
        for handle, _ in self.trainees:
            first, again = answers[handle]
            assert first[0] == 201 and first[2]["state"] == "enrolled", first
            assert again[0] == 200 and again[2] == first[2], again
            receipts[handle] = first[2]["receipt"]
        numbers = sorted(first[2]["order_no"] for first, _ in answers.values())
        assert numbers == list(range(1, len(self.trainees) + 1)), numbers
        return receipts

    def teach(self, batch, receipts):
        """The trainer records each session; the last three people miss the first half of the class."""
        short = set(list(receipts.values())[CERTIFIED:])
        sessions = self.as_["trainer"].must("GET", f"batches/{batch}")["sessions"]
        for index, session in enumerate(sessions):
            self.clock(datetime.fromisoformat(session["ends_at"]) + timedelta(minutes=5))
            marks = [
                {"receipt": receipt, "state": "absent", "minutes": 0}
                if receipt in short and index < 3
                else {"receipt": receipt, "state": "present", "minutes": 180}
                for receipt in receipts.values()
            ]
            self.as_["trainer"].must("PUT", f"sessions/{session['id']}/attendance", marks)

    def certify(self, batch, receipts):
        """Marks in, certificates out by background work."""
        self.as_["trainer"].must(
            "POST",
            f"batches/{batch}/results",
            [{"receipt": receipt, "theory": 80, "practice": 85} for receipt in receipts.values()],
            201,
        )
        self.as_["school"].must("POST", f"batches/{batch}/closing", {})
        job = self.as_["school"].must("POST", f"batches/{batch}/certificates", {}, 202)["job"]
        until = time.monotonic() + WORK_WAIT_SECONDS
        while True:
            work = self.as_["school"].must("GET", f"work/{job}")
            if work["state"] in ("done", "failed") or time.monotonic() > until:
                break
            time.sleep(0.3)
        assert work["state"] == "done", work
        found = self.as_["school"].must("GET", f"batches/{batch}/certificates")["items"]
        assert len(found) == CERTIFIED, len(found)
        return found

    def hire(self, order, handles):
        """Eighteen come to work and are rated, once."""
        self.clock(self.at(40, 9))
        for index, handle in enumerate(handles[:HIRED]):
            work = self.as_["employer"].must(
                "POST",
                "engagements",
                {
                    "worker": handle,
                    "employer": self.told["employer"],
                    "order": order,
                    "started_on": self.at(20, 9).date().isoformat(),
                    "ended_on": self.at(39, 9).date().isoformat(),
                    "pay_fen": 360000,
                },
                201,
            )
            self.as_["employer"].must(
                "POST", f"engagements/{work['id']}/ratings", {"stars": 4 + index % 2}, 201
            )
        second, _, refused = self.as_["employer"].call(
            "POST", f"engagements/{work['id']}/ratings", {"stars": 1}
        )
        assert (second, refused["code"]) == (409, "already_rated"), refused

    def claim(self, batch, handle):
        """The trainee looks before, the school claims, the officer approves and pays."""
        preview = self.trainees[0][1].must("POST", "subsidy/previews", {"person": handle, "batch": batch})
        made = self.as_["school"].must("POST", "subsidy/claims", {"batch": batch}, 201)
        address = f"subsidy/claims/{made['id']}"
        self.as_["school"].must("POST", f"{address}/submission", {})
        self.as_["officer"].must("POST", f"{address}/approval", {})
        paid = self.as_["officer"].must("POST", f"{address}/payment", {})
        return preview, paid


def main():
    """Walk the chain and print what was seen."""
    chain = Chain(json.load(sys.stdin))
    order = chain.order()
    batch = chain.batch(order)
    receipts = chain.apply(batch)
    chain.teach(batch, receipts)
    certificates = chain.certify(batch, receipts)
    handles = list(receipts)
    chain.hire(order, handles)
    preview, paid = chain.claim(batch, handles[0])
    found = chain.as_["employer"].must("GET", f"orders/{order}")
    json.dump(
        {
            "order": order,
            "batch": batch,
            "funnel": found["funnel"],
            "rates": found["rates"],
            "certificates": len(certificates),
            "preview_fen": preview["amount_fen"],
            "preview_verdict": preview["verdict"],
            "claim_state": paid["state"],
            "claim_fen": paid["amount_fen"],
            "clauses": sorted({line["clause"] for line in paid["lines"] if line["clause"]}),
        },
        sys.stdout,
        ensure_ascii=False,
    )


if __name__ == "__main__":
    main()
