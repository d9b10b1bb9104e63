"""A planted change of the law is shown word by word, with exactly the conclusions it changes."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from plea_aid.analysis.comparison import compare_laws
from plea_aid.law.load import load_law, read_law
from plea_aid.settings import data_dir

DAY = date(2026, 11, 22)


def test_nothing_differs_from_itself() -> None:
    changes = compare_laws(load_law(), load_law(), DAY)
    assert changes.records == ()
    assert changes.conclusions == ()


def test_a_defined_term_reclassifies_every_offense_that_uses_it(tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(data_dir(), root)
    path = root / "montana" / "terms.toml"
    text = path.read_text(encoding="utf-8")
    assert '"mental-impairment"' in text
    path.write_text(text.replace(', "mental-impairment"', "", 1), encoding="utf-8")
    changes = compare_laws(load_law(), read_law(root), DAY)
    assert [(r.kind, r.id, r.what) for r in changes.records] == [("term", "mt:bodily-injury", "changed")]
    words = [w for line in changes.records[0].lines for w in line.words]
    assert any(sign == "-" and "mental-impairment" in run for sign, run in words)
    violence = {c.offense for c in changes.conclusions if c.category == "crime-of-violence"}
    assert {"mt-45-5-206-1-a", "mt-45-5-201-1-a"} <= violence
    law = load_law()
    using = {
        o.id for o in law.offenses.values() if any("mt:bodily-injury" in v for w in o.ways for v in w.elements.values())
    }
    assert {c.offense for c in changes.conclusions} <= using
