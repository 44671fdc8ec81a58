"""What a plugin author imports in tests: conformance checks, and case tables that an official can sign."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from skillhub.plugins import discover, manifest, package
from skillhub.plugins.authoring import cases, checking
from skillhub.plugins.bus import Bus
from skillhub.plugins.data import DataPlugin
from skillhub.plugins.discover import Candidate
from skillhub.plugins.workers import Pool


def load_alone(package: ModuleType) -> Bus:
    """Return a bus with this one package, its code trusted; an assertion says why it does not fit."""
    return _loaded(package, Bus(), is_trusted=True)


@contextmanager
def load_apart(package: ModuleType) -> Iterator[Bus]:
    """Give a bus with this one package, its code in a process of its own behind the walls."""
    pool = Pool()
    try:
        bus = _loaded(package, Bus(apart=pool), is_trusted=False)
        if pool.holds(name_of(package)):
            assert pool.wait_ready(name_of(package)), f"no process for {name_of(package)}"
        yield bus
    finally:
        pool.close()


def name_of(package: ModuleType) -> str:
    """Return the name of a package as a plugin."""
    return package.__name__.rpartition(".")[2]


def folder_of(package: ModuleType) -> Path:
    """Return the folder that a package lies in."""
    assert package.__file__, f"{package.__name__} has no file"
    return Path(package.__file__).parent


def data_of(package: ModuleType) -> DataPlugin:
    """Return the compiled data of a package: its parameters, rules and feed."""
    folder = folder_of(package)
    return DataPlugin(folder, manifest.load(folder).settings)


def check_plugin(package: ModuleType) -> None:
    """Assert what every plugin owes us: what `skillhub plugins check` finds wrong is told line by line."""
    report = checking.check(folder_of(package))
    wrong = [f"{each.file}:{each.line}: {each.message}" for each in report.findings if each.is_error]
    assert not wrong, "\n".join(wrong)


def run_cases(package: ModuleType, path: Path) -> int:
    """Ask a package each case of a TOML table, compare what the case names, and return their number.

    Code is asked twice: in this process, and in a process of its own behind the walls.

    ``[facts.<hook>]`` holds what all cases of a hook share; a case's own ``facts`` lie over it, ``without``
    takes some away, ``settings`` are what is set. ``answer`` names members of the answer, ``unmet`` the codes
    of all lines or reasons that do not hold; a case with neither expects no answer.
    """
    number = _run(load_alone(package), package, path, "")
    if has_code(package):
        with load_apart(package) as bus:
            _run(bus, package, path, " (in the worker)")
    return number


def has_code(module: ModuleType) -> bool:
    """Tell whether a package has code, which runs in a worker."""
    return package.has_code(folder_of(module))


def _run(bus: Bus, package: ModuleType, path: Path, where: str) -> int:
    declared = manifest.load(folder_of(package)).settings
    settings = {each.key: each.default for each in declared}
    shared, read = cases.load(path)
    turned = [cases.run(bus, name_of(package), shared, case, settings) for case in read]
    wrong = [f"{each.name}{where}: {each.difference}" for each in turned if each.difference]
    assert not wrong, "\n".join(wrong)
    return len(turned)


def _loaded(package: ModuleType, bus: Bus, *, is_trusted: bool) -> Bus:
    name = name_of(package)
    found = [Candidate(name, package.__name__, folder_of(package))]
    rejected = discover.load(bus, {name}, {name} if is_trusted else (), found=found).rejected
    assert not rejected, str(rejected[0])
    return bus
