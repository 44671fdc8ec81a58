"""Two verifiers that we did not write, fed with what a network would give them and with nothing else."""

from __future__ import annotations

import fcntl
import importlib.metadata
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError

from skillhub.credentials.vc import contexts

FOLDER = Path(__file__).parent / "js"
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
PATIENCE_SECONDS = 300
MULTIKEY = "https://w3id.org/security/multikey/v1"

Answers = dict[str, dict[str, Any]]
Check = Callable[[dict[str, str], str, dict[str, str]], Answers]


def missing(what: str) -> None:
    """Skip where something is missing; where CI=true it must be there."""
    text = f"{what}; install Node 20 or newer, then: cd tests/independent/js && {' '.join(INSTALL)}"
    if os.environ.get("CI") == "true":
        pytest.fail(text)
    pytest.skip(text)


@pytest.fixture(scope="session")
def javascript() -> Check:
    """Ask the JavaScript implementations about credentials by name."""
    if not (shutil.which("node") and shutil.which("npm")):
        missing("Node is not here")
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (FOLDER / "node_modules").exists():
            done = subprocess.run(
                INSTALL, cwd=FOLDER, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
            )
            if done.returncode:
                missing(f"npm failed ({done.stderr.strip()[-200:]})")

    def check(served: dict[str, str], issuer: str, credentials: dict[str, str]) -> Answers:
        asked = {
            "served": served,
            "contexts": known_contexts(),
            "issuer": issuer,
            "credentials": credentials,
        }
        done = subprocess.run(
            ["node", "check.mjs"],
            cwd=FOLDER,
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        answers: Answers = json.loads(done.stdout)
        return answers

    return check


def known_contexts() -> dict[str, Any]:
    """Return the contexts that a credential and a key name."""
    package = importlib.metadata.distribution(contexts.PACKAGE)
    multikey = Path(str(package.locate_file(f"{contexts.FOLDER}/security-multikey-v1.json")))
    return {
        **{address: contexts.document(address) for address in contexts.PINNED},
        MULTIKEY: json.loads(multikey.read_text()),
    }


@pytest.fixture(scope="session")
def openbadges() -> Callable[[dict[str, str], str, str], bool]:
    """Ask the Python implementation about one credential."""

    def check(served: dict[str, str], issuer: str, text: str) -> bool:
        def download(address: str, *_rest: object, **_more: object) -> bytes:
            return served[address].encode()

        verifier = OB3LdpVerifier.for_issuer_did(issuer)
        try:
            # Its own check of a list's signature knows only the JWT form; JavaScript checks ours.
            verifier.verify(text, check_status=True, download=download, verify_status_list=False)
        except (OB3VerificationError, KeyError):
            return False
        return True

    return check
