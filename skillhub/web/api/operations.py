"""The decorators of JSON views: who may call, what it is called in the document, and that it happens once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, ParamSpec

from flask import Response, request
from flask_babel import LazyString

from skillhub.base.access import Scope, require_scope
from skillhub.base.errors import Unauthenticated
from skillhub.web import once, requests
from skillhub.web.api import reading
from skillhub.web.api.shapes import Shape, answer

P = ParamSpec("P")
MARK = "skillhub_operation"


@dataclass(frozen=True)
class Operation:
    """What the document says of one address and method."""

    summary: str | LazyString
    scope: Scope | None
    body: Any
    query: type[Shape] | None
    answer: Any
    status: int
    is_public: bool
    is_writing: bool
    media_type: str
    description: str


@dataclass(frozen=True)
class Outcome:
    """What a writing view did: the reference of the result, and the status if it is not the usual one.

    `shown`: what `show` would make of the reference, where the view knows it already.
    """

    reference: str
    status: int | None = None
    shown: Shape | None = None


@dataclass(frozen=True)
class _Written:
    shown: Shape | Response
    status: int | None
    is_replay: bool


Answer = Shape | Response | _Written


def operation(
    summary: str | LazyString,
    *,
    scope: Scope | None,
    answer: Any,
    body: Any = None,
    query: type[Shape] | None = None,
    status: int = 200,
    public: bool = False,
    media_type: str = "application/json",
) -> Callable[[Callable[P, Answer]], Callable[P, Response]]:
    """Guard a JSON view and describe it: a good token (unless `public`) that was made for `scope`.

    :param answer: the shape of the answer, None where there is no JSON (a PDF, a CSV: name its `media_type`).
    :param body: the shape that the view reads; it reads it itself, after loading what it is about.
    """

    def decorate(view: Callable[P, Answer]) -> Callable[P, Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
            if not public:
                _require_token(scope)
            return _response(view(*args, **kwargs), status)

        if body is None and hasattr(view, "skillhub_writes"):
            view.skillhub_reads_nothing = True  # type: ignore[attr-defined]  # read by `writing`
        described = Operation(
            summary=summary,
            scope=scope,
            body=body,
            query=query,
            answer=answer,
            status=status,
            is_public=public,
            is_writing=hasattr(view, "skillhub_writes"),
            media_type=media_type,
            description=(view.__doc__ or "").strip(),
        )
        setattr(guarded, MARK, described)
        return guarded

    return decorate


def writing(
    show: Callable[[str], Shape | Response],
    kept_by: once.Kept | None = None,
) -> Callable[[Callable[P, str | Outcome]], Callable[P, Answer]]:
    """Let a writing view happen once for each Idempotency-Key.

    The view returns the reference of what came of it (the one that its service
    `refer()`red to); `show` makes the answer of a reference, the first time and every
    time the call is repeated, with the rights of that moment.

    :param kept_by: how the service finds a call whose key it keeps itself (see `once.carry_out`).
    """

    def decorate(view: Callable[P, str | Outcome]) -> Callable[P, Answer]:
        def act(*args: P.args, **kwargs: P.kwargs) -> str | Outcome:
            if hasattr(kept, "skillhub_reads_nothing"):
                reading.nothing()
            return view(*args, **kwargs)

        @wraps(view)
        def kept(*args: P.args, **kwargs: P.kwargs) -> Answer:
            done = once.carry_out(_call(), partial(act, *args, **kwargs), kept_by=kept_by)
            if isinstance(done, once.Replayed):
                return _Written(show(done.reference), 200, is_replay=True)
            if isinstance(done, str):
                return _Written(show(done), None, is_replay=False)
            return _Written(done.shown or show(done.reference), done.status, is_replay=False)

        kept.skillhub_writes = True  # type: ignore[attr-defined]  # read by `operation` for the document
        return kept

    return decorate


def _require_token(scope: Scope | None) -> None:
    actor = requests.actor()
    if actor.is_anonymous:
        raise Unauthenticated
    if scope is not None:
        require_scope(actor, scope)


def _call() -> Any:
    actor = requests.actor()
    who = "anybody" if actor.person_id is None else f"person:{actor.person_id}"
    body = request.query_string + b"\n" + request.get_data(cache=True)
    return once.call(
        actor=who, key=request.headers.get("Idempotency-Key"), body_sha256=hashlib.sha256(body).hexdigest()
    )


def _response(result: Answer, status: int) -> Response:
    if isinstance(result, Response):
        return result
    if isinstance(result, Shape):
        return answer(result, status)
    shown = result.shown
    response = shown if isinstance(shown, Response) else answer(shown, result.status or status)
    if result.is_replay:
        response.headers["Idempotency-Replayed"] = "true"
    return response
