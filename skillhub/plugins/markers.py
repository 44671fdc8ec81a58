"""The two marks by which hooks and their implementations are recognised."""

from __future__ import annotations

import pluggy

PROJECT = "skillhub"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
