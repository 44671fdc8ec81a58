"""Checks every package that is here or installed, and runs its own tests: what a change would break."""

from __future__ import annotations

import subprocess
import sys

from skillhub.plugins import discover
from skillhub.plugins.authoring import checking


def main(arguments: list[str]) -> int:
    """Check all, then run all their tests; return 0 when everything is right."""
    folders = [each.folder for each in discover.candidates() if each.folder is not None]
    wrong = 0
    for folder in folders:
        report = checking.check(folder)
        wrong += not report.fits
        for each in report.findings:
            sys.stdout.write(f"{folder.name}/{each.file}:{each.line}: {each.message}\n")
        sys.stdout.write(f"{report.name} {report.version}: {len(report.turned)} cases\n")
    tests = [str(folder / "tests") for folder in folders if (folder / "tests").is_dir()]
    command = [sys.executable, "-m", "pytest", "-q", *tests, *arguments]
    return max(int(wrong > 0), subprocess.run(command, check=False).returncode if tests else 0)  # noqa: S603 (our own interpreter on packages that are installed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
