"""The only place that writes what strangers need without our server: keys, status lists, a verify page.

The keys are those of certificates and those of allocation logs.

Each file is replaced in one step, the keys before the lists that they have signed,
so whoever reads meanwhile finds a whole file that fits the others.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from skillhub.base.errors import NotFound
from skillhub.courses.rules.queue_log import keys as log_keys
from skillhub.courses.service import allocation_keys
from skillhub.credentials import offline
from skillhub.credentials.queries import issuer

FOLDER = "public"
DID = Path(".well-known/did.json")
LISTS = Path("credentials/status")
LOG_KEYS = Path(log_keys.ADDRESS.removeprefix("/"))
READABLE = 0o644


def did_json() -> bytes:
    """Return the issuer's document as it is served.

    :raises NotFound: nothing was ever signed.
    """
    return json.dumps(issuer.did_document(), indent=1).encode()


def write(folder: Path, *, is_sure: bool = True) -> int:
    """Bring the files of a folder up to date and return how many were written.

    :param is_sure: look at each file; else only whether there are any.
    """
    if not is_sure and (folder / DID).is_file():
        return 0
    try:
        files = {DID: did_json()}
    except NotFound:
        return 0
    files |= {LISTS / str(number): text.encode() for number, text in issuer.status_lists().items()}
    files |= offline.files()
    return sum(_replace(folder / name, data) for name, data in files.items())


def write_all(folder: Path) -> None:
    """Write the keys of allocation logs too, which the worker keeps in its own folder by itself."""
    write(folder)
    known = allocation_keys.document()
    if known is not None:
        _replace(folder / LOG_KEYS, known.encode())


def is_empty(folder: Path) -> bool:
    """Tell whether nothing that strangers need lies there: nothing was signed yet."""
    return not any((folder / name).is_file() for name in (DID, LOG_KEYS))


def _replace(path: Path, data: bytes) -> bool:
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), READABLE)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return True
