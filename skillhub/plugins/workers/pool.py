"""Every plugin that runs apart, with its process: started at first use, renewed, ended when nobody asks.

A question finds a process that is ready, hands over its bytes and waits. Whatever takes longer (starting,
ending, starting anew) is done by the pool's own thread, so that nobody who asked waits for it.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from skillhub.plugins import wire
from skillhub.plugins.apart import Said, Tenant
from skillhub.plugins.hooks import Hook
from skillhub.plugins.settings import Value
from skillhub.plugins.workers import frames
from skillhub.plugins.workers.faults import Busy, Fault, Raised, Starting
from skillhub.plugins.workers.worker import Turn, Worker, gather

IDLE_SECONDS = 900.0
MOST_CALLS = 5_000
MOST_BUSY_SECONDS = 30.0
"""Of answering; half the processor time that a worker may use in its life."""
LOOKS_EVERY_SECONDS = 5.0


@dataclass
class Slot:
    """The place of one plugin: its worker, and the next one as long as that is starting."""

    tenant: Tenant
    turn: threading.Lock = field(default_factory=threading.Lock)
    """Held by whoever is asking."""
    changed: threading.Condition = field(default_factory=threading.Condition)
    worker: Worker | None = None
    spare: Worker | None = None
    used_at: float = 0.0


@dataclass(frozen=True)
class Rules:
    """How long workers live; tests shorten it."""

    idle_seconds: float = IDLE_SECONDS
    most_calls: int = MOST_CALLS
    most_busy_seconds: float = MOST_BUSY_SECONDS
    looks_every_seconds: float = LOOKS_EVERY_SECONDS


class Pool:
    """Asks the plugins that run apart; what the bus knows as `Apart`."""

    def __init__(self, rules: Rules = Rules()) -> None:
        self._rules = rules
        self._slots: dict[str, Slot] = {}
        self._keeper = _Keeper(self, self._rules.looks_every_seconds)
        _pools.add(self)

    def add(self, tenant: Tenant) -> None:
        """Take a package in; nothing is started yet."""
        self._slots[tenant.name] = Slot(tenant)

    def holds(self, name: str) -> bool:
        """Tell whether a plugin's code runs here."""
        return name in self._slots

    def warm(self, names: Iterable[str]) -> None:
        """Start the workers of plugins that will be asked soon, without waiting for them."""
        for name in names:
            slot = self._slots.get(name)
            if slot is not None and slot.worker is None:
                slot.used_at = time.monotonic()
                self._keeper.do(self._start, slot)

    @contextmanager
    def asking(
        self,
        settings: Mapping[str, Mapping[str, Value]],
        hook: Hook,
        facts: Mapping[str, object],
        until: float,
    ) -> Iterator[Callable[[], dict[str, Said]]]:
        """Hand one question to several plugins at once; the call inside waits for their answers.

        It returns, by plugin, the answer or the `Fault` that came instead.
        """
        question = {"hook": hook.name, "facts": {name: wire.plain(value) for name, value in facts.items()}}
        body = frames.encoded(question)
        turns: dict[str, Turn] = {}
        said: dict[str, Said] = {}
        with contextlib.ExitStack() as held:
            for name in sorted(settings):  # always in this order, so that no two threads wait for each other
                own = frames.encoded({**question, "settings": settings[name]}) if settings[name] else body
                try:
                    turns[name] = held.enter_context(self._held(self._slots[name], until)).ask(own)
                except Fault as fault:
                    said[name] = Said(fault, 0.0)

            def answers() -> dict[str, Said]:
                gather(list(turns.values()), until)
                for name, turn in turns.items():
                    turn.build(hook)
                    said[name] = Said(turn.fault or turn.said, turn.seconds)
                return said

            try:
                yield answers
            finally:
                for name, turn in turns.items():
                    self._after(self._slots[name], turn)

    def walls(self, name: str) -> Mapping[str, str] | None:
        """Return what is lacking of each wall around a plugin's process; None as long as none is ready."""
        worker = self._slots[name].worker
        return worker.walls if worker is not None else None

    def pid(self, name: str) -> int | None:
        """Return the number of a plugin's process, None when it has none."""
        worker = self._slots[name].worker
        return worker.process.pid if worker is not None else None

    def wait_ready(self, name: str, seconds: float = 30.0) -> bool:
        """Start a plugin's worker and wait for it; for checks and tests, never while somebody waits."""
        until = time.monotonic() + seconds
        slot = self._slots[name]
        while time.monotonic() < until:
            with self._held(slot, until) as worker:
                worker.look()
                if worker.is_ready:
                    return True
            time.sleep(0.01)
        return False

    def close(self) -> None:
        """End every process and the thread that looks after them."""
        self._keeper.stop()
        for slot in self._slots.values():
            with slot.changed:
                workers, slot.worker, slot.spare = (slot.worker, slot.spare), None, None
            for worker in workers:
                if worker is not None:
                    worker.end()

    def forget(self) -> None:
        """Let go of what belongs to the process that we were forked from."""
        for slot in list(self._slots.values()):
            for worker in (slot.worker, slot.spare):
                if worker is not None:
                    worker.forget()
            self._slots[slot.tenant.name] = Slot(slot.tenant)
        self._keeper = _Keeper(self, self._rules.looks_every_seconds)

    def look_around(self) -> None:
        """End the workers that nobody has asked for long (the pool's own thread)."""
        for slot in self._slots.values():
            if time.monotonic() - slot.used_at < self._rules.idle_seconds or slot.worker is None:
                continue
            if slot.turn.acquire(blocking=False):
                try:
                    with slot.changed:
                        idle, slot.worker = (slot.worker, slot.spare), None
                        slot.spare = None
                finally:
                    slot.turn.release()
                for worker in idle:
                    if worker is not None:
                        worker.end()

    @contextmanager
    def _held(self, slot: Slot, until: float) -> Iterator[Worker]:
        """Have a plugin's worker for oneself.

        :raises Busy: somebody else had it all the time.
        :raises Starting: its process could not be started in time.
        """
        if not slot.turn.acquire(timeout=max(0.0, until - time.monotonic())):
            raise Busy("is answering somebody else")
        try:
            slot.used_at = time.monotonic()
            yield self._worker(slot, until)
        finally:
            slot.turn.release()

    def _worker(self, slot: Slot, until: float) -> Worker:
        if slot.spare is not None:
            self._take_spare(slot)
        if slot.worker is None:
            self._keeper.do(self._start, slot)
            with slot.changed:
                slot.changed.wait_for(lambda: slot.worker, timeout=max(0.0, until - time.monotonic()))
        if slot.worker is None:
            raise Starting("its process is still starting")
        return slot.worker

    def _take_spare(self, slot: Slot) -> None:
        """Put a fresh worker in the place of the worn one, once it is ready."""
        spare = slot.spare
        if spare is None:
            return
        try:
            spare.look()
        except Fault:
            is_lost = True
        else:
            is_lost = spare.is_overdue()
        if is_lost:
            self._keeper.do(spare.end)
            slot.spare = None
        elif spare.is_ready:
            worn, slot.worker, slot.spare = slot.worker, spare, None
            if worn is not None:
                self._keeper.do(worn.end)

    def _after(self, slot: Slot, turn: Turn) -> None:
        """Part with a worker that failed, and order a fresh one for a worn one; off the request."""
        turn.give_up()
        worker = turn.worker
        if turn.fault is None or isinstance(turn.fault, Raised | Starting):
            worn = (
                worker.calls >= self._rules.most_calls
                or worker.waited_seconds >= self._rules.most_busy_seconds
            )
            if worn and slot.spare is None:
                self._keeper.do(self._start_spare, slot)
            return
        with slot.changed:
            slot.worker = None
        self._keeper.do(worker.end)
        if worker.is_ready:  # one that never got so far is started when somebody asks again
            self._keeper.do(self._start, slot)

    def _start(self, slot: Slot) -> None:
        if slot.worker is not None:
            return
        made = Worker(slot.tenant)
        with slot.changed:
            slot.worker = made
            slot.changed.notify_all()

    def _start_spare(self, slot: Slot) -> None:
        if slot.spare is None:
            slot.spare = Worker(slot.tenant)


