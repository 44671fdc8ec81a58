"""The only place that reads lines of an allocation log: strict shapes, and one way of writing each."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from skillhub.courses.rules.allocation import WHOLE_BATCH, Entry, Mode, Plan, Quota
from skillhub.courses.rules.queue_log.lines import canonical

LONGEST_LINE = 65_536
MOST_SEATS = 1_000_000
INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$"
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Instant = Annotated[str, StringConstraints(pattern=INSTANT)]
Signature = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]
Name = Annotated[str, StringConstraints(min_length=1)]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
Seats = Annotated[int, Field(ge=1, le=MOST_SEATS)]
EVENTS = Literal[
    "apply",
    "carry",
    "decide",
    "draw",
    "offer",
    "accept",
    "decline",
    "withdraw",
    "lapse",
    "seats",
    "release",
    "cut_off",
    "cancel",
]


OF_BATCH = ("seats", "release", "cut_off", "cancel")
"""These say something about the whole batch."""


class Unreadable(Exception):
    """A line that is none of a log; the code says why."""

    def __init__(self, code: str, detail: str | None = None) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class QuotaShape(_Closed):
    """Seats that are kept for a group."""

    group: Name
    seats: Seats


class PlanShape(_Closed):
    """The plan."""

    seats: Seats
    quotas: list[QuotaShape]
    release_at: Instant | None
    cut_off: Instant


class HeaderShape(_Closed):
    """The first line."""

    v: Literal[1]
    batch: Name
    mode: Literal["first_come", "draw", "quotas"]
    plan: PlanShape
    plan_sha256: Hash
    seed_commitment: Hash | None
    seed: Hash | None
    beacon: Hash | None

    def as_plan(self) -> Plan:
        """Return the plan as the allocation rules take it.

        :raises Unreadable: it contradicts itself.
        """
        quotas = tuple(Quota(group=each.group, seats=each.seats) for each in self.plan.quotas)
        mode = Mode(self.mode)
        has_twice = len({each.group for each in quotas}) < len(quotas)
        is_too_many = sum(each.seats for each in quotas) > self.plan.seats
        if has_twice or is_too_many or bool(quotas) != (mode is Mode.QUOTAS):
            raise Unreadable("plan_impossible")
        if self.plan.release_at is not None and not quotas:
            raise Unreadable("plan_impossible")
        return Plan(
            mode=mode,
            seats=self.plan.seats,
            quotas=quotas,
            release_at=moment(self.plan.release_at) if self.plan.release_at else None,
            cut_off=moment(self.plan.cut_off),
        )


class EntryShape(_Closed):
    """One entry."""

    n: Count
    receipt_sha256: Hash
    order_no: Count
    group: Name | None
    name_masked: str
    at: Instant
    event: EVENTS
    state: Name
    prev: Hash
    hash: Hash

    def as_entry(self) -> Entry:
        """Return the entry as the allocation rules take it.

        :raises Unreadable: its instant, or that of a new cut-off, is none; or its number of seats.
        """
        if self.event == "cut_off":
            moment(self.state)
        if self.event == "seats" and not _is_number_of_seats(self.state):
            raise Unreadable("seats_unreadable")
        is_of_batch = self.event in OF_BATCH
        if is_of_batch != (self.receipt_sha256 == WHOLE_BATCH):
            raise Unreadable("event_impossible")
        if is_of_batch and (self.order_no, self.group, self.name_masked) != (0, None, ""):
            raise Unreadable("row_differs")
        return Entry(
            event=self.event,
            state=self.state,
            at=moment(self.at),
            receipt_sha256=self.receipt_sha256,
            order_no=self.order_no,
            group=self.group,
        )


class LastShape(_Closed):
    """The signed last line."""

    size: Count
    root: Hash
    key_id: Name
    signature: Signature


Shape = TypeVar("Shape", bound=BaseModel)


def lines_of(data: bytes) -> list[bytes]:
    """Cut a file into its lines; each ends with a line feed.

    :raises Unreadable: the end is cut off, or there are not even a first and a last line.
    """
    if not data.endswith(b"\n"):
        raise Unreadable("end_missing")
    lines = data[:-1].split(b"\n")
    if len(lines) < 2:  # noqa: PLR2004 (a first line and a last one)
        raise Unreadable("end_missing")
    return lines


def read(line: bytes, shape: type[Shape]) -> Shape:
    """Read one line.

    :raises Unreadable: it is no JSON, has another shape, or is not written canonically.
    """
    if len(line) > LONGEST_LINE:
        raise Unreadable("line_too_long")
    try:
        value: dict[str, Any] = json.loads(line)
        is_canonical = isinstance(value, dict) and canonical(value) == line
    except (ValueError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise Unreadable("not_json") from error
    if not is_canonical:
        raise Unreadable("not_canonical")
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        where = ".".join(str(each) for each in error.errors()[0]["loc"])
        raise Unreadable("wrong_shape", where) from error


def moment(text: str) -> datetime:
    """Read an instant.

    :raises Unreadable: there is no such day or hour, or it is written otherwise.
    """
    try:
        if len(text) == len("2025-11-10T01:00:00.000000Z") and text.endswith("Z"):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise Unreadable("instant_impossible")


def _is_number_of_seats(text: str) -> bool:
    is_number = text.isascii() and text.isdecimal() and not text.startswith("0")
    return is_number and len(text) <= len(str(MOST_SEATS)) and int(text) <= MOST_SEATS
