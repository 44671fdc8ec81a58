"""The first look at a request: its number, its size, and characters that nothing behind can take."""

from __future__ import annotations

from flask import Flask, g, request
from flask_babel import lazy_gettext as _l

from skillhub.base import audit
from skillhub.base.errors import FieldError, Malformed, NotFound
from skillhub.web import requests
from skillhub.web.api import LARGEST_BODY
from skillhub.web.api.reading import LARGEST_NUMBER

_larger: dict[str, int] = {}


def allow(endpoint: str, most: int) -> None:
    """Let the body of a page's form be larger than others (a file): so many bytes, and not one more."""
    _larger[endpoint] = most


def install(app: Flask) -> None:
    """Look at each request before anything else does (the CSRF check reads the form)."""
    app.before_request_funcs.setdefault(None, []).insert(0, _look)
    app.teardown_request(_leave)


def _look() -> None:
    audit.request_id.set(requests.request_id())
    for left in ("csrf_token", "csrf_valid"):  # of an earlier request in the same application context
        g.pop(left, None)
    if requests.is_json():
        request.max_content_length = LARGEST_BODY
        _refuse_repeated()
    elif request.endpoint in _larger and request.method == "POST":
        request.max_content_length = _larger[request.endpoint]
    _refuse_unstorable()


def _leave(_error: BaseException | None) -> None:
    audit.request_id.set(None)


def _refuse_repeated() -> None:
    repeated = [name for name, values in request.args.lists() if len(values) > 1]
    if repeated:
        said = _l("这个参数写了两次，请只留一次。")
        raise Malformed(tuple(FieldError(name, "repeated_member", said) for name in repeated))


def _refuse_unstorable() -> None:
    numbers = (value for value in (request.view_args or {}).values() if isinstance(value, int))
    if "\0" in request.path or any(number > LARGEST_NUMBER for number in numbers):
        raise NotFound
    wrong = [name for name, value in request.args.items(multi=True) if "\0" in name or "\0" in value]
    if not requests.is_json():
        wrong += [name for name, value in request.form.items(multi=True) if "\0" in name or "\0" in value]
    if wrong:
        said = _l("含有不能保存的字符，请删去后重新输入。")
        raise Malformed(tuple(FieldError(name.replace("\0", ""), "wrong_form", said) for name in wrong))
