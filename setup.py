"""The only place that adds to a wheel what does not lie in a package: the compiled message catalogues.

Everything else about the build stands in setup.cfg.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


def catalogues() -> dict[Path, Path]:
    """Return where each catalogue goes inside the wheel."""
    core = {
        path: "skillhub" / path.relative_to(ROOT) for path in ROOT.glob("translations/*/LC_MESSAGES/*.po")
    }
    contrib = ROOT.glob("plugins_contrib/*/translations/*/LC_MESSAGES/*.po")
    return core | {path: path.relative_to(ROOT) for path in contrib}


class BuildWithCatalogues(build_py):
    """Build the packages, then compile the catalogues into them; in a checkout bin/bootstrap.py compiles."""

    def run(self) -> None:
        """Copy the packages and compile the catalogues."""
        super().run()
        if self.editable_mode:
            return
        for source, target in catalogues().items():
            compiled = (Path(self.build_lib) / target).with_suffix(".mo")
            compiled.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as text, compiled.open("wb") as binary:
                write_mo(binary, read_po(text))


setup(cmdclass={"build_py": BuildWithCatalogues})
