"""The only place that says which members our credentials have: closed models, and texts only.

What is not listed here is refused before signing and before verifying, so that no
member can be in a document without being read, and none without being signed.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from skillhub.credentials.vc import contexts, status

LONGEST = 500
_INVISIBLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_NO_CHARACTER = frozenset({0xFFFE, 0xFFFF})
_TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Marks that turn the direction of a text, by which one name can be made to look like another."""


def printable(text: str) -> str:
    """Refuse what cannot be seen: control characters, half characters, marks that turn the text round."""
    for character in text:
        is_nothing = ord(character) & 0xFFFF in _NO_CHARACTER
        if unicodedata.category(character) in _INVISIBLE or character in _TURNING or is_nothing:
            raise ValueError(f"U+{ord(character):04X} cannot be shown")
    return text


def is_printable(text: str) -> bool:
    """Tell whether a text may stand in a credential."""
    try:
        printable(text)
    except ValueError:
        return False
    return True


def _exactly(wanted: tuple[str, ...]) -> AfterValidator:
    def check(found: tuple[str, ...]) -> tuple[str, ...]:
        if found != wanted:
            raise ValueError("other contexts")
        return found

    return AfterValidator(check)


def _once(found: list[Any]) -> list[Any]:
    """Refuse a value that stands twice: where it has an id, both are one statement, signed once."""
    if len(set(found)) != len(found):
        raise ValueError("a value stands twice")
    return found


def _is_index(text: str) -> str:
    if int(text) >= status.SIZE:
        raise ValueError("beyond the list")
    return text


def _is_instant(text: str) -> str:
    datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 (Z is part of the form)
    return text


Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST), AfterValidator(printable)]
BadgeContexts = Annotated[tuple[str, ...], _exactly(contexts.BADGE)]
ListContexts = Annotated[tuple[str, ...], _exactly(contexts.STATUS_LIST)]
Url = Annotated[
    Text, StringConstraints(pattern=r"^https://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~/%-]*)?(#[A-Za-z0-9-]+)?$")
]
Urn = Annotated[Text, StringConstraints(pattern=r"^urn:uuid:[0-9a-f-]{36}$")]
Did = Annotated[Text, StringConstraints(pattern=r"^did:web:[A-Za-z0-9.%-]+$")]
KeyAddress = Annotated[
    Text, StringConstraints(pattern=r"^did:web:[A-Za-z0-9.%-]+#[a-z]+-[0-9]{4}-[0-9]{2}(-[0-9]+)?$")
]
Midnight = Annotated[Text, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:00$")]
Instant = Annotated[Text, AfterValidator(_is_instant)]
Number = Annotated[Text, StringConstraints(pattern=r"^[0-9]{1,6}$")]
Index = Annotated[Text, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,5})$"), AfterValidator(_is_index)]
Value = Annotated[Text, StringConstraints(pattern=r"^z[1-9A-HJ-NP-Za-km-z]{80,90}$")]


class Closed(BaseModel):
    """A JSON object with these members and no other."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, alias_generator=to_camel, validate_by_name=True
    )

    def plain(self) -> dict[str, Any]:
        """Return it as JSON values; members that are not there are left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    @classmethod
    def read(cls, found: dict[str, Any]) -> Self:
        """Return the model of JSON values; lists are lists there, and nothing is converted.

        :raises ValueError: a member is missing, unknown or of another form.
        """
        read = cls.model_validate_json(json.dumps(found), by_alias=True, by_name=False)
        if read.plain() != found:
            raise ValueError("a member was left to be filled in")
        return read


class Proof(Closed):
    """How a document is signed."""

    type: Literal["DataIntegrityProof"] = "DataIntegrityProof"
    cryptosuite: Literal["eddsa-rdfc-2022"] = "eddsa-rdfc-2022"
    created: Instant
    verification_method: KeyAddress
    proof_purpose: Literal["assertionMethod"] = "assertionMethod"
    proof_value: Value


