"""The walls around a worker: what they are made of agrees with the kernel, and what is lacking is said."""

from __future__ import annotations

import platform
import re
import struct
from pathlib import Path

import pytest

from skillhub.plugins.workers import walls
from skillhub.plugins.workers.walls import calls, kernel, landlock, limits, seccomp

HEADERS = {
    "x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64": "/usr/include/asm-generic/unistd.h",
}
RENAMED = {"fstatat": "newfstatat"}


@pytest.mark.parametrize("machine", calls.MACHINES)
def test_the_numbers_of_calls_are_those_of_the_kernels_headers(machine):
    header = Path(HEADERS[machine])
    if not header.exists():
        pytest.skip(f"{header} is not installed")
    text = header.read_text(encoding="utf-8")
    defined = {
        RENAMED.get(name, name): int(number)
        for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)
    }
    known = calls.MACHINES[machine]

    assert {name: defined[name] for name in known.calls} == dict(known.calls)
    assert (defined["clone"], defined["clone3"], defined["tgkill"]) == (
        known.clone,
        known.clone3,
        known.tgkill,
    )


@pytest.mark.parametrize(
    "name", ["socket", "connect", "execve", "fork", "vfork", "kill", "ptrace", "chmod", "prlimit64"]
)
def test_what_reaches_others_is_not_among_the_calls(name):
    for machine in calls.MACHINES.values():
        assert name not in machine.calls


def test_the_filter_ends_in_a_refusal_and_jumps_stay_inside():
    code = seccomp.program(calls.MACHINES["x86_64"], 7)
    steps = list(struct.iter_unpack("=HBBI", code))

    assert steps[-1] == (seccomp.RETURN, 0, 0, seccomp.ERRNO | 1)
    assert len(steps) < 4096
    for index, (_code, if_so, if_not, _value) in enumerate(steps[:-1]):
        assert index + 1 + max(if_so, if_not) < len(steps)


def test_a_machine_without_a_wall_says_so(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "pdp11")
    with pytest.raises(kernel.Cannot, match="pdp11"):
        seccomp.restrict()

    monkeypatch.setattr(kernel.sys, "platform", "plan9")
    with pytest.raises(kernel.Cannot, match="plan9 has no such wall"):
        landlock.restrict([])


def test_what_is_lacking_is_reported_and_the_other_walls_stand(monkeypatch):
    def cannot(*_folders):
        raise kernel.Cannot("not on this machine")

    monkeypatch.setattr(limits, "set_all", lambda: None)
    monkeypatch.setattr(landlock, "restrict", cannot)
    monkeypatch.setattr(seccomp, "restrict", lambda: None)

    assert walls.shut([]) == {"limits": "", "landlock": "not on this machine", "seccomp": ""}


def test_what_is_lacking_is_known_without_building_anything(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "pdp11")

    def none():
        raise kernel.Cannot("switched off")

    monkeypatch.setattr(landlock, "version", none)

    assert walls.lacking() == {"landlock": "switched off", "seccomp": "the calls of pdp11 are not known here"}
