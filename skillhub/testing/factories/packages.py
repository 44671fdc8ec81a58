"""Packages of data as a district is sent them: the scaffold, packed, with whatever a test wants otherwise."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from skillhub.plugins.authoring import scaffold


def packed(
    name: str, *, district: str, title: str = "某区", changes: Mapping[str, tuple[str, str]] | None = None
) -> bytes:
    """Return the zip file of a new package.

    :param changes: by the file's path in the package, what is replaced by what.
    """
    with tempfile.TemporaryDirectory() as folder:
        scaffold.write(name, into=Path(folder), district=district, title=title)
        root = Path(folder) / name
        for file, (old, new) in (changes or {}).items():
            path = root / name / file
            text = path.read_text(encoding="utf-8")
            assert old in text, f"{file} has no {old}"
            path.write_text(text.replace(old, new), encoding="utf-8")
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            for path in sorted((root / name).rglob("*")):
                archive.write(path, path.relative_to(root).as_posix())
    return written.getvalue()
