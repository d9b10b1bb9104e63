"""What a submitted version freezes: everything its note prints, so that the note needs nothing else ever after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plea_aid.casework.canonical import stamp
from plea_aid.casework.printed import made_with
from plea_aid.casework.rules import Document, Rules
from plea_aid.casework.thresholds import Reason
from plea_aid.casework.views import CaseView, DecisionView, FactorView, GateView


def content_of(
    view: CaseView, rules: Rules, analysis: Document, because: tuple[Reason, ...], law_review: str
) -> Document:
    """Return the case as it stands in the shape in which a version is frozen; the decision may still be missing.

    ``law_review`` says how far attorneys have signed the law of the analysis off (``signoff.law_review``).
    """
    return {
        "document": view.document,
        "analysis": analysis,
        "hearing_date": view.hearing_date.isoformat() if view.hearing_date else None,
        "checklist": {
            "factors": [
                {"id": one, "label": rules.factor_label(one), "remark": rules.remarks.get(one, "")}
                for one in rules.factor_ids
            ],
            "gates": [{"id": one, "label": rules.gate_label(one)} for one in rules.gate_ids],
            "must_consider": sorted(rules.must_consider),
        },
        "factors": _entries(view.factors),
        "gates": _entries(view.gates),
        "decision": _decision(view.decision) if view.decision else None,
        "owner": {"id": view.owner_id, "name": view.owner_name},
        "review": {
            "required": bool(because),
            "because": [str(one) for one in because],
            "thresholds": [vars(one) for one in because],
        },
        "printed": {**rules.printed(view.document, analysis), "law_review": law_review},
        "made_with": made_with(),
    }


def _entries(entered: Mapping[str, FactorView] | Mapping[str, GateView]) -> dict[str, Any]:
    return {
        id_: {**one.entry.model_dump(mode="json"), "by": one.by, "by_name": one.by_name, "at": stamp(one.at)}
        for id_, one in entered.items()
    }


def _decision(decision: DecisionView) -> dict[str, Any]:
    return {
        "number": decision.number,
        "chosen_option": decision.chosen_option,
        "rationale": decision.rationale,
        "change_explanation": decision.change_explanation,
        "signed_by": decision.signed_by,
        "signed_by_name": decision.signed_by_name,
        "signed_at": stamp(decision.signed_at),
    }
