"""The forms of the pages as a browser reads them, and how each is filled in rightly."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask import Flask

from skillhub.activities.queries import activities
from skillhub.activities.rules import doors
from skillhub.base import clock
from skillhub.base.access import Role
from skillhub.testing.factories.base import LUNAN, SomePerson, id_number
from skillhub.testing.factories.fonts import font
from skillhub.testing.factories.packages import packed
from tests.contracts import calls
from tests.contracts.calls import Address, Things
from tests.contracts.stage import Stage
from tests.contracts.test_authz import ROWS


def _hall_code(activity: str) -> str:
    """Return the digits that the hall of an event shows now."""
    return doors.code(activities.door_key(activities.activity(activity).id), clock.now())


HIDDEN = ("csrf_token", "idempotency_key")


@dataclass
class Field:
    """One field of a form: of what kind, what stands in it, and what can be chosen."""

    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)

    @property
    def is_typed(self) -> bool:
        """Tell whether people type into it and want to see again what they typed."""
        return self.kind in ("text", "tel", "date", "time", "datetime-local", "textarea")


@dataclass
class Shown:
    """One form of a page."""

    action: str
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, str]:
        """What a browser sends if nothing is changed."""
        return {
            name: each.value
            for name, each in self.fields.items()
            if each.kind != "button" and (each.value or each.kind not in ("radio", "checkbox"))
        }


class Reader(HTMLParser):
    """Finds the forms of a page that write, and what is said to be wrong."""

    def __init__(self, text: str, path: str) -> None:
        super().__init__()
        self.forms: list[Shown] = []
        self.wrong: list[str] = []
        self._path = path
        self._form: Shown | None = None
        self._select = ""
        self._area = ""
        self._depth = 0
        self.feed(text)

    def to(self, path: str) -> list[Shown]:
        """Return the forms that are sent to an address."""
        return [each for each in self.forms if each.action.partition("?")[0] == path]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms, their fields, and where an error begins."""
        known = {name: value or "" for name, value in attrs}
        if tag == "form" and known.get("method", "get").lower() == "post":
            self._form = Shown(known.get("action") or self._path)
            self.forms.append(self._form)
        classes = known.get("class", "").split()
        if self._depth or "why" in classes or {"note", "bad"} <= set(classes):
            self._depth += tag not in ("input", "br")
            if self._depth == 1:
                self.wrong.append("")
        if self._form is not None:
            self._note(self._form.fields, tag, known, is_set="checked" in known or "selected" in known)

    def _note(self, fields: dict[str, Field], tag: str, known: Mapping[str, str], *, is_set: bool) -> None:
        name, kind = known.get("name", ""), known.get("type", "text")
        if tag == "input" and kind in ("radio", "checkbox"):
            one = fields.setdefault(name, Field(kind))
            one.options.append(known["value"])
            one.value = known["value"] if is_set else one.value
        elif tag == "input" and name:
            fields[name] = Field(kind, known.get("value", ""))
        elif tag == "button" and name:
            fields.setdefault(name, Field("button", known.get("value", "")))
        elif tag in ("select", "textarea"):
            fields[name] = Field(tag)
            self._select, self._area = (name, "") if tag == "select" else ("", name)
        elif tag == "option" and self._select:
            fields[self._select].options.append(known.get("value", ""))
            if is_set:
                fields[self._select].value = known.get("value", "")

    def handle_data(self, data: str) -> None:
        """Note what stands in a text area, and what an error says."""
        if self._form is not None and self._area:
            # The first line end belongs to the mark-up, not to the text.
            self._form.fields[self._area].value += data.removeprefix("\r\n").removeprefix("\n")
        if self._depth:
            self.wrong[-1] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        """Note where things end."""
        if tag == "form":
            self._form = None
        if tag in ("select", "textarea"):
            self._select = self._area = ""
        self._depth -= bool(self._depth)


def a_file() -> tuple[io.BytesIO, str]:
    """Return a file that can be imported; it is read once, so each sending has its own."""
    return io.BytesIO("名称,种类\n零工驿站甲,零工驿站\n".encode()), "站点.csv"


def a_font() -> tuple[io.BytesIO, str]:
    """Return a font that can be added, read once too."""
    return io.BytesIO(font("\U000300f7")), "补字.ttf"


def a_package() -> tuple[io.BytesIO, str]:
    """Return a package of rules; it is read once, so each sending has its own."""
    return io.BytesIO(packed("filled_town", district=LUNAN)), "规则包.zip"


