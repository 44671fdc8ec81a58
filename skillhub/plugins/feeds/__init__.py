"""Declarative job feeds: a district's own file and field names, translated into postings."""

from __future__ import annotations

from skillhub.plugins.feeds.reader import FeedReader, load, read

__all__ = ["FeedReader", "load", "read"]
