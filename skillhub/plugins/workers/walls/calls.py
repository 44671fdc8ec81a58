"""The numbers of the system calls that a worker may make, by machine; what is not here is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

X86_64: Mapping[str, int] = {
    "read": 0,
    "write": 1,
    "ppoll": 271,
    "poll": 7,
    "futex": 202,
    "clock_gettime": 228,
    "mmap": 9,
    "munmap": 11,
    "brk": 12,
    "madvise": 28,
    "mremap": 25,
    "mprotect": 10,
    "close": 3,
    "fstat": 5,
    "lseek": 8,
    "rt_sigaction": 13,
    "rt_sigprocmask": 14,
    "rt_sigreturn": 15,
    "ioctl": 16,
    "pread64": 17,
    "readv": 19,
    "writev": 20,
    "sched_yield": 24,
    "dup": 32,
    "dup3": 292,
    "nanosleep": 35,
    "getpid": 39,
    "exit": 60,
    "uname": 63,
    "fcntl": 72,
    "getcwd": 79,
    "gettimeofday": 96,
    "getrusage": 98,
    "times": 100,
    "getuid": 102,
    "geteuid": 107,
    "getgid": 104,
    "getegid": 108,
    "getppid": 110,
    "sigaltstack": 131,
    "gettid": 186,
    "sched_getaffinity": 204,
    "getdents64": 217,
    "set_tid_address": 218,
    "clock_getres": 229,
    "clock_nanosleep": 230,
    "exit_group": 231,
    "openat": 257,
    "pselect6": 270,
    "newfstatat": 262,
    "readlinkat": 267,
    "faccessat": 269,
    "set_robust_list": 273,
    "getrandom": 318,
    "membarrier": 324,
    "statx": 332,
    "rseq": 334,
    "faccessat2": 439,
    "restart_syscall": 219,
    "sysinfo": 99,
    "open": 2,
    "stat": 4,
    "lstat": 6,
    "access": 21,
    "select": 23,
    "dup2": 33,
    "readlink": 89,
    "arch_prctl": 158,
    "time": 201,
}
"""Reading, memory, time, waiting and threads; the frequent ones stand first."""
AARCH64: Mapping[str, int] = {
    "read": 63,
    "write": 64,
    "ppoll": 73,
    "futex": 98,
    "clock_gettime": 113,
    "mmap": 222,
    "munmap": 215,
    "brk": 214,
    "madvise": 233,
    "mremap": 216,
    "mprotect": 226,
    "close": 57,
    "fstat": 80,
    "lseek": 62,
    "rt_sigaction": 134,
    "rt_sigprocmask": 135,
    "rt_sigreturn": 139,
    "ioctl": 29,
    "pread64": 67,
    "readv": 65,
    "writev": 66,
    "sched_yield": 124,
    "dup": 23,
    "dup3": 24,
    "nanosleep": 101,
    "getpid": 172,
    "exit": 93,
    "uname": 160,
    "fcntl": 25,
    "getcwd": 17,
    "gettimeofday": 169,
    "getrusage": 165,
    "times": 153,
    "getuid": 174,
    "geteuid": 175,
    "getgid": 176,
    "getegid": 177,
    "getppid": 173,
    "sigaltstack": 132,
    "gettid": 178,
    "sched_getaffinity": 123,
    "getdents64": 61,
    "set_tid_address": 96,
    "clock_getres": 114,
    "clock_nanosleep": 115,
    "exit_group": 94,
    "openat": 56,
    "pselect6": 72,
    "newfstatat": 79,
    "readlinkat": 78,
    "faccessat": 48,
    "set_robust_list": 99,
    "getrandom": 278,
    "membarrier": 283,
    "statx": 291,
    "rseq": 293,
    "faccessat2": 439,
    "restart_syscall": 128,
    "sysinfo": 179,
}


@dataclass(frozen=True)
class Machine:
    """What a filter must know of a kind of machine; ``audit`` is the kernel's own number for it."""

    audit: int
    calls: Mapping[str, int]
    clone: int
    clone3: int
    tgkill: int

    @property
    def allowed(self) -> tuple[int, ...]:
        """The numbers of the calls that are allowed whatever their arguments."""
        return tuple(self.calls.values())


MACHINES = {
    "x86_64": Machine(0xC000003E, X86_64, clone=56, clone3=435, tgkill=234),
    "aarch64": Machine(0xC00000B7, AARCH64, clone=220, clone3=435, tgkill=131),
}
