"""What a rule set would have said of past claims: the only place that works them out again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from skillhub import plugins
from skillhub.base.db import db
from skillhub.courses.queries import applications
from skillhub.districts import switches
from skillhub.plugins.bus import Undecided
from skillhub.subsidy.model import Claim, ClaimPerson
from skillhub.subsidy.queries import facts
from skillhub.subsidy.rules.decisions import Verdict, facts_sha256, from_answer

HOOK = "decide_subsidy"
LATEST = 50
"""How many decisions the page of a package compares."""


@dataclass(frozen=True)
class Replayed:
    """One person's decision as it was and as it would be; the facts may have changed since."""

    claim: str
    person: str
    on: date
    before: Verdict
    before_fen: int
    after: Verdict | None
    after_fen: int
    facts_changed: bool
    why: str = ""

    @property
    def differs(self) -> bool:
        """Whether anything would come out otherwise."""
        return (self.before, self.before_fen) != (self.after, self.after_fen)


def replay(*, district: str, plugin: str, first: date, last: date) -> Iterator[Replayed]:
    """Ask a plugin, whether it is on or not, about every decision of some days; nothing is written."""
    return _replayed(district, plugin, None, Claim.rules_on.between(first, last), None)


def latest(district: str, plugin: str, sha256: str) -> dict[str, object]:
    """Return what an uploaded package would have said of the latest decisions, as plain values."""
    found = list(_replayed(district, plugin, sha256, Claim.id.is_not(None), LATEST))
    alike = Counter(
        (each.claim, each.before_fen, each.after.value if each.after else None, each.after_fen)
        for each in found
        if each.differs
    )
    return {
        "number": len(found),
        "different": alike.total(),
        "differences": [
            {"claim": claim, "people": people, "before_fen": before, "after": after, "after_fen": after_fen}
            for (claim, before, after, after_fen), people in alike.items()
        ],
    }


def _replayed(
    district: str, plugin: str, sha256: str | None, condition: ColumnElement[bool], most: int | None
) -> Iterator[Replayed]:
    rows = db.session.execute(
        select(Claim.public_id, Claim.rules_on, ClaimPerson)
        .join(ClaimPerson, ClaimPerson.claim_id == Claim.id)
        .where(Claim.district_code == district, condition)
        .order_by(ClaimPerson.id.desc() if most else ClaimPerson.id)
        .limit(most)
    ).all()
    for claim, on, row in rows:
        application = applications.by_ids([row.application_id])[row.application_id]
        seen = facts.of_application(application, on)
        chances = plugins.Chances(used=row.chances_used or 0)
        said = switches.try_out(
            HOOK, district=district, plugin=plugin, sha256=sha256, **seen, chances=chances
        )
        decision = from_answer(said, chances.used) if said is not None else None
        yield Replayed(
            claim=claim,
            person=seen["person"].handle,
            on=on,
            before=Verdict(row.verdict),
            before_fen=row.amount_fen,
            after=decision.verdict if decision else None,
            after_fen=decision.amount_fen if decision else 0,
            facts_changed=facts_sha256(seen) != row.facts_sha256,
            why="; ".join(str(each.error) for each in said.failures) if isinstance(said, Undecided) else "",
        )
