"""Rows for a reviewer outside the office: one a decided case, no name, no number, no day, no text anyone wrote.

What a court record also shows (offense, month, sentence, outcome) could name a case to someone who looks there. Rows
are therefore made coarser until at least so many look alike in all of it; a row that cannot be is left out.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from plea_aid.analysis.case import Disposition
from plea_aid.casework.actors import Actor
from plea_aid.casework.comparable import DECIDED
from plea_aid.casework.database import Database
from plea_aid.casework.decided import OTHER, Submitted, bring_up_to_date, submitted_cases
from plea_aid.casework.permissions import Action
from plea_aid.casework.work import changing
from plea_aid.law.catalogue import Law
from plea_aid.law.load import load_law

WITHHELD = "withheld"


@dataclass(frozen=True)
class Column:
    """One column of the export."""

    name: str
    means: str
    values: str
    court_record: bool = False
    """Whether a court record also shows it, so that it is made coarser where few rows look alike."""


COLUMNS: tuple[Column, ...] = (
    Column("coarseness", "How much the columns marked * of this row were made coarser.",
           "0 not at all; 1 quarter, bands of two; 2 year, kinds of disposition; 3 the family alone"),
    Column("family", "Family of the charged offense with the highest maximum.",
           "a family of the catalogue, or other", True),
    Column("decided", "When the decision was signed.", "YYYY-MM; YYYY-Qn; YYYY; withheld", True),
    Column("counts", "How many counts were charged.", "1; 2; 3+; 2+; withheld", True),
    Column("substituted", "Whether the option chosen puts another offense in the place of a charged one.",
           "yes; no; withheld", True),
    Column("disposition", "How the option chosen ends that count.",
           "a disposition of the contract; conviction, deferral or other; withheld", True),
    Column("jail", "Days of jail to serve in the option chosen, all counts.",
           "none; 1-10; 11-180; over 180; some; withheld", True),
    Column("suspended", "Days suspended in the option chosen, all counts.",
           "none; 1-10; 11-180; over 180; some; withheld", True),
    Column("outcome", "What became of the offer; approved means that it is not made yet.",
           "approved; offered; accepted; rejected; withdrawn; entered; withheld", True),
    Column("agreement", "Kind of plea agreement (MCA 46-12-211).",
           "46-12-211(1)(a), (b) or (c); none; not-entered; withheld", True),
    Column("section_5", "The factor of Section 5 of the resolution.",
           "considered; not-applicable; no-information; not-entered"),
    Column("flags_before", "Grounds flagged (likely or certain) for the baseline, the first option.", "0 to 9; 10+"),
    Column("flags_avoided", "Of these, how many the option chosen avoids.", "0 to 9; 10+"),
    Column("flags_added", "Grounds flagged for the option chosen and not for the baseline.", "0 to 9; 10+"),
    Column("weight", "Whether the option chosen weighs the same as the baseline.",
           "equivalent; departure; not-entered"),
    Column("review_required", "Whether the office's thresholds asked for a supervisor's review.", "yes; no"),
    Column("returns", "How often review returned it.", "0; 1; 2+"),
    Column("days", "Days from the case's beginning to the decision.", "0-7; 8-30; 31-90; over 90"),
)  # fmt: skip
_COARSEST = 3
_CONVICTION = ("guilty-plea", "nolo-contendere", "alford-plea", "found-guilty", "bond-forfeiture")

Row = tuple[str, ...]


@dataclass(frozen=True)
class ForReviewer:
    """The file, and what had to be done so that no row stands out."""

    content: bytes
    rows: int
    coarser: int
    """Rows of which a column was made coarser or withheld."""
    left_out: int
    """Rows that would have stood out all the same."""
    smallest_group: int

    @property
    def said(self) -> str:
        """Return it in a sentence or two."""
        few = f"At least {self.smallest_group} rows look alike in everything a court record also shows."
        if not self.rows:
            return f"There are too few decided cases for an export: {few[0].lower()}{few[1:-1]}, or none leaves."
        left = f", {self.left_out} left out" if self.left_out else ""
        return f"{few} {self.rows} rows, {self.coarser} of them made coarser{left}."


def for_reviewer(db: Database, actor: Actor, today: date | None = None) -> ForReviewer:
    """Return the rows of all decided cases that the actor may know of; raise NotAllowed. The export is recorded."""
    law = load_law()
    least = law.figure_rules(today or date.today()).smallest_group
    bring_up_to_date(db, law)
    with changing(db, actor) as work:
        work.require(Action.FIGURES_EXPORT, kind="office")
        cases = [one for one in submitted_cases(work.session) if one.stage in DECIDED]
        found = made_alike(cases, law, least)
        digest = hashlib.sha256(found.content).hexdigest()
        work.record(Action.FIGURES_EXPORT, "office", "", rows=found.rows, sha256=digest)
    return found


def made_alike(cases: Sequence[Submitted], law: Law, least: int) -> ForReviewer:
    """Return the rows of ``cases``, in an order of their own, each made coarser until ``least`` look alike."""
    waiting, kept = list(cases), []
    for coarseness in range(_COARSEST + 1):
        rows = [(one, _row(one, law, coarseness)) for one in waiting]
        alike = Counter(_shown_in_court(row) for _, row in rows)
        kept += [row for _, row in rows if alike[_shown_in_court(row)] >= least]
        waiting = [one for one, row in rows if alike[_shown_in_court(row)] < least]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([one.name for one in COLUMNS])
    writer.writerows(sorted(kept))
    coarser = sum(row[0] != "0" for row in kept)
    return ForReviewer(text.getvalue().encode(), len(kept), coarser, len(waiting), least)


def columns_markdown() -> str:
    """Return what every column of the export means, as a Markdown table."""
    lines = ["| column | means | values |", "|---|---|---|"]
    lines += [f"| `{one.name}`{' *' if one.court_record else ''} | {one.means} | {one.values} |" for one in COLUMNS]
    return "\n".join(
        (
            *lines,
            "",
            "\\* Also shown by a court record: made coarser, or withheld, where too few rows look alike in it.",
        )
    )


def _shown_in_court(row: Row) -> Row:
    return (row[0], *(value for value, one in zip(row, COLUMNS, strict=True) if one.court_record))


def _row(one: Submitted, law: Law, coarseness: int) -> Row:
    facts = one.facts
    families = {o.family for o in law.offenses.values()}
    family = facts.family if facts.family in families else OTHER
    alone = coarseness == _COARSEST
    court: Row = (
        _month(facts.decided, coarseness),
        _counted(facts.counts, 2 if coarseness else 3),
        _yes(facts.substituted),
        _disposition(facts.disposition, coarseness),
        _days(facts.jail_days, coarseness),
        _days(facts.suspended_days, coarseness),
        one.stage,
        WITHHELD if coarseness > 1 else facts.agreement,
    )
    return (
        str(coarseness),
        family,
        *((WITHHELD,) * len(court) if alone else court),
        facts.section_5,
        *(_counted(n, 10) for n in (facts.flags_before, facts.flags_avoided, facts.flags_added)),
        facts.weight,
        _yes(facts.review_required),
        _counted(one.returns, 2),
        next((name for most, name in ((7, "0-7"), (30, "8-30"), (90, "31-90")) if one.days <= most), "over 90"),
    )


def _month(day: str, coarseness: int) -> str:
    year, month = day[:4], int(day[5:7])
    return (day[:7], f"{year}-Q{(month + 2) // 3}", year)[min(coarseness, 2)]


def _counted(number: int, most: int) -> str:
    return str(number) if number < most else f"{most}+"


def _yes(said: bool) -> str:
    return "yes" if said else "no"


def _disposition(name: str, coarseness: int) -> str:
    known = name if name in set(Disposition) else "other"
    if coarseness < 2:
        return known
    return "conviction" if known in _CONVICTION else "deferral" if known.startswith("deferred") else "other"


def _days(days: int, coarseness: int) -> str:
    if not days:
        return "none"
    if coarseness:
        return "some"
    return "1-10" if days <= 10 else "11-180" if days <= 180 else "over 180"
