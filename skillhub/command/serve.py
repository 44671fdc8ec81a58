"""`skillhub serve`: the web server, gunicorn with settings that were measured (docs/decisions/0003-web-server.md)."""

from __future__ import annotations

import dataclasses
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from skillhub.app import create_app
from skillhub.command import orphan, ready, settings, start_clock
from skillhub.config import Config

THREADS = 4
TIMEOUT_SECONDS = 60
GRACE_SECONDS = 20
KEEPALIVE_SECONDS = 5


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with our settings; each web process builds the application for itself.

    The modules are imported before the processes are forked, the application is
    built after it, so that no two processes share a database connection.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        for name, value in server_settings(self._config).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the application (in each process)."""
        return create_app(self._config)


def server_settings(config: Config) -> dict[str, Any]:
    """Return gunicorn's settings."""
    return {
        "bind": f"{ready.HOST}:{config.port}",
        "workers": int(config.web_workers),
        "worker_class": "gthread",
        "threads": THREADS,
        "timeout": TIMEOUT_SECONDS,
        "graceful_timeout": GRACE_SECONDS,
        "keepalive": KEEPALIVE_SECONDS,
        "loglevel": "warning",
        "proc_name": "skillhub-web",
        "control_socket_disable": True,
        # The public address is a setting; no header of a stranger may change it.
        "forwarded_allow_ips": "",
        "secure_scheme_headers": {},
    }


@click.command(short_help="启动网页服务。")
@orphan.follow_option
def serve(parent: int | None) -> None:
    """启动网页服务（gunicorn），只监听 127.0.0.1，端口由 PORT 决定。"""
    config = settings.read()
    ready.data_folder(config)
    ready.port(config)
    ready.database(config)
    if config.start is not None:
        start_clock.restart(config)
        config = dataclasses.replace(config, now="")  # the row says it now, to every process alike
    orphan.follow(parent)
    click.echo(f"SkillHub 网页服务：http://{ready.HOST}:{config.port}")
    Server(config).run()
