"""The only place that judges what somebody presents: a credential, a paper with one, or a code's text."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from skillhub.credentials import attachment
from skillhub.credentials.vc import badge, compact, did, verify
from skillhub.credentials.vc.verify import NOT_ASKED, Answer, Finding, Judgement, Trust, Why

PDF = b"%PDF-"
CODE = compact.MARK.encode() + b"."
WITHIN = 1024  # readers look for the head of a PDF this far


class Kind(StrEnum):
    """What was presented."""

    CREDENTIAL = "credential"
    PAPER = "paper"
    CODE = "code"


def kind_of(data: bytes) -> Kind:
    """Tell what a file is by how it begins, whatever its name says."""
    if PDF in data[:WITHIN]:
        return Kind.PAPER
    return Kind.CODE if _code(data) is not None else Kind.CREDENTIAL


def _code(data: bytes) -> str | None:
    """Return the text of a code, also where it is the end of an address."""
    if len(data) > compact.LONGEST:
        return None
    text = data.decode("ascii", "replace").strip().rpartition("#")[2]
    return text if text.startswith(CODE.decode()) else None


def judge(data: bytes, trust: Trust, *, at: datetime) -> Judgement:
    """Judge what was presented; where no credential can be found, it is not genuine."""
    kind = kind_of(data)
    if kind is Kind.CODE:
        return _judge_code(_code(data) or "", trust, at)
    if kind is Kind.PAPER:
        try:
            found = attachment.taken_out(data)
        except attachment.NotOnePdf:
            found = None
        if found is None:
            nothing = Finding(Answer.NO, Why.NOTHING_INSIDE)
            return Judgement(
                unaltered=nothing, issued_by=NOT_ASKED, in_force=NOT_ASKED, not_revoked=NOT_ASKED
            )
        data = found
    return verify.judge(data, trust, at=at)


def _judge_code(text: str, trust: Trust, at: datetime) -> Judgement:
    keys = {
        name: key for document in trust.issuers.values() for name, key in did.named_keys(document).items()
    }
    offline = {name: key for name, key in keys.items() if compact.is_key(name.partition("#")[2])}
    found = compact.read(text, offline)
    if found is None or found.is_signed is not True:
        return _not_signed(found, trust)
    is_begun = found.shown.issued_on <= at.astimezone(badge.CHINA).date()
    in_force = Finding(Answer.YES, Why.IN_FORCE) if is_begun else Finding(Answer.NO, Why.NOT_YET)
    return Judgement(
        unaltered=Finding(Answer.YES, Why.SIGNED),
        issued_by=Finding(Answer.YES, Why.TRUSTED),
        in_force=in_force,
        not_revoked=Finding(Answer.UNKNOWN, Why.CODE_ONLY),
        host=found.host,
        shown=found.shown,
    )


def _not_signed(found: compact.Compact | None, trust: Trust) -> Judgement:
    issued_by, host = NOT_ASKED, ""
    if found is None:
        unaltered = Finding(Answer.NO, Why.MALFORMED)
    elif found.is_signed is False:
        unaltered = Finding(Answer.NO, Why.SIGNATURE_WRONG)
    elif not trust.issuers:
        unaltered = Finding(Answer.UNKNOWN, Why.NO_KEYS)
    elif did.of_host(found.host) in trust.issuers:
        unaltered = Finding(Answer.NO, Why.KEY_UNKNOWN)
    else:
        unaltered, host = Finding(Answer.UNKNOWN, Why.FOREIGN), found.host
        issued_by = Finding(Answer.NO, Why.FOREIGN)
    return Judgement(
        unaltered=unaltered, issued_by=issued_by, in_force=NOT_ASKED, not_revoked=NOT_ASKED, host=host
    )
