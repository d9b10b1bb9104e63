"""What the commands print for a person: Rich tables and plain lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from plea_aid.analysis.assess import Assessment, CountAnalysis, OptionAnalysis
from plea_aid.analysis.comparison import LawChanges
from plea_aid.analysis.draft import with_draft
from plea_aid.analysis.evaluate import Agreement
from plea_aid.analysis.findings import Finding
from plea_aid.analysis.levels import KINDS, SHAPES, rank
from plea_aid.law.catalogue import Law
from plea_aid.law.records import LEVELS, Kind, Level, Offense, Penalty

_STYLES: dict[str, str] = {
    "certain": "bold red",
    "likely": "red",
    "possible": "yellow",
    "unlikely": "green",
    "none": "dim",
    "not-analysed": "bold magenta",
}
STANDING = (
    "The same analysis is made for everyone; no one's status was asked, inferred or stored. A screening aid for a "
    "lawyer's decision, one factor among the others; it is not advice and nothing here means safe."
)


def on_screen() -> Console:
    """Return the terminal, on which a text is printed as it stands: brackets in it are no markup."""
    return Console(markup=False, emoji=False)


def level_text(level: str) -> Text:
    """Return a level as word and shape."""
    return Text(f"{SHAPES[level]} {level.replace('-', ' ')}", style=_STYLES[level])


def print_assessment(console: Console, result: Assessment, law: Law, policy: str) -> None:
    """Print the glance table of every option, then each option's findings with their reasons."""
    console.print(Text(f"Law {result.law_version}, as of {result.as_of}. {policy}", style="dim"))
    glance = Table(title="At a glance: the highest level of each kind", title_justify="left", show_lines=False)
    glance.add_column("Option", overflow="fold")
    for kind in KINDS.values():
        glance.add_column(kind)
    for option in result.options:
        cells = [level_text(_top(option.findings, kind)) for kind in KINDS]
        glance.add_row(option.name, *cells)
    console.print(glance)
    for option in result.options:
        console.print(_option_panel(option, law))
    if result.unverified_authorities:
        names = "; ".join(_authority(law, a) for a in result.unverified_authorities)
        console.print(Text(f"Not verified at the source (check before relying on them): {names}", style="yellow"))
    console.print(Text(STANDING, style="dim"))


def _top(findings: Iterable[Finding], kind: Kind) -> Level:
    return max((f.level for f in findings if f.kind == kind), key=rank, default="none")


def _option_panel(option: OptionAnalysis, law: Law) -> Panel:
    lines: list[RenderableType] = []
    for count in option.counts:
        o = count.outcome
        said = {"certain": "a conviction", "none": "not a conviction", "possible": "possibly a conviction"}
        lines.append(
            Text(
                f"Count {o.number}  {o.final.cite}  {o.final.title}: {o.disposition.name.lower()}, "
                f"{said[o.conviction]}; maximum {o.maximum_days} days, ordered {o.ordered_days}, to serve "
                f"{o.served_days}."
            )
        )
        lines += [Text(f"  Unverified: {u}", style="yellow") for u in count.unverified]
    for warning in option.warnings:
        lines.append(Text(f"Note: {warning}", style="yellow"))
    shown = [f for f in option.findings if rank(f.level) >= rank("possible")]
    for count in option.counts:
        lines += _count_reasons(count, shown, law)
    for finding in sorted(shown, key=lambda f: -rank(f.level)):
        lines.append(_finding(finding, law))
    unlikely = [law.grounds[f.ground].name for f in option.findings if f.level == "unlikely"]
    if unlikely:
        lines.append(Text.assemble("\n", level_text("unlikely"), "  " + "; ".join(dict.fromkeys(unlikely))))
    for missing in option.not_analysed:
        ground = law.grounds[missing.ground]
        lines.append(Text.assemble(level_text("not-analysed"), f"  {ground.name} ({ground.citation})"))
    if not option.findings and not option.not_analysed:
        lines.append(Text("No ground above 'none'."))
    return Panel(Group(*lines), title=Text(option.name), title_align="left")


