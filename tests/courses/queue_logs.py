"""Makes genuine allocation logs of any mode: a random afternoon at a batch, told step by step."""

import hashlib
import random
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skillhub.courses.rules import queue_log
from skillhub.courses.rules.allocation import Entry, Mode, Plan, Quota, Table, commitment, ticket
from skillhub.courses.rules.applications import ACTIVE
from skillhub.courses.rules.queue_log import Header, Line, PublicKey

OPENS = datetime(2025, 11, 10, 1, tzinfo=UTC)
CUT_OFF = OPENS + timedelta(days=3)
RELEASE = OPENS + timedelta(days=1)
KEY_ID = "allocation-log-2025-11"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PublicKey(KEY_ID, KEY.public_key().public_bytes_raw())
SEED, BEACON = hashlib.sha256(b"seed").digest(), hashlib.sha256(b"beacon").digest()
GROUPS = (None, None, "大龄", "残疾")
SURNAMES = "孙王李赵钱周吴郑"


class Afternoon:
    """People come, leave, are decided on and are offered seats, as the plan has it."""

    def __init__(self, mode: Mode, seed: int, *, seats: int = 3, people: int = 9) -> None:
        self.random = random.Random(seed)  # noqa: S311 (nothing secret: the same afternoon every time)
        quotas = (Quota(group="大龄", seats=1), Quota(group="残疾", seats=1)) if mode is Mode.QUOTAS else ()
        self.plan = Plan(
            mode=mode,
            seats=seats,
            quotas=quotas,
            release_at=RELEASE if quotas else None,
            cut_off=CUT_OFF,
        )
        self.batch = f"130202-2511-{seed % 1000:03d}"
        self.people = people
        is_draw = mode is Mode.DRAW
        self.table = Table(self.plan, seed=SEED if is_draw else None, beacon=BEACON if is_draw else bytes(32))
        self.lines: list[Line] = []
        self.at = OPENS

    def lived(self) -> "Afternoon":
        """Let it pass."""
        for _ in range(self.random.choice((0, 0, 2))):
            number = len(self.table.rows) + 1
            self._arrive(f"r{number}", number, None, "carry", "waitlisted")
        for _ in range(self.people):
            self.newcomer()
            if self.random.random() < 0.5:
                self._something()
        if self.plan.mode is Mode.DRAW:
            self._draw()
        if self.plan.release_at is not None:
            self.at = RELEASE
            self._whole("release", "released")
        for _ in range(self.people):
            self._something()
        if self.random.random() < 0.15:
            self._cancel()
        return self

    def text(self) -> bytes:
        """Return the whole log, signed."""
        is_draw = self.plan.mode is Mode.DRAW
        header = Header(
            batch=self.batch,
            plan=self.plan,
            seed_commitment=commitment(SEED, self.batch) if is_draw else None,
            seed=SEED.hex() if is_draw else None,
            beacon=BEACON.hex() if is_draw else None,
        )
        return signed(queue_log.frozen(header, self.lines))

    def newcomer(self) -> None:
        number = len(self.table.rows) + 1
        groups = GROUPS if self.plan.quotas else (None,)
        group = self.random.choice(groups)
        state = self.table.placed(group)[0]
        if self.random.random() < 0.15:
            state = self.random.choice(("refused", "under_review"))
        self._arrive(f"r{number}", number, group, "apply", state)

    def _something(self) -> None:
        self.at += timedelta(minutes=1)
        chance = self.random.random()
        if chance < 0.15:
            self._whole("seats", str(self.table.seats + 1))
            return
        if chance < 0.2:
            moved = CUT_OFF + timedelta(days=self.random.choice((-3, 1)))
            self._whole("cut_off", queue_log.instant(moved))
            return
        steps = {
            "under_review": ("decide", None),
            "offered": self.random.choice((("accept", "enrolled"), ("decline", "withdrawn"))),
            "enrolled": ("withdraw", "withdrawn"),
            "waitlisted": self.random.choice((("withdraw", "withdrawn"), ("lapse", "lapsed"))),
        }
        rows = [row for row in self.table.rows.values() if row.state in steps]
        if rows:
            row = self.random.choice(rows)
            event, state = steps[row.state]
            self._row(row, event, state or self.table.placed(row.group)[0])

    def _draw(self) -> None:
        rows = [row for row in self.table.rows.values() if row.state == "in_draw"]
        rows.sort(key=lambda row: ticket(seed=SEED, beacon=BEACON, receipt_sha256=row.receipt_sha256))
        self.table.is_drawn = True
        for row in rows:
            self._row(row, "draw", self.table.placed(row.group)[0], follows=row is rows[-1])

    def _cancel(self) -> None:
        self._whole("cancel", "cancelled")
        for row in list(self.table.rows.values()):
            if row.state in ACTIVE:
                self._row(row, "lapse", "lapsed")

    def _row(self, row, event, state, *, follows=True) -> None:
        receipt = next(line for line in self.lines if line.receipt_sha256 == row.receipt_sha256)
        who = (receipt.receipt_sha256, receipt.name_masked, row.order_no, row.group)
        self._write(who, event, state)
        if follows:
            self._offers()

    def _arrive(self, receipt, number, group, event, state) -> None:
        name = self.random.choice(SURNAMES) + "＊" + self.random.choice(("", "凤", "𠮷"))
        self._write((queue_log.receipt_sha256(receipt), name, number, group), event, state)
        self._offers()

    def _whole(self, event, state) -> None:
        line = Line(at=self.at, event=event, state=state)
        self.table.take(Entry(event=event, state=state, at=self.at))
        self.lines.append(line)
        self._offers()

    def _offers(self) -> None:
        while (due := self.table.due(self.at)) is not None:
            self._row(due, "offer", "offered", follows=False)

    def _write(self, who, event, state) -> None:
        receipt, name, number, group = who
        entry = Entry(
            event=event, state=state, at=self.at, receipt_sha256=receipt, order_no=number, group=group
        )
        self.table.take(entry)
        self.lines.append(
            Line(
                at=self.at,
                event=event,
                state=state,
                receipt_sha256=receipt,
                order_no=number,
                group=group,
                name_masked=name,
            )
        )


def signed(frozen, key=KEY, key_id=KEY_ID) -> bytes:
    """Return a frozen log with its last line."""
    signature = key.sign(queue_log.signed_bytes(size=frozen.size, root=frozen.root, key_id=key_id))
    last = queue_log.last_line(size=frozen.size, root=frozen.root, key_id=key_id, signature=signature)
    return (frozen.text + last).encode()
