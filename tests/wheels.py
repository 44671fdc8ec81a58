"""Builds a wheel of what is committed, and installs one into an environment that has nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKED = (
    "skillhub",
    "plugins_contrib",
    "translations",
    "setup.cfg",
    "setup.py",
    "pyproject.toml",
    "README.md",
    "LICENSE",
)
LOCK = ROOT / "requirements.lock"
SLOWEST_SECONDS = 600


def committed_files(*folders: str) -> list[Path]:
    """Return what git knows or would know of these folders, relative to the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def copied(folder: Path) -> Path:
    """Copy what a wheel is made of, and nothing that set-up or use have left behind."""
    checkout = folder / "checkout"
    for name in committed_files(*PACKED):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, checkout / name)
    return checkout


def built(checkout: Path, folder: Path) -> Path:
    """Build the wheel of a checkout into a folder, without a network."""
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "-w", str(folder), str(checkout)]
    subprocess.run(command, check=True, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def installed(wheel: Path, folder: Path) -> Path:
    """Install a wheel and what the lock names into a new environment; return its folder of commands.

    :raises subprocess.CalledProcessError: a package could not be had.
    """
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, env=surroundings)
    pip = [str(folder / "bin" / "python"), "-I", "-m", "pip", "install", "--quiet"]
    for what in (["--require-hashes", "-r", str(LOCK)], ["--no-deps", "--no-index", str(wheel)]):
        subprocess.run(
            [*pip, *what],
            check=True,
            cwd=folder,
            env=surroundings | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            timeout=SLOWEST_SECONDS,
            capture_output=True,
            text=True,
        )
    return folder / "bin"
