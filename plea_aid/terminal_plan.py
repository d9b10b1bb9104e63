"""What ``plea-aid options`` prints for a person."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from plea_aid.analysis.levels import KINDS, rank
from plea_aid.law.catalogue import Law
from plea_aid.planning.accountability import Accountability
from plea_aid.planning.changes import SmallestChange
from plea_aid.planning.plan import Planned
from plea_aid.terminal import STANDING, level_text


def print_plan(console: Console, planned: Planned, law: Law) -> None:
    """Print the baseline, the smallest changes, what no plea avoids, and the frontier."""
    console.print(Text(f"Law {planned.law_version}, as of {planned.as_of}.", style="dim"))
    base = planned.baseline
    console.print(Text(f"Baseline: {base.option.name}", style="bold"))
    console.print(_weight(base.accountability))
    for finding in sorted(base.findings, key=lambda f: -rank(f.level)):
        if rank(finding.level) >= rank("possible"):
            console.print(Text.assemble("  ", level_text(finding.level), f"  {law.grounds[finding.ground].name}"))
    console.print(Text("\nSmallest changes: undo any part and the ground is back", style="bold"))
    for change in (*planned.smallest, *planned.forced):
        _print_change(console, change, law)
    if not planned.smallest and not planned.forced:
        console.print("  None was found that the plan allows.")
    for lowering in planned.lowering:
        changed = "; ".join(_change(c.field, c.before, c.after, c.count) for c in lowering.change.changes)
        name = law.grounds[lowering.ground].name
        console.print(f"- {changed}: lowers to {lowering.lowered_to}: {name}", markup=False)
    for stuck in planned.unavoidable:
        console.print(
            Text.assemble("- ", level_text(stuck.level), f"  {law.grounds[stuck.ground].name}: {stuck.because}")
        )
    console.print(_frontier(planned))
    search = planned.search
    proof = "all of them accounted for" if search.exhaustive else "NOT all accounted for"
    console.print(
        f"{search.combinations:,} combinations, {proof}, {search.seconds:.3f} s. Nothing is ranked by one score."
    )
    console.print(Text(STANDING, style="dim"))


def _print_change(console: Console, change: SmallestChange, law: Law) -> None:
    """Print one minimal set of changes: what it avoids, what else moves, what it needs and costs."""
    steps = [_change(c.field, c.before, c.after, c.count) for c in (*change.changes, *change.adjustments)]
    console.print(Text("- " + "; ".join(steps)))
    table = Table.grid(padding=(0, 1))
    table.add_column(width=10, style="dim")
    table.add_column(overflow="fold")
    table.add_row("  avoids", "; ".join(dict.fromkeys(law.grounds[g].name for g, _ in change.avoids)))
    if change.added:
        table.add_row("  adds", "; ".join(law.grounds[g].name for g in change.added))
    if change.requires:
        table.add_row("  needs", "\n".join(change.requires))
    table.add_row("  leaves", _weight(change.accountability))
    console.print(table)


def _change(field: str, before: object, after: object, count: int) -> str:
    return f"count {count}, {field.replace('_', ' ')}: {before} to {after}"


def _weight(weight: Accountability) -> str:
    """Return the accountability vector in words: convictions, days, dollars."""
    priors = f", later counts as a prior for {', '.join(weight.counts_as_prior)}" if weight.counts_as_prior else ""
    return (
        f"{weight.convictions} conviction{'' if weight.convictions == 1 else 's'} ({weight.label or 'none'}), "
        f"{weight.jail_days} days jail, {weight.suspended_days} suspended, ${weight.fine:,} fine, "
        f"{weight.supervision_days} days supervision{priors}"
    )


def _frontier(planned: Planned) -> Table:
    table = Table(
        title="The frontier: no allowed option is better on everything at once",
        title_justify="left",
        show_lines=True,
    )
    for name in ("Option", "Consequences: highest level of each kind", "Weight"):
        table.add_column(name, overflow="fold")
    for option in planned.frontier:
        levels = [
            Text.assemble(level_text(level), f" {KINDS[kind].lower()}")
            for kind, level in option.kinds.items()
            if level != "none"
        ]
        table.add_row(option.option.name, Text("\n").join(levels), _weight(option.accountability))
    return table
