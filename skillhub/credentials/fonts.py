"""The only place that knows where the Chinese font for certificates lies and what it can print.

The font is made once, at set-up, from the package manimgx-fonts-cjk, and kept beside
the installed libraries. ReportLab draws a missing glyph as nothing and says nothing,
so whoever prints a name asks `missing_characters` first.

    python -m skillhub.credentials.fonts      make the fonts if they are not there

This module needs the standard library alone: set-up runs it before anything else of
ours, and a web process never loads the converter.
"""

from __future__ import annotations

import fcntl
import functools
import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SOURCE_PACKAGE = "manimgx-fonts-cjk"
SOURCE_MODULE = "manimgx_fonts_cjk"
SOURCE_FILE = "NotoSansCJK-VF.otf.ttc"
CONVERTER = "skillhub.credentials.font_conversion"
CONVERSION = "1"  # raise it when the converter's output changes, and every installation converts anew
LONGEST_CONVERSION_SECONDS = 900
REGULAR, BOLD = 400, 700


class FontError(RuntimeError):
    """The font cannot be made here; the message is one line that says what to do."""


@dataclass(frozen=True)
class FontFiles:
    """Where the fonts and the list of their characters lie."""

    regular: Path
    bold: Path
    characters: Path
    digest: Path

    @classmethod
    def within(cls, folder: Path) -> FontFiles:
        """Return the names that the files have in a folder, whether they exist or not."""
        return cls(
            regular=folder / "skillhub-sans-sc-regular.ttf",
            bold=folder / "skillhub-sans-sc-bold.ttf",
            characters=folder / "characters.json",
            digest=folder / "source.json",
        )


def default_folder() -> Path:
    """Return the folder that set-up fills: beside the libraries of this environment."""
    return Path(sys.prefix) / "share" / "skillhub" / "fonts"


def source_file() -> Path:
    """Return the collection that the fonts are made from.

    :raises FontError: the package is not installed.
    """
    found = importlib.util.find_spec(SOURCE_MODULE)
    path = Path(found.origin).with_name(SOURCE_FILE) if found and found.origin else None
    if path is None or not path.is_file():
        raise FontError(f"the Chinese font is not installed: pip install {SOURCE_PACKAGE}")
    return path


@functools.cache
def source_version() -> str:
    """Return what decides whether converted files are up to date.

    :raises FontError: the package is not installed.
    """
    try:
        return f"{SOURCE_PACKAGE} {importlib.metadata.version(SOURCE_PACKAGE)}, conversion {CONVERSION}"
    except importlib.metadata.PackageNotFoundError:
        raise FontError(f"the Chinese font is not installed: pip install {SOURCE_PACKAGE}") from None


def sizes_of(files: FontFiles) -> dict[str, int]:
    """Return the length of each file that exists, by name."""
    paths = (files.regular, files.bold, files.characters)
    return {path.name: path.stat().st_size for path in paths if path.is_file()}


def are_current(files: FontFiles) -> bool:
    """Tell whether the files are whole and were made from the installed source by this converter."""
    try:
        recorded = json.loads(files.digest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(recorded == {"source": source_version(), "bytes": sizes_of(files)})


def ensure(folder: Path | None = None, *, otherwise: Path | None = None) -> FontFiles:
    """Return the fonts, made first if they are missing or old; at once if they are there.

    Processes that ask together convert once. Made in `folder` (where set-up puts them
    when not given), or in `otherwise` when that folder cannot be written.

    :raises FontError: the source is missing, no folder can be written, or the conversion failed.
    """
    choices = [path for path in (folder or default_folder(), otherwise) if path is not None]
    for choice in choices:
        if are_current(FontFiles.within(choice)):
            return FontFiles.within(choice)
    target = next((choice for choice in choices if is_writable(choice)), None)
    if target is None:
        raise FontError(f"cannot write the fonts to {' or '.join(map(str, choices))}: make it writable")
    files = FontFiles.within(target)
    with only_one_process(target):
        if not are_current(files):
            convert_both(files)
    return files


def is_writable(folder: Path) -> bool:
    """Make a folder and tell whether files can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


@contextmanager
def only_one_process(folder: Path) -> Iterator[None]:
    """Keep other processes from converting into the same folder; ends with the process at the latest."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def convert_both(files: FontFiles) -> None:
    """Convert both weights side by side, then record what they were made from."""
    source = str(source_file())
    files.digest.unlink(missing_ok=True)
    children = [
        subprocess.Popen(  # noqa: S603  # our own module, our own interpreter, no shell
            [sys.executable, "-m", CONVERTER, source, str(weight), str(font), str(files.characters)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        for weight, font in ((REGULAR, files.regular), (BOLD, files.bold))
    ]
    try:
        for child in children:
            _, complaint = child.communicate(timeout=LONGEST_CONVERSION_SECONDS)
            if child.returncode:
                reason = (complaint.strip().splitlines() or [f"exit {child.returncode}"])[-1]
                raise FontError(f"the font was not converted: {reason}")
    except subprocess.TimeoutExpired:
        raise FontError(f"the font was not converted within {LONGEST_CONVERSION_SECONDS} s") from None
    finally:
        for child in children:
            child.kill()
            child.wait()
    record_source(files)


def record_source(files: FontFiles) -> None:
    """Write down what the files were made from; the last step, so that half a set never counts."""
    unfinished = files.digest.with_suffix(".unfinished")
    record = {"source": source_version(), "bytes": sizes_of(files)}
    unfinished.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(files.digest)


@functools.lru_cache(maxsize=4)
def covered_ranges(characters: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the first and the last code points of the runs that a font has, sorted."""
    ranges = json.loads(characters.read_text(encoding="ascii"))
    return tuple(first for first, _ in ranges), tuple(last for _, last in ranges)


@functools.lru_cache(maxsize=1)
def _there() -> FontFiles:
    """Return the fonts of this process: looked for once, not for each word that is to be printed."""
    return ensure()


def missing_characters(text: str, files: FontFiles | None = None) -> tuple[str, ...]:
    """Return the characters of a text that the font cannot print, each once, in their order.

    :raises FontError: as `ensure`.
    """
    firsts, lasts = covered_ranges((files or _there()).characters)
    missing = {}
    for character in text:
        place = bisect_right(firsts, ord(character)) - 1
        if place < 0 or ord(character) > lasts[place]:
            missing[character] = True
    return tuple(missing)


def main() -> int:
    """Make the fonts and say where they are; one line and exit 1 when that fails."""
    try:
        if not are_current(FontFiles.within(default_folder())):
            print("Converting the Chinese font, two weights, about a minute ...", flush=True)  # noqa: T201  # a command's output
        print(ensure().regular.parent)  # noqa: T201  # a command's output
    except (FontError, OSError) as error:
        print(f"fonts: {error}", file=sys.stderr)  # noqa: T201  # a command's output
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
