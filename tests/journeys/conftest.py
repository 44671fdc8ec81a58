"""Whole installations: a data folder, a database, a web server and a worker, as an operator starts them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.journeys import browser

START_SECONDS = 90
DAY = "2025-11-10T09:00:00+08:00"
SKILLHUB = [sys.executable, "-m", "skillhub.command"]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@dataclass
class Installation:
    """One installation; `command` runs what an operator would type."""

    folder: Path
    environ: dict
    port: int
    program: list = field(default_factory=lambda: SKILLHUB)
    processes: list = field(default_factory=list)

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def command(self, *words, must=True):
        done = subprocess.run(
            [*self.program, *words],
            env=self.environ,
            cwd=self.folder.parent,
            capture_output=True,
            text=True,
            timeout=600,  # the whole demonstration, on a machine that does other things too
        )
        if must and done.returncode != 0:
            raise AssertionError(
                f"skillhub {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
            )
        return done

    def json(self, *words):
        return json.loads(self.command(*words).stdout)

    def start(self, *words):
        with (self.folder / f"{words[0]}.log").open("wb") as log:
            process = subprocess.Popen(
                [*self.program, *words], env=self.environ, cwd=self.folder.parent, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def wait_until_ready(self):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.base}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                pass
            for process in self.processes:
                assert process.poll() is None, self.logs()
            time.sleep(0.2)
        raise AssertionError(f"not ready in {START_SECONDS} s\n{self.logs()}")

    def logs(self):
        return "\n".join(
            f"--- {path.name}\n{path.read_text(encoding='utf-8', errors='replace')[-4000:]}"
            for path in sorted(self.folder.glob("*.log"))
        )

    def end(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def prepared(folder, database_url, *, profile="demo", program=SKILLHUB):
    """Return an installation of which nothing is there yet but its settings."""
    port = free_port()
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SKILLHUB_") and name != "PORT"
    }
    environ = kept | {
        "SKILLHUB_PROFILE": profile,
        "SKILLHUB_DATA": str(folder),
        "SKILLHUB_DATABASE_URL": database_url,
        "SKILLHUB_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SKILLHUB_WEB_WORKERS": "2",
        "PORT": str(port),
    }
    return Installation(folder, environ, port, program)


def install(folder, database_url, *, profile="demo", program=SKILLHUB):
    """Make an installation with an empty database, its clock at the demonstration day."""
    made = prepared(folder, database_url, profile=profile, program=program)
    made.command("db", "upgrade")
    made.command("clock", "set", DAY)
    return made


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """A running Chromium; where it is missing the test is skipped, and fails where CI=true."""
    path = browser.executable()
    if path is None:
        missing = f"no Chromium here; install it with: {browser.INSTALL}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with browser.launched(path, tmp_path_factory.mktemp("chromium")) as running:
        yield running
