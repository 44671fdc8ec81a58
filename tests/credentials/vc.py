"""A credential that is made without a database: facts, keys, issuer, list, and what trusts them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skillhub.credentials.rules.facts import Facts
from skillhub.credentials.vc import badge, did, listing, proof, signing, verify
from skillhub.credentials.vc.shapes import Badge, StatusList
from skillhub.testing.factories.papers import FACTS

HOST = "demo.skillhub.example"
ISSUER = did.of_host(HOST)
KEY = did.key_address(ISSUER, "key-2025-11")
AT = datetime(2025, 11, 12, 8, 0, tzinfo=UTC)
INDEX = 4711


@dataclass
class House:
    """An issuer that signs what it is told to, also what it never should."""

    key: Ed25519PrivateKey
    revoked: tuple[int, ...] = ()
    host: str = HOST

    def unsigned(self, facts: Facts = FACTS) -> dict:
        """Return the credential of some facts, without a proof."""
        place = badge.Place(
            host=self.host,
            public_id="cABCDEFGHIJKLMNOPQRSTUV",
            subject="urn:uuid:4faca683-9cb1-4995-a9cf-bf7b49ee0e7f",
            list_number=1,
            index=INDEX,
        )
        return badge.unsigned(facts, place)

    def options(self, key: str = KEY) -> dict:
        """Return a proof without its value."""
        return proof.options(created="2025-11-10T02:00:00Z", key=key)

    def signed(self, facts: Facts = FACTS) -> dict:
        """Return the signed credential of some facts."""
        return json.loads(signing.signed(Badge, self.unsigned(facts), self.options(), self.key))

    def forced(self, document: dict, options: dict | None = None) -> dict:
        """Return a document with a proof, whatever is in it (no closed model looks)."""
        return proof.sign(document, options or self.options(), self.key)

    def did(self) -> dict:
        """Return the DID document."""
        return did.document(ISSUER, {"key-2025-11": proof.multikey(self.key.public_key())}, {})

    def list(self, at: datetime = AT - timedelta(hours=1)) -> bytes:
        """Return the signed status list."""
        document = listing.unsigned(self.host, 1, self.revoked, at=at)
        return signing.signed(StatusList, document, self.options(), self.key).encode()

    def trust(self, **more) -> verify.Trust:
        """Return what believes this issuer."""
        lists = {badge.list_address(HOST, 1): self.list()}
        return verify.Trust(issuers=more.get("issuers", {ISSUER: self.did()}), lists=more.get("lists", lists))

    def judge(self, document: dict | bytes, *, at: datetime = AT, **more) -> verify.Judgement:
        """Judge a credential as this house's own pages would."""
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        return verify.judge(data, self.trust(**more), at=at)
