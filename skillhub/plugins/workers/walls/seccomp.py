"""Seccomp: the kernel answers a few dozen calls and refuses all others, those of later kernels, too."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

from skillhub.plugins.workers.walls import kernel
from skillhub.plugins.workers.walls.calls import MACHINES, Machine

MODE_FILTER = 2
ALLOW = 0x7FFF0000
KILL_PROCESS = 0x80000000
ERRNO = 0x00050000
CLONE_THREAD = 0x00010000

LOAD, JUMP_EQUAL, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
NUMBER_AT, MACHINE_AT, FIRST_ARGUMENT_AT = 0, 4, 16
_INSTRUCTION = struct.Struct("=HBBI")


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def restrict() -> None:
    """Refuse every call that answering questions does not need, in this process and its threads.

    :raises Cannot: the kernel has no seccomp, or the machine's numbers are not known here.
    """
    code = program(machine(), os.getpid())
    buffer = ctypes.create_string_buffer(code, len(code))
    loaded = _Program(len(code) // _INSTRUCTION.size, ctypes.addressof(buffer))
    kernel.no_new_rights()
    kernel.prctl(kernel.PR_SET_SECCOMP, ctypes.c_ulong(MODE_FILTER), ctypes.byref(loaded))


def machine() -> Machine:
    """Return what a filter must know of this machine.

    :raises Cannot: its numbers are not known here.
    """
    known = MACHINES.get(platform.machine())
    if known is None or struct.calcsize("P") != 8:  # noqa: PLR2004 (bytes of a pointer)
        raise kernel.Cannot(f"the calls of {platform.machine()} are not known here")
    return known


def program(of: Machine, pid: int) -> bytes:
    """Return the filter as the kernel reads it: one call after the other, the first that fits decides."""
    refused = ERRNO | errno.EPERM
    steps = [
        (LOAD, 0, 0, MACHINE_AT),
        (JUMP_EQUAL, 1, 0, of.audit),
        (RETURN, 0, 0, KILL_PROCESS),
        (LOAD, 0, 0, NUMBER_AT),
    ]
    for number in of.allowed:
        steps += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    # C libraries ask for clone3 first, whose arguments no filter can read, and take clone when it is missing.
    steps += [(JUMP_EQUAL, 0, 1, of.clone3), (RETURN, 0, 0, ERRNO | errno.ENOSYS)]
    steps += [  # threads, but no processes
        (JUMP_EQUAL, 0, 4, of.clone),
        (LOAD, 0, 0, FIRST_ARGUMENT_AT),
        (JUMP_ANY_BIT, 0, 1, CLONE_THREAD),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, refused),
    ]
    steps += [  # abort() signals its own process
        (JUMP_EQUAL, 0, 4, of.tgkill),
        (LOAD, 0, 0, FIRST_ARGUMENT_AT),
        (JUMP_EQUAL, 0, 1, pid),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, refused),
    ]
    steps.append((RETURN, 0, 0, refused))
    return b"".join(_INSTRUCTION.pack(*step) for step in steps)
