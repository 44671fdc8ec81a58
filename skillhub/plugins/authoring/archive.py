"""Reads a package of data that was sent as a zip file; nothing is written before all of it is known."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from skillhub.plugins import manifest as manifests
from skillhub.plugins import toml
from skillhub.plugins.authoring.findings import Finding, Rule, line_of
from skillhub.plugins.errors import PackageInvalid

MOST_BYTES = 2 * 1024 * 1024
"""Bytes of the zip file."""
MOST_FILES = 200
MOST_UNPACKED = 5_000_000
KINDS = (".toml", ".md", ".py")
"""Endings that a package of data may hold; of Python only a file of one docstring."""
_LEFT_OUT = {"__pycache__", "__MACOSX", "tests"}


class Unreadable(Exception):
    """The archive is none, or is not to be trusted; `finding` says what to do."""

    def __init__(self, rule: Rule, message: str, file: str = ".") -> None:
        self.finding = Finding(file, 1, rule, message)
        super().__init__(message)


def read(content: bytes) -> tuple[str, Mapping[str, bytes]]:
    """Return the name of the package and its files by their path inside it.

    :raises Unreadable: names the file and what to do.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(Rule.FILES, f"the file is larger than {MOST_BYTES // 1024 // 1024} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            entries = opened.infolist()
            if len(entries) > MOST_FILES:
                raise Unreadable(Rule.FILES, f"holds more than {MOST_FILES} files")
            for entry in entries:
                _refuse_tricks(entry)
            root = _root(entries)
            return _files(opened, [each for each in entries if not each.is_dir()], root)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Unreadable(Rule.FILES, "is no zip file that can be read; pack the folder again") from error


def write(name: str, files: Mapping[str, bytes], into: Path) -> Path:
    """Write the files of a package below a folder of our own, and return the package's folder."""
    folder = into / name
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def _refuse_tricks(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    path = PurePosixPath(name)
    is_outside = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name
    if is_outside or not name.isprintable():
        raise Unreadable(Rule.FILES, "its path leads out of the package; pack the folder itself", name[:80])
    mode = entry.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Unreadable(Rule.FILES, "is a link; put the file itself there", name[:80])
    if entry.flag_bits & 1:
        raise Unreadable(Rule.FILES, "is encrypted; pack without a password", name[:80])


def _root(entries: list[zipfile.ZipInfo]) -> PurePosixPath:
    found = [PurePosixPath(each.filename).parent for each in entries if _is_manifest(each.filename)]
    if len(found) != 1:
        several = "holds several packages; send one" if found else f"holds no {manifests.FILE}"
        raise Unreadable(Rule.MANIFEST, several, manifests.FILE)
    return found[0]


def _is_manifest(name: str) -> bool:
    path = PurePosixPath(name)
    return path.name == manifests.FILE and not _LEFT_OUT & set(path.parts)


def _files(
    opened: zipfile.ZipFile, entries: list[zipfile.ZipInfo], root: PurePosixPath
) -> tuple[str, dict[str, bytes]]:
    files: dict[str, bytes] = {}
    left = MOST_UNPACKED
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if not path.is_relative_to(root):
            continue
        inner = path.relative_to(root)
        if _LEFT_OUT & set(inner.parts) or any(part.startswith(".") for part in inner.parts):
            continue
        name = inner.as_posix()
        if inner.suffix not in KINDS:
            kinds = ", ".join(KINDS)
            raise Unreadable(Rule.FILES, f"is no file of a package of data; those end in {kinds}", name[:80])
        if name.lower() in {each.lower() for each in files}:
            raise Unreadable(Rule.FILES, "stands there twice", name[:80])
        with opened.open(entry) as packed:
            data = packed.read(left + 1)
        left -= len(data)
        if left < 0:
            raise Unreadable(Rule.FILES, f"unpacks to more than {MOST_UNPACKED} bytes")
        if b"\0" in data or not _is_text(data):
            raise Unreadable(Rule.FILES, "is not UTF-8; save it as UTF-8", name[:80])
        files[name] = data
    return _name(files), files


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _name(files: Mapping[str, bytes]) -> str:
    """Return the name that the manifest gives, which becomes the name of the folder."""
    text = files[manifests.FILE].decode("utf-8")
    try:
        return manifests.read(toml.parse(text, manifests.FILE)).name
    except PackageInvalid as error:
        unreadable = Unreadable(Rule.MANIFEST, error.message, manifests.FILE)
        line = line_of(text, error.where, error.message)
        unreadable.finding = Finding(manifests.FILE, line, Rule.MANIFEST, error.message)
        raise unreadable from error
