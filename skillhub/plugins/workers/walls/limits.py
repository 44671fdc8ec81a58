"""What a worker may use of the machine; the limits hold for all its life and cannot be raised again."""

from __future__ import annotations

import ctypes
import resource
import signal

from skillhub.plugins.workers.walls import kernel

MEMORY = 256 * 1024 * 1024
"""Bytes of address space; a worker itself takes about a tenth of it in memory."""
CPU_SECONDS = 60
"""Of the whole life of a worker, which is renewed long before."""
FILES = 32

LIMITS = {
    resource.RLIMIT_AS: MEMORY,
    resource.RLIMIT_CPU: CPU_SECONDS,
    resource.RLIMIT_NOFILE: FILES,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
}


def set_all() -> None:
    """Set every limit, soft and hard alike.

    :raises Cannot: the machine refuses one.
    """
    for which, most in LIMITS.items():
        _soft, hard = resource.getrlimit(which)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(which, (least, least))
        except (ValueError, OSError) as error:
            raise kernel.Cannot(f"limit {which}: {error}") from error


def end_with_parent() -> None:
    """Let the kernel end this process when the thread that started it ends, however that happens.

    :raises Cannot: the machine has no such thing.
    """
    kernel.prctl(kernel.PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
