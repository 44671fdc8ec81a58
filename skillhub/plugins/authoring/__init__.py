"""What authors of plugins have: the check before install, the scaffold, case tables, the hook reference."""

from __future__ import annotations
