"""Reads a JSON body or a query string into its shape, and says exactly what cannot be right."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar, cast

from flask import request
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, TypeAdapter, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from skillhub.base import texts
from skillhub.base.errors import FieldError, Invalid, Malformed, SkillHubError
from skillhub.web.api import words
from skillhub.web.api.shapes import Shape

LARGEST_BODY = 1024 * 1024
LARGEST_NUMBER = 2**31 - 1  # what an integer column holds on every database
Read = TypeVar("Read")
_YEARS = range(1900, 2200)  # beyond them arithmetic with dates fails, and nobody means them
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")


class UnsupportedMediaType(SkillHubError):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"
    status = 415
    message = _l("请用 Content-Type: application/json 提交。")


class _Nothing(Shape):
    """The body of an address that asks for none."""


class _Repeated(ValueError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


def read(shape: type[Read]) -> Read:
    """Return the request's body as this shape (`list[…]` of a shape where the body is an array).

    Call it after the object that the address names has been loaded, so that who may
    not see it learns nothing from the answer.

    :raises UnsupportedMediaType: the body is not JSON by its header.
    :raises Malformed: broken JSON, an unknown or repeated member, a wrong JSON type.
    :raises Invalid: a member is missing, out of range or in a wrong text form.
    """
    _check_media_type()
    raw = request.get_data(cache=True)
    if request.content_length is None and len(raw) >= LARGEST_BODY:
        raise RequestEntityTooLarge  # a body without a stated length is cut off there
    parsed, unstorable = _parsed(raw)
    _check(unstorable)
    try:
        found = _adapter(cast("Any", shape)).validate_json(raw, strict=True)
    except ValidationError as error:
        raise _refusal(error) from None
    _check(list(_mistimed(found, parsed, ())))
    return cast("Read", found)


def nothing() -> None:
    """Read the body of an address that asks for none: there is no body, or one without members.

    :raises Malformed: something was sent that nobody reads.
    """
    if request.get_data(cache=True):
        read(_Nothing)


def query(shape: type[Read]) -> Read:
    """Return the query string as this shape; texts are read as numbers where the shape wants them.

    :raises Malformed: an unknown or repeated parameter.
    :raises Invalid: a value cannot be right.
    """
    values = request.args.to_dict()
    _check(list(_unstorable(values, ())))
    try:
        found = _adapter(cast("Any", shape)).validate_strings(values, strict=False)
    except ValidationError as error:
        raise _refusal(error) from None
    _check(list(_mistimed(found, values, ())))
    return cast("Read", found)


@lru_cache(maxsize=256)
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _check_media_type() -> None:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in ("utf-8", "utf8"):
        raise UnsupportedMediaType


def _parsed(raw: bytes) -> tuple[object, list[FieldError]]:
    """Return what the body says, and what of it cannot be kept; both give up on what is nested too deep."""
    try:
        parsed = json.loads(raw.decode(), object_pairs_hook=_members, parse_constant=_no_constant)
        return parsed, list(_unstorable(parsed, ()))
    except _Repeated as error:
        raise Malformed(
            (FieldError(error.name, "repeated_member", _l("这一项写了两次，请只留一次。")),)
        ) from None
    except UnicodeDecodeError:
        raise _broken(str(_l("请用UTF-8编码。"))) from None
    except json.JSONDecodeError as error:
        raise _broken(
            str(_l("第%(line)s行第%(column)s个字符处不是JSON。", line=error.lineno, column=error.colno))
        ) from None
    except (ValueError, RecursionError):
        raise _broken(str(_l("不是可以读的JSON：层次太深，或数字太长。"))) from None


def _broken(message: str) -> Malformed:
    return Malformed((FieldError(words.WHOLE_BODY, "broken_json", message),))


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members: dict[str, object] = {}
    for name, value in pairs:
        if name in members:
            raise _Repeated(name)
        members[name] = value
    return members


def _no_constant(text: str) -> object:
    raise ValueError(text)


def _unstorable(value: object, at: tuple[object, ...]) -> Iterator[FieldError]:
    """Find what no database takes and no reader sees, and numbers beyond the integers of a column."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _unstorable(each, (*at, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _unstorable(each, (*at, index))
    elif isinstance(value, str):
        if texts.is_hidden(value):
            yield FieldError(words.path(at), *words.UNSTORABLE)
    elif isinstance(value, int | float) and abs(value) > LARGEST_NUMBER:
        yield FieldError(words.path(at), *words.TOO_LARGE)


def _mistimed(found: object, raw: object, at: tuple[object, ...]) -> Iterator[FieldError]:
    """Find times in a form that pydantic takes and we do not: seconds since 1970, no zone."""
    if isinstance(found, BaseModel) and isinstance(raw, dict):
        for name in found.model_fields_set:
            alias = type(found).model_fields[name].alias or name
            yield from _mistimed(getattr(found, name), raw.get(alias), (*at, alias))
    elif isinstance(found, list | tuple) and isinstance(raw, list):
        for index, (each, part) in enumerate(zip(found, raw, strict=True)):
            yield from _mistimed(each, part, (*at, index))
    elif isinstance(found, datetime):
        if not _INSTANT.fullmatch(str(raw)) or found.tzinfo is None or found.year not in _YEARS:
            yield FieldError(words.path(at), *words.INSTANT)
    elif isinstance(found, date) and (not _DAY.fullmatch(str(raw)) or found.year not in _YEARS):
        yield FieldError(words.path(at), *words.DAY)


def _check(errors: list[FieldError]) -> None:
    if errors:
        raise Invalid(*errors)


def _refusal(error: ValidationError) -> Malformed | Invalid:
    formats, values = words.sorted_out(error.errors(include_url=False))
    return Malformed(formats) if formats else Invalid(*values)
