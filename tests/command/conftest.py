"""Fixtures of these tests: an installation of their own, and the command line on it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from skillhub.command import main

PATIENCE_SECONDS = 60
Run = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of an installation that does not exist yet; the profile is test."""
    for name in [name for name in os.environ if name.startswith("SKILLHUB_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "var"
    monkeypatch.setenv("SKILLHUB_DATA", str(folder))
    monkeypatch.setenv("SKILLHUB_PROFILE", "test")
    monkeypatch.setenv("PORT", str(free_port()))
    return folder


@pytest.fixture
def run(data: Path) -> Run:
    """Runs a command in this process and returns what it printed and its exit status."""
    return lambda *arguments: CliRunner().invoke(main, arguments, prog_name="skillhub")


@pytest.fixture
def installed(run: Run) -> Run:
    """The same, with a database and keys."""
    assert run("db", "upgrade").exit_code == 0
    return run


@pytest.fixture
def start(data: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a command as a process; what is left of it at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **environ: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "skillhub.command", *arguments],
            env=os.environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
        process.communicate()


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def answers(path: str = "/healthz") -> bool:
    """Tell whether the web server of this installation answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{os.environ['PORT']}{path}", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_until(fits: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not fits():
        assert time.monotonic() < end
        time.sleep(0.1)