def _count_reasons(count: CountAnalysis, shown: list[Finding], law: Law) -> list[RenderableType]:
    """Return, once for a count, why it stands to each category that a shown finding rests on."""
    named = {c for f in shown for limb in law.grounds[f.ground].limbs for c in limb.any_category}
    lines: list[RenderableType] = []
    for m in count.matches:
        if m.category in named and m.level not in (None, "none"):
            head = Text.assemble("\n", level_text(m.level or "not-analysed"), f"  {law.categories[m.category].name}")
            body = Table.grid(padding=(0, 1))
            body.add_column(width=11, style="dim")
            body.add_column(overflow="fold")
            body.add_row("Count", f"{count.outcome.number}, {count.outcome.final.cite}")
            body.add_row("Because", "\n".join(m.because))
            body.add_row("Authority", "; ".join(_authority(law, a) for a in m.authorities))
            lines += [head, body]
    return lines


def _short(reason: str, law: Law) -> str:
    """Return a reason without the category's own steps, which stand once with the count."""
    for category in law.categories.values():
        for level in LEVELS:
            if reason.startswith(f"{category.name}: {level}. "):
                return f"{category.name}: {level} (reasons above)."
    return reason


def _finding(finding: Finding, law: Law) -> RenderableType:
    ground = law.grounds[finding.ground]
    head = Text.assemble("\n", level_text(finding.level), f"  {ground.name} ({ground.citation})")
    names = [law.postures[p].name for p in finding.postures]
    shown = "every posture" if len(names) == len(law.postures) else ", ".join(names)
    body = Table.grid(padding=(0, 1))
    body.add_column(width=11, style="dim")
    body.add_column(overflow="fold")
    body.add_row("For", shown)
    body.add_row("Because", "\n".join(_short(b, law) for b in finding.because))
    body.add_row("Authority", "; ".join(_authority(law, a) for a in _own_authorities(finding, law)))
    if finding.avoided_by:
        body.add_row("Avoided by", "\n".join(f"- {a}" for a in finding.avoided_by))
    return Group(head, body)


def _own_authorities(finding: Finding, law: Law) -> list[str]:
    """Return the authorities of the ground itself; those of the category stand with the count."""
    ground = law.grounds[finding.ground]
    own = {*ground.authorities, *(a for limb in ground.limbs for a in limb.authorities)}
    return [a for a in finding.authorities if a in own] or list(finding.authorities)


def _authority(law: Law, authority_id: str) -> str:
    a = law.authorities.get(authority_id)
    if a is None:
        return "as entered"
    return f"{a.name}, {a.citation}" + ("" if a.verified else " [unverified]")


def print_offense(console: Console, offense: Offense, law: Law, matches: list[dict[str, Any]]) -> None:
    """Print an offense as a lawyer would want it on one page."""
    console.print(Text(f"{offense.cite}  {offense.title}", style="bold"))
    console.print(offense.summary)
    console.print(
        Text(
            f"{offense.id} | {offense.grade} | court: {offense.court} | {offense.edition}, checked "
            f"{offense.checked}, confidence {offense.confidence} | {offense.review.state}",
            style="dim",
        )
    )
    ways = Table(title="Ways of committing it", title_justify="left")
    ways.add_column("Way")
    ways.add_column("Elements (alternatives separated by 'or')", overflow="fold")
    for way in offense.ways:
        parts = [f"{k.replace('_', ' ')}: {' or '.join(v)}" for k, v in way.elements.items()]
        parts += [f"facts: {', '.join(sorted(way.facts))}"] if way.facts else []
        ways.add_row(way.says or way.id, "\n".join(parts))
    console.print(ways)
    table = Table(title="Penalties", title_justify="left")
    for name in ("Offense", "Jail (days)", "Fine", "Committed", "Note"):
        table.add_column(name, overflow="fold")
    for p in offense.penalties:
        table.add_row(*_penalty_row(p))
    console.print(table)
    levels = Table(title="Federal categories (record open)", title_justify="left")
    for name in ("Category", "Level", "Because", "Authorities"):
        levels.add_column(name, overflow="fold")
    for m in matches:
        if m["level"] != "none":
            levels.add_row(
                law.categories[m["category"]].name,
                level_text(m["level"]),
                "\n".join(m["because"]),
                "; ".join(_authority(law, a) for a in m["authorities"]),
            )
    console.print(levels)
    for title, entries in (
        ("Traps", list(offense.traps)),
        ("Related offenses", [f"{a.offense}: {a.differs}. Needs: {a.needs}" for a in offense.alternatives]),
        ("Unverified", list(offense.unverified)),
        ("Authorities", [_authority(law, a) for a in offense.authorities]),
        ("Sources read", list(offense.sources)),
        ("History", [offense.history] if offense.history else []),
    ):
        if entries:
            console.print(Text(title, style="bold"))
            for line in entries:
                console.print(f"  - {line}")


