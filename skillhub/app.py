"""The composition root: the only module that knows every other one. It registers, it decides nothing."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType

from flask import Blueprint, Flask
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from sqlalchemy import Engine, NullPool, create_engine

from skillhub import wiring
from skillhub.base import clock, clock_row, i18n, seal, work
from skillhub.base.db import WEB_WAIT_MS, WORKER_WAIT_MS, db, guard, let_go
from skillhub.config import Config
from skillhub.courses.queries import glance
from skillhub.web import requests, shell

PACKAGE = Path(__file__).parent
FEATURES = (
    "accounts",
    "districts",
    "activities",
    "imports",
    "courses",
    "credentials",
    "credit",
    "jobs",
    "subsidy",
    "reports",
    "demo",
)
LARGEST_BODY = 1024 * 1024
GLANCE_SECONDS = 1.0
"""So old may the figures be on a page that thousands look at; what decides is never read from there."""


def create_app(config: Config, *, is_worker: bool = False, inline_work: bool = False) -> Flask:
    """Build the application from its settings; read no environment.

    :param is_worker: the background worker may wait longer for the database than a page.
    :param inline_work: keep background work in this process (tests).
    :raises skillhub.base.seal.KeyProblem: a key is missing or readable by others.
    """
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(_flask_settings(config))
    app.extensions["skillhub.config"] = config
    app.extensions["skillhub.keyring"] = keyring = seal.load(config.keys_folder)
    app.secret_key = keyring.session
    db.init_app(app)
    app.teardown_appcontext(let_go)  # before Flask-SQLAlchemy's own, which would raise
    with app.app_context():
        guard(db.engine, wait_ms=WORKER_WAIT_MS if is_worker else WEB_WAIT_MS)
        if config.is_movable:
            clock.use_source(clock_row.source(_clock_engine(config), config.start))
    Babel(
        app,
        default_locale=i18n.SOURCE,
        default_timezone="Asia/Shanghai",
        locale_selector=requests.locale,
        default_translation_directories=";".join(str(folder) for folder in _catalogues()),
    )
    csrf = CSRFProtect(app)
    shell.init_app(app, config)
    _add_templates(app)
    for module in rooms():
        _register(app, csrf, module)
    work.init_app(app, config, inline=inline_work)
    glance.init_app(app, seconds=0.0 if inline_work else GLANCE_SECONDS)
    wiring.connect(app, config)
    return app


def _flask_settings(config: Config) -> dict[str, object]:
    secure = config.is_https
    return {
        "SQLALCHEMY_DATABASE_URI": config.database,
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "SESSION_COOKIE_NAME": "__Host-skillhub-form" if secure else "skillhub-form",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": secure,
        "JSON_AS_ASCII": False,
    }


def _clock_engine(config: Config) -> Engine:
    """Return an engine of the clock's own: it is read in the middle of other transactions."""
    return create_engine(config.database, poolclass=NullPool)  # asked twice a second at most


def _catalogues() -> Iterator[Path]:
    for folder in (PACKAGE / "translations", PACKAGE.parent / "translations"):
        if folder.is_dir():
            yield folder


def _add_templates(app: Flask) -> None:
    folders = [PACKAGE / feature / "templates" for feature in ("web", *FEATURES)]
    app.jinja_loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.autoescape = True


def rooms() -> Iterator[ModuleType]:
    """Yield the modules `views`, `api` and `cli` of every feature, and their subjects."""
    for feature in FEATURES:
        package = importlib.import_module(f"skillhub.{feature}")
        for room in ("views", "api", "cli"):
            name = f"{package.__name__}.{room}"
            if not any(found.name == room for found in pkgutil.iter_modules(package.__path__)):
                continue
            module = importlib.import_module(name)
            yield module
            for subject in pkgutil.iter_modules(getattr(module, "__path__", ())):
                yield importlib.import_module(f"{name}.{subject.name}")


def _register(app: Flask, csrf: CSRFProtect, module: ModuleType) -> None:
    blueprint = getattr(module, "bp", None)
    if isinstance(blueprint, Blueprint):
        app.register_blueprint(blueprint)
        if (blueprint.url_prefix or "").startswith("/api/"):
            csrf.exempt(blueprint)  # bearer tokens only: JSON addresses never accept the session cookie
    for command in getattr(module, "commands", ()):
        app.cli.add_command(command)
