"""Assess a case: every option, every ground, every posture. The one analysis behind the page, the command line,
the docket screen and the law-impact run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from plea_aid.analysis.analyst import Analyst, analyst_of
from plea_aid.analysis.case import CHARGE_STAGE, Case, Disposition, Option, OptionCount
from plea_aid.analysis.charge import CaseError, Outcome, outcomes
from plea_aid.analysis.findings import Finding, NotAnalysed, findings_of
from plea_aid.analysis.levels import higher
from plea_aid.analysis.limb import Situation
from plea_aid.analysis.match import Match
from plea_aid.law.catalogue import Law
from plea_aid.law.records import Level


@dataclass(frozen=True)
class CountAnalysis:
    """One count of one option: what it would be in law, and how it stands to every category."""

    outcome: Outcome
    matches: tuple[Match, ...]
    unverified: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the count in the contract's form."""
        o = self.outcome
        return {
            "number": o.number,
            "offense": o.final.id,
            "cite": o.final.cite,
            "title": o.final.title,
            "charged": o.charged.cite,
            "disposition": o.disposition.id,
            "is_conviction": o.conviction == "certain",
            "conviction": {"certain": "yes", "none": "no"}.get(o.conviction, "depends"),
            "max_possible_days": o.maximum_days,
            "sentence_imposed_days": o.ordered_days,
            "served_days": o.served_days,
            "felony": o.felony,
            "categories": [m.as_json() for m in self.matches if m.level != "none"],
            "unverified": list(self.unverified),
        }


@dataclass(frozen=True)
class OptionAnalysis:
    """One option: its counts, its findings, and what is lawful but unusual about it."""

    name: str
    counts: tuple[CountAnalysis, ...]
    findings: tuple[Finding, ...]
    not_analysed: tuple[NotAnalysed, ...]
    warnings: tuple[str, ...]

    @property
    def level(self) -> Level:
        """The highest level of any finding."""
        return higher(f.level for f in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the option in the contract's form."""
        return {
            "name": self.name,
            "counts": [c.as_json() for c in self.counts],
            "findings": [{**f.as_json(), "avoided_by": list(f.avoided_by)} for f in self.findings],
            "not_analysed": [n.as_json() for n in self.not_analysed],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True)
class Assessment:
    """A whole case assessed under one version of the law as of one day."""

    law_version: str
    as_of: date
    options: tuple[OptionAnalysis, ...]
    unverified_authorities: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the assessment in the contract's form."""
        return {
            "law": {"version": self.law_version, "as_of": self.as_of.isoformat()},
            "options": [o.as_json() for o in self.options],
            "unverified_authorities": list(self.unverified_authorities),
        }


def assess(case: Case, law: Law, *, today: date | None = None) -> Assessment:
    """Return the assessment of ``case`` as of its plea date (today when it has none); raise CaseError.

    The charge stage (every count pending) is always analysed, first. What would avoid a finding is not looked for
    here: ``planning.advice`` adds it.
    """
    day = case.plea_date or today or date.today()
    analyst = analyst_of(law, day)
    options = [charge_stage(case), *(o for o in case.option if o.name != CHARGE_STAGE)]
    problems: list[str] = []
    done: list[OptionAnalysis] = []
    for option in options:
        try:
            done.append(assess_option(case, option, analyst))
        except CaseError as fault:
            problems += [line for line in fault.problems if line not in problems]
    if problems:
        raise CaseError(problems)
    cited = {a for o in done for f in o.findings for a in f.authorities}
    cited |= {a for o in done for c in o.counts for m in c.matches for a in m.authorities}
    unverified = tuple(sorted(a for a in cited if not law.authorities[a].verified))
    return Assessment(law.version, day, tuple(done), unverified)


def charge_stage(case: Case) -> Option:
    """Return the option in which every count is pending."""
    parts = tuple(OptionCount(number=c.number, disposition=Disposition.PENDING) for c in case.count)
    return Option(name=CHARGE_STAGE, count=parts)


def situation_of(case: Case, option: Option, analyst: Analyst) -> Situation:
    """Return the option's situation; raise CaseError when the law does not allow its numbers or facts."""
    return Situation(analyst, outcomes(analyst.law, option, case.count, case.prior, case.offense_date, analyst.day))


def assess_option(case: Case, option: Option, analyst: Analyst) -> OptionAnalysis:
    """Return the analysis of one option; raise CaseError."""
    situation = situation_of(case, option, analyst)
    found, unanalysed = findings_of(situation)
    return OptionAnalysis(
        name=option.name,
        counts=tuple(_count_analysis(situation, o) for o in situation.outcomes if not o.is_prior),
        findings=found,
        not_analysed=unanalysed,
        warnings=_warnings(situation),
    )


def _count_analysis(situation: Situation, outcome: Outcome) -> CountAnalysis:
    matches = situation.analyst.matches(outcome.final, outcome)
    said = dict.fromkeys(u for o in (*outcome.charged.offenses, *outcome.final.offenses) for u in o.unverified)
    return CountAnalysis(outcome, matches, tuple(said))


def _warnings(situation: Situation) -> tuple[str, ...]:
    """Say what is lawful but unusual, count by count."""
    lines: list[str] = []
    for o in situation.outcomes:
        if o.number is None:
            continue
        where = f"Count {o.number}, {o.final.cite}"
        if any(x.court == "outside" for x in o.final.offenses) or o.felony:
            lines.append(f"{where}: a felony or other matter outside the municipal court's jurisdiction.")
        elif any(x.court == "unverified" for x in o.final.offenses):
            lines.append(f"{where}: whether the municipal court has jurisdiction is not verified.")
        committed = o.day or situation.analyst.day
        if any(not x.in_force.in_force(committed) for x in o.final.offenses):
            lines.append(f"{where}: the offense was not yet, or no longer, in force on {committed}.")
        convicted = o.conviction != "none" and o.disposition.confines
        if convicted and o.ordered_days < o.minimum_days:
            lines.append(
                f"{where}: {_days(o.ordered_days)} ordered is below the mandatory minimum of {_days(o.minimum_days)}."
            )
        if o.disposition.id.startswith("deferred") and any(x.deferral == "barred" for x in o.final.offenses):
            lines.append(f"{where}: Montana law does not allow this offense to be deferred.")
        if o.disposition.id == "nolo-contendere" and any(x.nolo == "barred" for x in o.final.offenses):
            lines.append(f"{where}: Montana law does not allow a plea of nolo contendere to this offense.")
        if o.disposition.id == "civil-infraction" and all(x.grade != "infraction" for x in o.final.offenses):
            lines.append(
                f"{where}: the offense is not a civil infraction as the catalogue has it; an ordinance would have to "
                "make it one."
            )
        if o.ordered_days and not o.disposition.confines:
            lines.append(f"{where}: no confinement can be ordered with a {o.disposition.name.lower()}.")
        if o.final.id != o.charged.id and o.conviction == "certain":
            lines.append(
                f"{where}: the plea is to an offense other than the one charged; it needs a factual basis of its own."
            )
    return tuple(dict.fromkeys(lines))


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
