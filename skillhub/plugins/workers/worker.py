"""One process of one plugin, seen from the application: started fresh, asked, and ended."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pluggy

from skillhub.plugins import wire
from skillhub.plugins.apart import Tenant
from skillhub.plugins.hooks import Hook
from skillhub.plugins.workers import frames
from skillhub.plugins.workers.faults import Ended, Fault, Garbled, Late, Raised, Starting

LONGEST_START_SECONDS = 10.0
CHUNK = 1 << 16  # more would be mapped and unmapped for every answer
BOOT = (
    "import sys; sys.path += sys.argv[3:]; from skillhub.plugins.workers import child; "
    "child.main(int(sys.argv[1]), int(sys.argv[2]))"
)


class Worker:
    """A child process and our end of the socket; used by one thread at a time."""

    def __init__(self, tenant: Tenant) -> None:
        """Start the process; must be called by a thread that lives as long as the process may."""
        self.tenant = tenant
        self.started_at = time.monotonic()
        self.walls: dict[str, str] | None = None
        self.rejected = ""
        self.calls = 0
        self.waited_seconds = 0.0
        self.number = frames.HELLO
        self.incoming = frames.Incoming()
        self.socket, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 (our own interpreter and module, no shell)
                [
                    sys.executable,
                    *("-I", "-S", "-c", BOOT, str(theirs.fileno()), str(os.getpid())),
                    *search_path(),
                ],
                env={},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self.socket.settimeout(0.0)
        about = {
            "name": tenant.name,
            "module": tenant.module,
            "folder": str(tenant.folder.resolve()),
            "hooks": list(tenant.hooks),
        }
        with contextlib.suppress(OSError):  # a child that is gone already is told at the first question
            self.socket.send(frames.frame(frames.HELLO, about))

    @property
    def is_ready(self) -> bool:
        """Whether the plugin is imported and waits for questions."""
        return self.walls is not None

    def ask(self, body: bytes) -> Turn:
        """Hand over one question, as JSON; its answer is fetched by `gather`."""
        self.number += 1
        self.calls += 1
        return Turn(self, frames.framed(self.number, body))

    def look(self) -> None:
        """Take note of a hello that has come meanwhile.

        :raises Fault: the process is gone or says something else.
        """
        self.read()
        self.next_answer()

    def read(self) -> None:
        """Read what has come without waiting.

        :raises Ended: nothing will come any more.
        """
        while True:
            try:
                data = self.socket.recv(CHUNK)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                raise Ended(self.rejected or "its process is gone")
            self.incoming.feed(data)
            if len(data) < CHUNK:
                return

    def next_answer(self) -> bytes | None:
        """Return the answer to the latest question, if it is whole; answers to given-up ones are dropped.

        :raises Fault: the plugin did not fit, or answers what was not asked.
        """
        while (found := self.incoming.next()) is not None:
            number, body = found
            if number == frames.HELLO:
                self._greeted(frames.value_of(body))
            elif number == self.number:
                return body
            elif number > self.number:
                raise Garbled(f"answers question {number}, which was not asked")
        return None

    def is_overdue(self) -> bool:
        """Whether the start has taken longer than any plugin may need."""
        return not self.is_ready and time.monotonic() - self.started_at > LONGEST_START_SECONDS

    def end(self) -> None:
        """End the process, whatever it is doing, and wait until it is gone."""
        self.socket.close()
        self.process.kill()
        self.process.wait()

    def forget(self) -> None:
        """Let go of a process that is another's child, since we were forked from who started it."""
        self.socket.close()
        self.process.returncode = 0  # else the standard library waits for it when this is collected

    def _greeted(self, hello: Any) -> None:
        if not isinstance(hello, dict) or self.is_ready:
            raise Garbled("greets wrongly")
        if "rejected" in hello:
            self.rejected = f"does not fit: {hello['rejected']!s:.500}"
            raise Ended(self.rejected)
        self.walls = {str(name): str(why) for name, why in dict(hello.get("walls", {})).items()}


