"""The only place that calls the kernel by number: what the standard library has no function for."""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38


class Cannot(Exception):
    """The kernel or the machine has no such wall; says why."""


def call(number: int, *arguments: object) -> int:
    """Make a system call by its number.

    :raises Cannot: the kernel refuses it.
    """
    return _checked(_libc().syscall(ctypes.c_long(number), *arguments))


def prctl(option: int, *arguments: object) -> None:
    """Change something about this process.

    :raises Cannot: the kernel refuses it.
    """
    padded = [*arguments, *[ctypes.c_ulong(0)] * (4 - len(arguments))]
    _checked(_libc().prctl(ctypes.c_int(option), *padded))


def no_new_rights() -> None:
    """Give up gaining rights by starting programs; the kernel asks for it before it builds walls."""
    prctl(PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1))


def _libc() -> ctypes.CDLL:
    if sys.platform != "linux":
        raise Cannot(f"{sys.platform} has no such wall")
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        raise Cannot(os.strerror(ctypes.get_errno()))
    return result
