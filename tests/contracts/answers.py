"""What every answer to bad input is held against."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from werkzeug.test import TestResponse

from tests.contracts import hostile
from tests.contracts.stage import Stage

REFUSALS = {400, 404, 409, 413, 415, 422}
SEEN = "<script>alert"
HAN = re.compile(r"[\u4e00-\u9fff]")


def worth(stage: Stage, values: Iterable[str]) -> list[str]:
    """Return those of the values that are worth a try on this database."""
    return [each for each in values if stage.is_first or each in hostile.DATABASES_DIFFER]


def check_target(response: TestResponse, told: str) -> None:
    """Assert that an answer leads to a page of this host or nowhere."""
    target = response.headers.get("Location")
    assert "Set-Cookie:" not in str(target), told
    if target is not None:
        assert target.startswith("/") and not re.search(r"[\\\x00-\x20]", target), f"{told}: {target}"
        assert urlsplit(urljoin("http://localhost/", target)).netloc == "localhost", f"{told}: {target}"
