"""Which languages there are, and how the reader's is chosen."""

from __future__ import annotations

from flask import has_request_context, request, session

LANGUAGES = {"zh": "zh_Hans", "en": "en"}
SOURCE = "zh_Hans"


def reader_language() -> str:
    """Return the locale of this request: chosen, else asked for by the browser, else Chinese."""
    if not has_request_context():
        return SOURCE
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return LANGUAGES[chosen]
    best = request.accept_languages.best_match(["zh", "zh-CN", "zh-Hans", "en"], default="zh")
    return LANGUAGES[best[:2]]


def in_api_language() -> str:
    """Return the locale for JSON: what the caller asks for, else Chinese."""
    best = request.accept_languages.best_match(["zh", "zh-CN", "zh-Hans", "en"], default="zh")
    return LANGUAGES[best[:2]]
