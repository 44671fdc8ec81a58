"""The only place that speaks with an SMS gateway: one JSON body by HTTP POST for each message."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skillhub.base import egress
from skillhub.base.post import Down, Later, Never, Outcome, Parcel, Taken

TURNED_AWAY = frozenset({401, 402, 403, 404, 405, 407})
"""The gateway does not know us, or we have the wrong address: that is no fault of the message."""
OVERLOADED = frozenset({429, 502, 503, 504})
TIMED_OUT = 408
LONGEST_REST_SECONDS = 900.0
_ID = re.compile(r"[\w.:-]{1,80}", re.ASCII)
_PLACE = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True)
class SmsGateway:
    """A gateway as the operator has described it: address, headers and body with places to fill in.

    `accepted` are members that the answer must have (many gateways answer 200 and
    say in the body that they refuse); `id_member` names the gateway's own number.
    """

    url: str
    headers: Mapping[str, str]
    body: Any
    allowed: egress.Allowed
    secret: str = field(default="", repr=False)
    accepted: Mapping[str, Any] = field(default_factory=dict)
    id_member: str = ""
    whole_seconds: float = egress.WHOLE_SECONDS

    def send(self, parcel: Parcel) -> Outcome:
        """Hand one message over."""
        values = {"to": parcel.to, "text": parcel.text, "id": parcel.id, "secret": self.secret}
        headers = {name: filled(value, values) for name, value in self.headers.items()}
        headers |= {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": parcel.id,
            "Connection": "close",
        }
        body = json.dumps(filled(self.body, values), ensure_ascii=False).encode()
        try:
            answer = egress.post(
                self.url, body=body, headers=headers, allowed=self.allowed, whole_seconds=self.whole_seconds
            )
        except (egress.EgressRefused, egress.Unreachable) as error:
            return Down(error.code)
        return self._outcome(answer)

    def _outcome(self, answer: egress.Answer) -> Outcome:
        status, code = answer.status, str(answer.status)
        if 200 <= status < 300:  # noqa: PLR2004 (HTTP)
            return self._accepted(answer.body, code)
        if status in TURNED_AWAY or status in OVERLOADED or status < 400:  # noqa: PLR2004 (a redirect)
            return Down(code, _seconds(answer.retry_after))
        if status >= 500 or status == TIMED_OUT:  # noqa: PLR2004 (HTTP)
            return Later(code)
        return Never(code)

    def _accepted(self, body: bytes, code: str) -> Outcome:
        try:
            said = json.loads(body)
        except ValueError:
            said = None
        members = said if isinstance(said, dict) else {}
        if any(members.get(name) != value for name, value in self.accepted.items()):
            return Later("not_accepted")
        number = str(members.get(self.id_member, "")) if self.id_member else ""
        return Taken(code, number if _ID.fullmatch(number) else None)


def filled(template: Any, values: Mapping[str, str]) -> Any:
    """Fill in the places of all texts of a JSON value; what is filled in is never looked at again."""
    if isinstance(template, str):
        return _PLACE.sub(lambda place: values[place[1]], template)
    if isinstance(template, list):
        return [filled(each, values) for each in template]
    if isinstance(template, dict):
        return {name: filled(each, values) for name, each in template.items()}
    return template


def places(template: Any) -> set[str]:
    """Return the names of all places of a JSON value."""
    if isinstance(template, str):
        return set(_PLACE.findall(template))
    if isinstance(template, list | dict):
        inner = template.values() if isinstance(template, dict) else template
        return {name for each in inner for name in places(each)}
    return set()


def _seconds(retry_after: str | None) -> float | None:
    text = (retry_after or "").strip()
    return min(float(text), LONGEST_REST_SECONDS) if text.isascii() and text.isdigit() else None
