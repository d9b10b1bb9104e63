"""Which offenses the words or the citation of a charge name, and how surely."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from plea_aid.analysis.charge import resolve_charge
from plea_aid.analysis.charge_text import ChargeText, codes
from plea_aid.law.catalogue import Law, UnknownOffense
from plea_aid.law.citation import normalise
from plea_aid.law.records import Offense
from plea_aid.law.search import find_offenses, stem
from plea_aid.law.shorthand import folded

SEVERAL = "It names more than one charge: put a semicolon between them."
_LOOKED_AT = 40


@dataclass(frozen=True)
class Named:
    """What words or a citation name: citations and ids of the catalogue to choose from."""

    cites: tuple[str, ...]
    wide: str | None = None
    """The citation that stands first and takes all the others in; None where there is none."""
    sure: bool = True
    notes: tuple[str, ...] = ()
    literal: bool = False
    """True where the words are a title as it stands: an 'attempt' in it is no form of another offense."""


@dataclass(frozen=True)
class _Name:
    """A short form or a title, and what it names."""

    offenses: tuple[Offense, ...]
    named: Named


def cited(law: Law, said: ChargeText) -> Named | str:
    """Return what a charge with one citation names; or, in a sentence, why it names nothing."""
    section = said.sections[0]
    exact = law.find(said.text)
    if len(exact) == 1:
        return Named((exact[0].cite,))
    offenses = _at(law, said)
    if not offenses:
        try:
            law.resolve(section)
        except UnknownOffense as fault:
            return f"{fault.args[0]}."
    names, rest = _mentions(law, said.words)
    strange = [name for name in names if not set(_ids(name.offenses)) & set(_ids(offenses))]
    if strange and (rest or len(names) > 1):
        return SEVERAL
    whole = _whole(law, offenses)
    if whole.wide:
        as_cited = resolve_charge(
            law, f"{said.code} {section}".strip() if law.find(f"{said.code} {section}") else whole.wide
        )
        whole = Named((as_cited.cite, *whole.cites[1:]), as_cited.cite)
    if strange:
        both = (*whole.cites[:1], *strange[0].named.cites[:1])
        return Named(both, sure=False, notes=("The words and the citation name different offenses.",))
    titled = [o for o in offenses if _in_title(o, rest)]
    if rest and titled and len(titled) < len(offenses):
        return _whole(law, titled)
    known = folded(" ".join(f"{o.title} {o.summary} {o.family}" for o in offenses)).split()
    unread = [word for word in rest if not any(one.startswith(stem(word)) for one in known)]
    return Named(whole.cites, whole.wide, True, _unread(unread))


def worded(law: Law, said: ChargeText) -> Named | str:
    """Return what a charge without a citation names; or, in a sentence, why it names nothing."""
    exact = law.find(said.text)
    if len(exact) == 1:
        return Named((exact[0].cite,))
    every = _names(law)
    if said.whole in every:
        return replace(every[said.whole].named, literal=True)
    if said.words in every:
        return every[said.words].named
    names, rest = _mentions(law, said.words)
    if not names:
        return _searched(law, said)
    shared = [o for o in names[0].offenses if all(o.id in _ids(n.offenses) for n in names[1:])]
    if not shared:
        return SEVERAL
    titled = [o for o in shared if _in_title(o, rest)] if rest else []
    titled = titled or _titled(law, said.words)
    if titled:
        return _whole(law, titled)
    named = names[0].named if len(names) == 1 else _whole(law, shared)
    return Named(named.cites, named.wide, False, (*named.notes, *_unread(rest)))


def of_grade(law: Law, cites: Sequence[str], said: ChargeText, on: date) -> tuple[str, ...]:
    """Return those of the citations that are of the grade the charge states, or the like-named ones that are."""
    if said.grade is None:
        return tuple(cites)
    fit = tuple(c for c in cites if all(_is(law, o, said, on) for o in resolve_charge(law, c).offenses))
    if fit:
        return fit
    like = _titled(law, said.words) if said.words else []
    at = said.sections[0] if said.sections else ""
    like = [o for o in like or law.offenses.values() if normalise(o.cite).startswith(at)] if at else like
    return tuple(o.cite for o in like if _is(law, o, said, on))


def _is(law: Law, offense: Offense, said: ChargeText, on: date) -> bool:
    """Say whether the offense is of the grade stated, for the offense number stated."""
    nth = said.nths[0] if said.nths else 1
    felony = offense.grade == "felony" or law.penalty(offense, nth, on, {}).felony
    return felony == (said.grade == "felony")


def _at(law: Law, said: ChargeText) -> tuple[Offense, ...]:
    section = said.sections[0]
    of_codes = (
        found for code in ([said.code] if said.code else codes(law)) if (found := law.find(f"{code} {section}"))
    )
    return next(of_codes, ()) if said.code else law.find(section) or next(of_codes, ())


def _whole(law: Law, offenses: Sequence[Offense]) -> Named:
    """Return offenses as citations, first the citation that takes them all in where there is one."""
    cites = tuple(o.cite for o in offenses)
    if len(offenses) < 2:
        return Named(cites)
    for shorter in reversed(_wider(offenses[0])):
        if set(_ids(law.find(shorter))) == set(_ids(offenses)):
            wide = resolve_charge(law, shorter).cite
            return Named((wide, *cites), wide)
    return Named(cites)


def _wider(offense: Offense) -> list[str]:
    """Return the citations under which the offense stands, the widest last."""
    cite = offense.cite.split(",")[0]
    found = [*offense.also_cited]
    while "(" in cite:
        cite = cite[: cite.rindex("(")].strip()
        found.append(cite)
    return found


def _names(law: Law) -> dict[str, _Name]:
    """Return every short form, title, and title up to its colon, folded, with what it names."""
    known: dict[str, _Name] | None = law.memory.get("names")
    if known is None:
        known = {}
        heads: dict[str, list[Offense]] = {}
        for offense in law.offenses.values():
            head = folded(offense.title.split(":")[0])
            if head not in folded(offense.cite):  # 'Helena: ...' names a code, not an offense
                heads.setdefault(head, []).append(offense)
        for head, offenses in heads.items():
            known[head] = _Name(tuple(offenses), _whole(law, offenses))
        for offense in law.offenses.values():
            known[folded(offense.title)] = _Name((offense,), Named((offense.cite,)))
        for short in (s for s in law.shorthands if s.stands_for):
            offenses = [o for cite in short.stands_for for o in law.find(cite)]
            cites = tuple(resolve_charge(law, cite).cite for cite in short.stands_for)
            named = _whole(law, offenses)
            if len(cites) > 1:
                named = Named(cites)
            elif named.wide:
                named = Named((*cites, *named.cites[1:]), cites[0])
            named = Named(named.cites, named.wide, True, (short.note,) if short.note else ())
            known.update({folded(word): _Name(tuple(offenses), named) for word in short.words})
        law.memory["names"] = known
    return known


def _mentions(law: Law, words: str) -> tuple[list[_Name], list[str]]:
    """Return the names that stand in ``words``, the longest first wherever several begin, and the words left over."""
    every, left = _names(law), words.split()
    longest = max((len(name.split()) for name in every), default=0)
    found: list[_Name] = []
    rest: list[str] = []
    while left:
        for size in range(min(longest, len(left)), 0, -1):
            name = every.get(" ".join(left[:size]))
            if name:
                found.append(name)
                left = left[size:]
                break
        else:
            rest.append(left.pop(0))
    return found, rest


def _searched(law: Law, said: ChargeText) -> Named | str:
    titled = _titled(law, said.words)
    if titled:
        whole = _whole(law, titled)
        return Named(whole.cites, whole.wide, len(titled) == 1 or whole.wide is not None)
    found = find_offenses(law, said.words, _LOOKED_AT)
    if not found:
        return "No offense of the catalogue fits: give its citation, such as 45-6-301, or words of its name."
    return Named(tuple(o.cite for o in found), sure=False)


def _titled(law: Law, words: str) -> list[Offense]:
    """Return the offenses in whose title every word stands."""
    return [o for o in law.offenses.values() if _in_title(o, words.split())] if words else []


def _in_title(offense: Offense, words: Iterable[str]) -> bool:
    there = folded(offense.title).split()
    return all(any(one.startswith(stem(word)) for one in there) for word in words)


def _ids(offenses: Iterable[Offense]) -> list[str]:
    return [o.id for o in offenses]


def _unread(words: Sequence[str]) -> tuple[str, ...]:
    return (f"Not read: '{' '.join(words)}'.",) if words else ()
