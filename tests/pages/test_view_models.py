"""The pure half of the screens: search, questions, matrix, equivalence, walk."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from plea_aid.analysis.casefile import validate_case
from plea_aid.analysis.charge import resolve_charge
from plea_aid.analysis.elements import LONGEST, elements_of
from plea_aid.casework.errors import Fault
from plea_aid.law.load import load_law
from plea_aid.law.search import find_authorities, find_grounds, find_offenses
from plea_aid.notes import note_from_assessment
from plea_aid.notes.equivalence import FIGURES, accountability, departures, rows, weights
from plea_aid.notes.from_case import policy_state, words_of
from plea_aid.notes.overview import by_posture
from plea_aid.pages import matrix
from plea_aid.pages.analysed import analyse
from plea_aid.pages.handing_in import grouped
from plea_aid.pages.note import file_name
from plea_aid.pages.pictures import heatmap
from plea_aid.pages.questions import NOT_STATED, answer_to_store, questions_of, stored_answer
from plea_aid.pages.walk import STEP_IDS, next_step, step_before, step_of_fault
from plea_aid.pages.weight_plot import points_summary, points_table, weight_plot, weight_points
from plea_aid.pages.wording import KINDS, plain
from plea_aid.planning.plan import plan
from plea_aid.settings import data_dir

LAW = load_law()


def example(name: str) -> dict[str, object]:
    """Return an example case as it is stored."""
    text = (data_dir() / "examples" / f"{name}.toml").read_text(encoding="utf-8")
    return validate_case(tomllib.loads(text)).as_document()


EXAMPLES = sorted(p.stem for p in (data_dir() / "examples").glob("*.toml"))


class TestSearch:
    def test_a_citation_finds_its_entry_and_a_wider_one_all_under_it(self) -> None:
        assert [o.cite for o in find_offenses(LAW, "45-5-206(1)(a)")] == ["MCA 45-5-206(1)(a)"]
        assert len(find_offenses(LAW, "§ 45-5-206, MCA")) >= 3

    def test_words_find_the_offense_whose_title_has_them_first(self) -> None:
        assert "partner or family member" in find_offenses(LAW, "partner assault")[0].title.lower()
        assert any(
            "shoplifting" in o.title.lower() or "shoplifting" in o.labels for o in find_offenses(LAW, "shoplifting")
        )

    def test_words_that_no_offense_has_find_nothing(self) -> None:
        assert find_offenses(LAW, "zzyzx") == ()
        assert find_offenses(LAW, "  ") == ()
        assert find_offenses(LAW, "???") == ()

    def test_grounds_and_authorities_are_found_by_words(self) -> None:
        assert "usc-8-1227-a-2-a" in {a.id for a in find_authorities(LAW, "1227(a)(2)(A)")} or find_authorities(
            LAW, "Padilla"
        )
        assert any(a.name.startswith("Padilla") for a in find_authorities(LAW, "padilla kentucky"))
        assert find_grounds(LAW, "") == tuple(LAW.grounds.values())
        assert all("domestic" in f"{g.id} {g.name} {g.says}".lower() for g in find_grounds(LAW, "domestic violence"))


class TestQuestions:
    def test_paraphernalia_asks_for_the_drug_and_for_grams_only_with_marijuana(self) -> None:
        charge = resolve_charge(LAW, "MCA 45-10-103")
        assert "substance" in {q.key for q in questions_of(charge, {})}
        assert "marijuana_grams" not in {q.key for q in questions_of(charge, {})}
        assert "marijuana_grams" in {q.key for q in questions_of(charge, {"substance": "marijuana"})}

    def test_every_answer_offered_is_one_the_engine_accepts(self) -> None:
        refused = []
        for offense in LAW.offenses.values():
            for question in questions_of(resolve_charge(LAW, offense.id), {}):
                for answer in question.answers:
                    record = {question.key: answer_to_store(answer)}
                    found = analyse({"count": [{"number": 1, "offense": offense.id, "record": record}]})
                    refused += [f"{offense.id}: {fault}" for fault in found.charge_faults]
        assert refused == []

    def test_what_is_stored_stays_on_the_screen_though_the_offense_no_longer_asks(self) -> None:
        asked = questions_of(resolve_charge(LAW, "MCA 61-8-1002(1)(a)"), {"loss": 250.0, "order_term": "fees"})
        assert {"loss", "order_term"} <= {q.key for q in asked}

    def test_answers_go_to_the_case_file_and_come_back(self) -> None:
        assert answer_to_store(NOT_STATED) is None
        for answer in ("true", "false", "unspecified", "stay-away"):
            assert stored_answer(answer_to_store(answer)) == answer


class TestMatrix:
    @pytest.mark.parametrize("name", EXAMPLES)
    def test_the_screen_shows_the_levels_that_the_note_prints(self, name: str) -> None:
        document = example(name)
        analysed = analyse(document)
        assessment = analysed.assessment(LAW)
        note = note_from_assessment(
            assessment.as_json(), document, law_words=words_of(LAW), policy=policy_state(LAW, assessment)
        )
        printed: dict[tuple[str, str], str] = {}
        for table in by_posture(note, 50):
            for row in table["rows"]:
                for head, cell in zip(table["heads"], row["cells"], strict=True):
                    printed[str(head), str(row["name"])] = cell["level"]
        shown = {(c.option, c.group): c.level for c in matrix.cells(analysed.options, LAW)}
        assert shown
        for (option, group), level in shown.items():
            match = [v for (head, row), v in printed.items() if head.endswith(option) and row.startswith(group)]
            assert match == [level], (option, group)

    def test_a_ground_nobody_analysed_is_never_shown_as_clear(self) -> None:
        assert matrix._top(["none", "unlikely"], True) == "not-analysed"
        assert matrix._top([], True) == "not-analysed"
        assert matrix._top(["possible"], True) == "possible"
        assert matrix._top(["unlikely"], False) == "unlikely"

    def test_every_cell_has_a_shape_and_a_word(self) -> None:
        analysed = analyse(example("pfma"))
        found = matrix.cells(analysed.options, LAW)
        assert {c.group for c in found} == set(matrix.groups_of(LAW))
        for cell in found:
            assert cell.words[0] in "■▲◆○·?"
            assert cell.level.replace("-", " ") in cell.words
        assert "highest level" in matrix.summary(found)
        assert len(matrix.table(found)) == len(matrix.groups_of(LAW))

    def test_the_picture_has_the_rows_of_the_table(self) -> None:
        found = matrix.cells(analyse(example("pfma")).options, LAW)
        spec = heatmap(found).to_dict()
        rows = next(iter(spec["datasets"].values()))
        assert [(r["Option"], r["Situation"], r["level"]) for r in rows] == [
            (c.option, c.group, c.level) for c in found
        ]
        assert all(r["mark"] and r["word"] for r in rows)


class TestAnalysed:
    def test_an_option_that_cannot_be_is_named_and_hides_no_other(self) -> None:
        document = example("pfma")
        document["option"][0]["count"][0]["suspended_days"] = 400  # type: ignore[index]
        analysed = analyse(document)
        name = document["option"][0]["name"]  # type: ignore[index]
        assert "above the maximum of 365 days" in analysed.faults[name][0]
        assert [o.name for o in analysed.options] == [o["name"] for o in document["option"][1:]]  # type: ignore[index]
        assert not analysed.whole

    def test_a_charge_that_is_not_in_the_catalogue_is_said_once(self) -> None:
        analysed = analyse({"count": [{"number": 1, "offense": "MCA 99-9-999"}], "option": [{"name": "A"}]})
        assert len(analysed.charge_faults) == 1
        assert analysed.charge is None
        assert not analysed.faults

    def test_a_beginning_has_nothing_to_analyse(self) -> None:
        assert analyse({"cause_number": "CR-1"}).case is None


def table_of(name: str) -> list[dict[str, str]]:
    """Return the equivalence table of an example."""
    analysed = analyse(example(name))
    assert analysed.case
    return rows(weights(LAW, analysed.case, analysed.options))


class TestEquivalence:
    def test_the_difference_from_the_baseline_is_shown_in_words_and_sign(self) -> None:
        analysed = analyse(example("pfma"))
        assert analysed.case
        found = weights(LAW, analysed.case, analysed.options)
        table = {row["Measure"]: row for row in rows(found)}
        assert table["Jail suspended"]["As charged, 365 days"] == "355 days"
        assert table["Jail suspended"]["As charged, 364 days"] == "354 days (−1 day)"
        assert departures(found[0].vector, found[1].vector) == ("Jail suspended: 354 days instead of 355 days.",)
        assert departures(found[0].vector, found[0].vector) == ()

    def test_concurrent_terms_do_not_add_up(self) -> None:
        document = {
            "count": [{"number": n, "offense": "MCA 45-5-206(1)(a)"} for n in (1, 2)],
            "option": [{"name": "Both", "count": [{"number": n, "jail_days": 10 * n} for n in (1, 2)]}],
        }
        consecutive = analyse(document)
        concurrent = analyse({**document, "plan": {"concurrent": True}})
        assert consecutive.case
        assert concurrent.case
        assert weights(LAW, consecutive.case, consecutive.options)[0].vector.jail_days == 30
        assert weights(LAW, concurrent.case, concurrent.options)[0].vector.jail_days == 20

    def test_a_deferred_prosecution_is_no_conviction_under_montana_law(self) -> None:
        analysed = analyse(example("paraphernalia"))
        assert analysed.case
        last = weights(LAW, analysed.case, analysed.options)[-1].vector
        assert (last.convictions, last.label, last.counts_as_prior) == (0, "no conviction", ())

    @pytest.mark.parametrize("name", EXAMPLES)
    def test_screen_note_and_planner_weigh_the_baseline_alike(self, name: str) -> None:
        document = example(name)
        analysed = analyse(document)
        assert analysed.case
        found = weights(LAW, analysed.case, analysed.options)
        assert found[0].vector == plan(analysed.case, LAW).baseline.accountability
        printed = accountability(found)[0]
        assert printed.is_baseline
        assert (printed.custody_days, printed.suspended_days) == (
            found[0].vector.jail_days,
            found[0].vector.suspended_days,
        )
        assert printed.supervision_days == found[0].vector.supervision_days

    @pytest.mark.parametrize("measure", [m.name for m in FIGURES])
    def test_the_plot_and_its_table_say_what_the_comparison_says(self, measure: str) -> None:
        analysed = analyse(example("shoplifting"))
        assert analysed.case
        found = weights(LAW, analysed.case, analysed.options)
        numbers = {w.option: n for n, w in enumerate(found, 1)}
        tops = matrix.kind_table(analysed.options, LAW)
        chosen = next(m for m in FIGURES if m.name == measure)
        points = weight_points(chosen, found, numbers, tops)
        assert len(points) == len(found) * len(KINDS)
        assert all(
            p.level == matrix.by_kind(o, LAW)[p.kind] for o in analysed.options for p in points if p.option == o.name
        )
        drawn = weight_plot(points, measure).to_dict()
        (rows,) = drawn["datasets"].values()
        shown = {(r["Option"], r["Kind"]): (r["value"], r["Level"]) for r in rows}
        assert shown == {
            (p.option, KINDS[p.kind]): (getattr(found[p.number - 1].vector, chosen.key), p.level.replace("-", " "))
            for p in points
            if (p.option, KINDS[p.kind]) in shown
        }
        hidden = {KINDS[p.kind] for p in points} - {kind for _, kind in shown}
        assert all(p.level == "none" for p in points if KINDS[p.kind] in hidden), "only what nobody reaches is left out"
        table = points_table(points, measure)
        assert [row["Option"].replace("\\", "") for row in table] == [f"{n}. {o}" for o, n in numbers.items()]
        assert all(
            f"{KINDS[p.kind].lower()} {p.level}" in points_summary(points, measure) for p in points if p.level != "none"
        )

    def test_supervision_nobody_stated_is_the_most_the_law_allows_and_says_so(self) -> None:
        table = {row["Measure"]: row for row in table_of("pfma")}
        assert table["Supervision"]["As charged, 365 days"] == "365 days (not stated, so the most the law allows)"

    def test_what_a_conviction_brings_besides_days_and_dollars_is_said(self) -> None:
        table = {row["Measure"]: row for row in table_of("pfma")}
        charged, amended = "As charged, 365 days", "Assault by insulting contact, 180 days"
        assert "counseling assessment" in table["Treatment ordered by law"][charged]
        assert "counseling assessment" not in table["Treatment ordered by law"][amended]
        assert "DeFrance" in table["Firearms"][charged]
        assert "Hayes" in table["Firearms"][amended], "a plea to assault does not by itself end the firearm bar"
        assert table["Counts as a prior for"][charged] == "partner or family member assault"
        assert table["Counts as a prior for"][amended] == "nothing (differs)"
        dui = {row["Measure"]: row for row in table_of("dui")}
        assert "61-8-1009" in dui["Treatment ordered by law"]["As charged"]
        assert "61-8-1009" not in dui["Treatment ordered by law"]["Reckless driving"]


def test_elements_of_every_offense_fit_the_record_and_are_distinct() -> None:
    for offense in LAW.offenses.values():
        found = elements_of(resolve_charge(LAW, offense.id), LAW)
        assert found, offense.id
        assert len(set(found)) == len(found), offense.id
        assert all(len(element) <= LONGEST and element == element.strip() for element in found), offense.id


def test_the_walk_leads_from_charges_to_note_and_back() -> None:
    step = STEP_IDS[0]
    seen = [step]
    while (after := next_step(step)) is not None:
        before = step_before(after.id)
        assert before is not None
        assert before.id == step
        step = after.id
        seen.append(step)
    assert tuple(seen) == STEP_IDS
    assert step_before(STEP_IDS[0]) is None


def test_a_missing_thing_leads_to_the_page_on_which_it_is_mended() -> None:
    assert step_of_fault(Fault("Factor 'Resources'", "say why"), ["Equivalence"]) == "factors"
    assert step_of_fault(Fault("Gate 'Public safety'", "x"), ["Equivalence"]) == "factors"
    assert step_of_fault(Fault("Gate 'Equivalence'", "x"), ["Equivalence"]) == "decision"
    assert step_of_fault(Fault("Charges", "x"), []) == "charges"
    assert step_of_fault(Fault("Decision", "x"), []) == "decision"


def test_the_same_thing_missing_in_many_places_is_one_sentence() -> None:
    faults = [Fault("Factor 'A'", "say why"), Fault("Gate 'B'", "give the date"), Fault("Factor 'C'", "say why")]
    assert grouped(faults) == ["Factor 'A' and Factor 'C': say why", "Gate 'B': give the date"]


def test_what_was_typed_is_shown_as_typed() -> None:
    assert plain("*5* [x](http://y) $1 and $2 :red[z]") == (r"\*5\* \[x\](http\://y) \$1 and \$2 \:red\[z\]")


def test_the_file_name_holds_plain_letters_only() -> None:
    assert file_name("CR-2026/04:12", "internal") == "case-note-CR-2026-04-12.pdf"
    assert file_name(None, "comparison") == "comparison-no-number.pdf"


def test_no_module_of_the_pages_is_long() -> None:
    folder = Path(matrix.__file__).parent
    assert {p.name: n for p in folder.glob("*.py") if (n := len(p.read_text().splitlines())) > 400} == {}
