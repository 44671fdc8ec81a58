"""The only place that decides who is who: lines of one file among each other, and those who are known.

A document makes a person; without one, name and phone together do. A phone alone is nobody: couples
share one. A second line of a person is welcome when it brings something (another wish, the document);
else it was entered twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from skillhub.accounts.rules.identity import Identity
from skillhub.imports.rules.lines import Decision, Line, Remark, remark
from skillhub.imports.rules.people import Person, WishKey


@dataclass(frozen=True)
class Known:
    """Somebody who is registered already, as far as a decision needs it."""

    id: int
    handle: str
    name: str
    document: str | None
    phone: str | None
    districts: frozenset[str]
    wishes: frozenset[WishKey]
    has_consented: bool


@dataclass(frozen=True)
class Register:
    """Those of the registered people whom the lines may mean, by document and by phone."""

    by_document: Mapping[str, Known] = field(default_factory=dict)
    by_phone: Mapping[str, tuple[Known, ...]] = field(default_factory=dict)


@dataclass
class Someone:
    """A person of the file: all that its lines said, and what of it is new."""

    line: Person
    known: Known | None
    document: Identity | None = None
    key: str | None = None
    phone: str | None = None
    groups: tuple[str, ...] = ()
    new_wishes: list[WishKey] = field(default_factory=list)
    seen_wishes: set[WishKey] = field(default_factory=set)
    is_new_in_district: bool = False
    has_new_consent: bool = False
    is_listed: bool = False

    @property
    def brings_something(self) -> bool:
        """Tell whether there is anything to write."""
        known = self.known
        return (
            known is None
            or bool(self.new_wishes)
            or self.is_new_in_district
            or self.has_new_consent
            or (known.document is None and self.document is not None)
            or (known.phone is None and self.phone is not None)
        )


class Judge:
    """Takes the lines in their order; those that are taken become `people`."""

    def __init__(self, register: Register, *, takes_flagged: bool = True) -> None:
        self.people: list[Someone] = []
        self._register = register
        self._takes_flagged = takes_flagged
        self._by_document: dict[str, Someone] = {}
        self._by_pair: dict[tuple[str, str], Someone] = {}
        self._by_phone: dict[str, list[Someone]] = defaultdict(list)
        self._by_known: dict[int, Someone] = {}

    def lines(self, read: Iterable[Person]) -> list[Line]:
        """Decide about every line."""
        return [self._line(each) for each in read]

    def _line(self, read: Person) -> Line:
        if read.refusals:
            return _said(read, Decision.REFUSE, read.refusals)
        flags = list(read.flags)
        same = self._same(read, flags)
        if same is not None and same.key and read.key and same.line.name != read.name:
            return _said(read, Decision.REFUSE, [remark("document_of_another", line=same.line.number)])
        if same is not None:
            return self._again(read, same, flags)
        return self._first(read, flags)

    def _same(self, read: Person, flags: list[Remark]) -> Someone | None:
        """Return who of the lines above it is; a doubt is put to the flags."""
        if read.key and read.key in self._by_document:
            return self._by_document[read.key]
        beside = self._by_pair.get((read.name, read.phone)) if read.phone else None
        if beside is None:
            return None
        is_another = beside.key is not None or read.key in self._register.by_document
        if read.key and is_another:
            flags.append(remark("name_and_phone_again", line=beside.line.number))
            return None
        return beside

    def _again(self, read: Person, same: Someone, flags: list[Remark]) -> Line:
        number = same.line.number
        fresh = [wish for wish in read.wishes if wish not in same.seen_wishes]
        is_more = bool(fresh) or (read.key and not same.key) or (read.phone and not same.phone)
        if not is_more:
            if read.wishes and same.known and all(wish in _keys(same.known) for wish in read.wishes):
                return _said(read, Decision.UNCHANGED, [remark("same_as_line", line=number)])
            return _said(read, Decision.REFUSE, [remark("entered_twice", line=number)])
        if flags and not self._takes_flagged:
            return _said(read, Decision.FLAG, flags)
        _see(same, read.wishes)
        same.new_wishes += fresh
        if read.document and not same.document:
            same.document, same.key = read.document, read.key
            self._by_document[read.key or ""] = same
        same.phone = same.phone or read.phone
        self._list(same)
        if flags:
            return _said(read, Decision.FLAG, flags)
        return _said(read, Decision.MERGE, [remark("same_as_line", line=number)])

    def _first(self, read: Person, flags: list[Remark]) -> Line:
        known = self._known(read, flags)
        if known is not None and known.name != read.name:
            return _said(read, Decision.REFUSE, [remark("identity_name_differs")])
        if known is not None and known.id in self._by_known:
            return self._again(read, self._by_known[known.id], flags)
        self._compare_phone(read, known, flags)
        someone = _someone(read, known)
        if known is not None and not someone.brings_something:
            self._keep(someone)
            return _said(read, Decision.UNCHANGED, [remark("known")])
        if flags and not self._takes_flagged:
            return _said(read, Decision.FLAG, flags)
        self._keep(someone)
        self._list(someone)
        return _taken(read, known, flags)

    def _known(self, read: Person, flags: list[Remark]) -> Known | None:
        if read.key and read.key in self._register.by_document:
            return self._register.by_document[read.key]
        for each in self._register.by_phone.get(read.phone or "", ()):
            if each.name == read.name:
                if each.document and read.key:
                    flags.append(remark("name_and_phone_known"))
                    return None
                return each
        return None

    def _compare_phone(self, read: Person, known: Known | None, flags: list[Remark]) -> None:
        if known and known.phone and read.phone and known.phone != read.phone:
            flags.append(remark("phone_differs"))
        if read.phone is None or known is not None:
            return
        for each in self._by_phone[read.phone]:
            if each.line.name != read.name and not (each.key and read.key):
                flags.append(remark("phone_shared_with_line", line=each.line.number))
                return
        others = [each for each in self._register.by_phone.get(read.phone, ()) if each.name != read.name]
        if any(not (each.document and read.key) for each in others):
            flags.append(remark("phone_shared"))

    def _list(self, someone: Someone) -> None:
        if not someone.is_listed:
            someone.is_listed = True
            self.people.append(someone)

    def _keep(self, someone: Someone) -> None:
        if someone.known is not None:
            self._by_known[someone.known.id] = someone
        if someone.key:
            self._by_document[someone.key] = someone
        if someone.phone:
            self._by_pair[someone.line.name, someone.phone] = someone
            self._by_phone[someone.phone].append(someone)


def _taken(read: Person, known: Known | None, flags: list[Remark]) -> Line:
    if flags:
        return _said(read, Decision.FLAG, flags)
    if known is not None:
        return _said(read, Decision.MERGE, [remark("known")])
    return _said(read, Decision.NORMALISED if read.normalised else Decision.OK, [])


def _someone(read: Person, known: Known | None) -> Someone:
    seen: set[WishKey] = set(_keys(known)) if known else set()
    someone = Someone(
        line=read,
        known=known,
        document=read.document,
        key=read.key,
        phone=read.phone,
        groups=read.groups,
        new_wishes=[wish for wish in read.wishes if wish not in seen],
        seen_wishes=seen,
        is_new_in_district=known is not None and read.district not in known.districts,
        has_new_consent=read.has_consented and (known is None or not known.has_consented),
    )
    _see(someone, read.wishes)
    return someone


def _keys(known: Known) -> frozenset[WishKey]:
    """Return the wishes on file, each also without its day: who names no day means the wish."""
    undated: frozenset[WishKey] = frozenset((kind, trade, None) for kind, trade, _day in known.wishes)
    return known.wishes | undated


def _see(someone: Someone, wishes: Iterable[WishKey]) -> None:
    no_day: date | None = None
    for kind, trade, day in wishes:
        someone.seen_wishes |= {(kind, trade, day), (kind, trade, no_day)}


def _said(read: Person, decision: Decision, reasons: Iterable[Remark]) -> Line:
    return Line(read.number, read.written, decision, tuple(reasons), tuple(read.normalised))
