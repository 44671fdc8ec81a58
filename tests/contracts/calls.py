"""How each address is called: which thing its path names, and what its body or form says.

A row of `authz_matrix.csv` names an endpoint, and in square brackets one of the
words of its path or another thing than the usual one (``[draft]``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from flask import Flask
from werkzeug.routing import Rule

from skillhub.accounts.rules.consents import BASIC, CURRENT
from skillhub.base.access import Role
from skillhub.testing.factories.base import id_number
from tests.contracts.worlds import Corner

KINDS = {
    "activities": "activity",
    "applications": "application",
    "b": "short",
    "batches": "batch",
    "certificates": "certificate",
    "claims": "claim",
    "courses": "course",
    "districts": "district",
    "employers": "employer",
    "engagements": "engagement",
    "external-certificates": "external",
    "hires": "engagement",
    "imports": "import",
    "invitations": "invitation",
    "orders": "order",
    "people": "person",
    "people-roles": "grant",
    "packages": "package",
    "plugins": "plugin",
    "ratings": "rating",
    "recalls": "recall",
    "removal": "person",
    "sessions": "session",
    "sites": "site",
    "verify": "certificate",
    "work": "job",
}
"""Which kind of thing stands behind each word of an address."""

THINGS = {
    "activities.sign_in": "activity[quiet]",
    "activity_office.cancel": "activity[coming]",
    "activity_office.edit": "activity[coming]",
    "applications.accept": "application[offered]",
    "site_office.reopen": "site[closed]",
    "applications.apply": "batch[open]",
    "applications.decline": "application[offered]",
    "applications.withdraw": "application[open]",
    "applications_api.accept": "application[offered]",
    "applications_api.apply": "batch[open]",
    "applications_api.decline": "application[offered]",
    "applications_api.withdraw": "application[open]",
    "batch_office.cancel": "batch[open]",
    "batch_office.publish": "batch[draft]",
    "batches_api.patch_batch": "batch[open]",
    "batches_api.post_cancellation": "batch[open]",
    "batches_api.post_publication": "batch[draft]",
    "invitations.accept": "invitation[link]",
    "order_office.decision": "order[asked]",
    "order_office.visit": "order[asked]",
    "orders_api.post_approval": "order[asked]",
    "orders_api.post_visit": "order[asked]",
    "applications_api.decide": "application[review]",
    "rosters.decide": "application[review]",
    "rosters.enrol": "batch[open]",
    "rosters.no_show": "application[running]",
    "subsidy_api.post_step[submission]": "claim[returned]",
    "subsidy_api.post_step[objections]": "claim[approved]",
    "subsidy_api.post_step[payment]": "claim[approved]",
    "subsidy_api.post_step[clawback]": "claim[paid]",
    "teaching.cancel": "batch[open]",
    "teaching.change_seats": "batch[open]",
    "teaching.move": "batch[open]",
}
"""Addresses whose usual thing is in a state in which there is nothing to do."""

WORDS = {"chosen": "en", "filename": "base.css", "listed": "people", "number": "1", "part": "en.html"}
"""Parts of a path that name no thing of the world."""

_PART = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<options>[^)]*)\))?:)?(?P<name>\w+)>")
Things = Mapping[str, str]


@dataclass(frozen=True)
class Address:
    """One endpoint with one method, as the matrix names it."""

    name: str
    method: str
    rule: Rule

    @property
    def endpoint(self) -> str:
        """The endpoint without what stands in brackets."""
        return self.name.partition("[")[0]

    @property
    def variant(self) -> str:
        """What stands in brackets."""
        return self.name.partition("[")[2].rstrip("]")

    @property
    def is_json(self) -> bool:
        """Tell whether programs call it."""
        return self.rule.rule.startswith("/api/v1/")

    def to(self, things: Things) -> str:
        """Return the path to the thing in question among these."""

        def filled(part: re.Match[str]) -> str:
            if part["kind"] == "any":
                return self.variant
            if part["name"] in WORDS:
                return WORDS[part["name"]]
            word = self.rule.rule[: part.start()].rstrip("/").rpartition("/")[2]
            return quote(things[self._kind(word)])

        return _PART.sub(filled, self.rule.rule)

    def with_name(self, name: str) -> str:
        """Return the path with this in the place of every name."""
        return _PART.sub(lambda part: self.variant if part["kind"] == "any" else name, self.rule.rule)

    def _kind(self, word: str) -> str:
        kind = KINDS[word]
        special = THINGS.get(self.name, "")
        if special.startswith(kind):
            return special
        named = f"{kind}[{self.variant}]"
        return named if self.variant in ("draft", "asked") else kind


def addresses(app: Flask) -> Iterator[Address]:
    """Yield every endpoint and method of the application; each word that a path allows stands alone."""
    for rule in app.url_map.iter_rules():
        options = [
            option.strip()
            for part in _PART.finditer(rule.rule)
            if part["kind"] == "any"
            for option in part["options"].split(",")
        ]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for name in [f"{rule.endpoint}[{option}]" for option in options] or [rule.endpoint]:
                yield Address(name, method, rule)


def rule_of(app: Flask, name: str, method: str) -> Address:
    """Return the address that a row of the matrix names."""
    found = next(
        each for each in addresses(app) if each.endpoint == name.partition("[")[0] and each.method == method
    )
    return replace(found, name=name)


def near(role: Role, home: Corner, neighbour: Corner) -> Things:
    """Return what belongs to others of the same district, of the same class or school where there is such."""
    things = dict(neighbour.objects)
    if role is Role.TRAINEE:
        things |= {
            kind: home.objects[f"{kind}[classmate]"]
            for kind in ("application", "certificate", "engagement", "person", "rating")
        }
    if role is Role.TRAINER:
        taught = {kind: home.objects[f"{kind}[colleague]"] for kind in ("application", "batch", "session")}
        things |= taught | {"application[open]": taught["application"], "batch[open]": taught["batch"]}
    return things


def unfinished(things: Things) -> Things:
    """Return the same things with the class that has no certificates yet: its record can be written."""
    return {**things, **{kind: things[f"{kind}[colleague]"] for kind in ("application", "batch", "session")}}


def _plan(day: str) -> list[dict[str, str]]:
    return [
        {"starts_at": f"{day}T09:00:00+08:00", "ends_at": f"{day}T12:00:00+08:00", "part": "theory"},
        {"starts_at": f"{day}T13:00:00+08:00", "ends_at": f"{day}T16:00:00+08:00", "part": "practice"},
    ]


def _marks(receipt: str) -> list[dict[str, Any]]:
    return [{"receipt": receipt, "theory": 80, "practice": 80}]


BODIES: dict[str, Callable[[Role, Things, Things], Any]] = {
    "applications_api.apply": lambda role, own, their: (
        {"channel": "web"}
        if role is Role.TRAINEE
        else {"person": own["person[classmate]"], "channel": "desk"}
    ),
    "applications_api.decide": lambda role, own, their: {"decision": "refuse", "reason": "资料不全"},
    "attendance_api.record": lambda role, own, their: [
        {"receipt": their["application"], "state": "late", "minutes": 150}
    ],
    "batches_api.post_batch": lambda role, own, their: {
        "course": their["course"],
        "seats": 6,
        "mode": "first_come",
        "opens_at": "2025-11-11T09:00:00+08:00",
        "closes_at": "2025-12-20T09:00:00+08:00",
        "sessions": _plan("2026-01-10"),
        "place": {"name": "收纳工作室", "address": "友谊街道1号"},
        "trainer": own["trainer"],
    },
    "batches_api.patch_batch": lambda role, own, their: {"seats": 7},
    "batches_api.post_cancellation": lambda role, own, their: {"reason": "报名的人太少"},
    "certificates_api.revoke": lambda role, own, their: {"reason": "查实代考"},
    "courses_api.post_course": lambda role, own, their: {
        "district": their["district"],
        "name": "家务服务",
        "trade": "家政",
        "theory_hours": 8,
        "practice_hours": 12,
    },
    "credit_api.post_engagement": lambda role, own, their: {
        "worker": their["person"],
        "employer": their["employer"],
        "started_on": "2025-11-05",
        "ended_on": "2025-11-07",
        "pay_fen": 54_000,
    },
    "credit_api.post_rating": lambda role, own, their: {"stars": 4},
    "credit_api.post_removal": lambda role, own, their: {"reason": "记错了人"},
    "orders_api.post_order": lambda role, own, their: {
        "district": their["district"],
        "employer": their["employer"],
        "trade": "家政",
        "heads": 8,
        "skills": ["家务服务"],
        "wage_fen": 18_000,
        "wage_unit": "day",
        "starts_on": "2025-12-10",
        "promised_jobs": 4,
    },
    "orders_api.post_visit": lambda role, own, their: {"on": "2025-11-09", "result": "属实"},
    "orders_api.post_approval": lambda role, own, their: {"decision": "refused", "reason": "岗位不实"},
    "people_api.register": lambda role, own, their: {
        "name": "测试新人",
        "id_type": "resident_id",
        "id_number": id_number(1, born="19760512"),
        "phone": "18899990001",
        "consents": [{"purpose": BASIC, "text_version": CURRENT[BASIC].version}],
    },
    "plugins_api.switch": lambda role, own, their: {"enabled": True, "settings": {}, "version": 1},
    "results_api.record": lambda role, own, their: _marks(their["application"]),
    "sign_in_api.enter": lambda role, own, their: {"phone": "18899990001"},
    "sign_in_api.send_code": lambda role, own, their: {"phone": "18899990001"},
    "subscriptions_api.subscribe": lambda role, own, their: (
        {} if role is Role.TRAINEE else {"person": own["person[classmate]"]}
    ),
    "subsidy_api.post_preview": lambda role, own, their: {"person": their["person"], "batch": their["batch"]},
    "subsidy_api.post_claim": lambda role, own, their: {
        "batch": their["batch"],
        "person": their["person[unclaimed]"],
    },
    "subsidy_api.post_step": lambda role, own, their: {"reason": "名册缺一页"},
}
"""What a program sends, by endpoint: right in itself, about the things of `their` corner."""

EXTERNAL = {
    "number": "S000044000001255000002",
    "issuer": "市家庭服务业协会",
    "trade": "家政服务员",
    "issued_on": "2025-06-01",
}
"""A certificate of others as somebody copies it from the paper."""

FORMS: dict[str, Callable[[Role, Things, Things], dict[str, str]]] = {
    "activities.sign_in": lambda role, own, their: {"code": "000000"},
    "activity_door.count_walk_ins": lambda role, own, their: {"walk_ins": "3", "version": "1"},
    "activity_door.remove": lambda role, own, their: {"person": their["person"], "reason": "点错了人"},
    "activity_door.sign_in": lambda role, own, their: {
        "person": own["person[unclaimed]"],
        "method": "document",
    },
    "activity_office.cancel": lambda role, own, their: {"reason": "场地停电"},
    "employers.employer": lambda role, own, their: {"on": "2025-11-09", "by": "工作人员", "result": "属实"},
    "site_office.close": lambda role, own, their: {"reason": "合并", "version": "1"},
    "site_office.edit": lambda role, own, their: {"name": "新名", "version": "1"},
    "site_office.move": lambda role, own, their: {"parent": "", "reason": "调整", "version": "1"},
    "site_office.reopen": lambda role, own, their: {"version": "2"},
    "attendance.session": lambda role, own, their: {
        "rows-0-receipt": their["application"],
        "rows-0-state": "late",
        "rows-0-minutes": "150",
    },
    "batch_office.cancel": lambda role, own, their: {"reason": "报名的人太少"},
    "certificate_changes.correction": lambda role, own, their: {
        "name": "更正后",
        "course": "家务服务",
        "reason": "姓名写错一个字",
    },
    "certificate_changes.erasure": lambda role, own, their: {"asked_on": "2025-11-09", "is_holder": "y"},
    "external.looking_up": lambda role, own, their: {"decision": "confirmed", "looked_up": "联网查询网站"},
    "external.mine": lambda role, own, their: EXTERNAL,
    "external.of_person": lambda role, own, their: EXTERNAL,
    "certificates.of_batch": lambda role, own, their: {"receipts": their["application"]},
    "certificates.revocation": lambda role, own, their: {"reason": "查实代考"},
    "recalls.index": lambda role, own, their: {"kind": "batch", "what": own["batch"], "reason": "题目泄露"},
    "recalls.recall": lambda role, own, their: {"decision": "withdrawn"},
    "credit.new_hire": lambda role, own, their: {"worker": their["person"]},
    "credit.rating": lambda role, own, their: {"stars": "4"},
    "order_office.decision": lambda role, own, their: {"decision": "refused", "reason": "岗位不实"},
    "order_office.visit": lambda role, own, their: {"on": "2025-11-09", "result": "属实"},
    "password.change": lambda role, own, their: {"password": "correct horse battery staple"},
    "results.results": lambda role, own, their: {
        "rows-0-receipt": their["application"],
        "rows-0-theory": "80",
        "rows-0-practice": "80",
    },
    "rosters.decide": lambda role, own, their: {"decision": "refuse", "reason": "资料不全"},
    "rosters.enrol": lambda role, own, their: {
        "person": own["person[classmate]"],
        "consent": "by_phone",
    },
    "staff.staff": lambda role, own, their: {
        "person": own["person"],
        "role": "employer",
        "organisation": their["employer"],
    },
    "subsidy.claim": lambda role, own, their: (
        {"step": "return", "reason": "名册缺一页"} if role is Role.OFFICER else {"step": "submission"}
    ),
    "teaching.cancel": lambda role, own, their: {"reason": "报名的人太少"},
    "teaching.change_seats": lambda role, own, their: {"seats": "7"},
    "teaching.move": lambda role, own, their: {"first_at": "2025-11-18T14:00"},
}
"""What a person sends with a form, by endpoint; a form that is not listed is sent empty."""


def body(address: Address, role: Role, own: Things, their: Things) -> Any:
    """Return what goes with a call."""
    made = (BODIES if address.is_json else FORMS).get(address.endpoint)
    return made(role, own, their) if made is not None else None
