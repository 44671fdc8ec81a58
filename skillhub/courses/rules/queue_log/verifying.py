"""The only place that checks a published allocation log, and derives from it alone who got in."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from skillhub.courses.rules.allocation import WHOLE_BATCH, Impossible, Mode, Plan, Table, draw
from skillhub.courses.rules.applications import State
from skillhub.courses.rules.queue_log import reading
from skillhub.courses.rules.queue_log.keys import PublicKey
from skillhub.courses.rules.queue_log.lines import chained, plan_hash, sha256, signed_bytes
from skillhub.courses.rules.queue_log.reading import EntryShape, HeaderShape, LastShape, Unreadable


class Answer(StrEnum):
    """What a check found."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fault:
    """The first line, counted from 1, that cannot be; `detail` is what belongs there, where that is known."""

    line: int
    code: str
    detail: str | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether the log is whole and follows from its plan, who signed it, and whom it lets in."""

    derived: Answer
    signed: Answer
    fault: Fault | None = None
    batch: str | None = None
    key_id: str | None = None
    seats: int | None = None
    enrolled: Sequence[int] = field(default=())
    waiting: Sequence[int] = field(default=())

    @property
    def answer(self) -> Answer:
        """All in one: no if anything is wrong, unknown if the key is not known."""
        if Answer.NO in (self.derived, self.signed):
            return Answer.NO
        return self.signed


class _Wrong(Exception):
    def __init__(self, line: int, code: str, detail: str | None = None) -> None:
        super().__init__(line, code, detail)
        self.fault = Fault(line, code, detail)


def verify(data: bytes, keys: Collection[PublicKey]) -> Verdict:
    """Check a log: its form, chain, plan, draw and allocation line by line, then its signature.

    :param keys: those that are trusted; none leaves open who signed.
    """
    try:
        lines = reading.lines_of(data)
    except Unreadable as error:
        return Verdict(
            derived=Answer.NO, signed=Answer.UNKNOWN, fault=Fault(data.count(b"\n") + 1, error.code)
        )
    try:
        header, table, root = _derived(lines)
        last = _last(lines, root)
    except _Wrong as error:
        return Verdict(derived=Answer.NO, signed=Answer.UNKNOWN, fault=error.fault)
    signed = _signed(last, keys)
    rows = sorted(table.rows.values(), key=lambda row: row.order_no)
    return Verdict(
        derived=Answer.YES,
        signed=signed,
        fault=Fault(len(lines), "signature_wrong") if signed is Answer.NO else None,
        batch=header.batch,
        key_id=last.key_id,
        seats=table.seats,
        enrolled=[row.order_no for row in rows if row.state == State.ENROLLED],
        waiting=[row.order_no for row in table.line()],
    )


def _derived(lines: Sequence[bytes]) -> tuple[HeaderShape, Table, str]:
    """Follow all entries, and return the table and the hash to which they lead."""
    header = _read(lines, 0, HeaderShape)
    table = _empty_table(header)
    root, names = sha256(lines[0]), {WHOLE_BATCH: ""}
    for place in range(1, len(lines) - 1):
        number = place + 1
        entry = _read(lines, place, EntryShape)
        if entry.n != place:
            raise _Wrong(number, "number_wrong", str(place))
        if entry.prev != root:
            raise _Wrong(number, "chain_broken", root)
        root = chained(root, entry.model_dump(exclude={"hash"}))
        if entry.hash != root:
            raise _Wrong(number, "hash_wrong", root)
        if names.setdefault(entry.receipt_sha256, entry.name_masked) != entry.name_masked:
            raise _Wrong(number, "row_differs")
        try:
            table.take(entry.as_entry())
        except (Impossible, Unreadable) as error:
            raise _Wrong(number, error.code, _detail(error)) from error
    if not table.is_settled():
        raise _Wrong(len(lines), "unsettled")
    return header, table, root


def _detail(error: Impossible | Unreadable) -> str | None:
    return error.expected if isinstance(error, Impossible) else error.detail


def _empty_table(header: HeaderShape) -> Table:
    try:
        plan = header.as_plan()
    except Unreadable as error:
        raise _Wrong(1, error.code, error.detail) from error
    expected = plan_hash(header.batch, header.mode, header.plan.model_dump())
    if header.plan_sha256 != expected:
        raise _Wrong(1, "plan_hash_wrong", expected)
    _check_draw(header, plan)
    seed = bytes.fromhex(header.seed) if header.seed else None
    return Table(plan, seed=seed, beacon=bytes.fromhex(header.beacon) if header.beacon else draw.NO_BEACON)


def _check_draw(header: HeaderShape, plan: Plan) -> None:
    is_draw = plan.mode is Mode.DRAW
    if is_draw != (header.seed_commitment is not None):
        raise _Wrong(1, "draw_members")
    if not is_draw and (header.seed is not None or header.beacon is not None):
        raise _Wrong(1, "draw_members")
    if header.seed is None:
        return
    promised = hashlib.sha256(bytes.fromhex(header.seed) + header.batch.encode()).hexdigest()
    if promised != header.seed_commitment:
        raise _Wrong(1, "seed_wrong", promised)


def _last(lines: Sequence[bytes], root: str) -> LastShape:
    number = len(lines)
    last = _read(lines, number - 1, LastShape)
    if last.size != number - 2:
        raise _Wrong(number, "size_wrong", str(number - 2))
    if last.root != root:
        raise _Wrong(number, "root_wrong", root)
    return last


def _signed(last: LastShape, keys: Collection[PublicKey]) -> Answer:
    if not keys:
        return Answer.UNKNOWN
    message = signed_bytes(size=last.size, root=last.root, key_id=last.key_id)
    signature = bytes.fromhex(last.signature)
    named = [key for key in keys if key.key_id in (None, last.key_id)]
    return Answer.YES if any(key.has_signed(message, signature) for key in named) else Answer.NO


def _read(lines: Sequence[bytes], place: int, shape: type[reading.Shape]) -> reading.Shape:
    try:
        return reading.read(lines[place], shape)
    except Unreadable as error:
        raise _Wrong(place + 1, error.code, error.detail) from error
