"""The check of a package before it is installed: all faults at once, none of its code run in this process."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from skillhub.plugins import discover, package
from skillhub.plugins import manifest as manifests
from skillhub.plugins.authoring import cases, rights, source
from skillhub.plugins.authoring.cases import Turned
from skillhub.plugins.authoring.findings import Finding, Rule, line_of, of_file
from skillhub.plugins.authoring.rights import Rights
from skillhub.plugins.bus import Bus
from skillhub.plugins.data import DataPlugin
from skillhub.plugins.discover import Candidate
from skillhub.plugins.errors import PackageInvalid
from skillhub.plugins.hooks import HOOKS, Policy
from skillhub.plugins.manifest import Manifest
from skillhub.plugins.rules import reading
from skillhub.plugins.rules.phrases import FILE as ENGLISH
from skillhub.plugins.workers import Pool
from skillhub.plugins.workers.faults import Fault

README = "README.md"
CODE = "__init__.py"
STARTS_WITHIN_SECONDS = 20.0


class CannotCheck(Exception):
    """Nothing can be said of the package: this machine, and not the package, is in the way."""


@dataclass(frozen=True)
class Report:
    """What a check has found; `turned` are the cases, `rights` is None as long as the manifest is wrong."""

    name: str
    version: str
    sha256: str
    findings: tuple[Finding, ...]
    turned: tuple[Turned, ...] = ()
    rights: Rights | None = None
    manifest: Manifest | None = None

    @property
    def fits(self) -> bool:
        """Whether the package may be installed: warnings do not keep it out."""
        return not any(each.is_error for each in self.findings)


def check(folder: Path, *, present: Iterable[Candidate] = ()) -> Report:
    """Check the package in a folder.

    :param present: what is installed already; a second package of one name would be left out.
    :raises CannotCheck: a worker cannot be started here.
    """
    name = folder.name
    try:
        sha256 = package.sha256(folder)
    except (PackageInvalid, OSError) as error:
        message = error.message if isinstance(error, PackageInvalid) else str(error)
        return Report(name, "", "", (Finding(".", 1, Rule.FILES, message),))
    try:
        manifest = manifests.load(folder)
    except PackageInvalid as error:
        return Report(name, "", sha256, (of_file(folder, error, Rule.MANIFEST),))
    findings = [*_names(folder, manifest, present), *_papers(folder)]
    code, reached = source.read(folder)
    findings += code
    has_code = package.has_code(folder)
    rated = rights.rate(manifest, reached, has_code=has_code)
    turned: list[Turned] = []
    try:
        data = DataPlugin(folder, manifest.settings)
    except PackageInvalid as error:
        findings.append(of_file(folder, error, Rule.RULES))
    else:
        findings += _translations(folder, data)
        if not any(each.is_error for each in code):
            more, turned = _asked(folder, manifest)
            findings += more
    ordered = tuple(sorted(set(findings), key=lambda each: (each.file, each.line, each.message)))
    return Report(manifest.name, manifest.version, sha256, ordered, tuple(turned), rated, manifest)


def _names(folder: Path, manifest: Manifest, present: Iterable[Candidate]) -> Iterable[Finding]:
    text = (folder / manifests.FILE).read_text(encoding="utf-8")
    line = line_of(text, "", "name")
    if manifest.name != folder.name:
        message = f"name is {manifest.name}, the folder {folder.name}; give both one name"
        yield Finding(manifests.FILE, line, Rule.NAME, message)
    for each in present:
        if each.name == manifest.name and (each.folder is None or each.folder.resolve() != folder.resolve()):
            message = f"{each.module} has the name {manifest.name} already; choose another"
            yield Finding(manifests.FILE, line, Rule.NAME, message)


def _papers(folder: Path) -> Iterable[Finding]:
    if not (folder / README).is_file():
        message = f"write {README}: for which district, by which notices, who looks after it"
        yield Finding(README, 1, Rule.README, message)
    path = folder / CODE
    try:
        told = ast.get_docstring(ast.parse(path.read_bytes())) if path.is_file() else None
    except (SyntaxError, ValueError, RecursionError):
        return  # said by whoever reads the code
    if not told:
        yield Finding(
            CODE, 1, Rule.README, f"write {CODE} with a docstring; its first line is the public name"
        )


def _translations(folder: Path, data: DataPlugin) -> Iterable[Finding]:
    wanted = data.rules.texts if data.rules else frozenset()
    rules = (folder / reading.FILE).read_text(encoding="utf-8") if data.rules else ""
    for text in sorted(wanted - data.translations.sources):
        message = f"“{text}” has no English; add it to {ENGLISH} under [texts]"
        yield Finding(reading.FILE, line_of(rules, text, ""), Rule.TRANSLATIONS, message)
    english = (folder / ENGLISH).read_text(encoding="utf-8") if (folder / ENGLISH).is_file() else ""
    for text in sorted(data.translations.sources - wanted):
        message = f"no rule has the text “{text}”; remove it or write it as the rule does"
        yield Finding(ENGLISH, line_of(english, text, ""), Rule.TRANSLATIONS, message)


def _asked(folder: Path, manifest: Manifest) -> tuple[list[Finding], list[Turned]]:
    """Load the package as the application would, its code behind the walls, and ask it its cases."""
    pool = Pool()
    bus = Bus(apart=pool)
    found = [Candidate(manifest.name, manifest.name, folder)]
    try:
        loaded = discover.load(bus, {manifest.name}, (), found=found if folder.name == manifest.name else ())
        if loaded.rejected:
            return [Finding(manifests.FILE, 1, Rule.LOADS, loaded.rejected[0].reason)], []
        if any(each.is_apart for each in loaded.plugins):
            try:
                if not pool.wait_ready(manifest.name, STARTS_WITHIN_SECONDS):
                    raise CannotCheck(f"no process for {manifest.name} within {STARTS_WITHIN_SECONDS:.0f} s")
            except Fault as fault:
                return [Finding(CODE, 1, Rule.LOADS, str(fault))], []
        return _cases(bus, folder, manifest)
    except OSError as error:
        raise CannotCheck(str(error)) from error
    finally:
        pool.close()


def _cases(bus: Bus, folder: Path, manifest: Manifest) -> tuple[list[Finding], list[Turned]]:
    path = folder / cases.FILE
    try:
        shared, read = cases.load(path)
    except PackageInvalid as error:
        return [of_file(folder, error, Rule.CASES)], []
    text = path.read_text(encoding="utf-8")
    settings = {each.key: each.default for each in manifest.settings}
    turned = [cases.run(bus, manifest.name, shared, case, settings) for case in read]
    findings: list[Finding] = []
    for each in turned:
        line = line_of(text, f"case {each.number}", "")
        if each.difference:
            findings.append(Finding(cases.FILE, line, Rule.CASES, f"“{each.name}”: {each.difference}"))
        budget = HOOKS[each.hook].budget_ms
        if each.seconds * 1000 > budget:
            message = f"“{each.name}”: took {each.seconds * 1000:.0f} ms, {each.hook} may take {budget} ms"
            findings.append(Finding(cases.FILE, line, Rule.BUDGET, message))
        for words in each.untranslated:
            message = f"“{each.name}”: answers “{words}” without its English"
            findings.append(Finding(cases.FILE, line, Rule.TRANSLATIONS, message))
    asked = {each.hook for each in turned}
    for hook in manifest.hooks:
        if HOOKS[hook].policy is Policy.DECIDE and hook not in asked:
            message = f"{hook} has no case; write one that an official can check"
            findings.append(Finding(cases.FILE, 1, Rule.CASES, message))
    return findings, turned
