"""The only place that reads a folder of published keys and lists, for checks without our server."""

from __future__ import annotations

import json
from pathlib import Path

from skillhub.base.problem import Problem
from skillhub.credentials import public
from skillhub.credentials.vc import badge, did
from skillhub.credentials.vc.verify import Trust


def read(folder: Path, *, with_lists: bool = True) -> Trust:
    """Return what a folder that `skillhub publish` has written gives to believe.

    :raises Problem: it holds no document of an issuer.
    """
    try:
        document = json.loads((folder / public.DID).read_bytes())
        identifier = str(document["id"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Problem(
            f"{folder} 里没有能读的 {public.DID}。请指定 skillhub publish 写出的目录，或者重新下载一份。"
        ) from error
    lists = sorted((folder / public.LISTS).glob("[0-9]*")) if with_lists else []
    host = did.host_of(identifier)
    return Trust(
        issuers={identifier: document},
        lists={
            badge.list_address(host, int(path.name)): path.read_bytes()
            for path in lists
            if path.name.isdigit()
        },
    )
