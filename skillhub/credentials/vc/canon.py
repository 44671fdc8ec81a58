"""The only place that knows PyLD: canonical form, and the check that no member is left unsigned.

PyLD leaves out what no context defines, without a word; such a member would look
signed and could be changed by anyone. So the members that came out are counted.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from pyld import jsonld

from skillhub.credentials.vc import contexts

Loader = Callable[[str, object], dict[str, Any]]
_one_at_a_time = threading.Lock()  # PyLD keeps contexts in caches that break when threads meet in them
_NOWHERE = "https://relative.invalid/"  # by it a relative address is told, which PyLD would complete
_OPTIONS = {
    "algorithm": "URDNA2015",
    "format": "application/n-quads",
    "skipExpansion": True,
    "base": _NOWHERE,
}
_KEYWORDS = {"id": "@id", "type": "@type"}
_WRAPPERS = frozenset({"@value", "@list", "@set", "@graph"})


class Unsigned(ValueError):
    """A member of the document would not be covered by the signature."""


def canonical(document: Mapping[str, Any], load: Loader = contexts.load) -> str:
    """Return the canonical N-Quads of a document (RDF Dataset Canonicalization), nothing left out.

    :raises skillhub.credentials.vc.contexts.UnknownContext: it names a context that is not ours.
    :raises Unsigned: a member, identifier or type of it is not in its expanded form.
    """
    with _one_at_a_time:
        return _canonical(document, load)


def _canonical(document: Mapping[str, Any], load: Loader) -> str:
    try:
        expanded = jsonld.expand(dict(document), {"documentLoader": load, "base": _NOWHERE})
        written, defined = _written(document), _defined(expanded)
        if written != defined:
            raise Unsigned(f"{written} written, {defined} of them defined")
        return str(jsonld.normalize(expanded, _OPTIONS | {"documentLoader": load}))
    except jsonld.JsonLdError as error:
        raise _plain(error) from error


def _plain(error: jsonld.JsonLdError) -> ValueError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, contexts.UnknownContext):
            return cause
        cause = getattr(cause, "cause", None) or cause.__cause__
    return Unsigned(str(error.type))


def _written(value: object) -> Counter[str]:
    """Count what a document says: keywords by name, everything else together."""
    found: Counter[str] = Counter()
    if isinstance(value, Mapping):
        for name, member in value.items():
            if name == "@context" or value.keys() == {"id"}:
                continue
            keyword = _KEYWORDS.get(name)
            if keyword is not None:
                found[keyword] += len(member) if isinstance(member, list) else 1
                continue
            found["member"] += 1
            found["value"] += len(member) if isinstance(member, list) else 1
            found += _written(member)
    elif isinstance(value, list):
        for each in value:
            found += _written(each)
    return found


def _defined(value: object) -> Counter[str]:
    """Count what is left after expansion; only absolute identifiers and types are."""
    found: Counter[str] = Counter()
    if isinstance(value, list):
        for each in value:
            found += _defined(each)
    if not isinstance(value, Mapping) or "@value" in value or value.keys() == {"@id"}:
        return found  # a value, or a reference to something: counted by whoever has it
    for name, member in value.items():
        if name in ("@id", "@type"):
            named = member if isinstance(member, list) else [member]
            found[name] += sum(map(_is_absolute, named))
        elif name in _WRAPPERS:
            found += _defined(member)
        else:
            found["member"] += 1
            found["value"] += _length(member)
            found += _defined(member)
    return found


def _length(member: list[Any]) -> int:
    """Return how many values a member has; a reference that leads nowhere is none."""
    flat = [each for outer in member for each in outer.get("@list", [outer])]
    return sum(_is_absolute(each["@id"]) if each.keys() == {"@id"} else 1 for each in flat)


def _is_absolute(address: str) -> bool:
    return ":" in address and not address.startswith(("_:", _NOWHERE))
