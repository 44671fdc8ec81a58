"""The table of a batch as it follows from its plan, step by step; whatever cannot follow is refused."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from skillhub.courses.rules.allocation import draw
from skillhub.courses.rules.allocation.plans import GENERAL, Mode, Plan, pools
from skillhub.courses.rules.applications import ACTIVE, SEATED, State

WHOLE_BATCH = "0" * 64
"""Stands instead of a receipt's hash in entries about the batch itself."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened, with the state that it led to."""

    event: str
    state: str
    at: datetime
    receipt_sha256: str = WHOLE_BATCH
    order_no: int = 0
    group: str | None = None


class Impossible(Exception):
    """An entry that does not follow from the plan and the entries before it; `expected` would."""

    def __init__(self, code: str, expected: str | None = None) -> None:
        """Name what is wrong, and the state or event that belongs there."""
        super().__init__(code, expected)
        self.code = code
        self.expected = expected


@dataclass
class Row:
    """One application in the table; `pool` is where its seat lies."""

    receipt_sha256: str
    order_no: int
    group: str | None
    is_carried: bool
    state: str
    pool: str | None = None


class Table:
    """Who holds a seat, who waits and in which order."""

    def __init__(self, plan: Plan, *, seed: bytes | None = None, beacon: bytes = draw.NO_BEACON) -> None:
        """Begin with an empty table; a draw needs its seed from the drawing on."""
        self.plan = plan
        self.pools = pools(plan)
        self.rows: dict[str, Row] = {}
        self.cut_off = plan.cut_off
        self.is_released = False
        self.is_drawn = plan.mode is not Mode.DRAW
        self.is_cancelled = False
        self._seed = seed
        self._beacon = beacon
        self._drawing: deque[Row] = deque()
        self._last_at: datetime | None = None

    @property
    def seats(self) -> int:
        """How many seats there are now."""
        return sum(pool.seats for pool in self.pools.values())

    @property
    def taken(self) -> int:
        """How many of them are held."""
        return sum(pool.taken for pool in self.pools.values())

    def line(self) -> list[Row]:
        """Return those who wait, the first in line first."""
        return sorted((row for row in self.rows.values() if row.state == State.WAITLISTED), key=self._place)

    def due(self, at: datetime) -> Row | None:
        """Return to whom a free seat has to be offered now."""
        is_over = self.is_cancelled or at >= self.cut_off or bool(self._drawing)
        if is_over or all(pool.free == 0 for pool in self.pools.values()):
            return None
        return next((row for row in self.line() if self._usable(row.group) is not None), None)

    def placed(self, group: str | None) -> tuple[str, str | None]:
        """Return the state and the pool for somebody who has to be placed."""
        if not self.is_drawn:
            return State.IN_DRAW, None
        if self._usable(group) is None:
            return State.WAITLISTED, None
        waiting = [row for row in self.rows.values() if row.state == State.WAITLISTED]
        if group and self.pools[group].free > 0 and all(row.group != group for row in waiting):
            return State.ENROLLED, group
        if self.pools[GENERAL].free > 0 and not waiting:
            return State.ENROLLED, GENERAL
        return State.WAITLISTED, None

    def take(self, entry: Entry) -> None:
        """Carry out an entry.

        :raises Impossible: it does not follow; the table is as before.
        """
        self._check_turn(entry)
        if entry.receipt_sha256 == WHOLE_BATCH:
            self._of_batch(entry)
        elif entry.event in ("apply", "carry"):
            self._newcomer(entry)
        else:
            self._of_row(entry)
        self._last_at = entry.at

    def is_settled(self) -> bool:
        """Tell whether nothing is due any more after the last entry."""
        return not self._drawing and (self._last_at is None or self.due(self._last_at) is None)

    def _check_turn(self, entry: Entry) -> None:
        """Refuse what comes while something else has to come first."""
        if self.is_cancelled and entry.event != "lapse":
            raise Impossible("after_cancelling", "lapse")
        if self._drawing:
            first = self._drawing[0].receipt_sha256
            if (entry.event, entry.receipt_sha256) != ("draw", first):
                raise Impossible("draw_due", first)
            return
        due = self.due(self._last_at) if self._last_at is not None else None
        if due is not None and (entry.event, entry.receipt_sha256) != ("offer", due.receipt_sha256):
            raise Impossible("offer_due", due.receipt_sha256)

    def _place(self, row: Row) -> tuple[int, str, int]:
        if row.is_carried or self.plan.mode is not Mode.DRAW:
            return (0 if row.is_carried else 1, "", row.order_no)
        return (1, self._ticket(row), row.order_no)

    def _ticket(self, row: Row) -> str:
        if self._seed is None:
            raise Impossible("seed_missing")
        return draw.ticket(seed=self._seed, beacon=self._beacon, receipt_sha256=row.receipt_sha256)

    def _usable(self, group: str | None) -> str | None:
        names = (group, GENERAL) if group else (GENERAL,)
        return next((name for name in names if self.pools[name].free > 0), None)

    def _newcomer(self, entry: Entry) -> None:
        if entry.receipt_sha256 in self.rows:
            raise Impossible("receipt_twice")
        if entry.order_no != len(self.rows) + 1:
            raise Impossible("order_no", str(len(self.rows) + 1))
        if entry.group is not None and entry.group not in {quota.group for quota in self.plan.quotas}:
            raise Impossible("group_unknown")
        is_carried = entry.event == "carry"
        state, pool = (State.WAITLISTED.value, None) if is_carried else self.placed(entry.group)
        if not is_carried and entry.state in (State.REFUSED, State.UNDER_REVIEW):
            state, pool = entry.state, None
        self._expect(entry, state)
        row = Row(entry.receipt_sha256, entry.order_no, entry.group, is_carried, state)
        self.rows[entry.receipt_sha256] = row
        self._seat(row, pool)

    def _of_row(self, entry: Entry) -> None:
        row = self.rows.get(entry.receipt_sha256)
        if row is None:
            raise Impossible("receipt_unknown")
        if (row.order_no, row.group) != (entry.order_no, entry.group):
            raise Impossible("row_differs")
        state, pool = self._after(row, entry)
        self._expect(entry, state)
        if entry.event == "draw":
            self._drawing.popleft()
        if row.state in SEATED and state not in SEATED:
            self._free(row)
        row.state = state
        self._seat(row, pool)

    def _after(self, row: Row, entry: Entry) -> tuple[str, str | None]:
        """Return the state and the pool that an event leads to."""
        event, come_from = entry.event, row.state
        if event == "decide" and come_from == State.UNDER_REVIEW:
            return (State.REFUSED, None) if entry.state == State.REFUSED else self.placed(row.group)
        if event == "draw" and come_from == State.IN_DRAW:
            return self._drawn(row)
        if event == "offer" and come_from == State.WAITLISTED:
            usable = self._usable(row.group)
            if entry.at >= self.cut_off or self.is_cancelled:
                raise Impossible("offer_after_cut_off")
            due = self.due(entry.at)
            if usable is None or due is not row:
                raise Impossible("offer_out_of_turn", due.receipt_sha256 if due else None)
            return State.OFFERED, usable
        if event == "accept" and come_from == State.OFFERED:
            return State.ENROLLED, row.pool
        if event == "decline" and come_from == State.OFFERED:
            return State.WITHDRAWN, None
        if event in ("withdraw", "lapse") and come_from in ACTIVE:
            return (State.WITHDRAWN if event == "withdraw" else State.LAPSED), None
        raise Impossible("event_impossible", come_from)

    def _drawn(self, row: Row) -> tuple[str, str | None]:
        if not self._drawing:
            waiting = [each for each in self.rows.values() if each.state == State.IN_DRAW]
            ordered = sorted(waiting, key=lambda each: (self._ticket(each), each.order_no))
            if ordered[0] is not row:
                raise Impossible("draw_due", ordered[0].receipt_sha256)
            self._drawing = deque(ordered)
            self.is_drawn = True
        return self.placed(row.group)

    def _of_batch(self, entry: Entry) -> None:
        if entry.event == "seats" and entry.state.isdecimal():
            more = int(entry.state) - self.seats
            if self.pools[GENERAL].free + more < 0 or int(entry.state) < 1:
                raise Impossible("seats_held", str(self.taken))
            self.pools[GENERAL].seats += more
        elif entry.event == "release" and not self.is_released:
            if self.plan.release_at is None or entry.at < self.plan.release_at:
                raise Impossible("release_too_early")
            self._expect(entry, "released")
            self._release()
        elif entry.event == "cut_off":
            try:
                self.cut_off = datetime.fromisoformat(entry.state)
            except ValueError as error:
                raise Impossible("cut_off_unreadable") from error
        elif entry.event == "cancel":
            self._expect(entry, "cancelled")
            self.is_cancelled = True
        else:
            raise Impossible("event_impossible")

    def _release(self) -> None:
        self.is_released = True
        for name, pool in self.pools.items():
            if name != GENERAL:
                self.pools[GENERAL].seats += pool.free
                pool.seats = pool.taken

    def _seat(self, row: Row, pool: str | None) -> None:
        if row.pool is None and pool is not None:
            self.pools[pool].taken += 1
        row.pool = pool

    def _free(self, row: Row) -> None:
        if row.pool is None:
            return
        pool = self.pools[row.pool]
        pool.taken -= 1
        if self.is_released and row.pool != GENERAL:
            pool.seats -= 1
            self.pools[GENERAL].seats += 1
        row.pool = None

    def _expect(self, entry: Entry, state: str) -> None:
        if entry.state != state:
            raise Impossible("state_differs", state)
