"""The only place that makes the page which checks codes without a network, and without our server.

It is a handful of files that any web server can hand out. The browser does the
cryptography (WebCrypto, Ed25519); where it cannot, the page says so.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from skillhub.base import i18n
from skillhub.credentials import labels
from skillhub.credentials.keys import Purpose
from skillhub.credentials.queries import issuer
from skillhub.credentials.vc import proof
from skillhub.web import assets

FOLDER = Path("verify/offline")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'"
)
PAGES: Mapping[str, tuple[str, str]] = {"index.html": ("zh", "zh-Hans"), "en.html": ("en", "en")}
"""The page in each language: the language's name among ours, and in HTML."""
SCRIPTS = ("page.js", "register.js", "worker.js")
STYLES = ("tokens.css", "base.css")
ICON = "icon.svg"
KEYS = "keys.json"
NAMES = (*PAGES, *SCRIPTS, "style.css", ICON, KEYS)
_STATIC = Path(__file__).parent / "static"
_MONTHS_EN = "January February March April May June July August September October November December"


def file(name: str) -> bytes:
    """Return one of `NAMES`."""
    if name in PAGES:
        return page(*PAGES[name]).encode()
    if name in SCRIPTS:
        return (_STATIC / name).read_bytes()
    if name == KEYS:
        return keys_json()
    if name == ICON:
        return (assets.FOLDER / ICON).read_bytes()
    return b"\n".join((assets.FOLDER / each).read_bytes() for each in STYLES)


def files() -> dict[Path, bytes]:
    """Return all of them, by where they lie in the public folder."""
    return {FOLDER / name: file(name) for name in NAMES}


def keys_json() -> bytes:
    """Return the keys that sign codes, raw, in base64url; the issuer's document has them too."""
    found = {}
    for each in issuer.known_keys():
        key = proof.public_key(each.public_key)
        if each.purpose is Purpose.OFFLINE and key is not None:
            found[each.id] = base64.urlsafe_b64encode(key.public_bytes_raw()).rstrip(b"=").decode()
    return json.dumps({"host": issuer.host(), "keys": found}, indent=1).encode()


def page(language: str, lang: str) -> str:
    """Return the page in one language; the same wherever it is made."""
    with force_locale(i18n.LANGUAGES[language]):
        template = current_app.jinja_env.get_template("credentials/offline.html")
        return template.render(
            lang=lang,
            policy=POLICY,
            asked={name: str(text) for name, text in labels.ASKED.items()},
            because={why.value: str(text) for why, text in labels.BECAUSE.items()},
            said={answer.value: str(text) for answer, text in labels.SAID.items()},
            facts=patterns(),
            pattern="{day} {month} {year}" if language == "en" else "{year}年{month}月{day}日",
            months=_MONTHS_EN if language == "en" else " ".join(map(str, range(1, 13))),
        )


def patterns() -> list[tuple[str, str]]:
    """Return the labels of the paper and how each value is put together; parts stand apart by a bar."""
    span = _("%(first)s至%(last)s", first="{starts_on}", last="{ends_on}")
    marks = "|".join(
        _("%(part)s%(mark)s分", part=part, mark=mark)
        for part, mark in ((_("理论"), "{theory}"), (_("实操"), "{practice}"))
    )
    hours = labels.worded_hours("{hours}", "{theory_hours}", "{practice_hours}")
    return [
        (_("证书序列号"), "{number}"),
        (_("姓名"), "{name}"),
        (_("身份信息"), _("尾号%(digits)s", digits="{identity_last4}")),
        (_("培训项目名称"), "{course}"),
        (_("起止日期"), span),
        (_("机构名称"), "{body}"),
        (_("发证日期"), "{issued_on}"),
        (_("培训工种"), "{trade}|{level_name}"),
        (_("培训班次"), "{batch}"),
        (_("培训课时"), hours),
        (_("考核成绩"), marks),
    ]
