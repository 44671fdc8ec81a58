"""How much a package asks to be trusted with, from 1 (nothing) to 6 (everything), and why."""

from __future__ import annotations

from dataclasses import dataclass

from skillhub.plugins.authoring.source import Reached
from skillhub.plugins.manifest import Manifest
from skillhub.plugins.settings import SECRET

MOST = 6
MEANINGS: dict[int, tuple[str, str]] = {
    1: ("只有数据：规则和表格，碰不到任何东西", "data alone: rules and tables that can reach nothing"),
    2: ("有代码，在隔离的进程里运行", "code, in a process of its own behind walls"),
    3: ("有代码，还要用别人写的库", "code that brings packages of others, behind the same walls"),
    4: ("有代码，还要拿到密钥", "code that is given a secret"),
    5: (
        "想用隔离墙不许的东西：文件、网络、进程",
        "reaches for what the walls refuse: files, network, processes",
    ),
    6: (
        "有看不到内容的代码，或者伸手到系统内部",
        "code that cannot be read, or that reaches into SkillHub itself",
    ),
}
"""Each step in Chinese and in English; a package has the highest that any of its reasons leads to."""


@dataclass(frozen=True)
class Rights:
    """The rating, and every reason above 1 with its place."""

    rating: int
    reasons: tuple[str, ...]


def rate(manifest: Manifest, reached: Reached, *, has_code: bool) -> Rights:
    """Return the rating of a package from what it says of itself and what its code reaches for."""
    reasons: list[tuple[int, str]] = []
    if has_code:
        reasons.append((2, "has code"))
    reasons += [(3, f"imports {name} ({place})") for name, place in reached.third_party.items()]
    reasons += [
        (4, f"is given the secret {each.key}")
        for each in manifest.settings
        if each.kind == SECRET and has_code
    ]
    reasons += [(5, f"uses {name} ({place})") for name, place in reached.refused.items()]
    reasons += [
        (MOST, f"runs what cannot be read: {name} ({place})") for name, place in reached.dynamic.items()
    ]
    reasons += [(MOST, f"reaches into {name} ({place})") for name, place in reached.ours.items()]
    reasons += [(MOST, f"holds native code: {name}") for name in reached.native]
    rating = max((each for each, _why in reasons), default=1)
    return Rights(rating, tuple(f"{each}: {why}" for each, why in sorted(reasons, reverse=True)))
