"""The only place that makes a checkout ready to run; bin/run, bin/test and bin/check start with it.

    python3 bin/bootstrap.py [run | test]

Makes .venv, installs what the hashed lock names, compiles the message catalogues and
prepares the Chinese fonts; `test` adds the test lock and a browser. What is done is
remembered inside .venv, so that the next call returns at once. Standard library only.

There is no `from __future__ import annotations` here and no syntax younger than
Python 3.6 above `main`: an old Python must come as far as saying that it is too old.
"""

import configparser
import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

OLDEST_PYTHON = (3, 11)
if sys.version_info < OLDEST_PYTHON:
    oldest, present = (".".join(map(str, version[:2])) for version in (OLDEST_PYTHON, sys.version_info))
    sys.exit(
        f"set-up: Python {present} is too old, SkillHub needs {oldest} or newer; "
        "install one and name it: PYTHON=python3.12 bin/run"
    )

import fcntl  # noqa: E402  # after the check: it is missing where SkillHub does not run anyway

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "skillhub-setup.json"
LOCKS = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-test.lock"}
FONTS = VENV / "share" / "skillhub" / "fonts"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_COMMANDS = ("apt-get update", "apt-get install -y chromium")
BROWSER_REFUSED = VENV / "no-browser"
SLOWEST_STEP_SECONDS = 1800
SLOWEST_BROWSER_SECONDS = 300


class SetupError(Exception):
    """Set-up cannot go on; the message is one line that says what to do."""


