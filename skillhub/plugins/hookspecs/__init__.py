"""Every question that SkillHub asks its plugins, one module for each subject."""

from __future__ import annotations

from types import ModuleType

from skillhub.plugins.hookspecs import admission, completion, jobs, subsidy

SUBJECTS: tuple[ModuleType, ...] = (admission, completion, jobs, subsidy)

__all__ = ["SUBJECTS"]
