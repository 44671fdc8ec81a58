"""Shapes of JSON bodies and answers: closed, strict, and written in one way."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import Enum
from typing import Annotated, Any, Generic, TypeVar

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from skillhub.base.paging import Page

MEDIA_TYPE = "application/json; charset=utf-8"
Item = TypeVar("Item")
Code = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
"""What names something else; where there is nothing to name the member is null or left out, never empty."""


class Shape(BaseModel):
    """Base of every JSON body and answer: no member that is not named, no value of another JSON type."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        ser_json_inf_nan="strings",
    )


class Listing(Shape, Generic[Item]):
    """One page of a list; `next` goes into ``?after=`` for the following page and is null on the last."""

    items: list[Item]
    next: str | None


def listed(page: Page[Any], shape: Callable[[Any], Item]) -> Listing[Item]:
    """Return a page of rows as a page of shapes."""
    return Listing[Item](items=[shape(row) for row in page.items], next=page.next)


def answer(value: object, status: int = 200, media_type: str = MEDIA_TYPE) -> Response:
    """Return a shape, or plain values, as a JSON response."""
    body = json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(body + "\n", status=status, content_type=media_type)


def plain(value: object) -> object:
    """Return what JSON can hold: instants as RFC 3339 in UTC with Z, dates as YYYY-MM-DD."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="python", by_alias=True)
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("naive datetime in an answer")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
