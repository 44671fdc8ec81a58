"""Landlock: files under a few folders can be read, none can be written, and nobody outside can be reached."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

from skillhub.plugins.workers.walls import kernel

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""Numbers of the system calls; the same on every machine."""
VERSION = 1
PATH_BENEATH = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
TCP = 0b11
SCOPES = 0b11
"""Abstract sockets and signals of processes outside."""

_FILES_BY_VERSION = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many kinds of access to files the kernel knows, from which version of Landlock on."""
_NET_SINCE, _SCOPE_SINCE = 4, 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """Return the version that the kernel speaks.

    :raises Cannot: it has no Landlock, or it is switched off.
    """
    return kernel.call(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(VERSION))


def restrict(readable: Iterable[Path]) -> None:
    """Leave this process nothing but reading under some folders; the rules can never be widened again.

    :raises Cannot: the kernel has no Landlock.
    """
    spoken = version()
    kinds = max(count for since, count in _FILES_BY_VERSION.items() if since <= spoken)
    rules = _Ruleset(
        files=(1 << kinds) - 1,
        net=TCP if spoken >= _NET_SINCE else 0,
        scoped=SCOPES if spoken >= _SCOPE_SINCE else 0,
    )
    size = 24 if spoken >= _SCOPE_SINCE else 16 if spoken >= _NET_SINCE else 8
    ruleset = kernel.call(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))
    try:
        for folder in readable:
            _allow(ruleset, folder)
        kernel.no_new_rights()
        kernel.call(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, folder: Path) -> None:
    try:
        opened = os.open(folder, os.O_PATH | os.O_CLOEXEC | os.O_DIRECTORY)
    except OSError:
        return  # a folder that is not there cannot be read either
    try:
        rule = _Beneath(allowed=READ_FILE | READ_DIR, folder=opened)
        kernel.call(
            ADD_RULE,
            ctypes.c_int(ruleset),
            ctypes.c_int(PATH_BENEATH),
            ctypes.byref(rule),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(opened)