def say(text: str) -> None:
    """Print one line of progress, apart from what the started program prints."""
    print(f"set-up: {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Announce what may take long and say how long it took."""
    say(f"{title} …")
    started = time.monotonic()
    yield
    say(f"{title}: {time.monotonic() - started:.1f} s")


def run(command: list[str], advice: str, seconds: int = SLOWEST_STEP_SECONDS) -> None:
    """Run a command quietly.

    :raises SetupError: it failed; with the last line that it wrote and the advice.
    """
    surroundings = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")
    }
    surroundings |= {"PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=surroundings,
            timeout=seconds,
            check=False,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except subprocess.TimeoutExpired:
        raise SetupError(f"no answer within {seconds} s; {advice}") from None
    if done.returncode:
        raise SetupError(f"{told(done.stdout)}; {advice}")


def told(output: str) -> str:
    """Return the line of a failed command's output that says most."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no message"]
    errors = [line for line in lines if line.lower().startswith(("error", "e: "))]
    return (errors or lines)[-1]


def digest_of(level: str) -> str:
    """Return a digest of everything that decides what has to be installed."""
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    parts = [settings.items(name) for name in settings.sections() if name.startswith(("metadata", "options"))]
    text = LOCKS[level].read_text(encoding="utf-8") + repr(parts)
    return hashlib.sha256(text.encode()).hexdigest()


def read_stamp() -> dict[str, str]:
    """Return what set-up has finished before; nothing when the checkout has moved since."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if stamp.get("root") == str(ROOT) and PYTHON.exists() else {}


def write_stamp(stamp: dict[str, str]) -> None:
    """Remember what is finished, in one stroke."""
    unfinished = STAMP.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(STAMP)


def make_environment() -> None:
    """Make .venv, or make it anew when it is broken or was moved here from elsewhere."""
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        package = "python{}.{}-venv".format(*sys.version_info)
        raise SetupError(
            f"this Python cannot make environments; on Debian or Ubuntu: apt-get install {package}"
        )
    with step("making .venv"):
        run(
            [sys.executable, "-m", "venv", "--clear", str(VENV)],
            f"remove {VENV} and run the same command again",
        )


def environment_is_usable() -> bool:
    """Tell whether an environment without a stamp can be taken over as it is."""
    script = VENV / "bin" / "pip"
    try:
        if not script.read_text(encoding="utf-8").startswith(f"#!{VENV}"):
            return False
        check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
        return (
            subprocess.run([str(PYTHON), "-I", "-c", check], check=False, capture_output=True).returncode == 0
        )
    except OSError:
        return False


def install(level: str) -> None:
    """Install what the lock names, and the checkout itself in place."""
    pip = [str(PYTHON), "-I", "-m", "pip", "install", "--quiet"]
    lock = LOCKS[level]
    locked = [*pip, "--require-hashes", "-r", str(lock)]
    count = lock.read_text(encoding="utf-8").count("==")
    with step(f"installing {count} packages of {lock.name}"):
        run(locked, f"look at the network, then repeat: {' '.join(locked)}")
    in_place = [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    with step("installing SkillHub in place"):
        run(in_place, f"repeat: {' '.join(in_place)}")


def stale_catalogues() -> list[Path]:
    """Return the message catalogues that are younger than what was compiled from them."""
    sources = [*ROOT.glob("translations/*/LC_MESSAGES/*.po")]
    sources += ROOT.glob("plugins_contrib/*/translations/*/LC_MESSAGES/*.po")
    compiled = {source: source.with_suffix(".mo") for source in sources}
    return [
        source
        for source, target in compiled.items()
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime
    ]


def compile_catalogues() -> None:
    """Compile the message catalogues that have changed."""
    for source in stale_catalogues():
        target = source.with_suffix(".mo")
        command = [str(VENV / "bin" / "pybabel"), "compile", "-i", str(source), "-o", str(target)]
        language = source.parent.parent.name
        try:
            run([*command, "-l", language], f"correct {source.relative_to(ROOT)}")
        except SetupError:
            target.unlink(missing_ok=True)  # a half-right catalogue would count as done next time
            raise


def prepare_fonts() -> None:
    """Convert the Chinese fonts; the module itself knows whether they are there."""
    with step("preparing the Chinese fonts (about a minute the first time)"):
        run([str(PYTHON), "-m", "skillhub.credentials.fonts"], "then run the same command again")


def has_browser() -> bool:
    """Tell whether the browser journeys can run."""
    return any(shutil.which(name) for name in BROWSERS)


def ensure_browser() -> None:
    """Install Chromium where that is possible; otherwise say which command would do it.

    :raises SetupError: continuous integration (CI=true) has no browser.
    """
    if has_browser():
        return
    by_hand = " && ".join(BROWSER_COMMANDS)
    required = os.environ.get("CI") == "true"
    possible = shutil.which("apt-get") and os.geteuid() == 0
    if possible and (required or not BROWSER_REFUSED.exists()):
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        try:
            with step("installing Chromium for the browser journeys"):
                for command in BROWSER_COMMANDS:
                    run(command.split(), f"by hand: {by_hand}", SLOWEST_BROWSER_SECONDS)
        except SetupError as error:
            BROWSER_REFUSED.touch()  # once is enough: without a network every later call would wait again
            say(f"Chromium was not installed: {error}")
    if has_browser():
        return
    if required:
        raise SetupError(f"CI=true needs a browser; as root: {by_hand}")
    say(f"no Chromium, so the browser journeys will be skipped; as root: {by_hand}")


def set_up(level: str) -> None:
    """Do what is missing for a level; the test level contains the other."""
    stamp = read_stamp()
    if not stamp and not environment_is_usable():
        make_environment()
    digests = {name: digest_of(name) for name in LOCKS}
    if stamp.get(level) != digests[level] and not (level == "run" and stamp.get("test") == digests["test"]):
        install(level)
        stamp = {"root": str(ROOT), "fonts": stamp.get("fonts", ""), level: digests[level]}
        write_stamp(stamp)
    compile_catalogues()
    if not (FONTS / "source.json").exists() or stamp.get("fonts") != digests["run"]:
        prepare_fonts()
        write_stamp({**stamp, "fonts": digests["run"]})
    if level == "test":
        ensure_browser()


def main(arguments: list[str]) -> int:
    """Set up one level, one call at a time; one line and exit 1 when it fails."""
    level = arguments[0] if arguments else "run"
    if level not in LOCKS or len(arguments) > 1:
        print("usage: bootstrap.py [run | test]", file=sys.stderr)
        return 2
    try:
        gate = os.open(ROOT, os.O_RDONLY)
        fcntl.flock(gate, fcntl.LOCK_EX)  # two commands started together: the second waits and finds all done
        set_up(level)
    except (SetupError, OSError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("interrupted; the same command goes on from here")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
