"""The only place that says how the facts of a certificate stand in an Open Badge, there and back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from skillhub.credentials.rules import wording
from skillhub.credentials.rules.facts import Facts
from skillhub.credentials.vc import did
from skillhub.credentials.vc.shapes import (
    Achievement,
    Badge,
    Body,
    Criteria,
    Identity,
    Profile,
    Result,
    ResultDescription,
    StatusEntry,
    Subject,
)

CHINA = ZoneInfo("Asia/Shanghai")  # the day on the paper is a day in China, wherever it is read
SPACE = uuid.UUID("6f1f6f0e-5c1b-5d53-9d0f-0d8f1c3f7a52")  # names become the same opaque ids everywhere
Kind = Literal["RawScore", "ext:classHours"]
NAMED: Mapping[str, tuple[str, Kind]] = {
    "hours": ("培训课时", "ext:classHours"),
    "theory_hours": ("理论课时", "ext:classHours"),
    "practice_hours": ("实操课时", "ext:classHours"),
    "theory": ("理论成绩", "RawScore"),
    "practice": ("实操成绩", "RawScore"),
}
"""Each result: the member of the facts, its name on paper, its kind."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a credential stands: on which host, under which id, at which bit of which list."""

    host: str
    public_id: str
    subject: str
    list_number: int
    index: int


def credential_address(host: str, public_id: str) -> str:
    """Return the id of a credential, which is where people can look it up."""
    return f"https://{host}/verify/{public_id}"


def list_address(host: str, number: int) -> str:
    """Return the id of a status list, which is where it is fetched."""
    return f"https://{host}/credentials/status/{number}"


def instant(moment: datetime) -> str:
    """Return an instant as credentials write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unsigned(facts: Facts, place: Place) -> dict[str, Any]:
    """Return the credential of a certificate, without a proof.

    :raises pydantic.ValidationError: a fact cannot stand in a credential (a control character, say).
    """
    listed = list_address(place.host, place.list_number)
    made = Badge(
        id=credential_address(place.host, place.public_id),
        name=wording.paper(facts).title,
        issuer=Profile(id=did.of_host(place.host), name=facts.body),
        valid_from=instant(datetime.combine(facts.issued_on, time(), CHINA)),
        credential_subject=Subject(
            id=place.subject,
            identifier=[
                Identity(identity_hash=facts.name, identity_type="name"),
                Identity(identity_hash=facts.identity_last4, identity_type="ext:identityLast4"),
            ],
            activity_start_date=_midnight(facts.starts_on),
            activity_end_date=_midnight(facts.ends_on),
            license_number=facts.number,
            term=facts.batch,
            result=[
                Result(result_description=_kind(name), value=str(value))
                for name, value in _results(facts).items()
            ],
            achievement=_achievement(facts),
        ),
        credential_status=StatusEntry(
            id=f"{listed}#{place.index}",
            status_list_index=str(place.index),
            status_list_credential=listed,
        ),
    )
    return made.plain()


def _achievement(facts: Facts) -> Achievement:
    note = f"（{wording.FICTITIOUS}）" if facts.is_fictitious else ""
    version = wording.version_of(facts)
    return Achievement(
        id=_opaque("achievement", facts.body, facts.course, facts.trade, facts.level or ""),
        name=facts.course,
        description=wording.paper(facts).not_a_level + note + (f"更正换发：{version}。" if version else ""),
        criteria=Criteria(narrative=wording.sentence(facts)),
        achievement_type="CertificateOfCompletion",
        creator=Body(id=_opaque("body", facts.body), name=facts.body),
        field_of_study=facts.trade,
        specialization=facts.level_name,
        result_description=[
            ResultDescription(id=_kind(name), name=NAMED[name][0], result_type=NAMED[name][1])
            for name in _results(facts)
        ],
    )


def _results(facts: Facts) -> dict[str, int]:
    known = {name: getattr(facts, name) for name in NAMED}
    return {name: value for name, value in known.items() if value is not None}


def _kind(name: str) -> str:
    return _opaque("result", name)


def _opaque(*names: str) -> str:
    return f"urn:uuid:{uuid.uuid5(SPACE, chr(0).join(names))}"


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a credential says, to be compared with the paper line by line."""

    public_id: str
    number: str
    name: str
    identity_last4: str
    course: str
    trade: str
    level_name: str | None
    starts_on: date
    ends_on: date
    body: str
    issued_on: date
    batch: str
    results: Mapping[str, int]

    @property
    def is_examined(self) -> bool:
        """Tell whether it says that an examination was passed, or only that hours were done."""
        return bool({"theory", "practice"} & self.results.keys())


def shown(found: Badge) -> Shown:
    """Return what a credential says."""
    subject = found.credential_subject
    by_type = {each.identity_type: each.identity_hash for each in subject.identifier}
    kinds = {_kind(name): name for name in NAMED}
    issued_at = datetime.strptime(found.valid_from, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return Shown(
        public_id=found.id.rpartition("/")[2],
        number=subject.license_number,
        name=by_type.get("name", ""),
        identity_last4=by_type.get("ext:identityLast4", ""),
        course=subject.achievement.name,
        trade=subject.achievement.field_of_study,
        level_name=subject.achievement.specialization,
        starts_on=date.fromisoformat(subject.activity_start_date[:10]),
        ends_on=date.fromisoformat(subject.activity_end_date[:10]),
        body=subject.achievement.creator.name,
        issued_on=issued_at.astimezone(CHINA).date(),
        batch=subject.term,
        results={
            kinds[each.result_description]: int(each.value)
            for each in subject.result
            if each.result_description in kinds
        },
    )
