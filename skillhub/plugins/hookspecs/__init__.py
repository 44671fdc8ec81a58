"""Every question that SkillHub asks its plugins, one module for each subject."""

from __future__ import annotations

from types import ModuleType

from skillhub.plugins.hookspecs import completion, jobs, subsidy

SUBJECTS: tuple[ModuleType, ...] = (completion, jobs, subsidy)

__all__ = ["SUBJECTS"]
