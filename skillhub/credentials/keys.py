"""The only place that knows what the keys of the issuer are called: in their files, and in public."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skillhub.base import clock, signing


class Purpose(StrEnum):
    """What a key signs."""

    CREDENTIAL = "credential"
    OFFLINE = "offline"

    @property
    def files(self) -> str:
        """How the names of the files of such keys begin."""
        return f"{self.value}-key"

    @property
    def fragment(self) -> str:
        """How the names of such keys begin where the public sees them."""
        return "key" if self is Purpose.CREDENTIAL else self.value

    def public_id(self, file_id: str) -> str:
        """Return under which id the public knows the key in a file."""
        return self.fragment + file_id.removeprefix(self.files)

    def file_id(self, public_id: str) -> str:
        """Return the name of the file of a key that the public knows."""
        return self.files + public_id.removeprefix(self.fragment)


def path_of(folder: Path, purpose: Purpose, key_id: str) -> Path:
    """Return the file of a key."""
    return signing.path_of(folder, purpose.file_id(key_id))


def newest_or_new(folder: Path, purpose: Purpose) -> str:
    """Return the id of the newest key in the folder; where there is none, one of this month is made.

    :raises skillhub.base.seal.KeyProblem: it is damaged, or others can read it.
    """
    found = signing.newest(folder, purpose.files)
    if found is None:
        month = clock.real_now().date()
        found = signing.make(folder, signing.next_id(folder, purpose.files, month))
    return purpose.public_id(found.key_id)


def another(folder: Path, purpose: Purpose, *, taken: Collection[str]) -> str:
    """Make one more key and return its id, which is none of those that were ever known."""
    month = clock.real_now().date()
    key_id = signing.next_id(folder, purpose.files, month, [purpose.file_id(each) for each in taken])
    return purpose.public_id(signing.make(folder, key_id).key_id)


def opened(folder: Path, purpose: Purpose, key_id: str) -> Ed25519PrivateKey:
    """Return a private key.

    :raises skillhub.base.seal.KeyProblem: its file is missing, damaged, or readable by others.
    """
    return signing.opened(folder, purpose.file_id(key_id)).private
