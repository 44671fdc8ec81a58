"""A plugin made of TOML alone: its hook methods work out ``rules.toml`` and ``feed.toml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from skillhub.plugins import feeds, rules
from skillhub.plugins.errors import PackageInvalid
from skillhub.plugins.feeds.reader import FILE as FEED_FILE
from skillhub.plugins.markers import PROJECT, hookimpl
from skillhub.plugins.parameters import FILE as PARAMETERS_FILE
from skillhub.plugins.parameters import Parameters
from skillhub.plugins.rules.phrases import Translations
from skillhub.plugins.rules.reading import ALLOCATION, COMPLETION, ELIGIBILITY, SUBSIDY
from skillhub.plugins.rules.reading import FILE as RULES_FILE
from skillhub.plugins.settings import Setting, Value
from skillhub.plugins.types import (
    AllocationPlan,
    Attendance,
    Background,
    Batch,
    Certificate,
    Chances,
    CompletionDecision,
    Course,
    EligibilityDecision,
    Engagement,
    FeedDrop,
    FeedResult,
    Marks,
    Person,
    SubsidyDecision,
)

FEED = "read_job_feed"
Settings = Mapping[str, Value]


class DataPlugin:
    """The data of one package, compiled; only the hooks that its files speak to become its members."""

    def __init__(self, folder: Path, settings: Sequence[Setting] = ()) -> None:
        """Compile what lies in a folder.

        :param settings: what can be set of the package; its rules read them as ``s.key``.
        """
        has_parameters = (folder / PARAMETERS_FILE).exists()
        self.parameters = Parameters.load(folder) if has_parameters else Parameters({})
        self.translations = Translations.load(folder)
        self.rules = None
        self.feed = None
        self.hooks: dict[str, Any] = {}
        if (folder / RULES_FILE).exists():
            self.rules = rules.load(folder, self.parameters, self.translations, settings)
            defaults: Settings = {each.key: each.default for each in settings}
            made = {
                SUBSIDY: _subsidy,
                COMPLETION: _completion,
                ELIGIBILITY: _eligibility,
                ALLOCATION: _allocation,
            }
            self.hooks.update({hook: made[hook](self.rules, defaults) for hook in self.rules.hooks})
        if (folder / FEED_FILE).exists():
            self.feed = feeds.load(folder)
            self.hooks[FEED] = _feed(self.feed)
        vars(self).update(self.hooks)


def together(module: object, data: DataPlugin) -> object:
    """Return one plugin of a package that has data and code: the module's hooks beside those of its files.

    :raises PackageInvalid: both answer the same hook.
    """
    both = SimpleNamespace(**data.hooks)
    for name, value in vars(module).items():
        if hasattr(value, f"{PROJECT}_impl"):
            if name in data.hooks:
                raise PackageInvalid(RULES_FILE, f"{name} is answered by the code as well; remove one")
            setattr(both, name, value)
    return both


def _subsidy(book: rules.RuleBook, defaults: Settings) -> Any:
    @hookimpl
    def decide_subsidy(
        *,
        person: Person,
        course: Course,
        batch: Batch,
        attendance: Attendance,
        marks: Marks,
        certificate: Certificate | None,
        engagement: Engagement | None,
        chances: Chances,
        on: date,
        settings: Settings,
    ) -> SubsidyDecision | None:
        facts = {
            "person": person,
            "course": course,
            "batch": batch,
            "attendance": attendance,
            "marks": marks,
            "certificate": certificate,
            "engagement": engagement,
            "chances": chances,
            "on": on,
            "settings": {**defaults, **settings},
        }
        return book.subsidy(facts, on)

    return decide_subsidy


def _completion(book: rules.RuleBook, defaults: Settings) -> Any:
    @hookimpl
    def decide_completion(
        course: Course, attendance: Attendance, marks: Marks, on: date, settings: Settings
    ) -> CompletionDecision | None:
        facts = {
            "course": course,
            "attendance": attendance,
            "marks": marks,
            "on": on,
            "settings": {**defaults, **settings},
        }
        return book.completion(facts, on)

    return decide_completion


def _eligibility(book: rules.RuleBook, defaults: Settings) -> Any:
    @hookimpl
    def decide_eligibility(
        *,
        person: Person,
        course: Course,
        batch: Batch,
        background: Background,
        chances: Chances,
        on: date,
        settings: Settings,
    ) -> EligibilityDecision | None:
        facts = {
            "person": person,
            "course": course,
            "batch": batch,
            "background": background,
            "chances": chances,
            "on": on,
            "settings": {**defaults, **settings},
        }
        return book.eligibility(facts, on)

    return decide_eligibility


def _allocation(book: rules.RuleBook, defaults: Settings) -> Any:
    @hookimpl
    def allocation_plan(
        *, course: Course, batch: Batch, on: date, settings: Settings
    ) -> AllocationPlan | None:
        facts = {"course": course, "batch": batch, "on": on, "settings": {**defaults, **settings}}
        return book.allocation(facts, on)

    return allocation_plan


def _feed(reader: feeds.FeedReader) -> Any:
    @hookimpl
    def read_job_feed(drop: FeedDrop) -> FeedResult | None:
        return reader.read(drop)

    return read_job_feed
