"""Runs the code of plugins that nobody vouches for in processes of their own, behind walls."""

from __future__ import annotations

from skillhub.plugins.workers.pool import Pool

__all__ = ["Pool"]