class Turn:
    """One question to one worker: bytes going out, then bytes coming in."""

    def __init__(self, worker: Worker, outgoing: bytes) -> None:
        self.worker = worker
        self.said: Any = None
        self.fault: Fault | None = None
        self.seconds = 0.0
        self._began = time.monotonic()
        self._outgoing = memoryview(outgoing)
        self.is_open = self._begin()

    @property
    def events(self) -> int:
        """What the turn waits for, in the words of poll."""
        return select.POLLIN | (select.POLLOUT if self._outgoing else 0)

    def step(self) -> bool:
        """Go on as far as possible without waiting; tell whether there is more to wait for."""
        self.is_open = self._step()
        if not self.is_open:
            self._close()
        return self.is_open

    def build(self, hook: Hook) -> None:
        """Make the answer what the hook promises; the child has checked it, unless it is no longer ours."""
        if self.fault is None:
            try:
                self.said = wire.built(hook.answer, self.said, hook.name)
            except TypeError as error:
                self.fault = Garbled(f"the answer is of a wrong type: {error}")

    def give_up(self) -> None:
        """Close the turn of somebody who has not answered in time."""
        if not self.is_open:
            return
        self.is_open = False
        self._close()
        if self.worker.is_ready:
            self.fault = Late("no answer in time")
        elif self.worker.is_overdue():
            self.fault = Late(f"did not start within {LONGEST_START_SECONDS:.0f} s")
        else:
            self.fault = Starting("is still starting")

    def _close(self) -> None:
        self.seconds = time.monotonic() - self._began
        self.worker.waited_seconds += self.seconds

    def _begin(self) -> bool:
        """Send what can be sent; nobody has an answer ready, so that reading would cost and bring nothing."""
        try:
            self._write()
        except Fault as fault:
            self.fault = fault
            return False
        return True

    def _step(self) -> bool:
        try:
            self._write()
            self.worker.read()
            body = self.worker.next_answer()
        except Fault as fault:
            self.fault = fault
            return False
        if body is None:
            return True
        try:
            self.said = _value(frames.value_of(body))
        except Fault as fault:
            self.fault = fault
        return False

    def _write(self) -> None:
        try:
            while self._outgoing:
                self._outgoing = self._outgoing[self.worker.socket.send(self._outgoing) :]
        except BlockingIOError:
            return
        except OSError as error:
            self.worker.look()  # it may have said why before it went
            raise Ended("its process is gone") from error


def gather(turns: Sequence[Turn], until: float) -> None:
    """Carry all questions out and all answers in; whoever has not answered by then is given up."""
    poll = select.poll()
    waiting = {turn.worker.socket.fileno(): turn for turn in turns if turn.is_open}
    for descriptor, turn in waiting.items():
        poll.register(descriptor, turn.events)
    left = 1.0
    while waiting and left > 0:  # at least once: somebody here may have taken all the time
        left = max(0.0, until - time.monotonic())
        for descriptor, _event in poll.poll(left * 1000):
            turn = waiting[descriptor]
            if turn.step():
                poll.modify(descriptor, turn.events)
            else:
                poll.unregister(descriptor)
                del waiting[descriptor]
    for turn in waiting.values():
        turn.give_up()


def search_path() -> list[str]:
    """Return where the child finds this package, pluggy, and what plugins may use beside them."""
    places = [Path(__file__).parents[3], Path(pluggy.__file__).parents[1]]
    places += [Path(each) for each in sys.path if Path(each).name in {"site-packages", "dist-packages"}]
    return list(dict.fromkeys(str(each) for each in places))


def _value(answer: Any) -> Any:
    if not isinstance(answer, dict) or len(answer) != 1:
        raise Garbled("the answer is no answer")
    if "error" in answer:
        raise Raised(f"{answer['error']!s:.500}")
    if "value" not in answer:
        raise Garbled("the answer is no answer")
    return answer["value"]
