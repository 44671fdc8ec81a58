"""The only place that keeps the issuer's keys in use: made when there are none, never replaced unseen."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, update

from skillhub.base import access, audit, clock
from skillhub.base.access import Actor
from skillhub.base.db import unit_of_work
from skillhub.base.seal import KeyProblem
from skillhub.credentials import keys
from skillhub.credentials.errors import IssuerMoved
from skillhub.credentials.keys import Purpose
from skillhub.credentials.model import IssuerKey
from skillhub.credentials.queries import issuer
from skillhub.credentials.queries.issuer import KeyView
from skillhub.credentials.vc import proof

KEEPER = "credentials.keys"


@dataclass(frozen=True)
class Signer:
    """A private key that is in use, and the id under which the public knows it."""

    key_id: str
    key: Ed25519PrivateKey


def signer(purpose: Purpose, key_id: str | None = None) -> Signer:
    """Return the key that signs now, or the one that an intent has named; the first is made when asked for.

    :raises KeyProblem: its file is missing, damaged, readable by others, or not the key that is known.
    :raises IssuerMoved: the setting names another host than the keys do.
    """
    require_same_host()
    known = [each for each in issuer.known_keys() if each.purpose is purpose]
    if not known:
        known = [_first(purpose)]
    in_use = [each for each in known if each.retired_at is None] if key_id is None else known
    wanted = [each for each in in_use if key_id in (None, each.id)]
    if not wanted:
        raise KeyProblem(f"没有签发密钥 {key_id or purpose.value}。请从备份恢复密钥目录。")
    return _opened(purpose, wanted[-1])


def require_same_host() -> None:
    """See to it that the issuer is still who it was.

    :raises IssuerMoved: certificates were signed in the name of another host.
    """
    hosts = {each.host for each in issuer.known_keys()}
    if hosts - {issuer.host()}:
        raise IssuerMoved(
            f"SKILLHUB_ISSUER_HOST={issuer.host()}：已经用 {'、'.join(sorted(hosts))} 签发过证书，"
            "不能再改。请改回去。"
        )


def _opened(purpose: Purpose, wanted: KeyView) -> Signer:
    path = keys.path_of(issuer.config().keys_folder, purpose, wanted.id)
    key = keys.opened(issuer.config().keys_folder, purpose, wanted.id)
    if proof.multikey(key.public_key()) != wanted.public_key:
        raise KeyProblem(f"密钥 {path} 和登记的公钥不是一对。请从备份恢复这个文件。")
    return Signer(wanted.id, key)


def _first(purpose: Purpose) -> KeyView:
    """Make the first key, or take up one whose making was cut off before it was written down."""
    key_id = keys.newest_or_new(issuer.config().keys_folder, purpose)
    return register(actor=access.system(KEEPER), purpose=purpose, key_id=key_id)


def rotate(*, actor: Actor, purpose: Purpose) -> KeyView:
    """Make a new key that signs from now on; what the one before has signed goes on being verified.

    :raises IssuerMoved: the setting names another host than the keys do.
    """
    require_same_host()
    folder = issuer.config().keys_folder
    before = [each.id for each in issuer.known_keys() if each.purpose is purpose]
    made = keys.another(folder, purpose, taken=before)
    found = register(actor=actor, purpose=purpose, key_id=made)
    with unit_of_work() as unit:
        unit.session.execute(
            update(IssuerKey)
            .where(IssuerKey.id.in_(before), IssuerKey.retired_at.is_(None))
            .values(retired_at=clock.real_now())
        )
        for each in before:
            audit.record(unit, actor=actor, verb="issuer.key_retired", subject=f"key:{each}", district=None)
    return found


def register(*, actor: Actor, purpose: Purpose, key_id: str) -> KeyView:
    """Write down the public half of a key that lies in its file."""
    key = keys.opened(issuer.config().keys_folder, purpose, key_id)
    public = proof.multikey(key.public_key())
    now = clock.real_now()
    with unit_of_work() as unit:
        unit.session.execute(
            insert(IssuerKey).values(
                id=key_id, purpose=purpose.value, host=issuer.host(), public_key=public, made_at=now
            )
        )
        audit.record(
            unit, actor=actor, verb="issuer.key", subject=f"key:{key_id}", district=None, public_key=public
        )
    return KeyView(key_id, purpose, issuer.host(), public, now, None)
