"""Turns every error into an answer: a problem for programs, a calm page for people, a line in the log."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from flask import Flask, Response, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from werkzeug.exceptions import HTTPException, InternalServerError

from skillhub.base.db import translated
from skillhub.base.errors import Busy, FieldError, SkillHubError, Unauthenticated
from skillhub.config import Config
from skillhub.web import requests
from skillhub.web.api import answer

log = structlog.get_logger("skillhub.web")
PROBLEM = "application/problem+json"

TITLES: dict[int, LazyString] = {
    400: _l("请求有误"),
    401: _l("请先登录"),
    403: _l("没有这项权限"),
    404: _l("没有找到"),
    405: _l("这个地址不能这样用"),
    409: _l("现在不能这样办"),
    413: _l("内容太大"),
    415: _l("格式不对"),
    422: _l("有几处需要改"),
    429: _l("请过一会儿再试"),
    500: _l("出错了"),
    503: _l("请稍等再试"),
}
# What the server itself refuses: code and what to do next.
HTTP_ERRORS: dict[int, tuple[str, LazyString]] = {
    400: ("malformed", _l("这个请求读不懂。请返回上一页，刷新后再试。")),
    404: ("not_found", _l("这个地址下没有内容。请检查链接，或返回首页。")),
    405: ("method_not_allowed", _l("这个地址不接受这种请求。请返回上一页再试。")),
    408: ("timeout", _l("等得太久了。请再试一次。")),
    413: ("too_large", _l("内容太大了，最多1 MB。请分几次提交，或换小一些的文件。")),
    414: ("address_too_long", _l("这个地址太长了。请减少条件再试。")),
    415: ("unsupported_media_type", _l("这种格式收不了。请对照说明换一种。")),
    429: ("too_many", _l("试的次数太多了，请过一会儿再试。")),
    500: ("internal", _l("这里出了差错，不是您的问题。请过几分钟再试；还不行，请把下面的编号告诉窗口。")),
    503: ("busy", _l("现在办理的人多，请过几秒再试。您填的内容没有丢。")),
}
_STALE_FORM = _l("这一页打开太久了，或者您换过账号。请返回上一页，刷新后重新提交。")


@dataclass(frozen=True)
class _Trouble:
    """One error, ready to be shown."""

    status: int
    code: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


def install(app: Flask, config: Config) -> None:
    """Handle every error of this application."""
    app.extensions["skillhub.problem_base"] = config.public_url.rstrip("/") + "/api/docs#"
    app.logger.disabled = True  # its record of a failure holds values; `_fail` writes one without
    app.register_error_handler(SkillHubError, _expected)
    app.register_error_handler(HTTPException, _from_server)
    app.register_error_handler(DBAPIError, _from_database)
    app.register_error_handler(PoolEmpty, _from_pool)


def _expected(error: SkillHubError) -> ResponseReturnValue:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    if isinstance(error, Unauthenticated) and not requests.is_json() and request.method in ("GET", "HEAD"):
        return redirect(_sign_in())
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    errors = tuple(getattr(error, "errors", ()))
    return _answer(_Trouble(error.status, error.code, _text(error), errors, headers))


def _from_server(error: HTTPException) -> ResponseReturnValue:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if isinstance(error, InternalServerError):
        _fail(error.original_exception or error)
    code, detail = HTTP_ERRORS.get(
        status, HTTP_ERRORS[400] if status < HTTPStatus.INTERNAL_SERVER_ERROR else HTTP_ERRORS[500]
    )
    headers = {
        name: value
        for name, value in error.get_headers(request.environ)
        if name in ("Allow", "Retry-After", "WWW-Authenticate")
    }
    said = _STALE_FORM if isinstance(error, CSRFError) else detail
    return _answer(
        _Trouble(status, "stale_form" if isinstance(error, CSRFError) else code, str(said), (), headers)
    )


def _from_database(error: DBAPIError) -> ResponseReturnValue:
    known = translated(error)
    if isinstance(known, SkillHubError):
        requests.keep_bare()
        return _expected(known)
    raise error


def _from_pool(_error: PoolEmpty) -> ResponseReturnValue:
    requests.keep_bare()
    return _expected(Busy())


def _answer(trouble: _Trouble) -> Response:
    if requests.is_json():
        response = answer(_problem(trouble), trouble.status, PROBLEM)
    else:
        response = make_response(_page(trouble), trouble.status)
    response.headers.update(trouble.headers)
    return response


def _problem(trouble: _Trouble) -> dict[str, Any]:
    problem: dict[str, Any] = {
        "type": current_app.extensions["skillhub.problem_base"] + trouble.code,
        "title": _title(trouble.status),
        "status": trouble.status,
        "code": trouble.code,
        "detail": trouble.detail,
        "instance": request.path,
        "request_id": requests.request_id(),
    }
    if trouble.errors:
        problem["errors"] = [
            {"field": each.field, "code": each.code, "message": str(each.message)} for each in trouble.errors
        ]
    return problem


def _page(trouble: _Trouble) -> str:
    if trouble.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        requests.keep_bare()
    try:
        requests.person()
        requests.plate()
    except Exception:  # noqa: BLE001 (the page about an error must not fail for the same reason)
        requests.keep_bare()
    return render_template(
        "web/error.html",
        title=_title(trouble.status),
        trouble=trouble,
        request_id=requests.request_id(),
        sign_in=_sign_in(),
    )


def _title(status: int) -> str:
    return str(TITLES.get(status, TITLES[400] if status < HTTPStatus.INTERNAL_SERVER_ERROR else TITLES[500]))


def _text(error: SkillHubError) -> str:
    try:
        return error.text()
    except (KeyError, TypeError, ValueError):  # a message that names a fact it did not get
        return str(_("没有办成。请返回上一页再试一次。"))


def _sign_in() -> str:
    target = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else "/"
    return "/sign-in?next=" + quote(target, safe="/")


def _fail(error: BaseException) -> None:
    """Write down where it went wrong, without the values: they may be personal."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    log.error(
        "failed",
        request_id=requests.request_id(),
        method=request.method,
        endpoint=request.endpoint,
        error=type(error).__name__,
        where=[
            f"{frame.filename.rsplit('skillhub/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames
        ],
    )
