"""The web server: gunicorn with settings that were measured (docs/decisions/0003-web-server.md).

The modules are imported before the processes are forked, the application is built
after it, so that no two processes share a database connection.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from prometheus_client import multiprocess

from skillhub.app import create_app
from skillhub.command import ready
from skillhub.config import Config

WORKER_CLASS = "gthread"
THREADS = 8
TIMEOUT_SECONDS = 60
GRACE_SECONDS = 20
KEEPALIVE_SECONDS = 5


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with our settings; each web process builds the application for itself."""

    def __init__(self, config: Config) -> None:
        self._config = config
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        for name, value in server_settings(self._config).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the application, in each process."""
        return create_app(self._config)


def server_settings(config: Config) -> dict[str, Any]:
    """Return gunicorn's settings."""
    return {
        "bind": f"{ready.HOST}:{config.port}",
        "workers": int(config.web_workers),
        "worker_class": WORKER_CLASS,
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
        "child_exit": forget_process,
    }


def forget_process(_server: object, worker: Any) -> None:
    """Take a process that has ended out of the gauges; its counts stay."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # the library types it no further