class Profile(Closed):
    """The issuer: a did:web, and the name under which people know it."""

    id: Did
    type: tuple[Literal["Profile"]] = ("Profile",)
    name: Text


class Body(Closed):
    """The training body that taught: an opaque id, and its name."""

    id: Urn
    type: tuple[Literal["Profile"]] = ("Profile",)
    name: Text


class Identity(Closed):
    """Who the holder is: a name, or the last digits of the document; never hashed, because shown on paper."""

    type: Literal["IdentityObject"] = "IdentityObject"
    hashed: Literal[False] = False
    identity_hash: Text
    identity_type: Literal["name", "ext:identityLast4"]


class ResultDescription(Closed):
    """What a result is about."""

    id: Urn
    type: tuple[Literal["ResultDescription"]] = ("ResultDescription",)
    name: Text
    result_type: Literal["RawScore", "ext:classHours"]


class Result(Closed):
    """One result, as text."""

    type: tuple[Literal["Result"]] = ("Result",)
    result_description: Urn
    value: Number


class Criteria(Closed):
    """What had to be done."""

    narrative: Text


class Achievement(Closed):
    """The course; `field_of_study` is the trade, `specialization` its level."""

    id: Urn
    type: tuple[Literal["Achievement"]] = ("Achievement",)
    name: Text
    description: Text
    criteria: Criteria
    achievement_type: Literal["CertificateOfCompletion"]
    creator: Body
    field_of_study: Text
    specialization: Text | None = None
    result_description: Annotated[
        list[ResultDescription], Field(min_length=1, max_length=6), AfterValidator(_once)
    ]


class Subject(Closed):
    """The holder, by an opaque id and by name; `term` is the batch."""

    id: Urn
    type: tuple[Literal["AchievementSubject"]] = ("AchievementSubject",)
    identifier: list[Identity] = Field(min_length=2, max_length=2)
    activity_start_date: Midnight
    activity_end_date: Midnight
    license_number: Text
    term: Text
    result: list[Result] = Field(min_length=1, max_length=6)
    achievement: Achievement


class StatusEntry(Closed):
    """Where to look whether it was revoked."""

    id: Url
    type: Literal["BitstringStatusListEntry"] = "BitstringStatusListEntry"
    status_purpose: Literal["revocation"] = "revocation"
    status_list_index: Index
    status_list_credential: Url


class Badge(Closed):
    """An Open Badges 3.0 credential, as we issue them."""

    context: BadgeContexts = Field(default=contexts.BADGE, alias="@context")
    id: Url
    type: tuple[Literal["VerifiableCredential"], Literal["OpenBadgeCredential"]] = (
        "VerifiableCredential",
        "OpenBadgeCredential",
    )
    name: Text
    issuer: Profile
    valid_from: Instant
    credential_subject: Subject
    credential_status: StatusEntry
    proof: Annotated[list[Proof], Field(min_length=1, max_length=1)] | None = None


class ListSubject(Closed):
    """The bits of a status list."""

    id: Url
    type: Literal["BitstringStatusList"] = "BitstringStatusList"
    status_purpose: Literal["revocation"] = "revocation"
    encoded_list: Annotated[str, StringConstraints(pattern=r"^u[A-Za-z0-9_-]+$", max_length=64_000)] = Field()


class StatusList(Closed):
    """A status list credential; it is good for a short time and signed again and again."""

    context: ListContexts = Field(default=contexts.STATUS_LIST, alias="@context")
    id: Url
    type: tuple[Literal["VerifiableCredential"], Literal["BitstringStatusListCredential"]] = (
        "VerifiableCredential",
        "BitstringStatusListCredential",
    )
    issuer: Did
    valid_from: Instant
    valid_until: Instant
    credential_subject: ListSubject
    proof: Annotated[list[Proof], Field(min_length=1, max_length=1)] | None = None
