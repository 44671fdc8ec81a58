"""Declarative rules: named conditions and amounts in CEL over the facts of a hook and dated parameters."""

from __future__ import annotations

from skillhub.plugins.rules.book import RuleBook, load, read

__all__ = ["RuleBook", "load", "read"]