class _Keeper:
    """One thread that starts and ends processes, in the order in which it is told to.

    The kernel ends a worker with the thread that started it: this one lasts as long as the pool.
    """

    def __init__(self, pool: Pool, looks_every_seconds: float) -> None:
        self._pool = weakref.ref(pool)
        self._every = looks_every_seconds
        self._tasks: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def do(self, act: Callable[..., object], *arguments: object) -> None:
        """Do something soon; the thread starts with its first task."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="plugin workers", daemon=True)
                self._thread.start()
        self._tasks.put(lambda: act(*arguments))

    def stop(self) -> None:
        """Finish what was ordered and end the thread."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._tasks.put(None)
            thread.join()

    def _work(self) -> None:
        while True:
            try:
                task = self._tasks.get(timeout=self._every)
            except queue.Empty:
                task = self._look_around
            if task is None:
                return
            with contextlib.suppress(OSError):  # no process can be had now; whoever asks next tries again
                task()
            del task  # else the last one would keep the pool alive

    def _look_around(self) -> None:
        pool = self._pool()
        if pool is None:
            self._tasks.put(None)
        else:
            pool.look_around()


_pools: weakref.WeakSet[Pool] = weakref.WeakSet()


def _close_all() -> None:
    for pool in list(_pools):
        pool.close()


def _forget_all() -> None:
    for pool in list(_pools):
        pool.forget()


atexit.register(_close_all)
os.register_at_fork(after_in_child=_forget_all)
