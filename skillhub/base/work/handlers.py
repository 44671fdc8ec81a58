"""Which function does which work: handlers of jobs by name, and what is repeated every so often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

FIRST = 0


@dataclass(frozen=True)
class ItemFailure:
    """One item of a job that could not be done, and the stable code of why."""

    item: str
    code: str


@dataclass(frozen=True, kw_only=True)
class Slice:
    """What one call of a handler did.

    `next` is the cursor of the following slice, None when all is done; `done` and
    `of` count the whole job so far; `failed` names this slice's failures.
    """

    next: int | None
    done: int
    of: int
    failed: tuple[ItemFailure, ...] = ()


Handler = Callable[[dict[str, Any], int], Slice]
Repeated = Callable[[], object]
Function = TypeVar("Function", bound=Handler)
Task = TypeVar("Task", bound=Repeated)


@dataclass(frozen=True)
class Repetition:
    """Something that the worker does at its start and then every `seconds`."""

    name: str
    seconds: float
    task: Repeated


class TwoHandlers(RuntimeError):
    """Two functions claim the same name."""


_handlers: dict[str, Handler] = {}
_repeated: dict[str, Repetition] = {}


def handles(name: str) -> Callable[[Function], Function]:
    """Register the handler of the jobs called `name`.

    A handler gets the job's payload and a cursor (0 at first), does at most 50
    items in units of its own, and says where to go on. It must be safe to run
    twice with the same cursor: a killed worker repeats the slice it was in.

    :raises TwoHandlers: another function has this name.
    """

    def register(handler: Function) -> Function:
        _claim(_handlers.get(name), handler, name)
        _handlers[name] = handler
        return handler

    return register


def every(seconds: float, name: str) -> Callable[[Task], Task]:
    """Register what the worker repeats: at its start, then `seconds` after each end.

    Missed turns are not made up for, so this is for work that looks at the state
    of things (refresh what is old, delete what has expired).

    :raises TwoHandlers: another function has this name.
    """

    def register(task: Task) -> Task:
        known = _repeated.get(name)
        _claim(known.task if known else None, task, name)
        _repeated[name] = Repetition(name, seconds, task)
        return task

    return register


def _claim(known: Callable[..., object] | None, new: Callable[..., object], name: str) -> None:
    if known is not None and (known.__module__, known.__qualname__) != (new.__module__, new.__qualname__):
        raise TwoHandlers(f"{name}: {known.__module__}.{known.__qualname__}")


def handler(name: str) -> Handler:
    """Return the handler of a name.

    :raises KeyError: nothing is registered under it.
    """
    return _handlers[name]


def repetitions() -> tuple[Repetition, ...]:
    """Return what is to be repeated, in order of name."""
    return tuple(_repeated[name] for name in sorted(_repeated))
