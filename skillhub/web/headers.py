"""The headers of every answer: what a browser may load, keep and tell others."""

from __future__ import annotations

from flask import Flask, Response, request

from skillhub.config import Config
from skillhub.web import requests

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
WITH_OWN_SCRIPT = f"{POLICY}; script-src 'self'; connect-src 'self'; worker-src 'self'"
"""For the few pages that run a script of ours; they work without it too."""
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ONE_YEAR = "max-age=31536000; includeSubDomains"
STATIC = "web.static"
FOR_ALL = "Access-Control-Allow-Origin"


def install(app: Flask, config: Config) -> None:
    """Send the headers with every answer, errors included."""

    @app.after_request
    def _send(response: Response) -> Response:
        response.headers.extend(
            {name: value for name, value in _ALWAYS.items() if name not in response.headers}
        )
        if config.is_https:
            response.headers["Strict-Transport-Security"] = _ONE_YEAR
        response.headers["X-Request-Id"] = requests.request_id()
        if request.endpoint == STATIC:
            _keep_for_long(response)
        elif response.headers.get(FOR_ALL) == "*" and response.status_code < 400:  # noqa: PLR2004 (no error)
            pass  # the same for everybody and every program: nobody's cookie matters to it
        else:
            _keep_private(response)
        return response


def _keep_for_long(response: Response) -> None:
    if response.status_code == 200 and request.args.get("v"):  # noqa: PLR2004 (the address names the content)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"


def _keep_private(response: Response) -> None:
    response.vary.update(("Accept-Language", "Authorization" if requests.is_json() else "Cookie"))
    is_somebodys = requests.is_known() or "Authorization" in request.headers
    if is_somebodys or response.status_code >= 500:  # noqa: PLR2004 (an error must not be kept)
        response.headers["Cache-Control"] = "no-store"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
