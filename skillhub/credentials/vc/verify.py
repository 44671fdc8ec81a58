"""The only place that judges a credential: four separate answers, each yes, no, or could not check.

It asks nobody: keys, list and the time come with the question, so that the same
judgement is made on our pages, at the command line and without a network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from skillhub.credentials.vc import badge, canon, contexts, did, proof, reading, status
from skillhub.credentials.vc.shapes import Badge, StatusList

SLACK = timedelta(minutes=5)  # clocks differ
KEPT = 512
"""So many answers are kept in each process: of lists, which every look needs, and of what many look at."""


class Answer(StrEnum):
    """One answer; a question that could not be asked is never answered with yes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """The reason behind an answer; pages and the command line put it into words."""

    SIGNED = "signed"
    MALFORMED = "malformed"
    FOREIGN = "foreign"
    NO_KEYS = "no_keys"
    KEY_UNKNOWN = "key_unknown"
    SIGNATURE_WRONG = "signature_wrong"
    TRUSTED = "trusted"
    NOT_REGISTERED = "not_registered"
    NOT_CHECKED = "not_checked"
    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    NOT_REVOKED = "not_revoked"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    NO_LIST = "no_list"
    LIST_BAD = "list_bad"
    LIST_OLD = "list_old"
    NOTHING_INSIDE = "nothing_inside"
    CODE_ONLY = "code_only"


@dataclass(frozen=True)
class Finding:
    """One of the four answers, and why."""

    value: Answer
    why: Why


@dataclass(frozen=True, kw_only=True)
class Trust:
    """What one believes: DID documents by issuer, and status lists by address."""

    issuers: Mapping[str, Mapping[str, Any]]
    lists: Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The four answers; `shown` only where the signature is good."""

    unaltered: Finding
    issued_by: Finding
    in_force: Finding
    not_revoked: Finding
    host: str = ""
    shown: badge.Shown | None = None
    badge: Badge | None = None

    @property
    def findings(self) -> dict[str, Finding]:
        """The answers by name, in order."""
        names = ("unaltered", "issued_by", "in_force", "not_revoked")
        return {name: getattr(self, name) for name in names}


NOT_ASKED = Finding(Answer.UNKNOWN, Why.NOT_CHECKED)


def judge(data: bytes, trust: Trust, *, at: datetime) -> Judgement:
    """Judge a credential as it was saved, by the keys and lists that one trusts.

    Where the signature is not good nothing else is said: anybody could have written it.
    """
    try:
        found = reading.json_object(data)
        read = Badge.read(found)
    except ValueError:
        return _refused(Why.MALFORMED)
    issuer = read.issuer.id
    unaltered = _unaltered(found, read, trust)
    if unaltered.value is not Answer.YES:
        is_unknown = unaltered.value is Answer.UNKNOWN
        issued = Finding(Answer.NO if unaltered.why is Why.FOREIGN else Answer.UNKNOWN, unaltered.why)
        return Judgement(
            unaltered=unaltered,
            issued_by=issued if is_unknown else NOT_ASKED,
            in_force=NOT_ASKED,
            not_revoked=NOT_ASKED,
            host=did.host_of(issuer) if is_unknown else "",
        )
    return Judgement(
        unaltered=unaltered,
        issued_by=Finding(Answer.YES, Why.TRUSTED),
        in_force=_in_force(read, at),
        not_revoked=_not_revoked(read, trust, at),
        host=did.host_of(issuer),
        shown=badge.shown(read),
        badge=read,
    )


def _refused(why: Why) -> Judgement:
    return Judgement(
        unaltered=Finding(Answer.NO, why), issued_by=NOT_ASKED, in_force=NOT_ASKED, not_revoked=NOT_ASKED
    )


def _unaltered(found: Mapping[str, Any], read: Badge, trust: Trust) -> Finding:
    if not read.proof:
        return Finding(Answer.NO, Why.MALFORMED)
    issuer, address = read.issuer.id, read.proof[0].verification_method
    if address.partition("#")[0] != issuer or not _is_on_host(read):
        return Finding(Answer.NO, Why.MALFORMED)
    document = trust.issuers.get(issuer)
    if document is None:
        return Finding(Answer.UNKNOWN, Why.FOREIGN if trust.issuers else Why.NO_KEYS)
    return _signed(found, issuer, address, document)


def _is_on_host(read: Badge) -> bool:
    """A credential, and the list that says whether it holds, belong to its issuer's own host."""
    home = f"https://{did.host_of(read.issuer.id)}/"
    entry = read.credential_status
    return (
        read.id.startswith(home)
        and entry.status_list_credential.startswith(home)
        and entry.id == f"{entry.status_list_credential}#{entry.status_list_index}"
    )


def _signed(found: Mapping[str, Any], issuer: str, address: str, document: Mapping[str, Any]) -> Finding:
    key = did.asserting_keys(document, issuer).get(address)
    if key is None:
        return Finding(Answer.NO, Why.KEY_UNKNOWN)
    try:
        is_good = _is_good(json.dumps(found), key.public_bytes_raw())
    except (canon.Unsigned, contexts.UnknownContext):
        return Finding(Answer.NO, Why.MALFORMED)
    return Finding(Answer.YES, Why.SIGNED) if is_good else Finding(Answer.NO, Why.SIGNATURE_WRONG)


@lru_cache(maxsize=KEPT)
def _is_good(document: str, key: bytes) -> bool:
    """Check one signature; the same words under the same key have the same answer for good."""
    found = json.loads(document)
    return proof.is_good(found, found["proof"][0], Ed25519PublicKey.from_public_bytes(key))


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _in_force(read: Badge, at: datetime) -> Finding:
    is_begun = _moment(read.valid_from) <= at + SLACK
    return Finding(Answer.YES, Why.IN_FORCE) if is_begun else Finding(Answer.NO, Why.NOT_YET)


def _not_revoked(read: Badge, trust: Trust, at: datetime) -> Finding:
    entry = read.credential_status
    data = trust.lists.get(entry.status_list_credential)
    if data is None:
        return Finding(Answer.UNKNOWN, Why.NO_LIST)
    listed = opened_list(data, trust, address=entry.status_list_credential)
    if listed is None or listed.issuer != read.issuer.id:
        return Finding(Answer.UNKNOWN, Why.LIST_BAD)
    is_young = _moment(listed.valid_from) <= at + SLACK and at < _moment(listed.valid_until) + SLACK
    is_revoked = status.is_set(
        status.bits(listed.credential_subject.encoded_list), int(entry.status_list_index)
    )
    if is_revoked:  # an old list may miss a revocation; one that it names stays
        return Finding(Answer.NO, Why.REVOKED)
    return Finding(Answer.YES, Why.NOT_REVOKED) if is_young else Finding(Answer.UNKNOWN, Why.LIST_OLD)


def opened_list(data: bytes, trust: Trust, *, address: str) -> StatusList | None:
    """Return a status list whose signature, address and form are good, None for any other."""
    try:
        found = reading.json_object(data)
        read = StatusList.read(found)
        status.bits(read.credential_subject.encoded_list)
    except ValueError:
        return None
    if not read.proof or read.id != address or read.credential_subject.id != f"{address}#list":
        return None
    key_address = read.proof[0].verification_method
    document = trust.issuers.get(read.issuer)
    if document is None or key_address.partition("#")[0] != read.issuer:
        return None
    is_good = _signed(found, read.issuer, key_address, document).value is Answer.YES
    return read if is_good else None
