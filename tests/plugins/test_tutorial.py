"""The tutorial for authors is done here, command by command, so that it cannot be out of date."""

from __future__ import annotations

import re
import runpy
import shlex
import sys
from pathlib import Path

from click.testing import CliRunner

from skillhub.command import main

PAGE = Path(__file__).parents[2] / "docs" / "plugins" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def typed(line):
    """Return what a command prints."""
    program, *arguments = shlex.split(line)
    if program == "skillhub":
        return CliRunner().invoke(main, arguments, prog_name="skillhub").output
    assert (program, arguments[:3]) == ("python", ["-m", "pytest", "-q"])
    return f"{passed(Path(arguments[3]))} passed"


def passed(project):
    """Run a package's own tests here, as starting pytest anew takes longer than all the rest."""
    sys.path.insert(0, str(project.resolve()))
    try:
        (path,) = (project / "tests").glob("test_*.py")
        tests = [each for name, each in runpy.run_path(str(path)).items() if name.startswith("test_")]
        for each in tests:
            each()
    finally:
        sys.path.remove(str(project.resolve()))
    return len(tests)


def run(text):
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, expected = part.partition("\n")
        said = typed(line)
        assert expected.strip() in said, f"{line}\n{said}"


def test_the_tutorial_is_as_it_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) == 9

    for kind, file, text in blocks:
        path = tmp_path / file
        if kind == "console":
            run(text)
        elif kind == "toml":
            path.write_text(text, encoding="utf-8")
        elif kind == "append":
            path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
        else:
            lines = text.splitlines()
            old, new = "\n".join(lines[: len(lines) // 2]), "\n".join(lines[len(lines) // 2 :])
            whole = path.read_text(encoding="utf-8")
            assert old in whole
            path.write_text(whole.replace(old, new), encoding="utf-8")
