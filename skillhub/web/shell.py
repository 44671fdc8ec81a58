"""Puts the web floor into an application: order matters, so it is written down once, here."""

from __future__ import annotations

import logging
import sys

import structlog
from flask import Flask, Response, request, url_for
from jinja2 import StrictUndefined

from skillhub.base import clock
from skillhub.config import Config, Profile
from skillhub.web import assets, errors, gate, headers, health, menus, paths, progress, requests, views, words


def init_app(app: Flask, config: Config) -> None:
    """Install errors, headers, filters, health and the pages of the house."""
    _log_as_json()
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension("jinja2.ext.do")
    words.install(app)
    errors.install(app, config)
    headers.install(app, config)
    gate.install(app)
    health.install(app, config)
    progress.install(app)
    app.register_blueprint(views.bp)
    app.after_request(_wrong_form_is_422)
    _offer(app, config)


def _offer(app: Flask, config: Config) -> None:
    """Give templates what the head and foot of every page show."""
    app.jinja_env.globals |= {
        "static": assets.static,
        "here": requests.here,
        "reader": Reader(is_demo=config.profile == Profile.DEMO),
    }


class Reader:
    """What the head and foot of a page say about who reads it, asked only when the page is drawn."""

    def __init__(self, *, is_demo: bool) -> None:
        """Remember whether everything shown is fictitious."""
        self.is_demo = is_demo

    @property
    def person(self) -> requests.SignedIn | None:
        """The person who is signed in."""
        return None if requests.is_bare() else requests.person()

    @property
    def plate(self) -> requests.Plate | None:
        """The district that the page wears."""
        return requests.plate()

    @property
    def menu(self) -> tuple[menus.Entry, ...]:
        """The main pages of the reader's role."""
        return () if requests.is_bare() else menus.shown(requests.actor())

    @property
    def others(self) -> tuple[tuple[object, menus.Entry], ...]:
        """The homes of the reader's other roles."""
        return () if requests.is_bare() else menus.others(requests.actor())

    @property
    def is_english(self) -> bool:
        """Tell whether the page is in English."""
        return words.is_english()

    @property
    def moved_clock(self) -> object:
        """The instant that the demonstration's clock shows, None when it is the real one."""
        return clock.now() if not requests.is_bare() and clock.is_moved() else None

    def language(self, chosen: str) -> str:
        """Return the address that shows this page in another language."""
        target = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return url_for("web.language", chosen=chosen, next=paths.own(target))


def _wrong_form_is_422(response: Response) -> Response:
    if response.status_code == 200 and request.method == "POST" and requests.here().has_form_errors:  # noqa: PLR2004 (a page with errors)
        response.status_code = 422
    return response


def _log_as_json() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),  # stdout is for a command's result
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