def _penalty_row(p: Penalty) -> tuple[str, ...]:
    when = ", ".join(f"{k.replace('_', ' ')}: {v}" for k, v in p.when.items())
    span = " ".join(x for x in (f"from {p.from_}" if p.from_ else "", f"before {p.until}" if p.until else "") if x)
    note = "; ".join(x for x in (when, "felony" if p.felony else "", p.note, "" if p.verified else "UNVERIFIED") if x)
    return (
        f"{p.nth}+",
        f"{p.jail_min_days}-{p.jail_max_days}",
        f"${p.fine_min:,}-${p.fine_max:,}",
        span or "any",
        note,
    )


def print_draft(console: Console, offense: Offense, law: Law, drafted: dict[str, Any]) -> None:
    """Print a drafted classification: the statute, its categories, and what a plea to it would bring."""
    beside = with_draft(law, offense)
    console.print(
        Text("DRAFT: classified from the elements as entered; nothing was checked against the statute.", style="yellow")
    )
    print_offense(console, offense, beside, drafted["categories"])
    for option in drafted["options"]:
        table = Table(title=Text(option["name"]), title_justify="left")
        for name in ("Ground", "Level", "Postures", "Because"):
            table.add_column(name, overflow="fold")
        for f in option["findings"]:
            table.add_row(
                law.grounds[f["ground"]].name,
                level_text(f["level"]),
                str(len(f["postures"])),
                "\n".join(f["because"]),
            )
        console.print(table)


def print_agreement(console: Console, result: Agreement) -> None:
    """Print agreement by family, then every disagreement with its reason."""
    total = len(result.verdicts)
    table = Table(title="Agreement with published outcomes", title_justify="left")
    for name in ("Family", "Agree", "Entries"):
        table.add_column(name)
    for family, (right, entries) in result.by_family().items():
        table.add_row(family, str(right), str(entries))
    table.add_row("all", str(result.agreeing), str(total), style="bold")
    console.print(table)
    if total:
        console.print(f"{100 * result.agreeing / total:.1f} % of {total} entries agree.")
    for v in result.disagreements:
        why = v.entry.exception or "no reason on file"
        console.print(
            f"- {v.entry.id} {v.entry.case_name}: {v.entry.ask}: published {v.entry.expected}, engine "
            f"{v.level or 'not analysed'}: {why}",
        )
    for e in result.skipped:
        console.print(f"- {e.id} {e.case_name}: not expressed as elements: {e.not_expressible}")


def print_changes(console: Console, changes: LawChanges) -> None:
    """Print what changed between two versions of the law, words added and removed marked."""
    console.print(f"From {changes.old} to {changes.new}")
    for change in changes.records:
        console.print(Text(f"{change.kind} {change.id}: {change.what}", style="bold"))
        for line in change.lines:
            text = Text(f"  {line.field}: ")
            for sign, words in line.words:
                mark = {"+": "[+", "-": "[-", "=": ""}[sign]
                end = {"+": "+] ", "-": "-] ", "=": " "}[sign]
                text.append(mark + words + end, style={"+": "green", "-": "red", "=": ""}[sign])
            console.print(text)
    table = Table(title="Offenses whose conclusions change", title_justify="left")
    for name in ("Offense", "Category", "Before", "After"):
        table.add_column(name, overflow="fold")
    for c in changes.conclusions:
        table.add_row(c.cite, c.category, c.before, c.after)
    console.print(table if changes.conclusions else "No offense's conclusion changes.")
