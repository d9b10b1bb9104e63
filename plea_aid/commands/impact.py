"""What ``law impact`` finds and prints."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plea_aid.commands.command import current_law, database, print_json

if TYPE_CHECKING:
    from plea_aid.analysis.rerun import Change
    from plea_aid.casework.impact import Affected, Tally
    from plea_aid.law.catalogue import Law


@dataclass(frozen=True)
class Found:
    """The affected analyses, how much was looked at, and the law they are read under now."""

    affected: list[Affected]
    tally: Tally
    old: str | None
    new: Law

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "law": {"old": self.old, "new": self.new.version},
            "analyses": vars(self.tally),
            "affected": [one.as_json() for one in self.affected],
        }


def what_if_impact(old: Path, new: Path) -> Found:
    """Compare every stored analysis under two folders of law data; nothing is stored."""
    from plea_aid.casework import accounts, impact
    from plea_aid.law.load import read_law

    before, after = read_law(old), read_law(new)
    tally = impact.Tally()
    with database() as db:
        affected = list(impact.what_if(db, accounts.server_actor(), before, after, tally))
    return Found(affected, tally, before.version, after)


def stored_impact() -> Found:
    """Compare every stored analysis with the law of this installation, and keep what is found for the owners."""
    from plea_aid.casework import accounts, impact

    law = current_law()
    affected: list[impact.Affected] = []
    with database() as db:
        checked = impact.check(db, accounts.server_actor(), law, each=affected.append)
    return Found(affected, checked.tally, None, law)


def report(found: Found, as_json: bool) -> None:
    """Print what was found, as one JSON document or for a person."""
    if as_json:
        print_json(found.as_json())
        return
    from rich.table import Table

    from plea_aid.terminal import on_screen

    console, tally = on_screen(), found.tally
    console.print(f"{found.old or 'The law each analysis was made under'} to {found.new.version}", highlight=False)
    console.print(
        f"{tally.analyses} stored analyses; the change can touch {tally.rerun} of them, {tally.affected} come out "
        "differently.",
        highlight=False,
    )
    if tally.not_comparable:
        console.print(f"{tally.not_comparable} open drafts cannot be compared: their earlier law cannot be read.")
    for one in found.affected:
        made = f"version {one.version_number}" if one.version_number else "as it stands"
        table = Table(title=f"Case {one.case_id}, {made}, {one.stage}, {one.owner}", title_justify="left")
        for name in ("Option", "Ground", "Postures", "Before", "After"):
            table.add_column(name, overflow="fold")
        for change in one.changes:
            table.add_row(*_row(change, found.new))
        console.print(table)


def _row(change: Change, law: Law) -> tuple[str, ...]:
    option = str(change.option) if change.option else "charge stage"
    if not change.ground:
        return option, "\n".join(change.because), "", change.before, change.after
    ground = law.grounds.get(change.ground)
    return option, ground.name if ground else change.ground, ", ".join(change.postures), change.before, change.after