FILLED: dict[str, Callable[[Things], dict[str, str]]] = {
    "activities.sign_in": lambda own: {"code": _hall_code(own["activity[quiet]"])},
    "activity_door.count_walk_ins": lambda own: {"walk_ins": "3"},
    "activity_door.door": lambda own: {"who": "18899990000"},
    "activity_door.remove": lambda own: {"reason": "点错了人"},
    "activity_office.cancel": lambda own: {"reason": "场地停电"},
    "activity_office.edit": lambda own: {"title": "秋季政策宣讲"},
    "activity_office.new": lambda own: {
        "title": "秋季政策宣讲",
        "kind": "policy_talk",
        "starts_at": "2025-11-20T09:00",
        "ends_at": "2025-11-20T11:00",
        "place": "市场大厅",
        "capacity": "150",
    },
    "attendance.session": lambda own: {"rows-0-state": "late", "rows-0-minutes": "150"},
    "batch_office.cancel": lambda own: {"reason": "报名的人太少"},
    "certificate_changes.correction": lambda own: {"name": "更正后", "reason": "姓名写错一个字"},
    "certificate_changes.erasure": lambda own: {"asked_on": "2025-11-09", "is_holder": "y"},
    "district_fonts.index": lambda own: {"file": a_font},
    "external.looking_up": lambda own: {"decision": "confirmed", "looked_up": "联网查询网站"},
    "external.mine": lambda own: calls.EXTERNAL,
    "external.of_person": lambda own: calls.EXTERNAL,
    "certificates.revocation": lambda own: {"reason": "查实代考"},
    "courses.new": lambda own: {
        "district": own["district"],
        "name": "家务服务",
        "trade": "家政",
        "occupation": "4-10-01-07",
        "level": "",
        "theory_hours": "4",
        "practice_hours": "8",
    },
    "credit.new_hire": lambda own: {
        "worker": own["person[unclaimed]"],
        "started_on": "2025-11-05",
        "ended_on": "2025-11-07",
        "pay_yuan": "540",
        "evidence": "工资条",
    },
    "credit.rating": lambda own: {"stars": "4", "comment": "守时"},
    "desk.home": lambda own: {"who": "18899990000"},
    "employers.employer": lambda own: {"on": "2025-11-09", "by": "工作人员", "result": "属实"},
    "employers.new": lambda own: {
        "kind": "employer",
        "name": "某家政公司（虚构）",
        "uscc": "91130202MADE00011R",
        "contact_name": "邓经理",
        "contact_phone": "0315-7654321",
    },
    "finding.find": lambda own: {"who": "18899990000"},
    "imports.file": lambda own: {"flagged": "skip", "skips_refused": "y"},
    "imports.index": lambda own: {"kind": "sites", "file": a_file, "has_consented": ""},
    "invitations.accept": lambda own: {
        "phone": own["phone of the invited"],
        "password": "correct horse battery staple",
    },
    "invitations.index": lambda own: {
        "name": "测试新人",
        "phone": "18899990002",
        "role": "desk",
        "organisation": "",
        "way": "print",
    },
    "messages.ask_mail": lambda own: {"mail": "zhou@example.cn"},
    "order_office.decision": lambda own: {"decision": "refused", "reason": "岗位不实"},
    "order_office.visit": lambda own: {"on": "2025-11-09", "result": "属实"},
    "organisations.index": lambda own: {
        "kind": "training_body",
        "name": "测试学校（虚构）",
        "uscc": "",
        "contact_name": "张老师",
        "contact_phone": "023-72237676",
    },
    "orders.new": lambda own: {
        "employer": own["employer"],
        "course": "",
        "trade": "家政",
        "heads": "8",
        "promised_jobs": "4",
        "wage_yuan": "180",
        "wage_unit": "day",
        "starts_on": "2025-12-10",
        "skills": "家务服务",
    },
    "password.change": lambda own: {"password": "correct horse battery staple"},
    "packages.index": lambda own: {"file": a_package},
    "plugins.plugin": lambda own: {"version": "1", "is_on": "y"},
    "recalls.index": lambda own: {"kind": "batch", "what": own["batch"], "border": "", "reason": "题目泄露"},
    "recalls.recall": lambda own: {"decision": "withdrawn"},
    "registration.person_new": lambda own: {
        "phone": "18899990001",
        "name": "测试新人",
        "id_type": "resident_id",
        "id_number": id_number(1, born="19760512"),
        "trade": "家政",
        "wish": "course",
        "groups": "登记失业",
        "consents": "y",
    },
    "results.results": lambda own: {"rows-0-theory": "80", "rows-0-practice": "80"},
    "rosters.decide": lambda own: {"decision": "refuse", "reason": "资料不全"},
    "rosters.enrol": lambda own: {"who": "18899990000"},
    "site_office.close": lambda own: {"reason": "合并"},
    "site_office.edit": lambda own: {
        "name": "新名",
        "address": "新址",
        "phone": "0315-7654321",
        "position": "118.17,39.63",
    },
    "site_office.move": lambda own: {"parent": "", "reason": "街道调整"},
    "site_office.new": lambda own: {
        "name": "某驿站",
        "address": "友谊街道2号",
        "phone": "0315-7654321",
        "position": "118.17,39.63",
    },
    "sign_in.enter": lambda own: {"phone": "18899990001", "code": "000000", "password": "", "next": ""},
    "staff.staff": lambda own: {
        "person": own["person"],
        "role": "employer",
        "organisation": own["employer"],
    },
    "subsidy.claim": lambda own: {"step": "return", "reason": "名册缺一页"},
    "teaching.cancel": lambda own: {"reason": "报名的人太少"},
    "teaching.change_seats": lambda own: {"seats": "7"},
    "teaching.move": lambda own: {"first_at": "2025-11-18T14:00"},
    "teaching.new": lambda own: {
        "order": "",
        "course": own["course"],
        "trainer": own["trainer"],
        "seats": "6",
        "opens_at": "2025-11-11T09:00",
        "closes_at": "2025-12-20T09:00",
        "place_name": "收纳工作室",
        "place_address": "友谊街道1号",
        "place_position": "118.17,39.63",
        "sessions-0-day": "2026-01-10",
        "sessions-0-starts": "09:00",
        "sessions-0-ends": "12:00",
        "sessions-0-part": "theory",
        "sessions-1-day": "2026-01-10",
        "sessions-1-starts": "13:00",
        "sessions-1-ends": "16:00",
        "sessions-1-part": "practice",
    },
}
"""What a person fills in, by endpoint; what a form shows and nobody changes is sent as it stands."""

