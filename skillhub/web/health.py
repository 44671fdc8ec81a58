"""Whether we live, whether we can work, and how busy we are: for supervisors and not for people."""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Callable

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from skillhub.base import clock
from skillhub.base.errors import NotFound
from skillhub.config import Config
from skillhub.web.api import answer

CHECKS = "skillhub.checks"
TOLD_ONLY = "skillhub.checks_told_only"
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
_NOT_READY = 503

bp = Blueprint("health", __name__)
registry = CollectorRegistry()
_answers = Counter(
    "skillhub_http_answers_total",
    "Answers by endpoint, method and status.",
    ("endpoint", "method", "status"),
    registry=registry,
)
_seconds = Histogram(
    "skillhub_http_seconds",
    "Time from request to answer.",
    ("endpoint",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    registry=registry,
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def install(app: Flask, config: Config) -> None:
    """Serve the three addresses and count every answer."""
    app.extensions.setdefault(CHECKS, {})
    app.extensions["skillhub.clock_is_movable"] = config.is_movable
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_count)
    app.register_blueprint(bp)


def add_check(app: Flask, name: str, check: Callable[[], str | None], *, is_needed: bool = True) -> None:
    """Ask `check` for readiness: None when all is well, else a short reason without personal data.

    :param is_needed: without it nobody is to be sent here; else the reason is told and that is all.
    """
    app.extensions.setdefault(CHECKS, {})[name] = check
    if not is_needed:
        app.extensions.setdefault(TOLD_ONLY, set()).add(name)


@bp.get("/healthz")
def healthz() -> Response:
    """Tell that this process answers."""
    return answer({"status": "ok"})


@bp.get("/readyz")
def readyz() -> Response:
    """Tell whether everything is there that the work needs, and if not, what is missing."""
    found = {name: _reason(check) for name, check in current_app.extensions[CHECKS].items()}
    told_only = current_app.extensions.get(TOLD_ONLY, set())
    is_ready = not any(reason for name, reason in found.items() if name not in told_only)
    body: dict[str, object] = {
        "ready": is_ready,
        "checks": {name: reason or "ok" for name, reason in found.items()},
    }
    if current_app.extensions["skillhub.clock_is_movable"] and not found.get("database"):
        body["clock"] = clock.now()
    return answer(body, 200 if is_ready else _NOT_READY)


@bp.get("/metrics")
def metrics() -> Response:
    """Return the counts for Prometheus, to this machine only.

    :raises NotFound: the question comes from elsewhere, or through a proxy.
    """
    if not _is_from_here():
        raise NotFound
    source = registry
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):  # several processes: the counts of all of them
        source = CollectorRegistry()
        MultiProcessCollector(source)  # type: ignore[no-untyped-call]  # prometheus_client types it no further
    return Response(generate_latest(source), content_type=CONTENT_TYPE_LATEST)


def _reason(check: Callable[[], str | None]) -> str | None:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 (a check that breaks is a reason, not a crash)
        return type(error).__name__


def _is_from_here() -> bool:
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _begin() -> None:
    g.began = time.monotonic()


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    method = request.method if request.method in _METHODS else "other"
    _answers.labels(endpoint, method, str(response.status_code)).inc()
    _seconds.labels(endpoint).observe(time.monotonic() - g.get("began", time.monotonic()))
    return response
