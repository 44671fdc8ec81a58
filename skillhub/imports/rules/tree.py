"""The only place that puts the sites of a file into their tree: parents first, in any order of lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from skillhub.districts.rules import kinds
from skillhub.imports.rules.lines import Decision, Line, Remark, remark
from skillhub.imports.rules.sites import Site

ALL_TIERS = (1, 2, 3)
DEEPEST = ALL_TIERS[-1]
LONGEST_CHAIN = 50  # whoever hangs that deep is wrong anyway
_DIGITS = 5


@dataclass(frozen=True)
class KnownSite:
    """A site of the directory, as far as a line is compared with it."""

    id: int
    code: str
    district: str
    name: str
    kind: str
    tier: int
    parent_id: int | None
    address: str
    phone: str | None
    position: tuple[float, float] | None


@dataclass
class Placed:
    """A site of the file with its place; `parent` is new as well, `parent_id` stands in the directory."""

    site: Site
    tier: int
    parent: Placed | None = None
    parent_id: int | None = None


class Tree:
    """Decides about the sites of a file; what is new stands in `placed`, parents first."""

    def __init__(
        self, known: Sequence[KnownSite], sites: Sequence[Site], *, takes_flagged: bool = True
    ) -> None:
        self.placed: list[Placed] = []
        self._sites, self._takes_flagged = sites, takes_flagged
        self._by_code = {each.code: each for each in known}
        self._names: dict[tuple[str, str], list[KnownSite]] = defaultdict(list)
        for each in known:
            self._names[each.district, each.name].append(each)
        self._codes: dict[str, Site] = {}
        self._file_names: dict[tuple[str, str], list[Site]] = defaultdict(list)
        for site in sites:
            if site.code:
                self._codes.setdefault(site.code, site)
            self._file_names[site.district, site.name].append(site)
        self._decided: dict[int, Line] = {}
        self._new: dict[int, Placed] = {}
        self._open: list[int] = []

    def lines(self) -> list[Line]:
        """Decide about every line, and return the decisions in the order of the file."""
        return [self._decide(each) for each in self._sites]

    def _decide(self, site: Site) -> Line:
        if site.number not in self._decided:
            self._open.append(site.number)
            line = self._line(site)
            self._open.remove(site.number)
            self._decided[site.number] = line
        return self._decided[site.number]

    def _line(self, site: Site) -> Line:
        refusals, flags = list(site.refusals), list(site.flags)
        twin = self._earlier(site, flags)
        if twin is not None:
            refusals.append(remark("entered_twice", line=twin.number))
        found = self._known(site, refusals, flags)
        place = self._place(site, refusals)
        if refusals:
            return _said(site, Decision.REFUSE, refusals)
        if found is not None:
            different = _differences(site, found, place)
            if different:
                return _said(site, Decision.FLAG, [remark("site_differs", fields=",".join(different))])
            return _said(site, Decision.UNCHANGED, [remark("site_known")])
        if not flags or self._takes_flagged:
            self._new[site.number] = place
            self.placed.append(place)
        if flags:
            return _said(site, Decision.FLAG, flags)
        return _said(site, Decision.NORMALISED if site.normalised else Decision.OK, [])

    def _earlier(self, site: Site, flags: list[Remark]) -> Site | None:
        if site.code and self._codes[site.code] is not site:
            return self._codes[site.code]
        first = self._file_names[site.district, site.name][0]
        if first is site or not site.name:
            return None
        if site.code and first.code:
            flags.append(remark("site_name_again", line=first.number))
            return None
        return first

    def _known(self, site: Site, refusals: list[Remark], flags: list[Remark]) -> KnownSite | None:
        found = self._by_code.get(site.code or "")
        if found is not None:
            if site.district and found.district != site.district:
                refusals.append(remark("site_code_elsewhere"))
            return found
        named = self._names.get((site.district, site.name), [])
        if named and site.code:
            flags.append(remark("site_name_known", known=named[0].code))
            return None
        return named[0] if named else None

    def _place(self, site: Site, refusals: list[Remark]) -> Placed:
        """Return where the site stands; what is wrong with its parent is put to the refusals."""
        tiers = kinds.TIERS.get(site.kind, ALL_TIERS)
        place = Placed(site, site.tier or tiers[0])
        above: int | None = None
        if site.parent is not None:
            above = self._above(site, place, refusals)
        if above is not None:
            place.tier = site.tier or next((each for each in tiers if each > above), above + 1)
            if not above < place.tier <= DEEPEST:
                refusals.append(remark("tier_parent"))
                return place
        if place.tier not in tiers:
            refusals.append(remark("tier_kind"))
        return place

    def _above(self, site: Site, place: Placed, refusals: list[Remark]) -> int | None:
        """Find the parent in the file or in the directory, and return its tier."""
        value = site.parent or ""
        of_file = self._codes.get(value)
        of_directory = self._by_code.get(value)
        if of_file is None and of_directory is None:
            names = self._file_names.get((site.district, value), [])
            known = self._names.get((site.district, value), [])
            if len(names) > 1 or len(known) > 1:
                refusals.append(remark("parent_unclear", value=value[:40]))
                return None
            of_file, of_directory = next(iter(names), None), next(iter(known), None)
        if of_file is not None:
            return self._of_file(of_file, place, refusals)
        if of_directory is None or of_directory.district != site.district:
            refusals.append(remark("parent_unknown", value=value[:40]))
            return None
        place.parent_id = of_directory.id
        return of_directory.tier

    def _of_file(self, parent: Site, place: Placed, refusals: list[Remark]) -> int | None:
        if parent.number in self._open or len(self._open) > LONGEST_CHAIN:
            refusals.append(remark("parent_circle"))
            return None
        line = self._decide(parent)
        if line.decision is Decision.REFUSE:
            refusals.append(remark("parent_refused", line=parent.number))
            return None
        if parent.number in self._new:
            place.parent = self._new[parent.number]
            return place.parent.tier
        found = self._known(parent, [], [])
        if found is None:  # a flagged line that is left out
            refusals.append(remark("parent_refused", line=parent.number))
            return None
        place.parent_id = found.id
        return found.tier


def _differences(site: Site, found: KnownSite, place: Placed) -> list[str]:
    """Return in which fields the file says something else; what it leaves empty says nothing."""
    said: Mapping[str, tuple[object, object]] = {
        "name": (site.name, found.name),
        "kind": (site.kind, found.kind),
        "tier": (site.tier, found.tier),
        "address": (site.address, found.address),
        "phone": (site.phone, found.phone),
        "position": (_rounded(site.position), _rounded(found.position)),
    }
    different = [name for name, (new, old) in said.items() if new is not None and new != old]
    if site.parent is not None and (place.parent is not None or place.parent_id != found.parent_id):
        different.append("parent")
    return different


def _rounded(position: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if position is None else (round(position[0], _DIGITS), round(position[1], _DIGITS))


def _said(site: Site, decision: Decision, reasons: Iterable[Remark]) -> Line:
    return Line(site.number, site.name[:60], decision, tuple(reasons), tuple(site.normalised))
