"""What a prosecutor reads from ``plea-aid options`` on the four example cases."""

from __future__ import annotations

import io
import tomllib
from functools import cache

import pytest
from rich.console import Console

from plea_aid.analysis.casefile import validate_case
from plea_aid.law.load import load_law
from plea_aid.planning.changes import SmallestChange
from plea_aid.planning.plan import Planned, plan
from plea_aid.settings import data_dir
from plea_aid.terminal_plan import changes_in_words, print_plan

LAW = load_law()


@cache
def planned(name: str) -> Planned:
    text = (data_dir() / "examples" / f"{name}.toml").read_text(encoding="utf-8")
    return plan(validate_case(tomllib.loads(text)), LAW)


def printed(name: str) -> str:
    """Return what is printed for an example, on lines long enough not to be broken."""
    out = io.StringIO()
    print_plan(Console(file=out, width=2000), planned(name), LAW)
    return out.getvalue()


def change(name: str, *words: str) -> SmallestChange:
    """Return the one smallest change that is told in these words."""
    found = [c for c in planned(name).smallest if all(w in changes_in_words(c) for w in words)]
    assert len(found) == 1, [changes_in_words(c) for c in planned(name).smallest]
    return found[0]


def avoided(found: SmallestChange) -> set[str]:
    return {ground for ground, _ in found.avoids}


def stuck(name: str, saying: str) -> set[str]:
    return {u.ground for u in planned(name).unavoidable if saying in u.because}


def test_pfma_one_day_less_ends_every_aggravated_felony_and_costs_one_day() -> None:
    one_day = change("pfma", "suspended days: 355 to 354")
    assert {"agg-felony-cov", "dep-aggravated-felony", "bar-lpr-cancellation-agg-felony"} <= avoided(one_day)
    assert one_day.cost == {"imposed_days": -1, "suspended_days": -1}
    text = printed("pfma")
    assert "Jail suspended: 354 days instead of 355 days." in text
    assert "MCA 46-12-211(1)(c)" in text, "a recommended term does not bind the court"


def test_pfma_the_domestic_violence_ground_needs_another_offense_and_says_what_that_loses() -> None:
    contact = change("pfma", "MCA 45-5-201(1)(c)", "to 170")
    assert "dep-dv" in avoided(contact)
    assert contact.cost["priors_lost"] == ["pfma"]
    assert any("factual basis" in line for line in contact.requires)
    assert "Counts as a prior for: nothing; the baseline has: partner or family member assault." in printed("pfma")
    assert "Hayes" in contact.accountability.firearm_note


def test_theft_with_a_prior_resolutions_of_the_same_figures_avoid_both_turpitude_grounds() -> None:
    case = planned("shoplifting")
    assert ("dep-cimt-two", "likely") in {(f.ground, f.level) for f in case.baseline.findings}
    mischief = change("shoplifting", "MCA 45-6-101(1)(a)")
    figures = ("convictions", "jail_days", "suspended_days", "imposed_days", "fine", "supervision_days")
    assert not set(figures) & set(mischief.cost), "equal in every figure"
    assert mischief.cost["priors_lost"] == ["theft"], "and what it loses is said"
    flagged = {f.ground for f in case.baseline.findings if f.level == "likely"}
    assert flagged <= avoided(mischief)


def test_theft_the_charge_itself_brings_detention_and_no_plea_cures_it() -> None:
    charge = stuck("shoplifting", "No change to the plea avoids this: the charge or arrest alone is enough")
    assert "laken-riley" in charge
    text = printed("shoplifting")
    place = text.index("What no listed change avoids")
    assert "Laken Riley" in text[place:]
    assert "the charge or arrest alone is enough" in text[place:]


def test_paraphernalia_naming_no_drug_costs_nothing_and_ends_only_what_it_says() -> None:
    silent = change("paraphernalia", "record, substance: marijuana to unspecified")
    assert silent.cost == {}
    assert "weight         the same as the baseline in every measure" in printed("paraphernalia")
    assert any("nothing untrue is said to the court" in line for line in silent.requires)
    nuisance = change("paraphernalia", "MCA 45-8-111")
    assert avoided(silent) == {"mandatory-1226c1A"}
    assert avoided(nuisance) == avoided(silent) | {
        "inadm-controlled-substance", "bar-nonlpr-cancellation", "bar-lpr-stop-time",
    }  # fmt: skip


def test_paraphernalia_a_deferred_prosecution_says_that_it_stands_alone() -> None:
    deferred = change("paraphernalia", "deferred-prosecution")
    assert any("Pein" in line for line in deferred.requires)
    assert deferred.accountability.convictions == 0


def test_dui_no_plea_that_stays_a_dui_prior_ends_the_daca_bar_or_the_visa_flag() -> None:
    case = planned("dui")
    assert all("dui" in o.accountability.counts_as_prior for o in case.frontier)
    assert "bar-daca" in stuck("dui", "gives up something that the plan keeps")
    visa = {u.ground for u in case.unavoidable if "charge or arrest alone" in u.because and u.level == "likely"}
    assert visa, "the arrest is enough for the visa to be revoked"
    assert "61-8-1009" in printed("dui")


@pytest.mark.parametrize("name", ["pfma", "shoplifting", "paraphernalia", "dui"])
def test_every_change_says_what_it_avoids_keeps_needs_and_weighs(name: str) -> None:
    text = printed(name)
    many = len(planned(name).smallest) + len(planned(name).forced)
    assert many
    for row in ("  avoids", "  keeps", "  weight"):
        assert sum(line.startswith(row) for line in text.splitlines()) == many
    assert "Nothing is ranked by one score" in text
    assert "all of them accounted for" in text
    assert " safe" not in text.replace("nothing here means safe", "")


def test_every_option_of_a_small_frontier_is_printed_under_its_group() -> None:
    text = printed("pfma")
    for option in planned("pfma").frontier:
        assert f"- {option.option.name}" in text
    assert sum(line.startswith("Leaves ") for line in text.splitlines()) == len(planned("pfma").groups)
