"""What ``plea-aid options`` prints for a person: what each resolution leaves, asks and needs, and what none avoids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from plea_aid.analysis.levels import KINDS, rank
from plea_aid.law.catalogue import Law
from plea_aid.notes.equivalence import NOT_STATED, SAYINGS, departures
from plea_aid.notes.view import counted, days, dollars
from plea_aid.planning.accountability import Accountability
from plea_aid.planning.changes import SmallestChange, Unavoidable
from plea_aid.planning.groups import Group, shown_order
from plea_aid.planning.moves import Change
from plea_aid.planning.plan import FrontierOption, Planned
from plea_aid.terminal import STANDING, level_text

OPTIONS_SHOWN = 5
"""Options printed of one group of the frontier; the document of ``--json`` has them all."""


def print_plan(console: Console, planned: Planned, law: Law) -> None:
    """Print the baseline, the smallest changes, what no plea avoids, and the frontier in groups."""
    console.print(Text(f"Law {planned.law_version}, as of {planned.as_of}.", style="dim"))
    base = planned.baseline
    console.print(Text(f"Baseline: {base.option.name}", style="bold"))
    console.print(_rows(_weight_rows(base.accountability)))
    for finding in sorted(base.findings, key=lambda f: -rank(f.level)):
        if rank(finding.level) >= rank("possible"):
            console.print(_finding(finding.level, finding.ground, finding.postures, law))
    _smallest(console, planned, law)
    _unavoidable(console, planned.unavoidable, law)
    _frontier(console, planned)
    _search(console, planned)
    console.print(Text(STANDING, style="dim"))


def _smallest(console: Console, planned: Planned, law: Law) -> None:
    console.print(Text("\nSmallest changes: undo any part and the ground is back", style="bold"))
    for change in (*planned.smallest, *planned.forced):
        console.print(Text(f"- {changes_in_words(change)}"))
        console.print(_rows(_change_rows(change, planned.baseline.accountability, law)))
    if not planned.smallest and not planned.forced:
        console.print("  None was found that the plan allows.")
    lowered: dict[str, list[str]] = {}
    for lowering in planned.lowering:
        lowered.setdefault(changes_in_words(lowering.change), []).append(law.grounds[lowering.ground].name)
    if lowered:
        console.print(Text("\nChanges that lower a flag to possible, no further", style="bold"))
    for words, names in lowered.items():
        console.print(Text(f"- {words}: {'; '.join(dict.fromkeys(names))}"))


def _unavoidable(console: Console, stuck: Sequence[Unavoidable], law: Law) -> None:
    """Print the findings that stay, those with the same reason together."""
    if not stuck:
        return
    console.print(Text("\nWhat no listed change avoids", style="bold"))
    for because in dict.fromkeys(u.because for u in stuck):
        console.print(Text(f"- {because}"))
        for u in sorted((u for u in stuck if u.because == because), key=lambda u: -rank(u.level)):
            console.print(_finding(u.level, u.ground, u.postures, law))


def _frontier(console: Console, planned: Planned) -> None:
    console.print(Text("\nThe frontier: no allowed option is better on everything at once", style="bold"))
    if not planned.frontier:
        console.print("  No option keeps what the plan asks for.")
    for group in planned.groups:
        console.print(Text.assemble("Leaves ", *_marks(planned, group), style="bold"))
        for place in group.options[:OPTIONS_SHOWN]:
            option = planned.frontier[place]
            console.print(Text(f"- {option.option.name}"))
            console.print(_rows(_option_rows(option, planned.baseline.accountability)))
        more = len(group.options) - OPTIONS_SHOWN
        if more > 0:
            ranges = "; ".join(_range(name, group) for name in ("imposed_days", "fine", "supervision_days"))
            console.print(f"  and {counted(more, 'more option')} of this group ({ranges}), in --json")


def _search(console: Console, planned: Planned) -> None:
    search = planned.search
    if search.exhaustive:
        proof = "all of them accounted for"
    else:
        proof = "NOT all accounted for: an option that is not listed may be as good as those that are"
    console.print(
        f"\n{search.combinations:,} combinations, {proof}, {search.seconds:.3f} s. Nothing is ranked by one score."
    )


def changes_in_words(change: SmallestChange) -> str:
    """Return what is changed, and what that forces besides, field by field."""
    return "; ".join(_change(c) for c in (*change.changes, *change.adjustments))


def _change(change: Change) -> str:
    field = change.field.removeprefix("record.").replace("_", " ")
    before, after = ("not stated" if v is None else str(v) for v in (change.before, change.after))
    where = "record, " if change.field.startswith("record.") else ""
    return f"count {change.count}, {where}{field}: {before} to {after}"


def _change_rows(change: SmallestChange, base: Accountability, law: Law) -> Iterable[tuple[str, str]]:
    yield "avoids", "; ".join(dict.fromkeys(law.grounds[g].name for g, _ in change.avoids))
    also = [g for g in change.removed if g not in {ground for ground, _ in change.avoids}]
    if also:
        yield "also gone", "; ".join(law.grounds[g].name for g in also)
    if change.added:
        yield "adds", "; ".join(law.grounds[g].name for g in change.added)
    yield "keeps", f"{counted(len(change.kept), 'ground')} of the baseline" if change.kept else "no ground"
    if change.requires:
        yield "needs", "\n".join(change.requires)
    lines = departures(base, change.accountability)
    yield "weight", "\n".join(lines) or "the same as the baseline in every measure"


def _option_rows(option: FrontierOption, base: Accountability) -> Iterable[tuple[str, str]]:
    """Yield what the option asks; what is said in words only where it differs from the baseline."""
    for name, words in _weight_rows(option.accountability):
        if name in ("convicted", "ordered") or (name, words) not in tuple(_weight_rows(base)):
            yield name, words
    if option.requires:
        yield "needs", "\n".join(option.requires)


def _weight_rows(weight: Accountability) -> Iterable[tuple[str, str]]:
    """Yield the accountability vector in words: days are days, money is dollars."""
    yield "convicted", f"{counted(weight.convictions, 'conviction')}: {weight.label}" if weight.convictions else "no"
    unstated = "" if weight.supervision_stated else f" ({NOT_STATED})"
    yield (
        "ordered",
        f"{days(weight.jail_days)} jail, {weight.suspended_days:,} suspended, {dollars(weight.fine)} fine, "
        f"{days(weight.supervision_days)} supervision{unstated}",
    )
    for said in SAYINGS:
        yield _SHORT.get(said.name, said.name.lower()), said.words(weight)


_SHORT = {
    "Counts as a prior for": "prior for",
    "Treatment ordered by law": "treatment",
    "Treatment as a condition": "as a condition",
}


def _marks(planned: Planned, group: Group) -> list[Text | str]:
    """Return the highest level of each kind that is left, in words and shapes."""
    parts: list[Text | str] = []
    for kind in group.marks:
        shown = max((planned.frontier[p].kinds[kind] for p in group.options), key=shown_order)
        if shown != "none":
            parts += [", " if parts else "", level_text(shown), f" {KINDS[kind].lower()}"]
    return parts or ["nothing of any kind"]


def _finding(level: str, ground: str, postures: Sequence[str], law: Law) -> Text:
    return Text.assemble("  ", level_text(level), f"  {law.grounds[ground].name}, for {_whom(postures, law)}")


def _whom(postures: Sequence[str], law: Law) -> str:
    if len(postures) == len(law.postures):
        return "everyone who is not a citizen"
    if len(postures) <= _NAMED:
        return "; ".join(law.postures[p].name for p in postures)
    return f"{len(postures)} of {len(law.postures)} situations"


_NAMED = 2


def _range(name: str, group: Group) -> str:
    least, most = group.least[name], group.most[name]
    words = dollars if name == "fine" else days
    span = words(most) if least == most else f"{least:,} to {words(most)}"
    return f"{name.replace('_days', '').replace('imposed', 'ordered')} {span}"


def _rows(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=16, style="dim", overflow="fold")
    table.add_column(overflow="fold")
    for name, words in rows:
        table.add_row(f"  {name}", Text(words))
    return table