BY = {
    "registration.person_new": Role.DESK,
    "attendance.session": Role.SCHOOL,
    "imports.file": Role.OFFICER,
    "imports.index": Role.OFFICER,
    "invitations.accept": None,
    "registration.register": None,
    "results.results": Role.SCHOOL,
    "sign_in.enter": None,
    "subsidy.claim": Role.OFFICER,
}
"""Who fills in a form that several roles may send, or nobody yet."""
UNFINISHED = ("attendance.session", "results.results")
"""Forms that are filled in before the certificates."""
ROWS_SHOWN = 1
"""How many rows of a form with many are tried."""


@dataclass(frozen=True)
class Paper:
    """One form of the pages: who sends it where, and what is right in it."""

    address: Address
    role: Role | None
    person: SomePerson | None
    path: str
    shown: Shown
    right: Mapping[str, str]

    @property
    def name(self) -> str:
        """The endpoint that takes it."""
        return self.address.endpoint

    def tried(self) -> Iterator[tuple[str, Field]]:
        """Yield the fields that are worth a try; of many equal rows the first ones."""
        for name, each in self.shown.fields.items():
            row = name.split("-")[1] if name.count("-") > 1 else "0"
            if name not in HIDDEN and (not row.isdigit() or int(row) < ROWS_SHOWN):
                yield name, each


def rows() -> list[dict[str, str]]:
    """Return the lines of the matrix that are forms of the pages."""
    return [row for row in ROWS if row["method"] == "POST" and "_api." not in row["endpoint"]]


def paper(stage: Stage, row: Mapping[str, str]) -> Paper | None:
    """Return the form of a line with what is right in it, None if no page shows it in this world."""
    address = calls.rule_of(stage.app, row["endpoint"], row["method"])
    first = next((role for role in Role if row[f"{role.value}_own"] == "ok"), None)
    role = BY.get(address.endpoint, first)
    person = stage.persons(stage.world.home)[role] if role else None
    stage.prepare(person, role or Role.TRAINEE)
    own = stage.world.home.objects
    things = calls.unfinished(own) if address.endpoint in UNFINISHED else own
    path = address.to(things)
    for place in _above(path):
        with stage.undone():
            page = stage.call("GET", place, person=person, role=role)
        if page.status_code == 200 and page.mimetype == "text/html":
            found = [each for each in Reader(page.text, place).to(path) if _fits(each, address)]
            if found:
                filled = FILLED[address.endpoint](things) if address.endpoint in FILLED else {}
                return Paper(address, role, person, path, found[0], {**found[0].values, **filled})
    return None


def _fits(form: Shown, address: Address) -> bool:
    step = form.fields.get("step")
    return step is None or address.endpoint != "subsidy.claim" or step.value == "return"


def _above(path: str) -> Iterator[str]:
    while path.strip("/"):
        yield path
        path = path.rpartition("/")[0]
    yield "/"


def places(app: Flask) -> int:
    """Return how many addresses take a form."""
    return sum(not each.is_json and each.method == "POST" for each in calls.addresses(app))
