"""The only place that gives keys to allocation logs: made by the worker, renewed by command, published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

from flask import current_app
from sqlalchemy import insert

from skillhub.base import clock, signing
from skillhub.base.db import unit_of_work
from skillhub.base.seal import KeyProblem
from skillhub.base.signing import SigningKey
from skillhub.config import Config
from skillhub.courses.model import AllocationKey
from skillhub.courses.queries import allocation_logs as queries
from skillhub.courses.rules import queue_log
from skillhub.courses.rules.queue_log import keys as rules

ZONE = "Asia/Shanghai"


def current() -> SigningKey:
    """Open the key that signs now; an installation that never had one gets its first.

    :raises KeyProblem: it is missing, damaged, readable by others, or not the one that was published.
    """
    folder = _config().keys_folder
    key = signing.newest(folder, rules.USE)
    known = {key_id: public for key_id, public, _ in queries.public_keys()}
    if key is None and known:
        raise KeyProblem(f"缺少密钥 {max(known)}.key，请从备份恢复到密钥目录 {folder}。")
    if key is None:
        return renew()
    if key.key_id not in known:
        _keep(key)
    elif known[key.key_id] != key.public:
        raise KeyProblem(f"密钥 {key.key_id}.key 和已经公布的公钥不是一对。请从备份恢复原来的文件。")
    return key


def renew() -> SigningKey:
    """Make a new key, which signs from now on; logs signed by older ones go on being valid."""
    folder = _config().keys_folder
    known = {key_id for key_id, _, _ in queries.public_keys()}
    key = signing.make(folder, signing.next_id(folder, rules.USE, clock.today(ZONE), known))
    _keep(key)
    return key


def document() -> str | None:
    """Return the public keys as they are published; None before there is one."""
    known = queries.public_keys()
    return json.dumps(queue_log.keys_document(known), indent=1) + "\n" if known else None


def publish() -> None:
    """Write the public keys where strangers find them without our server; unchanged ones are left alone."""
    path = public_file(_config())
    text = document() or json.dumps(queue_log.keys_document([]), indent=1) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def public_file(config: Config) -> Path:
    """Return the file of the public keys, below what a plain web server may serve."""
    return config.data_folder / "public" / rules.ADDRESS.removeprefix("/")


def _keep(key: SigningKey) -> None:
    with unit_of_work() as unit:
        unit.session.execute(
            insert(AllocationKey).values(key_id=key.key_id, public_key=key.public, made_at=clock.now())
        )


def _config() -> Config:
    return cast(Config, current_app.extensions["skillhub.config"])
